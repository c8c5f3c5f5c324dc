import { measureSql } from '../../commissions/domain/measures.js';

/** How a value is shown: a whole number, an amount with its currency, a calendar day, or an identifier. */
export type CellType = 'integer' | 'money' | 'date' | 'string';

/** A relation of facts that columns are summed from. All SQL in here is trusted text. */
export interface FactSource {
  /** FROM clause. */
  from: string;
  /** SQL of the fact's calendar day; `$3` is the IANA zone. */
  day: string;
  /** SQL condition that narrows the facts to the half-open time range `$1`, `$2`. */
  range: string;
  /** Alias that carries `partner_id`, `brand_id`, `campaign_id`, `promo_id`. */
  keys: { partner: string; brand: string; campaign: string; promo: string };
  currency: string;
}

const keysOf = (alias: string): FactSource['keys'] => ({
  partner: `${alias}.partner_id`,
  brand: `${alias}.brand_id`,
  campaign: `${alias}.campaign_id`,
  promo: `${alias}.promo_id`,
});

const dayOf = (instant: string): string => `(${instant} AT TIME ZONE $3)::date`;
const rangeOf = (instant: string): string => `${instant} >= $1 AND ${instant} < $2`;

/** Where the figures come from: the raw facts, one relation each. Facts without an amount count under their brand's currency. */
export const SOURCES = {
  visits: {
    from: 'visits v JOIN brands vb ON vb.id = v.brand_id',
    day: dayOf('v.visited_at'),
    // Visits are partitioned and indexed by id, and a visit's id begins with its time.
    range: 'v.id >= $4::uuid AND v.id < $5::uuid',
    keys: keysOf('v'),
    currency: 'vb.currency',
  },
  registrations: {
    from: 'players r JOIN brands rb ON rb.id = r.brand_id',
    day: dayOf('r.signed_up_at'),
    range: rangeOf('r.signed_up_at'),
    keys: keysOf('r'),
    currency: 'rb.currency',
  },
  firstDeposits: {
    from: 'players f JOIN brands fb ON fb.id = f.brand_id',
    day: dayOf('f.first_deposit_at'),
    range: rangeOf('f.first_deposit_at'),
    keys: keysOf('f'),
    currency: 'fb.currency',
  },
  activity: {
    from: `player_activity a
      JOIN campaigns ac ON ac.id = a.campaign_id
      JOIN commission_plans ap ON ap.id = ac.commission_plan_id
      JOIN commission_plan_versions av ON av.plan_id = ap.id AND av.version = ap.current_version`,
    day: dayOf('a.interval_from'),
    range: rangeOf('a.interval_from'),
    keys: keysOf('a'),
    currency: 'a.currency',
  },
  commission: {
    from: `bill_lines l JOIN bills b ON b.id = l.bill_id AND b.state <> 'cancelled' AND l.kind NOT IN ('carry_in', 'carry_out')`,
    day: 'b.last_day',
    range: `b.last_day >= ($1::timestamptz AT TIME ZONE $3)::date
      AND b.last_day <= (($2::timestamptz - interval '1 microsecond') AT TIME ZONE $3)::date`,
    keys: { partner: 'l.partner_id', brand: 'b.brand_id', campaign: 'l.campaign_id', promo: 'l.promo_id' },
    currency: 'b.currency',
  },
} as const satisfies Record<string, FactSource>;

export type SourceName = keyof typeof SOURCES;

export interface Column {
  title: string;
  description: string;
  type: 'integer' | 'money';
  source: SourceName;
  /** SQL aggregate over one group of facts; amounts in minor units, possibly with a fraction from an admin fee. */
  sum: string;
}

const count = (title: string, description: string, source: SourceName): Column => ({
  title,
  description,
  type: 'integer',
  source,
  sum: 'count(*)',
});

const activity = (
  title: string,
  description: string,
  type: Column['type'],
  measure: Parameters<typeof measureSql>[0],
): Column => ({
  title,
  description,
  type,
  source: 'activity',
  sum: `sum(${measureSql(measure, 'a', 'av.admin_fee_bps')})`,
});

/** The one catalogue of report columns: validation, SQL, attributes and documentation read it. */
export const COLUMNS = {
  visits_count: count('Visits', 'Clicks on tracking links', 'visits'),
  unique_visits_count: {
    ...count(
      'Unique visits',
      'Visits without those of bots and without duplicates; a duplicate is known a minute or two after its click',
      'visits',
    ),
    sum: 'count(*) FILTER (WHERE NOT (v.bot OR v.duplicate))',
  },
  registrations_count: count('Registrations', 'Players who signed up', 'registrations'),
  first_deposits_count: count('First deposits', 'Players who made their first deposit', 'firstDeposits'),
  first_deposits_sum: {
    title: 'First deposits sum',
    description: 'Sum of players’ first deposits',
    type: 'money',
    source: 'firstDeposits',
    sum: 'sum(f.first_deposit_minor)',
  },
  deposits_count: activity('Deposits', 'How many deposits were made', 'integer', 'deposits_count'),
  deposits_sum: activity('Deposits sum', 'Sum of deposits', 'money', 'deposits'),
  net_deposits: activity('Net deposits', 'Deposits − cash-outs − chargebacks', 'money', 'net_deposits'),
  wager: activity('Wager', 'Sum of casino bets', 'money', 'wager'),
  ggr: activity('GGR', 'Bets − wins', 'money', 'ggr'),
  admin_fee: activity('Admin fee', 'The plan’s admin fee on GGR', 'money', 'admin_fee'),
  ngr: activity(
    'NGR',
    'GGR − bonuses − deductions − taxes − payment, provider and jackpot fees − admin fee',
    'money',
    'ngr',
  ),
  partner_income: {
    title: 'Partner income',
    description: 'Commission billed, on the last day of the bill’s period; cancelled bills are left out',
    type: 'money',
    source: 'commission',
    sum: 'sum(l.amount_minor)',
  },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof COLUMNS;

export interface Grouper {
  title: string;
  description: string;
  /** Name of the row's cell. */
  cell: string;
  type: CellType;
  /** Periods exclude one another: a report has at most one. */
  period: boolean;
  /** SQL of the group's value in one source. */
  value: (source: FactSource) => string;
}

const period = (title: string, unit: string, description: string): Grouper => ({
  title,
  description,
  cell: 'date',
  type: 'date',
  period: true,
  value: ({ day }) => `date_trunc('${unit}', ${day})::date::text`,
});

const key = (title: string, description: string, name: 'brand' | 'campaign' | 'promo'): Grouper => ({
  title,
  description,
  cell: `${name}_id`,
  type: 'string',
  period: false,
  value: ({ keys }) => keys[name],
});

/** The one catalogue of groupers. */
export const GROUPERS = {
  day: period('Day', 'day', 'Calendar day in the report’s time zone'),
  month: period('Month', 'month', 'Calendar month; the cell is its first day'),
  brand: key('Brand', 'Brand', 'brand'),
  campaign: key('Campaign', 'Campaign', 'campaign'),
  promo: key('Promo', 'Promo, that is one tracking link', 'promo'),
} as const satisfies Record<string, Grouper>;

export type GrouperName = keyof typeof GROUPERS;

/** Definition of a column. */
export function columnOf(name: ColumnName): Column {
  return COLUMNS[name];
}

/** Definition of a grouper. */
export function grouperOf(name: GrouperName): Grouper {
  return GROUPERS[name];
}
