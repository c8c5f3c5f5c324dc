import { type CountedThing, countedLines } from './counted.js';
import type { Line, PromoPlace } from './line.js';
import { payingStrategy, type Registration } from './registrations.js';
import { mergeActivity, type PromoActivity, revshareLines } from './revshare.js';
import type { PlanTerms } from './strategy.js';
import { type SubAffiliateBase, subAffiliateLines } from './sub-affiliates.js';

/** A player who qualified in the period, for a CPA strategy of the plan (`firstQualification`). */
export interface QualifiedPlayer extends PromoPlace {
  /** The brand's. */
  readonly externalId: string;
  readonly at: Date;
  readonly strategyIndex: number;
}

/** An order that is approved. */
export interface ApprovedOrder extends PromoPlace {
  /** The brand's. */
  readonly externalId: string;
  /** When it was ordered: that decides its period, whenever it was reported and approved. */
  readonly orderedAt: Date;
  /** In minor units of the plan's currency. */
  readonly amountMinor: bigint;
}

/** The facts of a partner on a plan in one period, in any order. */
export interface PeriodFacts {
  readonly version: Pick<PlanTerms, 'currency' | 'strategies' | 'adminFeeBps'>;
  /** Entries of the same promo add up. */
  readonly promoActivity: readonly PromoActivity[];
  readonly qualified: readonly QualifiedPlayer[];
  readonly registrations: readonly Registration[];
  readonly orders: readonly ApprovedOrder[];
  /** What partners below the partner earned. */
  readonly subAffiliates: readonly SubAffiliateBase[];
}

/**
 * The bill lines of one partner, plan and period (rules §3.2, §3.5): exact until each line is rounded once, half to
 * even, and then brought down to the strategy's caps. Pure, independent of the order of its inputs; lines come
 * ordered by strategy, campaign and promo. Promos with a zero base and nothing counted have no line.
 */
export function calculatePeriod(facts: PeriodFacts): Line[] {
  const own = ownLines(facts);
  const earned = own.flat().reduce((sum, { amountMinor }) => sum + amountMinor, 0n) > 0n;
  const { currency, strategies } = facts.version;
  return strategies.flatMap((strategy, strategyIndex) =>
    strategy.type === 'sub_affiliate'
      ? subAffiliateLines(
          { strategy, strategyIndex, currency },
          { bases: facts.subAffiliates, inviterEarned: earned },
        )
      : own[strategyIndex]!,
  );
}

/** The lines of what the partner itself brought, by place of their strategy. */
function ownLines(facts: PeriodFacts): (readonly Line[])[] {
  const { strategies, currency, adminFeeBps } = facts.version;
  const activity = mergeActivity(facts.promoActivity);
  return strategies.map((strategy, strategyIndex) => {
    switch (strategy.type) {
      case 'revshare':
        return revshareLines({ strategy, strategyIndex, currency, adminFeeBps }, activity);
      case 'cpl':
      case 'cpa':
      case 'sale':
        return countedLines({ strategy, strategyIndex, currency }, countedThings(facts, strategyIndex));
      case 'sub_affiliate':
        return [];
    }
  });
}

/** The players or orders, of all promos, that the strategy at that place pays for one by one; none for the others. */
export function countedThings(
  facts: Pick<PeriodFacts, 'version' | 'qualified' | 'registrations' | 'orders'>,
  strategyIndex: number,
): CountedThing[] {
  const { strategies } = facts.version;
  switch (strategies[strategyIndex]?.type) {
    case 'cpl':
      return facts.registrations
        .filter((registration) => payingStrategy(strategies, registration) === strategyIndex)
        .map(({ campaignId, promoId, externalId: id, signedUpAt: at }) => ({ campaignId, promoId, id, at }));
    case 'cpa':
      return qualifiedFor(strategyIndex, facts.qualified);
    case 'sale':
      return facts.orders.map(toThing);
    default:
      return [];
  }
}

function qualifiedFor(strategyIndex: number, qualified: PeriodFacts['qualified']): CountedThing[] {
  return qualified
    .filter((player) => player.strategyIndex === strategyIndex)
    .map(({ campaignId, promoId, externalId: id, at }) => ({ campaignId, promoId, id, at }));
}

function toThing({ campaignId, promoId, externalId, orderedAt, amountMinor }: ApprovedOrder): CountedThing {
  return { campaignId, promoId, id: externalId, at: orderedAt, amountMinor };
}
