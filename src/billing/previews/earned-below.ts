import type { SubAffiliateBase } from '../../commissions/index.js';
import type { Branch } from '../../referrals/index.js';
import { earnsForThoseAbove, type PlannedLine } from '../domain/bill-lines.js';
import type { TermedPeriod } from '../period-calculation.js';

/** What a partner earned by place of the period, in minor units. */
type EarnedByPeriod = ReadonlyMap<number, bigint>;

/** Who stands below some inviters, as far as the tried terms would pay for it. */
export interface KnownBelow {
  /** Only those who came through campaigns that the terms are tried on. */
  readonly branches: readonly Branch[];
  /** What bills on other plans of the brand hold, by partner. */
  readonly elsewhere: ReadonlyMap<string, EarnedByPeriod>;
  /** By inviter: places of the periods at whose beginning it was suspended. */
  readonly suspended: ReadonlyMap<string, ReadonlySet<number>>;
}

/**
 * What partners would have earned for those above them. Partners are noted in falling order of their ids, in which an
 * inviter comes after everybody below it.
 */
export class EarnedBelow {
  private readonly tried = new Map<string, EarnedByPeriod>();

  constructor(private readonly periods: readonly TermedPeriod[]) {}

  /** Notes the lines of the bills that the partner would have had. */
  note(partnerId: string, lines: readonly PlannedLine[]): void {
    const earned = new Map<number, bigint>();
    for (const { periodStart, amountMinor } of lines.filter(earnsForThoseAbove)) {
      const { index } = this.periods.find(({ start }) => start.getTime() === periodStart.getTime())!;
      earned.set(index, (earned.get(index) ?? 0n) + amountMinor);
    }
    if (earned.size > 0) this.tried.set(partnerId, earned);
  }

  /** What partners below the inviter earned, one by one: the calculation adds them up by level and promo. */
  of(
    inviterId: string,
    { branches, elsewhere, suspended }: KnownBelow,
  ): (SubAffiliateBase & { readonly period: number })[] {
    const isPaid = ({ index }: TermedPeriod): boolean => !suspended.get(inviterId)?.has(index);
    return branches
      .filter((branch) => branch.inviterId === inviterId)
      .flatMap(({ partnerId, level, campaignId, promoId }) =>
        this.periods.filter(isPaid).flatMap(({ index }) => {
          const parts = [this.tried.get(partnerId)?.get(index), elsewhere.get(partnerId)?.get(index)];
          const earned = parts.filter((part) => part !== undefined);
          if (earned.length === 0) return [];
          const baseMinor = earned.reduce((sum, part) => sum + part, 0n);
          return [{ period: index, level, campaignId, promoId, baseMinor, partners: 1 }];
        }),
      );
  }
}
