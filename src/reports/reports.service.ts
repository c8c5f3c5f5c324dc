import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  Clock,
  Config,
  type FileCell,
  ReplicaSnapshots,
  RowStream,
  sqlState,
  startOfDay,
  uuidV7Floor,
} from '../platform/index.js';
import type { ConversionDto } from './display-currency.dto.js';
import { DisplayCurrency, type DisplayRates } from './display-currency.service.js';
import type { Audience } from './domain/catalogue/groupers.js';
import { VISIT_LAG_MS } from './domain/catalogue/sources.js';
import { type Cell, cellsOf, type FactRow, fileCellsOf, totalCells } from './domain/report-answer.js';
import type { ReportScope } from './domain/report-facts.js';
import { badParameter, type RawQuery } from './domain/report-parameters.js';
import { hasMoney, parseReportRequest, type ReportRequest } from './domain/report-request.js';
import { type RollupState, rollupUse } from './domain/report-rollups.js';
import { pageStatement, type ReportPlan, totalsStatement, wholeStatement } from './domain/report-sql.js';
import { markedDaySql } from './domain/rollup-sql.js';
import type { Statement } from './domain/statement.js';
import type { ShownReportDto } from './performance-report.dto.js';
import { reportTooSlow, UnratedAmounts } from './reports.errors.js';
import { addRelatedIds, relationsOf } from './report-relations.js';

/** PostgreSQL's invalid_parameter_value: a zone that it does not know. */
const UNKNOWN_ZONE = '22023';
/** Its query_canceled: a statement took longer than it may. */
const QUERY_CANCELED = '57014';
/** To start workers takes some milliseconds: most reports are read in less (the database's own figure is a tenth). */
export const REPORT_SETTINGS = { parallel_setup_cost: 10_000 };

/** By which statements a report is read, and what its answer tells of the rates. */
interface Plan extends ReportPlan {
  readonly conversion: ConversionDto | null;
}

/** A report with all its rows. */
export interface WholeReport {
  readonly conversion: ConversionDto | null;
  /** Reads them, once for all who ask, when the connection is free. */
  readonly totals: () => Promise<Cell[][]>;
  readonly rows: Statement;
  readonly toCells: (row: FactRow) => Cell[];
  readonly toFileCells: (row: FactRow) => FileCell[];
}

