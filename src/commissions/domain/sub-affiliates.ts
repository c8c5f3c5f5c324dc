import { currencyExponent } from '../../platform/money/currencies.js';
import { capAmount } from './caps.js';
import { decimalText, divideHalfEven, percentText } from './exact.js';
import { byCampaignAndPromo, type Line, lineKey, type PromoPlace } from './line.js';
import type { SubAffiliateStrategy } from './strategy.js';

/** What the partners of one level, brought by one of the inviter's promos, earned in the period. */
export interface SubAffiliateBase extends PromoPlace {
  /** 1 for partners whom the inviter brought, 2 for those whom these brought, and so on. */
  readonly level: number;
  /** In minor units of the plan's currency; negative where corrections took more back than was earned. */
  readonly baseMinor: bigint;
  /** How many partners that is. */
  readonly partners: number;
}

/** What the calculation of sub-affiliate commission starts from. */
interface SubAffiliateFacts {
  readonly bases: readonly SubAffiliateBase[];
  /** Whether the inviter itself earned commission in the period, apart from that of sub-affiliates. */
  readonly inviterEarned: boolean;
}

/** The plan's strategy at its place. */
interface PlacedStrategy {
  readonly strategy: SubAffiliateStrategy;
  readonly strategyIndex: number;
  readonly currency: string;
}

/**
 * One line per level and promo: the level's share of what its partners earned (rules §3.2), rounded once, half to
 * even. Bases of the same level and promo add up. None when the strategy asks for an inviter who earned, and it did not.
 */
export function subAffiliateLines(
  { strategy, strategyIndex, currency }: PlacedStrategy,
  { bases, inviterEarned }: SubAffiliateFacts,
): readonly Line[] {
  if (strategy.onlyWhenInviterEarned && !inviterEarned) return [];
  const rates = new Map(strategy.levels.map(({ level, rateBps }) => [level, rateBps]));
  const exponent = currencyExponent(currency);
  const lines = merged(bases).flatMap(({ level, campaignId, promoId, baseMinor, partners }): Line[] => {
    const rateBps = rates.get(level);
    if (rateBps === undefined || baseMinor === 0n) return [];
    return [
      {
        lineKey: `${lineKey(strategyIndex, campaignId, promoId)}:${level}`,
        strategyIndex,
        strategy: 'sub_affiliate',
        campaignId,
        promoId,
        quantity: partners,
        baseMinor,
        rate: percentText(rateBps),
        amountMinor: divideHalfEven(baseMinor * BigInt(rateBps), 10_000n),
        explanation: {
          formula: 'sub_affiliate',
          currency,
          level,
          partners,
          base: decimalText(baseMinor, exponent, exponent),
          rateBps,
        },
      },
    ];
  });
  return capAmount(lines, strategy.capAmountMinor, currency);
}

function merged(bases: readonly SubAffiliateBase[]): SubAffiliateBase[] {
  const byKey = new Map<string, SubAffiliateBase>();
  for (const base of bases) {
    const key = `${lineKey(0, base.campaignId, base.promoId)}:${base.level}`;
    const known = byKey.get(key);
    byKey.set(
      key,
      known
        ? {
            ...known,
            baseMinor: known.baseMinor + base.baseMinor,
            partners: known.partners + base.partners,
          }
        : base,
    );
  }
  return [...byKey.values()].sort((a, b) => byCampaignAndPromo(a, b) || a.level - b.level);
}
