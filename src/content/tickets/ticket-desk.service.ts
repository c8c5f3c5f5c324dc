import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../../identity/index.js';
import { invalidField, type Page, timeAndIdOfCursor, toPage, type Tx } from '../../platform/index.js';
import { WAITING_STATES } from './domain/ticket-state.js';
import { TicketMails } from './ticket-mails.service.js';
import { TicketNews } from './ticket-news.service.js';
import { getTicket, lockTicket, messagesOf, SELECT_TICKETS } from './ticket-rows.js';
import { TicketThread } from './ticket-thread.service.js';
import type {
  ChangeTicketDto,
  MessageDto,
  OperatorTicketDto,
  OperatorTicketThreadDto,
  TicketQueueQuery,
} from './tickets.dto.js';

/** Tickets as operators work through them (T12). */
@Injectable()
export class TicketDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly thread: TicketThread,
    private readonly mails: TicketMails,
    private readonly news: TicketNews,
  ) {}

  /** A page of tickets: those that wait with the longest waiting first, others with the latest message first. */
  async list(query: TicketQueueQuery): Promise<Page<OperatorTicketDto>> {
    const { state, priority, assigneeId, partnerId, brandId, limit, cursor } = query;
    const [time, id] = timeAndIdOfCursor(cursor);
    const waiting = state === 'waiting';
    const [order, behind] = waiting ? ['ASC', '>'] : ['DESC', '<'];
    const states = waiting ? WAITING_STATES : state === 'all' ? null : [state];
    const nobody = assigneeId === 'none';
    const rows = await this.dataSource.query<OperatorTicketDto[]>(
      `${SELECT_TICKETS}
        WHERE ($1::text[] IS NULL OR t.state = ANY ($1)) AND ($2::text IS NULL OR t.priority = $2)
          AND (NOT $3::boolean OR t.assignee_id IS NULL) AND ($4::uuid IS NULL OR t.assignee_id = $4)
          AND ($5::uuid IS NULL OR t.partner_id = $5) AND ($6::uuid IS NULL OR t.brand_id = $6)
          AND ($7::timestamptz IS NULL OR (t.last_message_at, t.id) ${behind} ($7, $8::uuid))
        ORDER BY t.last_message_at ${order}, t.id ${order} LIMIT $9`,
      [
        states,
        priority ?? null,
        nobody,
        nobody ? null : (assigneeId ?? null),
        partnerId ?? null,
        brandId ?? null,
        time,
        id,
        limit + 1,
      ],
    );
    return toPage(rows, limit, (ticket) => [ticket.lastMessageAt.toISOString(), ticket.id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: DataSource | Tx, id: string): Promise<OperatorTicketThreadDto> {
    return { ...(await getTicket(db, null, id)), messages: await messagesOf(db, id, { notes: true }) };
  }

  /** Answers whoever asked, who is mailed. @throws DomainError NOT_FOUND, TICKET_STATE_CONFLICT (409), TICKET_FULL (409) */
  async answer(tx: Tx, actor: Actor, id: string, input: MessageDto): Promise<OperatorTicketThreadDto> {
    const ticket = await lockTicket(tx, null, id);
    const state = await this.thread.move(tx, ticket, 'answer');
    const messageId = await this.write(tx, actor, id, input, false);
    await this.news.audit(tx, actor, ticket, {
      action: 'answer',
      before: { state: ticket.state, messageId: null },
      after: { state, messageId },
    });
    await this.news.tell(tx, actor, ticket, 'ticket_answered');
    await this.mails.answered(tx, ticket);
    return this.get(tx, id);
  }

  /** Writes a note for operators only. @throws DomainError NOT_FOUND, TICKET_FULL (409) */
  async note(tx: Tx, actor: Actor, id: string, input: MessageDto): Promise<OperatorTicketThreadDto> {
    const ticket = await lockTicket(tx, null, id);
    await this.thread.move(tx, ticket, 'note');
    const messageId = await this.write(tx, actor, id, input, true);
    await this.news.audit(tx, actor, ticket, { action: 'note', before: null, after: { messageId } });
    return this.get(tx, id);
  }

  /** Says who looks after a ticket, and how urgent it is. @throws DomainError NOT_FOUND, TICKET_STATE_CONFLICT (409) */
  async change(tx: Tx, actor: Actor, id: string, change: ChangeTicketDto): Promise<OperatorTicketThreadDto> {
    const ticket = await lockTicket(tx, null, id);
    await this.thread.move(tx, ticket, 'assign');
    const before = { assigneeId: ticket.assigneeId, priority: ticket.priority };
    const { assigneeId = before.assigneeId, priority = before.priority } = change;
    if (assigneeId === before.assigneeId && priority === before.priority) return this.get(tx, id);
    if (assigneeId !== null && assigneeId !== before.assigneeId) await assertOperator(tx, assigneeId);
    await tx.query('UPDATE tickets SET assignee_id = $2, priority = $3 WHERE id = $1', [
      id,
      assigneeId,
      priority,
    ]);
    await this.news.audit(tx, actor, ticket, { action: 'change', before, after: { assigneeId, priority } });
    return this.get(tx, id);
  }

  /** Closes a ticket; whoever asked is mailed. @throws DomainError NOT_FOUND, TICKET_STATE_CONFLICT (409) */
  async close(tx: Tx, actor: Actor, id: string): Promise<OperatorTicketThreadDto> {
    const ticket = await lockTicket(tx, null, id);
    const state = await this.thread.move(tx, ticket, 'close');
    await this.news.audit(tx, actor, ticket, {
      action: 'close',
      before: { state: ticket.state },
      after: { state },
    });
    await this.news.tell(tx, actor, ticket, 'ticket_closed');
    await this.mails.closed(tx, ticket);
    return this.get(tx, id);
  }

  /** Opens a closed ticket again. @throws DomainError NOT_FOUND, TICKET_STATE_CONFLICT (409) */
  async reopen(tx: Tx, actor: Actor, id: string): Promise<OperatorTicketThreadDto> {
    const ticket = await lockTicket(tx, null, id);
    const state = await this.thread.move(tx, ticket, 'reopen');
    await this.news.audit(tx, actor, ticket, {
      action: 'reopen',
      before: { state: ticket.state },
      after: { state },
    });
    await this.news.tell(tx, actor, ticket, 'ticket_reopened');
    return this.get(tx, id);
  }

  private write(
    tx: Tx,
    { userId }: Actor,
    ticketId: string,
    { body, attachmentIds = [] }: MessageDto,
    internal: boolean,
  ): Promise<string | null> {
    const by = { authorId: userId, byOperator: true, internal, mailId: null };
    return this.thread.write(tx, { ticketId, ...by, body, attachmentIds });
  }
}

async function assertOperator(tx: Tx, userId: string): Promise<void> {
  const [operator] = await tx.query<unknown[]>(
    `SELECT FROM users u JOIN memberships m ON m.user_id = u.id
      WHERE u.id = $1 AND m.realm = 'operator' AND u.invited_at IS NULL AND u.blocked_at IS NULL`,
    [userId],
  );
  if (!operator)
    throw invalidField('assigneeId', 'must be the id of an operator who has joined and is not blocked');
}
