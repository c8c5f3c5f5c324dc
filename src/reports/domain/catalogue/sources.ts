import { ACTIVITY_COLUMNS, FEE_COLUMNS, MONEY_COLUMNS } from '../../../commissions/domain/measures.js';

/** SQL of what a report's facts are chosen and cut by: placeholders with their types. */
export interface TimeSql {
  /** Half-open range of instants. */
  readonly from: string;
  readonly to: string;
  /** Half-open range of the days whose starts lie in it: for what is of a day and not of an instant. */
  readonly fromDay: string;
  readonly toDay: string;
  /** The smallest visit ids of the range's two ends, with `VISIT_LAG_MS` to either side. */
  readonly fromId: string;
  readonly toId: string;
  /** IANA zone of days, months and years. */
  readonly zone: string;
}

/** A visit's id may have been made this much before or after its time. */
export const VISIT_LAG_MS = 60_000;

/** What facts are grouped and filtered by: SQL of one fact's value, null where facts of the kind have none. */
export interface Dimensions {
  readonly partner: string;
  readonly brand: string;
  readonly campaign: string;
  readonly promo: string;
  /** Timestamp on the wall clock of the report's zone. */
  readonly local: (time: TimeSql) => string;
  readonly country: string;
  readonly player: string;
  readonly promoCode: string;
  /** The tracking link's own parameters. */
  readonly query: string;
  readonly signedUpAt: string;
  readonly firstDepositAt: string;
}

/** Amounts are in minor units. */
export type Unit = 'money' | 'count';

/** One number that adds up over facts. */
export interface Counter {
  readonly unit: Unit;
  /** SQL aggregate over one group of facts. */
  readonly sum: string;
  /** A join of the source that the aggregate needs. */
  readonly join?: string;
}

/** SQL type in which such values are added up: whole numbers take half the time of others. */
export function typeOf(unit: Unit): 'bigint' | 'numeric' {
  return unit === 'count' ? 'bigint' : 'numeric';
}

/** Facts of one kind. All SQL in here is trusted text; joins that nothing uses are left joins, which cost nothing. */
export interface Source {
  readonly from: string;
  /** Narrows the facts to the range. */
  readonly where: (time: TimeSql) => string;
  readonly dimensions: Dimensions;
  readonly currency: string;
  /** The counter that says how many facts there are. */
  readonly presence: string;
  /** Whether each player counts once: such figures of several groups do not add up. */
  readonly once?: true;
  readonly counters: Readonly<Record<string, Counter>>;
}

/** SQL of the versions of commission plans, each with the time in which it pays: of those that have begun, the newest. */
export const VERSIONS = `(
  SELECT plan_id, admin_fee_bps, strategies, coalesce(effective_from, '-infinity') AS since,
         coalesce(min(effective_from) OVER (PARTITION BY plan_id ORDER BY version
                                            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 'infinity') AS until
    FROM commission_plan_versions)`;

const wallClock =
  (instant: string) =>
  ({ zone }: TimeSql): string =>
    `(${instant} AT TIME ZONE ${zone})`;
const during = (instant: string, { from, to }: TimeSql): string =>
  `${instant} >= ${from} AND ${instant} < ${to}`;

const ownedBy = (alias: string): Pick<Dimensions, 'partner' | 'brand' | 'campaign' | 'promo'> => ({
  partner: `${alias}.partner_id`,
  brand: `${alias}.brand_id`,
  campaign: `${alias}.campaign_id`,
  promo: `${alias}.promo_id`,
});

type OfPlayer = Pick<
  Dimensions,
  'country' | 'player' | 'promoCode' | 'query' | 'signedUpAt' | 'firstDepositAt'
>;

const ofPlayer = (alias: string): OfPlayer => ({
  country: `${alias}.country`,
  player: `${alias}.id`,
  promoCode: `${alias}.promo_code_id`,
  query: `${alias}.query`,
  signedUpAt: `${alias}.signed_up_at`,
  firstDepositAt: `${alias}.first_deposit_at`,
});

