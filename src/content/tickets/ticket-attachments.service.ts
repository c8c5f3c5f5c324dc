import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import {
  FileStore,
  FileUploads,
  type IdempotencyKey,
  Ids,
  notFound,
  StoredFiles,
  type Tx,
} from '../../platform/index.js';
import { type Asker, isOf } from './ticket-rows.js';
import type { AttachmentDto } from './tickets.dto.js';
import { tooManyAttachments } from './tickets.errors.js';

/** Media types that files of tickets may have. */
export const ATTACHMENT_TYPES = [
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
] as const;
/** Files of one person that no message has taken. */
export const MAX_LOOSE = 20;

/** Files of tickets: taken in, then taken by a message, then read by those who may read it (T12). */
@Injectable()
export class TicketAttachments {
  constructor(
    private readonly dataSource: DataSource,
    private readonly uploads: FileUploads,
    private readonly storedFiles: StoredFiles,
    private readonly store: FileStore,
    private readonly ids: Ids,
    private readonly auditLog: AuditLog,
  ) {}

  /**
   * Reads a file from the request's multipart body.
   * @throws DomainError INVALID_ATTACHMENT (422), TOO_MANY_ATTACHMENTS (409), and what {@link FileUploads.receive} throws
   */
  receive(actor: Actor, request: FastifyRequest, key: IdempotencyKey | null): Promise<AttachmentDto> {
    const id = this.ids.next();
    return this.uploads.receive(
      request,
      key,
      {
        key: attachmentKey(id),
        allowed: ATTACHMENT_TYPES,
        refusedAs: 'INVALID_ATTACHMENT',
        // Decided only together with the row.
        before: () => assertRoom(this.dataSource, actor.userId),
      },
      async (tx, { file }) => {
        const attachment = { id, ...file };
        await this.add(tx, actor, attachment);
        return attachment;
      },
    );
  }

  /**
   * The file with its content.
   * @param asker whose ticket it must belong to, and not to a note; null for operators, who see all
   * @throws DomainError NOT_FOUND, FILE_STORE_UNAVAILABLE (503)
   */
  async open(
    asker: Asker | null,
    ticketId: string,
    id: string,
  ): Promise<{ file: AttachmentDto; content: Readable }> {
    const [file] = await this.dataSource.query<AttachmentDto[]>(
      `SELECT a.id, a.file_name AS "fileName", a.media_type AS "mediaType", a.size_bytes::int AS "sizeBytes"
         FROM ticket_attachments a
         JOIN ticket_messages m ON m.id = a.message_id
         JOIN tickets t ON t.id = m.ticket_id
        WHERE a.id = $1 AND t.id = $2 AND ($3::boolean OR (NOT m.internal AND ${isOf('$4', '$5')}))`,
      [id, ticketId, asker === null, asker?.partnerId ?? null, asker?.brandId ?? null],
    );
    if (!file) throw notFound('file');
    return { file, content: await this.store.open(attachmentKey(id)) };
  }

  private async add(
    tx: Tx,
    actor: Actor,
    { id, fileName, mediaType, sizeBytes }: AttachmentDto,
  ): Promise<void> {
    // One upload of the person at a time, so that none slips past the limit.
    await tx.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [actor.userId]);
    await assertRoom(tx, actor.userId);
    await tx.query(
      `INSERT INTO ticket_attachments (id, uploaded_by, file_name, media_type, size_bytes)
       VALUES ($1, $2, $3, $4, $5)`,
      [id, actor.userId, fileName, mediaType, sizeBytes],
    );
    await this.storedFiles.keep(tx, attachmentKey(id));
    await this.auditLog.record(tx, actor, {
      action: 'ticket_attachment.upload',
      subject: { type: 'ticket_attachment', id },
      before: null,
      after: { mediaType, sizeBytes },
    });
  }
}

/** Key of a file's content in the store of files. */
export function attachmentKey(id: string): string {
  return `tickets/${id}`;
}

async function assertRoom(db: DataSource | Tx, userId: string): Promise<void> {
  const [{ count }] = await db.query<[{ count: number }]>(
    'SELECT count(*)::int AS count FROM ticket_attachments WHERE uploaded_by = $1 AND message_id IS NULL',
    [userId],
  );
  if (count >= MAX_LOOSE) throw tooManyAttachments(MAX_LOOSE);
}
