import { divideHalfEven } from './exact.js';

/**
 * Columns of a player's activity that hold amounts, in minor units of the activity's currency.
 * The names are those of the database columns (`player_activity`).
 */
export const MONEY_COLUMNS = [
  'deposits_sum',
  'cashouts_sum',
  'bets_sum',
  'wins_sum',
  'bonus_issues_sum',
  'chargebacks_sum',
  'additional_deductions_sum',
  'taxes_sum',
  'payment_system_fees_sum',
  'game_provider_fees_sum',
  'jackpot_fees_sum',
  'sb_bets_sum',
  'sb_settled_bets_sum',
  'sb_wins_sum',
  'sb_bonuses_sum',
  'sb_balance_corrections_sum',
  'sb_third_party_fees_sum',
  'sb_cancelled_bets_sum',
  'poker_bets_sum',
  'poker_rake_sum',
  'poker_bonuses_sum',
  'poker_balance_corrections_sum',
  'poker_third_party_fees_sum',
] as const;

/** Columns of a player's activity that count things. */
export const COUNT_COLUMNS = [
  'deposits_count',
  'cashouts_count',
  'casino_bets_count',
  'chargebacks_count',
  'poker_rounds_count',
] as const;

/** Every column of a player's activity. */
export const ACTIVITY_COLUMNS = [...MONEY_COLUMNS, ...COUNT_COLUMNS] as const;

export type ActivityColumn = (typeof ACTIVITY_COLUMNS)[number];

/** Sums of activity columns; an absent column is zero. */
export type ActivitySums = Partial<Record<ActivityColumn, bigint>>;

/** One term of a measure: the column counted with its sign. */
export interface MeasureTerm {
  readonly sign: 1 | -1;
  readonly column: ActivityColumn;
}

interface MeasureDefinition {
  readonly title: string;
  readonly description: string;
  readonly unit: 'money' | 'count';
  readonly terms: readonly MeasureTerm[];
  /** The plan's admin fee is this sum times its basis points; it is taken off linearly, whatever the sign. */
  readonly adminFee?: { readonly sign: 1 | -1; readonly on: readonly MeasureTerm[] };
}

const plus = (...columns: ActivityColumn[]): MeasureTerm[] => columns.map((column) => ({ sign: 1, column }));
const minus = (...columns: ActivityColumn[]): MeasureTerm[] =>
  columns.map((column) => ({ sign: -1, column }));

const GGR = [...plus('bets_sum'), ...minus('wins_sum')];
const NET_GAMING = [
  ...GGR,
  ...minus(
    'bonus_issues_sum',
    'additional_deductions_sum',
    'taxes_sum',
    'payment_system_fees_sum',
    'game_provider_fees_sum',
    'jackpot_fees_sum',
  ),
];
const SB_GGR = [...plus('sb_settled_bets_sum'), ...minus('sb_wins_sum')];
const SB_NET = [
  ...SB_GGR,
  ...minus('sb_bonuses_sum', 'sb_balance_corrections_sum', 'sb_third_party_fees_sum'),
];
const REAL_GGR = [...GGR, ...minus('bonus_issues_sum')];
const SB_REAL_GGR = [...SB_GGR, ...minus('sb_bonuses_sum')];
const POKER_RAKE = plus('poker_rake_sum');
const POKER_NET = [
  ...POKER_RAKE,
  ...minus('poker_bonuses_sum', 'poker_balance_corrections_sum', 'poker_third_party_fees_sum'),
];

const money = (
  title: string,
  description: string,
  terms: readonly MeasureTerm[],
  adminFee?: MeasureDefinition['adminFee'],
): MeasureDefinition => ({ title, description, unit: 'money', terms, adminFee });

/**
 * The one catalogue of derived measures (rules §3.2): commission bases and report columns read the same formulas.
 * Every measure is linear in the activity columns, so figures add up at any grouping.
 */
