import { type CountedThing, countedLines } from './counted.js';
import type { Line, PromoPlace } from './line.js';
import { payingStrategy, type Registration } from './registrations.js';
import { mergeActivity, type PromoActivity, revshareLines } from './revshare.js';
import type { PlanTerms, Strategy } from './strategy.js';
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
  const players = paidRegistrations(strategies, facts.registrations);
  return strategies.map((strategy, strategyIndex) => {
    switch (strategy.type) {
      case 'revshare':
        return revshareLines({ strategy, strategyIndex, currency, adminFeeBps }, activity);
      case 'cpl':
        return countedLines({ strategy, strategyIndex, currency }, players.get(strategyIndex) ?? []);
      case 'cpa':
        return countedLines({ strategy, strategyIndex, currency }, qualifiedFor(strategyIndex, facts));
      case 'sale':
        return countedLines({ strategy, strategyIndex, currency }, facts.orders.map(toThing));
      case 'sub_affiliate':
        return [];
    }
  });
}

/** The registrations that each CPL strategy pays for, by its place in the plan. */
function paidRegistrations(
  strategies: readonly Strategy[],
  registrations: readonly Registration[],
): Map<number, CountedThing[]> {
  const paid = new Map<number, CountedThing[]>();
  for (const registration of registrations) {
    const index = payingStrategy(strategies, registration);
    if (index === null) continue;
    const { campaignId, promoId, externalId: id, signedUpAt: at } = registration;
    const things = paid.get(index) ?? [];
    things.push({ campaignId, promoId, id, at });
    paid.set(index, things);
  }
  return paid;
}

function qualifiedFor(strategyIndex: number, { qualified }: PeriodFacts): CountedThing[] {
  return qualified
    .filter((player) => player.strategyIndex === strategyIndex)
    .map(({ campaignId, promoId, externalId: id, at }) => ({ campaignId, promoId, id, at }));
}

function toThing({ campaignId, promoId, externalId, orderedAt, amountMinor }: ApprovedOrder): CountedThing {
  return { campaignId, promoId, id: externalId, at: orderedAt, amountMinor };
}
