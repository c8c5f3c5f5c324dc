import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { csvPieces, FileStore, StoredFiles, type Tx, xlsxStream } from '../../platform/index.js';
import type { ReportScope } from '../domain/report-facts.js';
import type { RawQuery } from '../domain/report-parameters.js';
import { reportSheets } from '../exports/report-sheets.js';
import type { ReportSource } from '../exports/report-source.js';
import { reportNotReady } from '../reports.errors.js';
import { zipStream } from './zip-stream.js';
import type { RequestFormat } from './report-requests.service.js';

/** Which try of which request wrote files. */
export interface RequestAttempt {
  id: string;
  partnerId: string | null;
  attempt: number;
}

/** A request whose files are to be made now. */
export interface ClaimedRequest extends RequestAttempt {
  name: string;
  userId: string;
  parameters: RawQuery;
  format: RequestFormat;
}

/** How the files are called in the store. */
const ENDINGS = { csv: 'zip', xlsx: 'xlsx' } as const satisfies Record<RequestFormat, string>;

/** The files of requested reports: a ZIP of two CSV files, and an XLSX file of two sheets, rows and totals each. */
@Injectable()
export class ReportRequestFiles {
  constructor(
    private readonly dataSource: DataSource,
    private readonly storedFiles: StoredFiles,
    private readonly store: FileStore,
  ) {}

  /** Writes both files; they stay only when they are kept. Gives the size of the XLSX file. @throws what made it fail */
  async put(attempt: RequestAttempt, report: ReportSource): Promise<{ xlsxBytes: number }> {
    const { rows, totals } = reportSheets(report);
    const { sizeBytes } = await this.write(keyOf(attempt, 'xlsx'), xlsxStream([rows, totals]));
    // Both are of the same moment: the report is read again in its transaction.
    const again = reportSheets(report);
    const archive = zipStream({
      'rows.csv': () => Readable.from(csvPieces(again.rows.header, again.rows.rows)),
      'totals.csv': () => Readable.from(csvPieces(again.totals.header, again.totals.rows)),
    });
    await this.write(keyOf(attempt, 'csv'), archive);
    return { xlsxBytes: sizeBytes };
  }

  private async write(key: string, content: Readable): Promise<{ sizeBytes: number }> {
    // Its faults are told by the store; one that comes when the store has failed already is of no interest.
    content.on('error', () => undefined);
    try {
      return await this.storedFiles.put(key, content);
    } finally {
      content.destroy();
    }
  }

  /** Keeps the files, with the row that refers to them. */
  async keep(tx: Tx, attempt: RequestAttempt): Promise<void> {
    for (const key of keysOf(attempt)) await this.storedFiles.keep(tx, key);
  }

  /** Deletes files that were not kept. */
  async giveUp(attempt: RequestAttempt): Promise<void> {
    for (const key of keysOf(attempt)) await this.storedFiles.giveUp(key);
  }

  /** Key of the file in the store. */
  keyOf(attempt: RequestAttempt, format: RequestFormat): string {
    return keyOf(attempt, format);
  }

  /** Opens a file of a request. @throws DomainError NOT_FOUND, REPORT_NOT_READY (409) */
  async open({ partnerId }: ReportScope, id: string, format: RequestFormat): Promise<Readable> {
    const [kept] = await this.dataSource.query<{ attempt: number }[]>(
      `SELECT attempts AS attempt FROM report_requests
        WHERE id = $1 AND partner_id IS NOT DISTINCT FROM $2 AND has_files`,
      [id, partnerId],
    );
    if (!kept) throw reportNotReady();
    return this.store.open(keyOf({ id, partnerId, attempt: kept.attempt }, format));
  }

  /** Gives up the files of a partner, or all that have expired by then; the requests stay listed. */
  async expire(tx: Tx, which: { partnerId: string } | { by: Date }): Promise<void> {
    const [condition, value] =
      'by' in which ? ['expires_at <= $1', which.by] : ['partner_id = $1', which.partnerId];
    const [expired] = await tx.query<[RequestAttempt[], number]>(
      `UPDATE report_requests SET has_files = false WHERE has_files AND ${condition}
       RETURNING id, partner_id AS "partnerId", attempts AS attempt`,
      [value],
    );
    for (const attempt of expired) {
      for (const key of keysOf(attempt)) await this.storedFiles.discard(tx, key);
    }
  }
}

function keysOf(attempt: RequestAttempt): string[] {
  return [keyOf(attempt, 'xlsx'), keyOf(attempt, 'csv')];
}

function keyOf({ id, partnerId, attempt }: RequestAttempt, format: RequestFormat): string {
  return `reports/${partnerId ?? 'program'}/${id}-${attempt}.${ENDINGS[format]}`;
}