export const MEASURES = {
  deposits: money('Deposits', 'Sum of deposits', plus('deposits_sum')),
  deposits_count: {
    title: 'Number of deposits',
    description: 'How many deposits were made',
    unit: 'count',
    terms: plus('deposits_count'),
  },
  cashouts: money('Cash-outs', 'Sum of players’ cash-outs', plus('cashouts_sum')),
  chargebacks: money('Chargebacks', 'Sum of chargebacks', plus('chargebacks_sum')),
  net_deposits: money('Net deposits', 'Deposits − cash-outs − chargebacks', [
    ...plus('deposits_sum'),
    ...minus('cashouts_sum', 'chargebacks_sum'),
  ]),
  wager: money('Wager', 'Sum of casino bets', plus('bets_sum')),
  ggr: money('GGR', 'Gross gaming revenue: bets − wins', GGR),
  real_ggr: money('Real GGR', 'GGR − bonuses', REAL_GGR),
  net_gaming: money(
    'Net gaming revenue before admin fee',
    'GGR − bonuses − deductions − taxes − payment, provider and jackpot fees',
    NET_GAMING,
  ),
  admin_fee: money('Admin fee', 'The plan’s admin fee on GGR', [], { sign: 1, on: GGR }),
  ngr: money(
    'NGR',
    'GGR − bonuses − deductions − taxes − payment, provider and jackpot fees − admin fee',
    NET_GAMING,
    { sign: -1, on: GGR },
  ),
  sb_wager: money('Sportsbook wager', 'Sum of settled sportsbook bets', plus('sb_settled_bets_sum')),
  sb_ggr: money('Sportsbook GGR', 'Settled bets − wins', SB_GGR),
  sb_real_ggr: money('Sportsbook real GGR', 'Sportsbook GGR − bonuses', SB_REAL_GGR),
  sb_net_gaming: money(
    'Sportsbook net revenue before admin fee',
    'Sportsbook GGR − bonuses − balance corrections − third-party fees',
    SB_NET,
  ),
  sb_admin_fee: money('Sportsbook admin fee', 'The plan’s admin fee on sportsbook GGR', [], {
    sign: 1,
    on: SB_GGR,
  }),
  sb_ngr: money(
    'Sportsbook NGR',
    'Sportsbook GGR − bonuses − balance corrections − third-party fees − admin fee',
    SB_NET,
    { sign: -1, on: SB_GGR },
  ),
  poker_rake: money('Poker rake', 'Sum of poker rake', POKER_RAKE),
  poker_net_gaming: money(
    'Poker net revenue before admin fee',
    'Rake − bonuses − balance corrections − third-party fees',
    POKER_NET,
  ),
  poker_admin_fee: money('Poker admin fee', 'The plan’s admin fee on rake', [], { sign: 1, on: POKER_RAKE }),
  poker_ngr: money(
    'Poker NGR',
    'Rake − bonuses − balance corrections − third-party fees − admin fee',
    POKER_NET,
    { sign: -1, on: POKER_RAKE },
  ),
  clean_net_revenue: money(
    'Clean net revenue',
    'NGR + sportsbook NGR + poker NGR',
    [...NET_GAMING, ...SB_NET, ...POKER_NET],
    { sign: -1, on: [...GGR, ...SB_GGR, ...POKER_RAKE] },
  ),
} as const satisfies Record<string, MeasureDefinition>;

export type MeasureName = keyof typeof MEASURES;

/** What `evaluateMeasureScaled` counts in: ten-thousandths of a minor unit, so that basis points stay exact. */
export const MEASURE_SCALE = 10_000n;

const definitionOf = (name: MeasureName): MeasureDefinition => MEASURES[name];

/** The measure's columns with their signs, without the admin fee. */
export function measureTerms(name: MeasureName): readonly MeasureTerm[] {
  return definitionOf(name).terms;
}

/** The activity columns that the measure looks at, its admin fee included. */
export function columnsOfMeasure(name: MeasureName): readonly ActivityColumn[] {
  const { terms, adminFee } = definitionOf(name);
  return [...new Set([...terms, ...(adminFee?.on ?? [])].map(({ column }) => column))];
}

/** What the measure adds up, and what its admin fee is taken on; nothing where it has none. */
export function measureParts(name: MeasureName): readonly (readonly MeasureTerm[])[] {
  const { terms, adminFee } = definitionOf(name);
  return [terms, adminFee?.on ?? []];
}

/** Whether the plan's admin fee is part of the measure. */
export function hasAdminFee(name: MeasureName): boolean {
  return definitionOf(name).adminFee !== undefined;
}

function sumOf(terms: readonly MeasureTerm[], sums: ActivitySums): bigint {
  return terms.reduce((total, { sign, column }) => total + BigInt(sign) * (sums[column] ?? 0n), 0n);
}

/** The measure's exact value in ten-thousandths of a minor unit (`MEASURE_SCALE`), admin fee included. */
export function evaluateMeasureScaled(name: MeasureName, sums: ActivitySums, adminFeeBps = 0): bigint {
  const { terms, adminFee } = definitionOf(name);
  const value = sumOf(terms, sums) * MEASURE_SCALE;
  if (!adminFee) return value;
  return value + BigInt(adminFee.sign) * BigInt(adminFeeBps) * sumOf(adminFee.on, sums);
}

/** The measure's value in minor units (or things counted), rounded once half-even where an admin fee leaves a fraction. */
export function evaluateMeasure(name: MeasureName, sums: ActivitySums, adminFeeBps = 0): bigint {
  return divideHalfEven(evaluateMeasureScaled(name, sums, adminFeeBps), MEASURE_SCALE);
}

/** The activity columns that admin fees are taken on: their sums times the plan's basis points are summed beside them. */
export const FEE_COLUMNS: readonly ActivityColumn[] = ACTIVITY_COLUMNS.filter((column) =>
  Object.values<MeasureDefinition>(MEASURES).some(({ adminFee }) =>
    adminFee?.on.some((term) => term.column === column),
  ),
);

/** Trusted SQL of a column's sum. */
export type SumSql = (column: ActivityColumn) => string;

function termsSql(terms: readonly MeasureTerm[], sumSql: SumSql): string {
  if (terms.length === 0) return '0';
  const text = terms.map(({ sign, column }) => `${sign === 1 ? '+' : '-'} ${sumSql(column)}`).join(' ');
  return `(${text.replace(/^\+ /, '')})`;
}

/**
 * SQL of the measure of sums, in minor units (or things counted): exact, with a fraction where an admin fee leaves one.
 * @param sumSql the sum of a column
 * @param feeSumSql the sum of a column of `FEE_COLUMNS`, each value times the basis points of its plan's admin fee
 */
export function measureSql(name: MeasureName, sumSql: SumSql, feeSumSql: SumSql): string {
  const { terms, adminFee } = definitionOf(name);
  const value = termsSql(terms, sumSql);
  if (!adminFee) return value;
  // A division by ten thousand would drop digits of large numbers.
  return `(${value} ${adminFee.sign === 1 ? '+' : '-'} ${termsSql(adminFee.on, feeSumSql)} * 0.0001)`;
}
