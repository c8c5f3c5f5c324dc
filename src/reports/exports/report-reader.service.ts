import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { type Cell, type FactRow, headingsOf } from '../domain/report-answer.js';
import type { ReportScope } from '../domain/report-facts.js';
import type { ReportRequest } from '../domain/report-request.js';
import type { PerformanceReportDto } from '../performance-report.dto.js';
import { type RelatedIds, relationsOf } from '../report-relations.js';
import { begin, explained, Reports, type WholeReport } from '../reports.service.js';
import type { ReportSource } from './report-source.js';

const ROWS_AT_ONCE = 1_000;
/** A cursor that is read to its end; whoever stops reading for longer than a minute loses it. */
const READ_ALL = `SELECT set_config('cursor_tuple_fraction', '1', true), 
  set_config('idle_in_transaction_session_timeout', '60s', true)`;

/** Reads whole reports, a few rows at a time, as one moment saw them: memory does not grow with their length. */
@Injectable()
export class ReportReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reports: Reports,
  ) {}

  /**
   * Opens a report: when this resolves, its totals and first rows are there. It holds a connection until it is closed.
   * @param timeLimitMs how long each of its statements may take
   * @throws DomainError INVALID_PARAMETER (400) when amounts need an exchange rate that is not known
   */
  async open(scope: ReportScope, request: ReportRequest, timeLimitMs: number): Promise<ReportSource> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await begin(runner, timeLimitMs);
      await runner.query(READ_ALL);
      const report = new OpenReport(
        runner,
        request,
        await this.reports.whole(runner.manager, scope, request),
      );
      await report.begin();
      return report;
    } catch (error) {
      await end(runner);
      throw explained(error);
    }
  }
}

/** A report in its transaction. */
class OpenReport implements ReportSource {
  readonly reportType = 'partner_report';
  readonly headings: ReportSource['headings'];
  readonly totals: Cell[][];
  private cursors = 0;
  private begun: { cursor: string; ahead: FactRow[] } | null = null;
  private closing: Promise<void> | null = null;
  /** What the connection is at. */
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runner: QueryRunner,
    request: ReportRequest,
    private readonly whole: WholeReport,
  ) {
    this.headings = { rows: headingsOf(request, 'rows'), totals: headingsOf(request, 'totals') };
    this.totals = whole.totals;
  }

  /** Runs the report up to its first rows. */
  async begin(): Promise<void> {
    this.cursors += 1;
    const cursor = `report_${this.cursors}`;
    const { text, values } = this.whole.rows;
    await this.runner.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${text}`, [...values]);
    this.begun = { cursor, ahead: await this.fetch(cursor) };
  }

  /** While some rows are written the database makes the next ones. */
  async *rows(): AsyncGenerator<Cell[][]> {
    if (!this.begun) await this.begin();
    const { cursor, ahead } = this.begun!;
    this.begun = null;
    for (let rows = ahead; rows.length > 0;) {
      const more = rows.length === ROWS_AT_ONCE ? this.fetch(cursor) : Promise.resolve([]);
      yield rows.map(this.whole.toCells);
      rows = await more;
    }
  }

  readonly relations = async (ids: RelatedIds): Promise<PerformanceReportDto['relations']> => {
    await this.running;
    return relationsOf(this.runner.manager, ids);
  };

  close(): Promise<void> {
    this.closing ??= this.running.then(() => end(this.runner));
    return this.closing;
  }

  private fetch(cursor: string): Promise<FactRow[]> {
    const fetched = this.runner.query(`FETCH ${ROWS_AT_ONCE} FROM ${cursor}`) as Promise<FactRow[]>;
    // Whoever wants the rows is told of faults; nobody may want them any more.
    this.running = fetched.catch(() => undefined);
    return fetched;
  }
}

async function end(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } finally {
    await runner.release();
  }
}
