import { currencyExponent } from '../../platform/money/currencies.js';
import { decimalText, divideHalfEven, percentText } from './exact.js';
import { ACTIVITY_COLUMNS, evaluateMeasureScaled, MEASURE_SCALE, type ActivitySums } from './measures.js';
import type { CpaStrategy, PlanTerms, RevshareBase, RevshareStrategy } from './strategy.js';
import { applyTiers, type TierResult } from './tiers.js';

/** What one promo's players did in the period, in minor units of the plan's currency. */
export interface PromoActivity {
  readonly campaignId: string;
  readonly promoId: string;
  readonly sums: ActivitySums;
}

/** The players of one promo who qualified in the period. */
export interface PromoQualifications {
  readonly campaignId: string;
  readonly promoId: string;
  readonly playerIds: readonly string[];
  /** The CPA strategy they qualified for (`firstQualification`); absent means the plan's first one. */
  readonly strategyIndex?: number;
}

/** Why a line has its amount. Amounts are decimal texts in the plan's currency, exact and not rounded. */
export type LineExplanation = CpaExplanation | RevshareExplanation;

export interface CpaExplanation {
  readonly formula: 'cpa';
  readonly currency: string;
  readonly qualifiedPlayers: number;
  readonly perPlayer: string;
}

export interface RevshareExplanation {
  readonly formula: 'revshare_flat' | 'revshare_marginal';
  readonly currency: string;
  readonly base: RevshareBase;
  readonly adminFeeBps: number;
  /** This promo's part of the base. */
  readonly promoBase: string;
  /** The base of everything on the plan, which chooses the tier. */
  readonly baseTotal: string;
  /** The tier reached: its place from 1, its lower bound and rate. */
  readonly tier: { readonly number: number; readonly from: string; readonly rateBps: number };
  /** With marginal tiers: the parts of `baseTotal` and what each pays; the line is `promoBase / baseTotal` of their sum. */
  readonly slices?: readonly {
    readonly from: string;
    readonly to: string | null;
    readonly rateBps: number;
    readonly base: string;
    readonly amount: string;
  }[];
  readonly slicesTotal?: string;
}

/** One line of a bill, for one strategy and promo. */
export interface Line {
  /** Strategy index, campaign and promo: the same line of a later calculation has the same key. */
  readonly lineKey: string;
  readonly strategyIndex: number;
  readonly strategy: 'cpa' | 'revshare';
  readonly campaignId: string;
  readonly promoId: string;
  /** Qualified players for `cpa`; 0 for `revshare`, which counts nothing. */
  readonly quantity: number;
  /** The promo's base in minor units, rounded for display, for `revshare`; 0 for `cpa`, which has none. */
  readonly baseMinor: bigint;
  /** The rate in words, such as `"25%"` or `"50.00 EUR per player"`. */
  readonly rate: string;
  readonly amountMinor: bigint;
  readonly explanation: LineExplanation;
}

/** The facts of a partner on a plan in one period; entries of the same promo add up, in any order. */
export interface PeriodFacts {
  readonly version: Pick<PlanTerms, 'currency' | 'strategies' | 'adminFeeBps'>;
  readonly promoActivity: readonly PromoActivity[];
  readonly qualifiedByPromo: readonly PromoQualifications[];
}

/** Identifies a line within a partner's plan and period. */
export function lineKey(strategyIndex: number, campaignId: string, promoId: string): string {
  return `${strategyIndex}:${campaignId}:${promoId}`;
}

/**
 * The bill lines of one partner, plan and period (rules §3.2, §3.5): exact until each line is rounded once, half to
 * even. Pure, independent of the order of its inputs; lines come ordered by strategy, campaign and promo. Promos
 * with a zero base and no qualified player have no line.
 */
export function calculatePeriod({ version, promoActivity, qualifiedByPromo }: PeriodFacts): Line[] {
  const activity = mergeActivity(promoActivity);
  const firstCpa = version.strategies.findIndex(({ type }) => type === 'cpa');
  return version.strategies.flatMap((strategy, index) => {
    if (strategy.type === 'revshare') return revshareLines(version, strategy, index, activity);
    const qualified = qualifiedByPromo.filter((entry) => (entry.strategyIndex ?? firstCpa) === index);
    return cpaLines(version.currency, strategy, index, qualified);
  });
}

function byCampaignAndPromo(
  a: { campaignId: string; promoId: string },
  b: { campaignId: string; promoId: string },
): number {
  if (a.campaignId !== b.campaignId) return a.campaignId < b.campaignId ? -1 : 1;
  if (a.promoId === b.promoId) return 0;
  return a.promoId < b.promoId ? -1 : 1;
}

