import { Injectable } from '@nestjs/common';
import { Clock, Ids, type Tx } from '../../platform/index.js';
import { type TicketAction, type TicketState, ticketStateAfter } from './domain/ticket-state.js';
import { ticketFull, ticketStateConflict, unknownAttachments } from './tickets.errors.js';

/** Messages that one ticket may have: its thread is shown whole. */
export const MAX_MESSAGES = 500;

/** What is written into a thread. */
export interface NewMessage {
  ticketId: string;
  authorId: string;
  byOperator: boolean;
  internal: boolean;
  body: string;
  attachmentIds: readonly string[];
  /** Message-ID of the mail that it came by. */
  mailId: string | null;
}

/** Writes the threads of tickets, whoever writes and by whatever way. Callers have locked the ticket. */
@Injectable()
export class TicketThread {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Does to a locked ticket what its state allows.
   * @returns the state from now on
   * @throws DomainError TICKET_STATE_CONFLICT (409)
   */
  async move(
    tx: Tx,
    { id, state }: { id: string; state: TicketState },
    action: TicketAction,
  ): Promise<TicketState> {
    const after = ticketStateAfter(action, state);
    if (after === null) throw ticketStateConflict(state);
    if (after !== state) {
      await tx.query('UPDATE tickets SET state = $2, closed_at = $3 WHERE id = $1', [
        id,
        after,
        after === 'closed' ? this.clock.now() : null,
      ]);
    }
    return after;
  }

  /**
   * Adds a message to a locked ticket.
   * @returns its id; null when the mail that it came by is there already
   * @throws DomainError TICKET_FULL (409), VALIDATION_FAILED (422) for files that it cannot take
   */
  async write(tx: Tx, message: NewMessage): Promise<string | null> {
    const { ticketId, authorId, byOperator, internal, body, attachmentIds, mailId } = message;
    const [{ count }] = await tx.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM ticket_messages WHERE ticket_id = $1',
      [ticketId],
    );
    if (count >= MAX_MESSAGES) throw ticketFull(MAX_MESSAGES);
    const id = this.ids.next();
    const now = this.clock.now();
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO ticket_messages (id, ticket_id, author_id, by_operator, internal, body, mail_id, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (ticket_id, mail_id) DO NOTHING RETURNING id`,
      [id, ticketId, authorId, byOperator, internal, body, mailId, now],
    );
    if (inserted.length === 0) return null;
    await takeAttachments(tx, id, authorId, attachmentIds);
    if (!internal) await tx.query('UPDATE tickets SET last_message_at = $2 WHERE id = $1', [ticketId, now]);
    return id;
  }
}

/** Gives the message the files that its author uploaded for it. */
async function takeAttachments(
  tx: Tx,
  messageId: string,
  authorId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const [, taken] = await tx.query<[unknown[], number]>(
    `UPDATE ticket_attachments SET message_id = $1 WHERE id = ANY ($2) AND uploaded_by = $3 AND message_id IS NULL`,
    [messageId, ids, authorId],
  );
  if (taken !== ids.length) throw unknownAttachments();
}
