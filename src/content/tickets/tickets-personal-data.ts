import { Injectable } from '@nestjs/common';
import type { Attachment } from '../../identity/index.js';
import { FileStore, readRows, StoredFiles, type Tx } from '../../platform/index.js';
import { attachmentKey } from './ticket-attachments.service.js';

const TICKETS = `
  SELECT id, reference, subject, category, state, opened_by AS "openedBy", created_at AS "createdAt",
         last_message_at AS "lastMessageAt", closed_at AS "closedAt"
    FROM tickets WHERE partner_id = $1 ORDER BY id`;

/** Without operators' notes among themselves. */
const MESSAGES = `
  SELECT m.id, m.ticket_id AS "ticketId", m.author_id AS "authorId", m.by_operator AS "byOperator", m.body,
         m.mail_id AS "mailId", m.created_at AS "createdAt"
    FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id
   WHERE t.partner_id = $1 AND NOT m.internal ORDER BY m.id`;

const ATTACHMENTS = `
  SELECT a.id, a.message_id AS "messageId", a.file_name AS "fileName", a.media_type AS "mediaType",
         a.size_bytes::int AS "sizeBytes"
    FROM ticket_attachments a JOIN ticket_messages m ON m.id = a.message_id JOIN tickets t ON t.id = m.ticket_id
   WHERE t.partner_id = $1 AND NOT m.internal ORDER BY a.id`;

const USERS_OF = 'SELECT user_id FROM memberships WHERE partner_id = $1';
const MESSAGES_OF = `
  SELECT m.id FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id WHERE t.partner_id = $1`;

interface AttachmentRow {
  id: string;
  mediaType: string;
}

/** What copies and erasures do with tickets (B12). */
@Injectable()
export class TicketsPersonalData {
  constructor(
    private readonly store: FileStore,
    private readonly storedFiles: StoredFiles,
  ) {}

  tickets(tx: Tx, partnerId: string): AsyncIterable<object> {
    return readRows(tx, TICKETS, [partnerId]);
  }

  messages(tx: Tx, partnerId: string): AsyncIterable<object> {
    return readRows(tx, MESSAGES, [partnerId]);
  }

  /** The files; `path` is where the copy has the content. */
  async *attachments(tx: Tx, partnerId: string): AsyncGenerator<object> {
    for await (const row of readRows<AttachmentRow>(tx, ATTACHMENTS, [partnerId]))
      yield { ...row, path: pathOf(row) };
  }

  /** Their contents, under names of ours: those of people may not be names of files. */
  async *contents(tx: Tx, partnerId: string): AsyncGenerator<Attachment> {
    for await (const row of readRows<AttachmentRow>(tx, ATTACHMENTS, [partnerId])) {
      yield { path: pathOf(row), open: () => this.store.open(attachmentKey(row.id)) };
    }
  }

  /** Deletes all, notes and answers too; the contents of files go with the next sweep of the store. */
  async erase(tx: Tx, partnerId: string): Promise<void> {
    const [files] = await tx.query<[{ id: string }[], number]>(
      `DELETE FROM ticket_attachments
        WHERE message_id IN (${MESSAGES_OF}) OR (message_id IS NULL AND uploaded_by IN (${USERS_OF})) RETURNING id`,
      [partnerId],
    );
    for (const { id } of files) await this.storedFiles.discard(tx, attachmentKey(id));
    await tx.query(`DELETE FROM ticket_messages WHERE id IN (${MESSAGES_OF})`, [partnerId]);
    await tx.query('DELETE FROM tickets WHERE partner_id = $1', [partnerId]);
  }
}

function pathOf({ id, mediaType }: AttachmentRow): string {
  return `ticket-attachments/${id}.${mediaType.slice(mediaType.indexOf('/') + 1)}`;
}
