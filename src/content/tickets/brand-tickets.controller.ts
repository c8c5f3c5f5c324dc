import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ticketAttachmentRoutes } from './ticket-attachment-routes.js';
import { ticketRoutes } from './ticket-routes.js';

/** The brand's tickets (T12). */
@ApiTags('Brand: support')
@Controller('brand/tickets')
export class BrandTicketsController extends ticketRoutes('brand') {}

/** Files for them. */
@ApiTags('Brand: support')
@Controller('brand/ticket-attachments')
export class BrandTicketAttachmentsController extends ticketAttachmentRoutes('brand:tickets:ask') {}