function mergeActivity(entries: readonly PromoActivity[]): PromoActivity[] {
  const byPromo = new Map<string, PromoActivity>();
  for (const entry of entries) {
    const key = lineKey(0, entry.campaignId, entry.promoId);
    const known = byPromo.get(key);
    byPromo.set(key, known ? { ...known, sums: addSums(known.sums, entry.sums) } : entry);
  }
  return [...byPromo.values()].sort(byCampaignAndPromo);
}

function addSums(a: ActivitySums, b: ActivitySums): ActivitySums {
  return Object.fromEntries(
    ACTIVITY_COLUMNS.map((column) => [column, (a[column] ?? 0n) + (b[column] ?? 0n)]),
  );
}

function cpaLines(
  currency: string,
  strategy: CpaStrategy,
  strategyIndex: number,
  qualified: readonly PromoQualifications[],
): Line[] {
  const byPromo = new Map<string, { campaignId: string; promoId: string; players: Set<string> }>();
  for (const { campaignId, promoId, playerIds } of qualified) {
    const key = lineKey(strategyIndex, campaignId, promoId);
    const entry = byPromo.get(key) ?? { campaignId, promoId, players: new Set<string>() };
    playerIds.forEach((playerId) => entry.players.add(playerId));
    byPromo.set(key, entry);
  }
  const exponent = currencyExponent(currency);
  const perPlayer = decimalText(strategy.amountMinor, exponent, exponent);
  return [...byPromo.values()]
    .filter(({ players }) => players.size > 0)
    .sort(byCampaignAndPromo)
    .map(({ campaignId, promoId, players }) => ({
      lineKey: lineKey(strategyIndex, campaignId, promoId),
      strategyIndex,
      strategy: 'cpa' as const,
      campaignId,
      promoId,
      quantity: players.size,
      baseMinor: 0n,
      rate: `${perPlayer} ${currency} per player`,
      amountMinor: strategy.amountMinor * BigInt(players.size),
      explanation: { formula: 'cpa' as const, currency, qualifiedPlayers: players.size, perPlayer },
    }));
}

function revshareLines(
  version: PeriodFacts['version'],
  strategy: RevshareStrategy,
  strategyIndex: number,
  activity: readonly PromoActivity[],
): Line[] {
  const bases = activity
    .map(({ campaignId, promoId, sums }) => {
      return { campaignId, promoId, base: evaluateMeasureScaled(strategy.base, sums, version.adminFeeBps) };
    })
    .filter(({ base }) => base !== 0n);
  const total = bases.reduce((sum, { base }) => sum + base, 0n);
  const result = applyTiers(strategy, total);
  const explain = revshareExplanation(version, strategy, total, result);
  return bases.map(({ campaignId, promoId, base }) => ({
    lineKey: lineKey(strategyIndex, campaignId, promoId),
    strategyIndex,
    strategy: 'revshare' as const,
    campaignId,
    promoId,
    quantity: 0,
    baseMinor: divideHalfEven(base, MEASURE_SCALE),
    rate: rateText(result),
    amountMinor: divideHalfEven(base * result.rate.numerator, result.rate.denominator * MEASURE_SCALE),
    explanation: explain(base),
  }));
}

function rateText({ tier, slices, rate }: TierResult): string {
  if (!slices || slices.length < 2) return percentText(tier.rateBps);
  // Shown with six decimals of a per cent; the amount is calculated with the exact fraction.
  return `${decimalText(divideHalfEven(rate.numerator * 100_000_000n, rate.denominator), 6)}%`;
}

function revshareExplanation(
  version: PeriodFacts['version'],
  strategy: RevshareStrategy,
  total: bigint,
  { tier, slices }: TierResult,
): (base: bigint) => RevshareExplanation {
  const { currency, adminFeeBps } = version;
  const exponent = currencyExponent(currency);
  const scaled = (value: bigint): string => decimalText(value, exponent + 4, exponent);
  const minor = (value: bigint): string => decimalText(value, exponent, exponent);
  const payout = (value: bigint): string => decimalText(value, exponent + 8, exponent);
  const shared = {
    formula: slices ? ('revshare_marginal' as const) : ('revshare_flat' as const),
    currency,
    base: strategy.base,
    adminFeeBps,
    baseTotal: scaled(total),
    tier: { number: tier.index + 1, from: minor(tier.fromMinor), rateBps: tier.rateBps },
    ...(slices && {
      slices: slices.map((slice) => ({
        from: minor(slice.fromMinor),
        to: slice.toMinor === null ? null : minor(slice.toMinor),
        rateBps: slice.rateBps,
        base: scaled(slice.base),
        amount: payout(slice.amount),
      })),
      slicesTotal: payout(slices.reduce((sum, { amount }) => sum + amount, 0n)),
    }),
  };
  return (base) => ({ ...shared, promoBase: scaled(base) });
}
