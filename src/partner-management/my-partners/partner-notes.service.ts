import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, idOfCursor, Ids, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import type { PartnerNoteDto } from './my-partners.dto.js';

/** What operators note about a partner; notes are added, and stay. Partners do not see them. */
@Injectable()
export class PartnerNotes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of notes, newest first. @throws DomainError NOT_FOUND */
  async list(partnerId: string, page: { limit: number; cursor?: string }): Promise<Page<PartnerNoteDto>> {
    const { limit, cursor } = page;
    const known = await this.dataSource.query<unknown[]>('SELECT FROM partners WHERE id = $1', [partnerId]);
    if (known.length === 0) throw notFound('partner');
    const rows = await this.dataSource.query<PartnerNoteDto[]>(
      `SELECT n.id, n.text, n.written_at AS "writtenAt", n.written_by AS "writtenBy", u.name AS "writtenByName"
         FROM partner_notes n JOIN users u ON u.id = n.written_by
        WHERE n.partner_id = $1 AND ($2::uuid IS NULL OR n.id < $2) ORDER BY n.id DESC LIMIT $3`,
      [partnerId, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND, also for an erased partner */
  async add(tx: Tx, actor: Actor, partnerId: string, text: string): Promise<PartnerNoteDto> {
    const id = this.ids.next();
    const writtenAt = this.clock.now();
    const added = await tx.query<unknown[]>(
      `INSERT INTO partner_notes (id, partner_id, text, written_by, written_at)
       SELECT $1, id, $3, $4, $5 FROM partners WHERE id = $2 AND state <> 'erased' FOR SHARE RETURNING id`,
      [id, partnerId, text, actor.userId, writtenAt],
    );
    if (added.length === 0) throw notFound('partner');
    await this.auditLog.record(tx, actor, {
      action: 'partner.note',
      subject: { type: 'partner', id: partnerId },
      partnerId,
      before: null,
      after: { noteId: id },
    });
    const [{ name }] = await tx.query<[{ name: string }]>('SELECT name FROM users WHERE id = $1', [
      actor.userId,
    ]);
    return { id, text, writtenAt, writtenBy: actor.userId, writtenByName: name };
  }
}
