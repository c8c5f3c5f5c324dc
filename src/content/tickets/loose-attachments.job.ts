import { Injectable } from '@nestjs/common';
import { Clock, Config, StoredFiles, Timed, UnitOfWork, uuidV7Floor } from '../../platform/index.js';
import { attachmentKey } from './ticket-attachments.service.js';

const KEEP_MS = 24 * 3_600_000;
const AT_ONCE = 100;

/** Forgets files that were uploaded for a ticket and that no message has taken within a day. */
@Injectable()
export class LooseAttachments {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly storedFiles: StoredFiles,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Any number of instances may do it at once. */
  @Timed('17 * * * *', { name: 'tickets.loose-attachments' })
  async sweep(): Promise<void> {
    if (!this.config.worker) return;
    const before = uuidV7Floor(new Date(this.clock.now().getTime() - KEEP_MS));
    for (let swept = AT_ONCE; swept === AT_ONCE;) {
      swept = await this.unitOfWork.run(async (tx) => {
        const [deleted] = await tx.query<[{ id: string }[], number]>(
          `DELETE FROM ticket_attachments WHERE id IN (
             SELECT id FROM ticket_attachments WHERE message_id IS NULL AND id < $1
              ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED) RETURNING id`,
          [before],
        );
        for (const { id } of deleted) await this.storedFiles.discard(tx, attachmentKey(id));
        return deleted.length;
      });
    }
  }
}
