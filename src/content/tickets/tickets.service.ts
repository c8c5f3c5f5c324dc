import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Actor } from '../../identity/index.js';
import { Clock, Ids, type Page, timeAndIdOfCursor, toPage, type Tx } from '../../platform/index.js';
import { REFERENCE_BYTES, referenceOf } from './domain/ticket-reference.js';
import { TicketMails } from './ticket-mails.service.js';
import { TicketNews } from './ticket-news.service.js';
import { type Asker, getTicket, isOf, lockTicket, messagesOf, SELECT_TICKETS } from './ticket-rows.js';
import { TicketThread } from './ticket-thread.service.js';
import {
  type MessageDto,
  type OpenTicketDto,
  type OperatorTicketDto,
  type TicketDto,
  type TicketsQuery,
  type TicketThreadDto,
  toMessage,
  toTicket,
} from './tickets.dto.js';

/** Tickets as those see them who ask: the people of a partner, or of a brand (T12). Notes of operators are not theirs. */
@Injectable()
export class Tickets {
  constructor(
    private readonly dataSource: DataSource,
    private readonly thread: TicketThread,
    private readonly mails: TicketMails,
    private readonly news: TicketNews,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of the asker's tickets, the latest message first. */
  async list(asker: Asker, { state, limit, cursor }: TicketsQuery): Promise<Page<TicketDto>> {
    const [before, beforeId] = timeAndIdOfCursor(cursor);
    const rows = await this.dataSource.query<OperatorTicketDto[]>(
      `${SELECT_TICKETS} WHERE ${isOf('$1', '$2')} AND ($3::text IS NULL OR t.state = $3)
         AND ($4::timestamptz IS NULL OR (t.last_message_at, t.id) < ($4, $5::uuid))
       ORDER BY t.last_message_at DESC, t.id DESC LIMIT $6`,
      [asker.partnerId, asker.brandId, state ?? null, before, beforeId, limit + 1],
    );
    return toPage(rows.map(toTicket), limit, ({ lastMessageAt, id }) => [lastMessageAt.toISOString(), id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: DataSource | Tx, asker: Asker, id: string): Promise<TicketThreadDto> {
    const ticket = await getTicket(db, asker, id);
    const messages = await messagesOf(db, id, { notes: false });
    return { ...toTicket(ticket), messages: messages.map(toMessage) };
  }

  /** Opens a ticket with its first message. @throws DomainError VALIDATION_FAILED (422) for files that it cannot take */
  async open(tx: Tx, actor: Actor, asker: Asker, input: OpenTicketDto): Promise<TicketThreadDto> {
    const id = this.ids.next();
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO tickets (id, reference, partner_id, brand_id, opened_by, category, subject, state, created_at,
                            last_message_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $8)`,
      [
        id,
        referenceOf(randomBytes(REFERENCE_BYTES)),
        asker.partnerId,
        asker.brandId,
        actor.userId,
        input.category ?? 'general',
        input.subject,
        now,
      ],
    );
    await this.write(tx, actor, id, input);
    const ticket = await getTicket(tx, asker, id);
    await this.news.tell(tx, actor, ticket, 'ticket_opened');
    await this.mails.asked(tx, ticket);
    return this.get(tx, asker, id);
  }

  /** Writes into a ticket. @throws DomainError NOT_FOUND, TICKET_STATE_CONFLICT (409) while closed, TICKET_FULL (409) */
  async addMessage(
    tx: Tx,
    actor: Actor,
    asker: Asker,
    id: string,
    input: MessageDto,
  ): Promise<TicketThreadDto> {
    const ticket = await lockTicket(tx, asker, id);
    await this.thread.move(tx, ticket, 'message');
    await this.write(tx, actor, id, input);
    await this.mails.asked(tx, ticket);
    return this.get(tx, asker, id);
  }

  /** Closes a ticket. @throws DomainError NOT_FOUND, TICKET_STATE_CONFLICT (409) */
  close(tx: Tx, actor: Actor, asker: Asker, id: string): Promise<TicketThreadDto> {
    return this.turn(tx, actor, asker, id, 'close');
  }

  /** Opens a closed ticket again. @throws DomainError NOT_FOUND, TICKET_STATE_CONFLICT (409) */
  async reopen(tx: Tx, actor: Actor, asker: Asker, id: string): Promise<TicketThreadDto> {
    const reopened = await this.turn(tx, actor, asker, id, 'reopen');
    await this.mails.asked(tx, await getTicket(tx, asker, id));
    return reopened;
  }

  private async turn(
    tx: Tx,
    actor: Actor,
    asker: Asker,
    id: string,
    action: 'close' | 'reopen',
  ): Promise<TicketThreadDto> {
    const ticket = await lockTicket(tx, asker, id);
    await this.thread.move(tx, ticket, action);
    await this.news.tell(tx, actor, ticket, action === 'close' ? 'ticket_closed' : 'ticket_reopened');
    return this.get(tx, asker, id);
  }

  private async write(tx: Tx, { userId }: Actor, ticketId: string, input: MessageDto): Promise<void> {
    const { body, attachmentIds = [] } = input;
    const by = { authorId: userId, byOperator: false, internal: false, mailId: null };
    await this.thread.write(tx, { ticketId, ...by, body, attachmentIds });
  }
}
