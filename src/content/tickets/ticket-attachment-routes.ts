import { Post, Req, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { type Actor, CurrentActor, type Permission, Requires } from '../../identity/index.js';
import { AcceptsUpload, ApiProblems, type IdempotencyKey, IdempotencyKeyOf } from '../../platform/index.js';
import { TicketAttachments } from './ticket-attachments.service.js';
import { AttachmentDto, UploadAttachmentDto } from './tickets.dto.js';

/** The route by which files come in, before a message takes them; for everybody who writes into tickets. */
export function ticketAttachmentRoutes(permission: Permission): Type<object> {
  @ApiBearerAuth()
  class TicketAttachmentRoutes {
    constructor(private readonly attachments: TicketAttachments) {}

    @Post()
    @Requires(permission)
    @AcceptsUpload()
    @ApiOperation({
      summary: 'Upload a file for a message of a ticket',
      description:
        'One .pdf, .png, .jpg, .jpeg, .gif or .webp file of at most 10 MiB whose content is what its name says. It ' +
        'goes with the message that names its id, and is forgotten when none does within a day.',
    })
    @ApiBody({ type: UploadAttachmentDto })
    @ApiCreatedResponse({ type: AttachmentDto })
    @ApiProblems(400, 409, 413, 415, 422)
    upload(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @Req() request: FastifyRequest,
    ): Promise<AttachmentDto> {
      return this.attachments.receive(actor, request, key);
    }
  }
  return TicketAttachmentRoutes;
}
