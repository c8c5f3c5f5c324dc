import { Injectable } from '@nestjs/common';
import {
  type FileCell,
  ReplicaSnapshots,
  RowStream,
  type Snapshot,
  Snapshots,
} from '../../platform/index.js';
import { type Cell, type FactRow, headingsOf } from '../domain/report-answer.js';
import type { ReportScope } from '../domain/report-facts.js';
import type { ReportRequest } from '../domain/report-request.js';
import type { PerformanceReportDto } from '../performance-report.dto.js';
import { type RelatedIds, relationsOf } from '../report-relations.js';
import { explained, REPORT_SETTINGS, Reports, type WholeReport } from '../reports.service.js';
import type { ReportSource } from './report-source.js';

/** Whoever stops reading for longer loses the report. */
const PATIENCE_MS = 60_000;
/** The rows take as long as their reader does; the first ones are waited for by a clock of ours. */
const READ_ALL = `SELECT set_config('statement_timeout', '0', true),
  set_config('idle_in_transaction_session_timeout', '${PATIENCE_MS}', true), pg_backend_pid() AS pid`;

/** How a report is read. */
interface Manner {
  /** How long its first rows may take. */
  readonly timeLimitMs: number;
  /** No replica is read, such as after one has failed in the middle of the rows. */
  readonly fromPrimary?: boolean;
}

/** Reads whole reports, a few rows at a time, as one moment saw them: memory does not grow with their length. */
@Injectable()
export class ReportReader {
  constructor(
    private readonly primary: Snapshots,
    private readonly anywhere: ReplicaSnapshots,
    private readonly reports: Reports,
  ) {}

  /**
   * Opens a report: when this resolves, its first rows are there. It holds a connection until it is closed.
   * @throws DomainError INVALID_PARAMETER (400) when amounts need an exchange rate that is not known, REPORT_TOO_SLOW (503)
   */
  async open(scope: ReportScope, request: ReportRequest, how: Manner): Promise<ReportSource> {
    const { timeLimitMs, fromPrimary = false } = how;
    const snapshots = fromPrimary ? this.primary : this.anywhere;
    const settings = { ...REPORT_SETTINGS, statement_timeout: timeLimitMs };
    try {
      return await snapshots.begin(
        (snapshot) => this.begin(snapshot, scope, { request, timeLimitMs }),
        settings,
      );
    } catch (error) {
      throw explained(error);
    }
  }

  private async begin(
    snapshot: Snapshot,
    scope: ReportScope,
    { request, timeLimitMs }: Pick<Reading, 'request' | 'timeLimitMs'>,
  ): Promise<ReportSource> {
    let report: OpenReport | null = null;
    try {
      const whole = await this.reports.whole(snapshot.manager, scope, request);
      const [{ pid }] = await snapshot.manager.query<[{ pid: number }]>(READ_ALL);
      report = new OpenReport(snapshot, pid, { request, whole, timeLimitMs });
      await report.begin();
      return report;
    } catch (error) {
      await (report ?? snapshot).close();
      throw error;
    }
  }
}

/** What is read, and how long its first rows may take. */
interface Reading {
  readonly request: ReportRequest;
  readonly whole: WholeReport;
  readonly timeLimitMs: number;
}

/** A report in its transaction. */
class OpenReport implements ReportSource {
  readonly reportType = 'partner_report';
  readonly conversion: ReportSource['conversion'];
  readonly headings: ReportSource['headings'];
  readonly totals: () => Promise<Cell[][]>;
  readonly toCells: (row: FactRow) => Cell[];
  readonly toFileCells: (row: FactRow) => FileCell[];
  private stream: RowStream | null = null;
  /** First rows that were not given yet. */
  private ahead: FactRow[] | null = null;
  private closing: Promise<void> | null = null;

  /** @param pid of the snapshot's connection */
  constructor(
    private readonly snapshot: Snapshot,
    private readonly pid: number,
    private readonly reading: Reading,
  ) {
    const { request, whole } = reading;
    this.headings = { rows: headingsOf(request, 'rows'), totals: headingsOf(request, 'totals') };
    this.conversion = whole.conversion;
    this.totals = whole.totals;
    this.toCells = whole.toCells;
    this.toFileCells = whole.toFileCells;
  }

  /** Runs the report up to its first rows. */
  async begin(): Promise<void> {
    this.stream = await RowStream.open(this.snapshot.runner, this.reading.whole.rows);
    let cancelled: Promise<unknown> | undefined;
    const tooLong = setTimeout(() => {
      cancelled = this.snapshot.cancel(this.pid);
    }, this.reading.timeLimitMs);
    try {
      this.ahead = await this.stream.next();
    } finally {
      clearTimeout(tooLong);
      // It must not meet what comes after this statement.
      await cancelled;
    }
  }

  async *rows(): AsyncGenerator<FactRow[]> {
    if (!this.ahead) await this.begin();
    let rows = this.ahead!;
    for (this.ahead = null; rows.length > 0; rows = await this.stream!.next()) {
      const forgotten = setTimeout(() => void this.close().catch(() => undefined), PATIENCE_MS).unref();
      try {
        yield rows;
      } finally {
        clearTimeout(forgotten);
      }
    }
  }

  readonly relations = (ids: RelatedIds): Promise<PerformanceReportDto['relations']> =>
    relationsOf(this.snapshot.manager, ids, this.reading.request.askedAt);

  close(): Promise<void> {
    this.closing ??= this.giveUp();
    return this.closing;
  }

  private async giveUp(): Promise<void> {
    const { stream } = this;
    if (stream && !stream.over) {
      // What is on its way has to pass, or the server never hears that it may stop.
      stream.leave();
      await this.snapshot.cancel(this.pid);
      await stream.ended;
    }
    await this.snapshot.close();
  }
}
