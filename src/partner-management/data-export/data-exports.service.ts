import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { assertSteppedUp, EventLog, type PartnerActor } from '../../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  Jobs,
  notFound,
  type Page,
  type PageQuery,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { dataExportNotReady, dataExportRunning, dataExportTooSoon } from '../partner-management.errors.js';
import { DataExportFiles } from './data-export-files.js';
import type { DataExportDto } from './data-exports.dto.js';

export const DATA_EXPORT_JOB = 'partner-management.data-export';

export interface DataExportJob {
  exportId: string;
}

const DAY_SECONDS = 86_400;

const COLUMNS = `id, state, requested_at AS "requestedAt", finished_at AS "finishedAt", expires_at AS "expiresAt",
  size_bytes::float8 AS "sizeBytes"`;

/** Copies of a partner's data: asked for, listed and fetched by its owner (B12). */
@Injectable()
export class DataExports {
  constructor(
    private readonly dataSource: DataSource,
    private readonly files: DataExportFiles,
    private readonly eventLog: EventLog,
    private readonly jobs: Jobs,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks for a copy; a job makes it.
   * @throws DomainError DATA_EXPORT_RUNNING (409), DATA_EXPORT_TOO_SOON (429) within a day of the last one
   */
  async request(tx: Tx, actor: PartnerActor): Promise<DataExportDto> {
    const { partnerId, userId } = actor;
    const now = this.clock.now();
    // One after the other: of two at once, the second one sees the first.
    await tx.query('SELECT FROM partners WHERE id = $1 FOR UPDATE', [partnerId]);
    const [last] = await tx.query<{ state: string; requestedAt: Date }[]>(
      `SELECT state, requested_at AS "requestedAt" FROM data_exports
        WHERE partner_id = $1 AND state <> 'failed' ORDER BY id DESC LIMIT 1`,
      [partnerId],
    );
    if (last?.state === 'pending') throw dataExportRunning();
    const ageSeconds = last ? Math.floor((now.getTime() - last.requestedAt.getTime()) / 1_000) : DAY_SECONDS;
    if (ageSeconds < DAY_SECONDS) throw dataExportTooSoon(DAY_SECONDS - ageSeconds);
    const id = this.ids.next();
    const [made] = await tx.query<[DataExportDto]>(
      `INSERT INTO data_exports (id, partner_id, requested_by, state, requested_at)
       VALUES ($1, $2, $3, 'pending', $4) RETURNING ${COLUMNS}`,
      [id, partnerId, userId, now],
    );
    const job: DataExportJob = { exportId: id };
    await this.jobs.send(tx, DATA_EXPORT_JOB, job);
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'data_export_requested',
      subjectId: id,
      data: {},
    });
    return made;
  }

  /** A page of the partner's copies, newest first. */
  async list(partnerId: string, { limit, cursor }: PageQuery): Promise<Page<DataExportDto>> {
    const rows = await this.dataSource.query<DataExportDto[]>(
      `SELECT ${COLUMNS} FROM data_exports WHERE partner_id = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3`,
      [partnerId, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * The ZIP of a copy that is ready.
   * @throws DomainError NOT_FOUND, DATA_EXPORT_NOT_READY (409), STEP_UP_REQUIRED (401) where two-factor authentication
   *   is enabled
   */
  async open(actor: PartnerActor, id: string): Promise<Readable> {
    const { partnerId, twoFactorEnabled } = actor;
    const now = this.clock.now();
    if (twoFactorEnabled) assertSteppedUp(actor, now);
    const [found] = await this.dataSource.query<
      { attempts: number; sealedKey: string | null; expiresAt: Date | null }[]
    >(
      `SELECT attempts, sealed_key AS "sealedKey", expires_at AS "expiresAt" FROM data_exports
        WHERE id = $1 AND partner_id = $2`,
      [id, partnerId],
    );
    if (!found) throw notFound('data export');
    if (!found.sealedKey || !found.expiresAt || found.expiresAt <= now) throw dataExportNotReady();
    return this.files.open({ id, partnerId, attempt: found.attempts }, found.sealedKey);
  }
}
