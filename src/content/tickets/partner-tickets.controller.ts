import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ticketAttachmentRoutes } from './ticket-attachment-routes.js';
import { ticketRoutes } from './ticket-routes.js';

/** The partner's tickets (T12). */
@ApiTags('Partner: support')
@Controller('partner/tickets')
export class PartnerTicketsController extends ticketRoutes('partner') {}

/** Files for them. */
@ApiTags('Partner: support')
@Controller('partner/ticket-attachments')
export class PartnerTicketAttachmentsController extends ticketAttachmentRoutes('partner:tickets:ask') {}
