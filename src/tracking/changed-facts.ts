import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { ActivitySums, ColumnGroup, Period, PromoActivity } from '../commissions/index.js';
import { suspendedSql } from '../partner-management/index.js';
import { readRows, setLocally } from '../platform/index.js';
import { fraudulentSql } from './fraud/fraudulent-sql.js';

/** Which partners of a plan to look for. */
export interface ChangedFactsQuery {
  readonly planId: string;
  /** Only changes before this instant count, the end of a period … */
  readonly before: Date;
  /** … or before a later one, for partners that have one. */
  readonly laterFor: ReadonlyMap<string, Date>;
  /** Partners from this id on are left out; null for none. */
  readonly belowPartnerId: string | null;
}

/** A partner whose facts on the plan changed. */
export interface ChangedPartner {
  readonly partnerId: string;
  /** The earliest change, rounded down to its quarter of an hour. */
  readonly earliest: Date;
  /** The changes that the view has seen. */
  readonly changeIds: readonly string[];
  /**
   * What the partner's players did while it was not suspended, without those confirmed to be fraud, from the period of
   * the earliest change on.
   */
  readonly activity: readonly PeriodActivity[];
}

/** Sums of a promo's activity in one period. */
export interface PeriodActivity extends PromoActivity {
  /** Place of the period among those that were asked for. */
  readonly period: number;
}

/** What the sums of activity look at. */
export interface ActivityScope {
  /** Without gaps, oldest first. */
  readonly periods: readonly Period[];
  readonly groups: readonly ColumnGroup[];
}

/** A view may stay open as long as a run takes, its sums may take long, and all of them are wanted. */
const VIEW_SETTINGS = {
  statement_timeout: 0,
  lock_timeout: '30s',
  idle_in_transaction_session_timeout: '10min',
  work_mem: '64MB',
  cursor_tuple_fraction: 1,
};

const PARTNERS = `
  CREATE TEMPORARY TABLE changed_partners ON COMMIT DROP AS
  SELECT c.partner_id, min(f.occurred_at) AS earliest, array_agg(f.id) AS change_ids
    FROM campaigns c
    JOIN fact_changes f ON f.campaign_id = c.id
    LEFT JOIN unnest($3::uuid[], $4::timestamptz[]) AS later (partner_id, before) ON later.partner_id = c.partner_id
   WHERE c.commission_plan_id = $1 AND ($5::uuid IS NULL OR c.partner_id < $5)
     AND f.occurred_at < coalesce(later.before, $2)
   GROUP BY c.partner_id`;

/** A partner with more rows of sums than this has a batch for itself: so much is in memory at once. */
const ROWS_PER_BATCH = 20_000;

/** Rows of sums that are read in one round trip; a few hundred bytes each. */
const ROWS_AT_ONCE = 2_000;

interface PartnerRow {
  partner_id: string;
  earliest: Date;
  change_ids: string[];
}

type ActivityRow = { period: number; partner_id: string; campaign_id: string; promo_id: string } & Record<
  string,
  string
>;

/**
 * What changed on a plan since it was last billed, as it stood at one moment. The sums are made by one statement over
 * all partners and come in a stream: however many partners there are, memory holds a batch of them.
 */
export class ChangedFactsView {
  private lastPartnerId: string | null = null;
  private sums: ActivityStream | null = null;

  private constructor(
    private readonly runner: QueryRunner,
    private readonly planId: string,
    /** The earliest change of them all; null when there is none. */
    readonly earliest: Date | null,
    /** How many partners have changes. */
    readonly partners: number,
  ) {}

  /** Opens a view of the newest facts; whoever opens it closes it. */
  static async open(dataSource: DataSource, query: ChangedFactsQuery): Promise<ChangedFactsView> {
    const runner = dataSource.createQueryRunner();
    try {
      await runner.startTransaction('REPEATABLE READ');
      await setLocally(runner.manager, VIEW_SETTINGS);
      const { planId, before, laterFor, belowPartnerId } = query;
      const later = [[...laterFor.keys()], [...laterFor.values()]];
      await runner.query(PARTNERS, [planId, before, ...later, belowPartnerId]);
      await runner.query('ALTER TABLE changed_partners ADD PRIMARY KEY (partner_id)');
      await runner.query('ANALYZE changed_partners');
      const [{ earliest, partners }] = (await runner.query(
        'SELECT min(earliest) AS earliest, count(*)::int AS partners FROM changed_partners',
      )) as [{ earliest: Date | null; partners: number }];
      return new ChangedFactsView(runner, planId, earliest, partners);
    } catch (error) {
      await close(runner);
      throw error;
    }
  }