/** Answers performance reports (A15, A18, rules §11): everything of one report is of one moment. */
@Injectable()
export class Reports {
  constructor(
    private readonly snapshots: ReplicaSnapshots,
    private readonly display: DisplayCurrency,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Reads what is asked for.
   * @param inPages false where the whole report is asked for
   * @throws DomainError INVALID_PARAMETER (400) that names the parameter
   */
  request(query: RawQuery, audience: Audience, inPages = true): ReportRequest {
    const now = this.clock.now();
    return parseReportRequest(query, { audience, timeZone: this.config.timeZone, now, inPages });
  }

  /**
   * One page of a report, with totals over all pages and the names behind the identifiers.
   * @throws DomainError INVALID_PARAMETER (400) when amounts need an exchange rate that is not known, REPORT_TOO_SLOW (503)
   */
  async page(scope: ReportScope, request: ReportRequest): Promise<ShownReportDto> {
    return this.atOneMoment(async (db) => {
      const plan = await this.plan(db, scope, request);
      const slice = { limit: request.perPage, offset: (request.page - 1) * request.perPage };
      const lines = await RowStream.readAll(db, pageStatement(plan, slice));
      const totals = lines
        .filter((line) => line.at(-2) !== null)
        .map((line) => line.slice(request.groupBy.length));
      refuseUnrated(plan, totals);
      const totalCount = totals.reduce((count, line) => count + Number(line.at(-2)), 0);
      const divisor = divisorOf(plan);
      const data = lines.slice(totals.length).map(cellsOf(request, divisor));
      return {
        report_type: 'partner_report',
        rows: { data },
        totals: { data: totalCells(request, totals, divisor) },
        conversion: plan.conversion,
        relations: await relationsOf(db, addRelatedIds(new Map(), data), request.askedAt),
        current_page: request.page,
        total_pages: Math.max(1, Math.ceil(totalCount / request.perPage)),
        current_per_page: request.perPage,
        total_count: totalCount,
      };
    });
  }

  /**
   * What a whole report is read by, in a transaction of the caller's.
   * @throws DomainError INVALID_PARAMETER (400) when amounts need an exchange rate that is not known
   */
  async whole(db: EntityManager, scope: ReportScope, request: ReportRequest): Promise<WholeReport> {
    const plan = await this.plan(db, scope, request);
    const divisor = divisorOf(plan);
    const readTotals = async (): Promise<Cell[][]> => {
      const totals = await RowStream.readAll(db, totalsStatement(plan));
      refuseUnrated(plan, totals);
      return totalCells(request, totals, divisor);
    };
    // Amounts that cannot be converted are refused before anything is written.
    let totals = plan.rates && (await readTotals());
    return {
      conversion: plan.conversion,
      totals: async () => (totals ??= await readTotals()),
      rows: wholeStatement(plan),
      toCells: cellsOf(request, divisor),
      toFileCells: fileCellsOf(request, divisor),
    };
  }

  private async plan(db: EntityManager, scope: ReportScope, request: ReportRequest): Promise<Plan> {
    const rollups = rollupUse(await rollupState(db, scope), scope, request);
    const tail = rollups?.visitsBefore ? startOfDay(request.timeZone, rollups.visitsBefore) : request.from;
    const visitsFrom = tail > request.from ? tail : request.from;
    const rates = await this.ratesFor(db, request);
    return {
      scope,
      request,
      ids: { from: visitIdFloor(request.from, -VISIT_LAG_MS), to: visitIdFloor(request.to, VISIT_LAG_MS) },
      rollups,
      visitsTail: { from: visitsFrom, fromId: visitIdFloor(visitsFrom, -VISIT_LAG_MS) },
      rates: rates && rates.exact(),
      // What is still without a rate then is refused where there are amounts of it.
      conversion: rates && { ...rates.note(), missing: [] },
    };
  }

  /** The rates that amounts are shown by; null where they stay in their currencies. */
  private async ratesFor(db: EntityManager, request: ReportRequest): Promise<DisplayRates | null> {
    const { conversion } = request;
    if (!conversion || !hasMoney(request)) return null;
    return this.display.programRatesOn(db, conversion.day, conversion.currency);
  }

  /** Everything that the work reads is of one moment. */
  private async atOneMoment<T>(work: (db: EntityManager) => Promise<T>): Promise<T> {
    const settings = { ...REPORT_SETTINGS, statement_timeout: this.config.reportTimeLimitMs };
    try {
      return await this.snapshots.read(work, settings);
    } catch (error) {
      throw explained(error);
    }
  }
}

async function rollupState(db: EntityManager, { partnerId }: ReportScope): Promise<RollupState> {
  const [state] = await db.query<[RollupState]>(
    `SELECT time_zone AS "timeZone", visits_before::text AS "visitsBefore",
            min(day)::text AS "firstChanged", max(day)::text AS "lastChanged"
       FROM report_rollups
       LEFT JOIN LATERAL (
              SELECT ${markedDaySql('time_zone')} AS day
                FROM report_marks WHERE $1::uuid IS NULL OR partner_id = $1) AS mark ON true
      GROUP BY only_one`,
    [partnerId],
  );
  return state;
}

function visitIdFloor(at: Date, lagMs: number): string {
  return uuidV7Floor(new Date(at.getTime() + lagMs));
}

/** Refuses amounts that cannot be converted: lines of totals end with a currency of such. */
function refuseUnrated({ request }: ReportPlan, totals: readonly FactRow[]): void {
  const from = totals.map((line) => line.at(-1)).find((currency) => currency);
  if (!from) return;
  const { currency, day } = request.conversion!;
  throw new UnratedAmounts(from, currency, day);
}

function divisorOf({ rates }: ReportPlan): bigint {
  return rates?.divisor ?? 1n;
}

/** What an error of a report's statements tells whoever asked for it. */
export function explained(error: unknown): unknown {
  switch (sqlState(error)) {
    case UNKNOWN_ZONE:
      return badParameter('time_zone', 'is not known to the database; use another name of the zone');
    case QUERY_CANCELED:
      return reportTooSlow();
    default:
      return error;
  }
}
