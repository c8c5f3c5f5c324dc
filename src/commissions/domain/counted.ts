import { currencyExponent } from '../../platform/money/currencies.js';
import { capAmount } from './caps.js';
import { decimalText, divideHalfEven, percentText } from './exact.js';
import {
  byCampaignAndPromo,
  type CountCapTaken,
  type Line,
  lineKey,
  type LineExplanation,
  type PromoPlace,
} from './line.js';
import type { CpaStrategy, CplStrategy, SaleStrategy } from './strategy.js';

/** A player or an order that a strategy pays for, once. */
export interface CountedThing extends PromoPlace {
  /** The brand's: it does not depend on the order in which things are reported. */
  readonly id: string;
  /** When it happened: of more things than a cap allows the earliest are paid, of one instant those of the lower id. */
  readonly at: Date;
  /** An order's amount in minor units. */
  readonly amountMinor?: bigint;
}

/** A strategy at its place in the plan. */
interface PlacedStrategy {
  readonly strategy: CplStrategy | CpaStrategy | SaleStrategy;
  readonly strategyIndex: number;
  readonly currency: string;
}

interface PromoCount extends PromoPlace {
  counted: number;
  paid: number;
  paidMinor: bigint;
}

const BPS = 10_000n;

/**
 * The lines of a strategy that pays for players or orders one by one (rules §3.2); each thing counts once, however
 * often it is listed. A promo whose things the cap left out altogether has a line of zero that says so.
 */
export function countedLines(placed: PlacedStrategy, things: readonly CountedThing[]): readonly Line[] {
  const { strategy, strategyIndex, currency } = placed;
  const distinct = earliestFirst(things);
  const { capCount } = strategy;
  const lines = countByPromo(distinct, capCount ?? distinct.length).map((promo): Line => {
    const { campaignId, promoId, counted, paid } = promo;
    const countCap: CountCapTaken | undefined =
      capCount === undefined || distinct.length <= capCount
        ? undefined
        : { cap: capCount, counted: distinct.length, took: counted - paid };
    const pay = payFor(placed, promo);
    return {
      lineKey: lineKey(strategyIndex, campaignId, promoId),
      strategyIndex,
      strategy: strategy.type,
      campaignId,
      promoId,
      quantity: paid,
      ...pay,
      explanation: { ...pay.explanation, ...(countCap && { countCap }) },
    };
  });
  return capAmount(lines, strategy.capAmountMinor, currency);
}

/** Things in the order in which a cap on their number takes them, each once. */
export function earliestFirst(things: readonly CountedThing[]): CountedThing[] {
  const sorted = [...things].sort((a, b) => {
    const difference = a.at.getTime() - b.at.getTime();
    if (difference !== 0) return difference;
    if (a.id !== b.id) return a.id < b.id ? -1 : 1;
    return byCampaignAndPromo(a, b);
  });
  const seen = new Set<string>();
  return sorted.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** How many things each promo brought, and how many of them are among the first `limit`. */
function countByPromo(things: readonly CountedThing[], limit: number): PromoCount[] {
  const byPromo = new Map<string, PromoCount>();
  things.forEach(({ campaignId, promoId, amountMinor = 0n }, index) => {
    const key = lineKey(0, campaignId, promoId);
    const count = byPromo.get(key) ?? { campaignId, promoId, counted: 0, paid: 0, paidMinor: 0n };
    count.counted += 1;
    if (index < limit) {
      count.paid += 1;
      count.paidMinor += amountMinor;
    }
    byPromo.set(key, count);
  });
  return [...byPromo.values()].sort(byCampaignAndPromo);
}

/** What the promo's things are paid, and how that comes about. */
function payFor(
  { strategy, currency }: PlacedStrategy,
  { paid, paidMinor }: PromoCount,
): { baseMinor: bigint | null; rate: string; amountMinor: bigint; explanation: LineExplanation } {
  const exponent = currencyExponent(currency);
  const text = (minor: bigint): string => decimalText(minor, exponent, exponent);
  if (strategy.type === 'sale' && strategy.rateBps !== undefined) {
    const { rateBps } = strategy;
    return {
      baseMinor: paidMinor,
      rate: percentText(rateBps),
      amountMinor: divideHalfEven(paidMinor * BigInt(rateBps), BPS),
      explanation: {
        formula: 'sale_share',
        currency,
        approvedOrders: paid,
        ordersTotal: text(paidMinor),
        rateBps,
      },
    };
  }
  const eachMinor = strategy.amountMinor ?? 0n;
  const amountMinor = eachMinor * BigInt(paid);
  const each = text(eachMinor);
  const fixed = (what: string, explanation: LineExplanation) => ({
    baseMinor: null,
    rate: `${each} ${currency} per ${what}`,
    amountMinor,
    explanation,
  });
  switch (strategy.type) {
    case 'cpl':
      return fixed('registration', {
        formula: 'cpl',
        currency,
        registrations: paid,
        perRegistration: each,
      });
    case 'cpa':
      return fixed('player', { formula: 'cpa', currency, qualifiedPlayers: paid, perPlayer: each });
    case 'sale':
      return fixed('order', { formula: 'sale_fixed', currency, approvedOrders: paid, perOrder: each });
  }
}