  /** Reads other facts of the same moment. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Starts the stream of sums; before the first batch is taken. */
  sumActivity(scope: ActivityScope): void {
    if (scope.groups.length > 0) this.sums = new ActivityStream(this.manager, this.planId, scope);
  }

  /** The next partners, in falling order of their ids; none after the last. */
  async take(limit: number): Promise<ChangedPartner[]> {
    const rows = (await this.runner.query(
      `SELECT partner_id, earliest, change_ids::text[] AS change_ids FROM changed_partners
        WHERE $1::uuid IS NULL OR partner_id < $1 ORDER BY partner_id DESC LIMIT $2`,
      [this.lastPartnerId, limit],
    )) as PartnerRow[];
    const batch: ChangedPartner[] = [];
    let sumRows = 0;
    for (const { partner_id: partnerId, earliest, change_ids: changeIds } of rows) {
      if (sumRows >= ROWS_PER_BATCH) break;
      const activity = (await this.sums?.of(partnerId)) ?? [];
      sumRows += activity.length;
      batch.push({ partnerId, earliest, changeIds, activity });
      this.lastPartnerId = partnerId;
    }
    return batch;
  }

  close(): Promise<void> {
    return close(this.runner);
  }
}

/**
 * SQL of the place of an instant's period, from 1, among those whose starts are given: they have no gaps. A join with
 * them would have the planner expect few rows, and look the activity of each partner up by itself.
 * @param starts the parameter that holds the starts, such as `$2`; trusted text, as is `at`
 */
export function placeOfPeriod(at: string, starts: string): string {
  return `width_bucket(${at}, ${starts}::timestamptz[])`;
}

/** SQL of the sums of activity `a` by group, each as the text of a whole number. */
export function groupSums(groups: readonly ColumnGroup[]): string {
  const sums = groups.map(({ column, terms }) => {
    const signed = terms.map((term) => `${term.sign === 1 ? '+' : '-'} a.${term.column}`).join(' ');
    return `sum(${signed})::text AS ${column}`;
  });
  return sums.join(', ');
}

/** What a row holds by `groupSums`. */
export function sumsOf(row: Readonly<Record<string, unknown>>, groups: readonly ColumnGroup[]): ActivitySums {
  const sums: ActivitySums = {};
  for (const { column } of groups) sums[column] = BigInt(row[column] as string);
  return sums;
}

/** Sums of activity by partner, period and promo, in the order in which a view gives its partners. */
class ActivityStream {
  private readonly rows: AsyncGenerator<ActivityRow>;
  private ahead: ActivityRow | null = null;
  private ended = false;

  constructor(
    manager: EntityManager,
    planId: string,
    private readonly scope: ActivityScope,
  ) {
    const { periods, groups } = scope;
    this.rows = readRows<ActivityRow>(
      manager,
      // Summed up first and sorted then: there are far fewer sums than rows of activity.
      `SELECT * FROM (
         SELECT ${placeOfPeriod('a.interval_from', '$2')} - 1 AS period, a.partner_id, a.campaign_id, a.promo_id,
                ${groupSums(groups)}
           FROM changed_partners changed
           JOIN player_activity a ON a.partner_id = changed.partner_id
            AND a.interval_from >= $3 AND a.interval_from < $4
            AND ${placeOfPeriod('a.interval_from', '$2')} >= ${placeOfPeriod('changed.earliest', '$2')}
           JOIN campaigns c ON c.id = a.campaign_id AND c.commission_plan_id = $1
          WHERE NOT ${fraudulentSql('a.partner_id', 'a.player_id')}
            AND NOT ${suspendedSql('a.partner_id', 'a.interval_from')}
          GROUP BY a.partner_id, period, a.campaign_id, a.promo_id
         OFFSET 0) AS sums
        ORDER BY partner_id DESC, period`,
      [planId, periods.map(({ start }) => start), periods[0]!.start, periods.at(-1)!.end],
      ROWS_AT_ONCE,
    );
  }

  /** The sums of the partner, who comes after all that were asked for before. */
  async of(partnerId: string): Promise<PeriodActivity[]> {
    const found: PeriodActivity[] = [];
    for (;;) {
      this.ahead ??= await this.read();
      if (this.ahead?.partner_id !== partnerId) return found;
      found.push(this.toActivity(this.ahead));
      this.ahead = null;
    }
  }

  private async read(): Promise<ActivityRow | null> {
    if (this.ended) return null;
    const row = await this.rows.next();
    this.ended = row.done === true;
    return this.ended ? null : (row.value as ActivityRow);
  }

  private toActivity(row: ActivityRow): PeriodActivity {
    const { period, campaign_id: campaignId, promo_id: promoId } = row;
    return { period, campaignId, promoId, sums: sumsOf(row, this.scope.groups) };
  }
}

async function close(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } finally {
    await runner.release();
  }
}
