import {
  Body,
  Controller,
  Get,
  HttpCode,
  Patch,
  Post,
  Query,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiAttachment,
  ApiProblems,
  attachment,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { ticketAttachmentRoutes } from './ticket-attachment-routes.js';
import { ATTACHMENT_TYPES, TicketAttachments } from './ticket-attachments.service.js';
import { TicketDesk } from './ticket-desk.service.js';
import {
  ChangeTicketDto,
  MessageDto,
  OperatorTicketPage,
  OperatorTicketThreadDto,
  TicketQueueQuery,
} from './tickets.dto.js';

/** Tickets as operators work through them (T12). */
@ApiTags('Operator: tickets')
@ApiBearerAuth()
@Controller('operator/tickets')
export class OperatorTicketsController {
  constructor(
    private readonly desk: TicketDesk,
    private readonly attachments: TicketAttachments,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:tickets:read')
  @ApiOperation({ summary: 'List tickets, by default those that wait, the longest waiting first' })
  @ApiOkResponse({ type: OperatorTicketPage })
  @ApiProblems(400)
  list(@Query() query: TicketQueueQuery): Promise<OperatorTicketPage> {
    return this.desk.list(query);
  }

  @Get(':id')
  @Requires('operator:tickets:read')
  @ApiOperation({ summary: 'Show a ticket with its messages and notes' })
  @ApiOkResponse({ type: OperatorTicketThreadDto })
  @ApiProblems(400, 404)
  get(@PathId() id: string): Promise<OperatorTicketThreadDto> {
    return this.desk.get(this.dataSource, id);
  }

  @Patch(':id')
  @Requires('operator:tickets:answer')
  @ApiOperation({ summary: 'Say who looks after a ticket, and how urgent it is' })
  @ApiOkResponse({ type: OperatorTicketThreadDto })
  @ApiProblems(400, 404, 409, 422)
  change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: ChangeTicketDto,
  ): Promise<OperatorTicketThreadDto> {
    return this.unitOfWork.run((tx) => this.desk.change(tx, actor, id, body));
  }

  @Post(':id/messages')
  @Requires('operator:tickets:answer')
  @ApiOperation({ summary: 'Answer whoever asked, who is told by e-mail' })
  @ApiCreatedResponse({ type: OperatorTicketThreadDto })
  @ApiProblems(400, 404, 409, 422)
  answer(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() body: MessageDto,
  ): Promise<OperatorTicketThreadDto> {
    return this.idempotency.run(key, (tx) => this.desk.answer(tx, actor, id, body));
  }

  @Post(':id/notes')
  @Requires('operator:tickets:answer')
  @ApiOperation({ summary: 'Write a note that operators only see' })
  @ApiCreatedResponse({ type: OperatorTicketThreadDto })
  @ApiProblems(400, 404, 409, 422)
  note(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() body: MessageDto,
  ): Promise<OperatorTicketThreadDto> {
    return this.idempotency.run(key, (tx) => this.desk.note(tx, actor, id, body));
  }

  @Post(':id/close')
  @HttpCode(200)
  @Requires('operator:tickets:answer')
  @ApiOperation({ summary: 'Close a ticket; whoever asked is told by e-mail' })
  @ApiOkResponse({ type: OperatorTicketThreadDto })
  @ApiProblems(400, 404, 409)
  close(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorTicketThreadDto> {
    return this.unitOfWork.run((tx) => this.desk.close(tx, actor, id));
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @Requires('operator:tickets:answer')
  @ApiOperation({ summary: 'Open a closed ticket again' })
  @ApiOkResponse({ type: OperatorTicketThreadDto })
  @ApiProblems(400, 404, 409)
  reopen(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorTicketThreadDto> {
    return this.unitOfWork.run((tx) => this.desk.reopen(tx, actor, id));
  }

  @Get(':id/attachments/:attachmentId')
  @Requires('operator:tickets:read')
  @ApiOperation({ summary: 'Download a file of a ticket' })
  @ApiAttachment(ATTACHMENT_TYPES)
  @ApiProblems(400, 404)
  async attachment(
    @PathId() id: string,
    @PathId('attachmentId') attachmentId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { file, content } = await this.attachments.open(null, id, attachmentId);
    return attachment(reply, file, content);
  }
}

/** Files for answers and notes. */
@ApiTags('Operator: tickets')
@Controller('operator/ticket-attachments')
export class OperatorTicketAttachmentsController extends ticketAttachmentRoutes('operator:tickets:answer') {}
