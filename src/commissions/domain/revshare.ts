import { currencyExponent } from '../../platform/money/currencies.js';
import { capAmount } from './caps.js';
import { decimalText, divideHalfEven, percentText } from './exact.js';
import { byCampaignAndPromo, type Line, lineKey, type PromoPlace, type RevshareExplanation } from './line.js';
import { ACTIVITY_COLUMNS, evaluateMeasureScaled, MEASURE_SCALE, type ActivitySums } from './measures.js';
import type { PlanTerms, RevshareStrategy } from './strategy.js';
import { applyTiers, type TierResult } from './tiers.js';

/** What one promo's players did in the period, in minor units of the plan's currency. */
export interface PromoActivity extends PromoPlace {
  readonly sums: ActivitySums;
}

/** The plan's strategy at its place, with what else decides its amounts. */
interface PlacedStrategy extends Pick<PlanTerms, 'currency' | 'adminFeeBps'> {
  readonly strategy: RevshareStrategy;
  readonly strategyIndex: number;
}

/** Activity by promo, in the order of lines; entries of the same promo add up. */
export function mergeActivity(entries: readonly PromoActivity[]): PromoActivity[] {
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

/** The lines of a share of revenue: the base of all promos chooses the tier, each promo's own base is paid by it. */
export function revshareLines(placed: PlacedStrategy, activity: readonly PromoActivity[]): readonly Line[] {
  const { strategy, strategyIndex, currency, adminFeeBps } = placed;
  const bases = activity
    .map(({ campaignId, promoId, sums }) => {
      return { campaignId, promoId, base: evaluateMeasureScaled(strategy.base, sums, adminFeeBps) };
    })
    .filter(({ base }) => base !== 0n);
  const total = bases.reduce((sum, { base }) => sum + base, 0n);
  const result = applyTiers(strategy, total);
  const explain = revshareExplanation(placed, total, result);
  const rate = rateText(result);
  const lines = bases.map(({ campaignId, promoId, base }): Line => ({
    lineKey: lineKey(strategyIndex, campaignId, promoId),
    strategyIndex,
    strategy: 'revshare',
    campaignId,
    promoId,
    quantity: 0,
    baseMinor: divideHalfEven(base, MEASURE_SCALE),
    rate,
    amountMinor: divideHalfEven(base * result.rate.numerator, result.rate.denominator * MEASURE_SCALE),
    explanation: explain(base),
  }));
  return capAmount(lines, strategy.capAmountMinor, currency);
}

function rateText({ tier, slices, rate }: TierResult): string {
  if (!slices || slices.length < 2) return percentText(tier.rateBps);
  // Shown with six decimals of a per cent; the amount is calculated with the exact fraction.
  return `${decimalText(divideHalfEven(rate.numerator * 100_000_000n, rate.denominator), 6)}%`;
}

function revshareExplanation(
  { strategy, currency, adminFeeBps }: PlacedStrategy,
  total: bigint,
  { tier, slices }: TierResult,
): (base: bigint) => RevshareExplanation {
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
