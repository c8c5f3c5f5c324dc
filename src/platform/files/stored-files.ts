import { Injectable, Logger } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { type Tx, UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { FileStore, fileStoreUnavailable } from './file-store.js';
import { Timed } from '../jobs/timed.js';

/** Longer than a content takes to come in and its row to be written. */
const KEEP_WITHIN_MS = 3_600_000;
/** Longer than a deletion takes; after that another process may try. */
const DELETE_WITHIN_MS = 5 * 60_000;
const SWEEP_AT_ONCE = 100;

/**
 * Files that belong to rows. Store and database commit apart, so every key that no row refers to stands in a list:
 * before its content comes in, and from the moment its row is deleted. What stays in the list is deleted; so a crash
 * at any point leaves neither a row without a file nor, for long, a file without a row.
 */
@Injectable()
export class StoredFiles {
  private readonly logger = new Logger(StoredFiles.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly store: FileStore,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores a content under a fresh key. Unless a row takes it by {@link keep} within an hour, it is deleted.
   * @throws what the content fails with; DomainError FILE_STORE_UNAVAILABLE (503)
   */
  async put(key: string, content: Readable): Promise<{ sizeBytes: number }> {
    await this.dataSource.query('INSERT INTO loose_files (key, due_at) VALUES ($1, $2)', [
      key,
      this.in(KEEP_WITHIN_MS),
    ]);
    const stored = await this.store.put(key, content);
    const [, renewed] = await this.dataSource.query<[unknown[], number]>(
      'UPDATE loose_files SET due_at = $2 WHERE key = $1 AND NOT given_up',
      [key, this.in(KEEP_WITHIN_MS)],
    );
    if (renewed > 0) return stored;
    await this.store.delete(key);
    throw cameTooLate(key);
  }

  /** Keeps the file for good, with the row that refers to it. @throws DomainError FILE_STORE_UNAVAILABLE (503) */
  async keep(tx: Tx, key: string): Promise<void> {
    const [, kept] = await tx.query<[unknown[], number]>(
      'DELETE FROM loose_files WHERE key = $1 AND NOT given_up',
      [key],
    );
    if (kept === 0) throw cameTooLate(key);
  }

  /** Gives the file up with its row: it is deleted after the transaction commits. */
  async discard(tx: Tx, key: string): Promise<void> {
    await tx.query('INSERT INTO loose_files (key, due_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING', [
      key,
      this.clock.now(),
    ]);
  }

  /** Deletes the file at once unless a row keeps it; what cannot be deleted now is deleted by the sweep. */
  async giveUp(key: string): Promise<void> {
    try {
      const [, found] = await this.dataSource.query<[unknown[], number]>(
        'UPDATE loose_files SET given_up = true, due_at = $2 WHERE key = $1 AND NOT given_up',
        [key, this.in(DELETE_WITHIN_MS)],
      );
      if (found > 0) await this.remove(key);
    } catch (error) {
      this.logger.warn({ err: error }, 'A file is left to the sweep');
    }
  }

  /** Deletes what nobody keeps. Any number of instances may do it at once. */
  @Timed('* * * * *', { name: 'files.sweep' })
  async sweep(): Promise<void> {
    if (!this.config.worker) return;
    const due = await this.unitOfWork.run((tx) => this.claimDue(tx));
    for (const key of due) {
      await this.remove(key).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'A file could not be deleted'),
      );
    }
  }

  private async claimDue(tx: Tx): Promise<string[]> {
    const [claimed] = await tx.query<[{ key: string }[], number]>(
      `UPDATE loose_files SET given_up = true, due_at = $2
        WHERE key IN (SELECT key FROM loose_files WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING key`,
      [this.clock.now(), this.in(DELETE_WITHIN_MS), SWEEP_AT_ONCE],
    );
    return claimed.map(({ key }) => key);
  }

  private async remove(key: string): Promise<void> {
    await this.store.delete(key);
    await this.dataSource.query('DELETE FROM loose_files WHERE key = $1', [key]);
  }

  private in(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

function cameTooLate(key: string): Error {
  return fileStoreUnavailable(new Error(`The file ${key} came in too late`));
}