/** What facts without a player have. */
export const OF_NO_PLAYER: OfPlayer = {
  country: 'NULL::text',
  player: 'NULL::uuid',
  promoCode: 'NULL::uuid',
  query: 'NULL::jsonb',
  signedUpAt: 'NULL::timestamptz',
  firstDepositAt: 'NULL::timestamptz',
};

const counted = (condition?: string): Counter => ({
  unit: 'count',
  sum: condition ? `count(*) FILTER (WHERE ${condition})` : 'count(*)',
});

const MONEY: readonly string[] = MONEY_COLUMNS;
const ACTIVITY: Record<string, Counter> = {
  activity_facts: counted(),
  ...Object.fromEntries(
    ACTIVITY_COLUMNS.map((column): [string, Counter] => [
      column,
      { unit: MONEY.includes(column) ? 'money' : 'count', sum: `sum(a.${column})` },
    ]),
  ),
  ...Object.fromEntries(
    FEE_COLUMNS.map((column): [string, Counter] => [
      feeCounter(column),
      {
        unit: 'money',
        sum: `sum(a.${column}::numeric * fee.admin_fee_bps)`,
        join: `JOIN campaigns feec ON feec.id = a.campaign_id
          JOIN ${VERSIONS} fee ON fee.plan_id = feec.commission_plan_id
            AND a.interval_from >= fee.since AND a.interval_from < fee.until`,
      },
    ]),
  ),
};

/** Counter of a column's sum, each value times the basis points of the admin fee of its time. */
export function feeCounter(column: string): string {
  return `fee_${column}`;
}

/** What a line of revenue share is a share of; null for other lines. */
const BASE = `CASE WHEN l.strategy = 'revshare' THEN pays.strategies -> split_part(l.line_key, ':', 1)::int ->> 'base' END`;

const paidFor = (value: string, condition: string, join?: string): Counter => ({
  unit: 'money',
  sum: `coalesce(sum(${value}) FILTER (WHERE ${condition}), 0)`,
  join,
});
const shareOf = (value: string, bases: readonly string[]): Counter =>
  paidFor(
    value,
    `${BASE} IN (${bases.map((base) => `'${base}'`).join(', ')})`,
    `LEFT JOIN ${VERSIONS} pays ON pays.plan_id = l.plan_id AND l.period_start >= pays.since
       AND l.period_start < pays.until`,
  );

const depositor = '(a.deposits_count > 0 OR a.deposits_sum > 0)';

