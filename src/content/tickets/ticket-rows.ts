import type { DataSource, EntityManager } from 'typeorm';
import { notFound } from '../../platform/index.js';
import type { AttachmentDto, OperatorTicketDto, OperatorTicketMessageDto } from './tickets.dto.js';

type Db = EntityManager | DataSource;

/** Who asks: a partner or a brand; exactly one is set. */
export interface Asker {
  partnerId: string | null;
  brandId: string | null;
}

/** Tickets with who asked, to be followed by conditions on `t`. */
export const SELECT_TICKETS = `
  SELECT t.id, t.reference, t.subject, t.category, t.state, t.created_at AS "createdAt",
         t.last_message_at AS "lastMessageAt", t.closed_at AS "closedAt", t.partner_id AS "partnerId",
         t.brand_id AS "brandId", coalesce(p.name, b.name) AS "askerName", t.priority, t.assignee_id AS "assigneeId",
         u.name AS "assigneeName"
    FROM tickets t
    LEFT JOIN partners p ON p.id = t.partner_id
    LEFT JOIN brands b ON b.id = t.brand_id
    LEFT JOIN users u ON u.id = t.assignee_id`;

/** SQL of whether the ticket is the asker's, whose ids are the two parameters. */
export function isOf(partner: string, brand: string): string {
  return `(t.partner_id = ${partner}::uuid OR t.brand_id = ${brand}::uuid)`;
}

/**
 * The ticket.
 * @param asker whose it must be; null for operators, who see all
 * @throws DomainError NOT_FOUND
 */
export async function getTicket(db: Db, asker: Asker | null, id: string): Promise<OperatorTicketDto> {
  const [ticket] = await db.query<OperatorTicketDto[]>(
    `${SELECT_TICKETS} WHERE t.id = $1 AND ($2::boolean OR ${isOf('$3', '$4')})`,
    [id, asker === null, asker?.partnerId ?? null, asker?.brandId ?? null],
  );
  if (!ticket) throw notFound('ticket');
  return ticket;
}

/** As {@link getTicket}, and nobody else changes it until the transaction ends. @throws DomainError NOT_FOUND */
export async function lockTicket(
  tx: EntityManager,
  asker: Asker | null,
  id: string,
): Promise<OperatorTicketDto> {
  await tx.query('SELECT FROM tickets WHERE id = $1 FOR UPDATE', [id]);
  return getTicket(tx, asker, id);
}

type MessageRow = Omit<OperatorTicketMessageDto, 'author' | 'attachments'> & {
  byOperator: boolean;
  authorName: string;
};

/** The ticket's messages, oldest first. @param notes whether operators' notes are among them */
export async function messagesOf(
  db: Db,
  ticketId: string,
  { notes }: { notes: boolean },
): Promise<OperatorTicketMessageDto[]> {
  const rows = await db.query<MessageRow[]>(
    `SELECT m.id, m.author_id AS "authorId", u.name AS "authorName", m.by_operator AS "byOperator", m.internal, m.body,
            m.mail_id IS NOT NULL AS "byMail", m.created_at AS "createdAt"
       FROM ticket_messages m JOIN users u ON u.id = m.author_id
      WHERE m.ticket_id = $1 AND ($2 OR NOT m.internal) ORDER BY m.id`,
    [ticketId, notes],
  );
  const files = await attachmentsOf(db, rows.map(({ id }) => id)); // prettier-ignore
  return rows.map(({ byOperator, authorName, ...row }) => ({
    ...row,
    author: { kind: byOperator ? 'operator' : 'asker', name: authorName },
    attachments: files.get(row.id) ?? [],
  }));
}

async function attachmentsOf(db: Db, messageIds: readonly string[]): Promise<Map<string, AttachmentDto[]>> {
  const rows = await db.query<(AttachmentDto & { messageId: string })[]>(
    `SELECT id, file_name AS "fileName", media_type AS "mediaType", size_bytes::int AS "sizeBytes",
            message_id AS "messageId"
       FROM ticket_attachments WHERE message_id = ANY ($1) ORDER BY id`,
    [messageIds],
  );
  const byMessage = Map.groupBy(rows, ({ messageId }) => messageId);
  return new Map([...byMessage].map(([id, some]) => [id, some.map(({ messageId: _id, ...file }) => file)]));
}
