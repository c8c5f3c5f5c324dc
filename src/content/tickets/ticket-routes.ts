import { Body, Get, HttpCode, Post, Query, Res, type StreamableFile, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiAttachment,
  ApiProblems,
  attachment,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { askerOf } from './asker-of.js';
import { ATTACHMENT_TYPES, TicketAttachments } from './ticket-attachments.service.js';
import { MessageDto, OpenTicketDto, TicketPage, TicketsQuery, TicketThreadDto } from './tickets.dto.js';
import { Tickets } from './tickets.service.js';

/** The routes by which a team asks the program: the same for partners and brands, each with its permissions. */
// eslint-disable-next-line max-lines-per-function -- what it holds is a class, whose methods are short
export function ticketRoutes(audience: 'partner' | 'brand'): Type<object> {
  @ApiBearerAuth()
  class TicketRoutes {
    constructor(
      private readonly tickets: Tickets,
      private readonly attachments: TicketAttachments,
      private readonly unitOfWork: UnitOfWork,
      private readonly idempotency: Idempotency,
      private readonly dataSource: DataSource,
    ) {}

    @Post()
    @Requires(`${audience}:tickets:ask`)
    @CountedAs('support')
    @ApiOperation({ summary: 'Open a ticket with its first message' })
    @ApiCreatedResponse({ type: TicketThreadDto })
    @ApiProblems(400, 409, 422)
    open(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @Body() body: OpenTicketDto,
    ): Promise<TicketThreadDto> {
      return this.idempotency.run(key, (tx) => this.tickets.open(tx, actor, askerOf(actor), body));
    }

    @Get()
    @Requires(`${audience}:tickets:read`)
    @ApiOperation({ summary: 'List your team’s tickets, the latest message first' })
    @ApiOkResponse({ type: TicketPage })
    @ApiProblems(400)
    list(@CurrentActor() actor: Actor, @Query() query: TicketsQuery): Promise<TicketPage> {
      return this.tickets.list(askerOf(actor), query);
    }

    @Get(':id')
    @Requires(`${audience}:tickets:read`)
    @ApiOperation({ summary: 'Show a ticket with its messages' })
    @ApiOkResponse({ type: TicketThreadDto })
    @ApiProblems(400, 404)
    get(@CurrentActor() actor: Actor, @PathId() id: string): Promise<TicketThreadDto> {
      return this.tickets.get(this.dataSource, askerOf(actor), id);
    }

    @Post(':id/messages')
    @Requires(`${audience}:tickets:ask`)
    @CountedAs('support')
    @ApiOperation({ summary: 'Write into a ticket that is not closed' })
    @ApiCreatedResponse({ type: TicketThreadDto })
    @ApiProblems(400, 404, 409, 422)
    addMessage(
      @CurrentActor() actor: Actor,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
      @PathId() id: string,
      @Body() body: MessageDto,
    ): Promise<TicketThreadDto> {
      return this.idempotency.run(key, (tx) => this.tickets.addMessage(tx, actor, askerOf(actor), id, body));
    }

    @Post(':id/close')
    @HttpCode(200)
    @Requires(`${audience}:tickets:ask`)
    @ApiOperation({ summary: 'Close a ticket' })
    @ApiOkResponse({ type: TicketThreadDto })
    @ApiProblems(400, 404, 409)
    close(@CurrentActor() actor: Actor, @PathId() id: string): Promise<TicketThreadDto> {
      return this.unitOfWork.run((tx) => this.tickets.close(tx, actor, askerOf(actor), id));
    }

    @Post(':id/reopen')
    @HttpCode(200)
    @Requires(`${audience}:tickets:ask`)
    @CountedAs('support')
    @ApiOperation({ summary: 'Open a closed ticket again' })
    @ApiOkResponse({ type: TicketThreadDto })
    @ApiProblems(400, 404, 409)
    reopen(@CurrentActor() actor: Actor, @PathId() id: string): Promise<TicketThreadDto> {
      return this.unitOfWork.run((tx) => this.tickets.reopen(tx, actor, askerOf(actor), id));
    }

    @Get(':id/attachments/:attachmentId')
    @Requires(`${audience}:tickets:read`)
    @ApiOperation({ summary: 'Download a file of a ticket' })
    @ApiAttachment(ATTACHMENT_TYPES)
    @ApiProblems(400, 404)
    async attachment(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @PathId('attachmentId') attachmentId: string,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<StreamableFile> {
      const { file, content } = await this.attachments.open(askerOf(actor), id, attachmentId);
      return attachment(reply, file, content);
    }
  }
  return TicketRoutes;
}