/** Where figures come from: the raw facts. What has no amount counts under its brand's currency. */
export const SOURCES = {
  visits: {
    from: 'visits v LEFT JOIN brands b ON b.id = v.brand_id',
    // Visits are partitioned and indexed by id, which begins with about the time of the visit.
    where: (time) => `v.id >= ${time.fromId} AND v.id < ${time.toId} AND ${during('v.visited_at', time)}`,
    dimensions: {
      ...OF_NO_PLAYER,
      ...ownedBy('v'),
      local: wallClock('v.visited_at'),
      country: 'v.country',
      query: 'v.query',
    },
    currency: 'b.currency',
    presence: 'visits',
    counters: { visits: counted(), unique_visits: counted('NOT (v.bot OR v.duplicate)') },
  },
  registrations: {
    from: 'players p LEFT JOIN brands b ON b.id = p.brand_id',
    where: (time) => during('p.signed_up_at', time),
    dimensions: {
      ...ownedBy('p'),
      ...ofPlayer('p'),
      local: wallClock('p.signed_up_at'),
    },
    currency: 'b.currency',
    presence: 'registrations',
    counters: {
      registrations: counted(),
      duplicated_players: counted('p.duplicate'),
      self_excluded_players: counted('p.self_excluded'),
      disabled_players: counted('p.disabled'),
    },
  },
  firstDeposits: {
    from: 'players p',
    where: (time) => during('p.first_deposit_at', time),
    dimensions: {
      ...ownedBy('p'),
      ...ofPlayer('p'),
      local: wallClock('p.first_deposit_at'),
    },
    currency: 'p.first_deposit_currency',
    presence: 'first_deposits',
    counters: {
      first_deposits: counted(),
      first_deposits_sum: { unit: 'money', sum: 'sum(p.first_deposit_minor)' },
    },
  },
  activity: {
    from: 'player_activity a LEFT JOIN players p ON p.id = a.player_id',
    where: (time) => during('a.interval_from', time),
    dimensions: {
      ...ofPlayer('p'),
      ...ownedBy('a'),
      local: wallClock('a.interval_from'),
    },
    currency: 'a.currency',
    presence: 'activity_facts',
    counters: ACTIVITY,
  },
  depositors: {
    from: 'player_activity a LEFT JOIN players p ON p.id = a.player_id',
    where: (time) => `${during('a.interval_from', time)} AND ${depositor}`,
    dimensions: {
      ...ofPlayer('p'),
      ...ownedBy('a'),
      local: wallClock('a.interval_from'),
    },
    currency: 'a.currency',
    presence: 'depositing_players',
    once: true,
    counters: { depositing_players: { unit: 'count', sum: 'count(DISTINCT a.player_id)' } },
  },
  qualifications: {
    from: `player_qualifications q JOIN campaigns c ON c.id = q.campaign_id
      LEFT JOIN brands b ON b.id = c.brand_id LEFT JOIN players p ON p.id = q.player_id`,
    where: (time) => `${during('q.qualified_at', time)} AND q.revoked_at IS NULL`,
    dimensions: {
      ...ofPlayer('p'),
      ...ownedBy('q'),
      brand: 'c.brand_id',
      local: wallClock('q.qualified_at'),
    },
    currency: 'b.currency',
    presence: 'qualified_players',
    counters: { qualified_players: counted() },
  },
  commission: {
    from: `bills b JOIN bill_lines l ON l.bill_id = b.id AND l.kind NOT IN ('carry_in', 'carry_out')`,
    // A bill counts at the start of the last day of its period, in the report's zone.
    where: ({ fromDay, toDay }) =>
      `b.state <> 'cancelled' AND b.last_day >= ${fromDay} AND b.last_day < ${toDay}`,
    dimensions: {
      ...OF_NO_PLAYER,
      ...ownedBy('l'),
      partner: 'b.partner_id',
      brand: 'b.brand_id',
      local: () => 'b.last_day::timestamp',
    },
    currency: 'b.currency',
    presence: 'commission_facts',
    counters: {
      commission_facts: counted(),
      partner_income: { unit: 'money', sum: 'sum(l.amount_minor)' },
      fixed: paidFor('l.amount_minor', `l.strategy = 'sale'`),
      fixed_per_player: paidFor('l.amount_minor', `l.strategy IN ('cpl', 'cpa')`),
      ngr_percent: shareOf('l.amount_minor', ['ngr', 'ggr', 'sb_ngr', 'sb_ggr', 'poker_ngr', 'poker_rake']),
      deposits_sum_percent: shareOf('l.amount_minor', ['deposits', 'net_deposits']),
      wager_percent: shareOf('l.amount_minor', ['wager', 'sb_wager']),
      payable_ngr: shareOf('l.base_minor', ['ngr', 'sb_ngr', 'poker_ngr']),
    },
  },
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof SOURCES;

/** Which source sums a counter. */
const SOURCE_OF: ReadonlyMap<string, SourceName> = new Map(
  (Object.keys(SOURCES) as SourceName[]).flatMap((source) =>
    Object.keys(SOURCES[source].counters).map((counter): [string, SourceName] => [counter, source]),
  ),
);

/** The source that sums the counter. */
export function sourceOf(counter: string): SourceName {
  return SOURCE_OF.get(counter)!;
}

/** Definition of a source. */
export function sourceNamed(name: SourceName): Source {
  return SOURCES[name];
}

/** Definition of a counter. */
export function counterNamed(name: string): Counter {
  return sourceNamed(sourceOf(name)).counters[name]!;
}
