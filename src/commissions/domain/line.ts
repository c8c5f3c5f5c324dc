import type { RevshareBase, Strategy } from './strategy.js';

/** The promo, with its campaign, that something came by. */
export interface PromoPlace {
  readonly campaignId: string;
  readonly promoId: string;
}

/** Why a line has its amount. Amounts are decimal texts in the plan's currency, exact and not rounded. */
export type LineExplanation = (
  CplExplanation | CpaExplanation | SaleExplanation | RevshareExplanation | SubAffiliateExplanation
) & {
  /** What the strategy's caps left out, where they did; the line's amount is what is left. */
  readonly countCap?: CountCapTaken;
  readonly amountCap?: AmountCapTaken;
};

export interface CplExplanation {
  readonly formula: 'cpl';
  readonly currency: string;
  readonly registrations: number;
  readonly perRegistration: string;
}

export interface CpaExplanation {
  readonly formula: 'cpa';
  readonly currency: string;
  readonly qualifiedPlayers: number;
  readonly perPlayer: string;
}

/** Of approved orders, by the time at which they were ordered. */
export interface SaleExplanation {
  readonly formula: 'sale_fixed' | 'sale_share';
  readonly currency: string;
  readonly approvedOrders: number;
  /** With `sale_fixed`. */
  readonly perOrder?: string;
  /** With `sale_share`: the sum of the orders that are paid, and the share of it. */
  readonly ordersTotal?: string;
  readonly rateBps?: number;
}

export interface SubAffiliateExplanation {
  readonly formula: 'sub_affiliate';
  readonly currency: string;
  readonly level: number;
  /** Partners of that level, brought by the promo, who earned anything. */
  readonly partners: number;
  /** What they earned. */
  readonly base: string;
  readonly rateBps: number;
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
  /** The last tier that pays a part of `baseTotal`: its place from 1, its lower bound and rate. */
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

/** One line of a bill, for one strategy and promo (and, for sub-affiliates, level). */
export interface Line extends PromoPlace {
  /** Strategy index, campaign and promo: the same line of a later calculation has the same key. */
  readonly lineKey: string;
  readonly strategyIndex: number;
  readonly strategy: Strategy['type'];
  /** Players, orders or partners that are paid for; 0 for `revshare`, which counts nothing. */
  readonly quantity: number;
  /** What the rate applies to, in minor units, rounded for display; null for fixed amounts, which have no base. */
  readonly baseMinor: bigint | null;
  /** The rate in words, such as `"25%"` or `"50.00 EUR per player"`. */
  readonly rate: string;
  readonly amountMinor: bigint;
  readonly explanation: LineExplanation;
}

/** What a cap on the number of players or orders left out of a line. */
export interface CountCapTaken {
  /** How many the strategy pays at most in a period. */
  readonly cap: number;
  /** How many there were, of all promos. */
  readonly counted: number;
  /** How many of this line's it left out. */
  readonly took: number;
}

/** What a cap on the amount took off a line; decimal texts in the plan's currency. */
export interface AmountCapTaken {
  /** What the strategy pays at most in a period. */
  readonly cap: string;
  /** What all lines of the strategy would have paid without it. */
  readonly uncappedTotal: string;
  /** What this line would have paid, and what of it the cap took; negative where it took off a loss. */
  readonly uncapped: string;
  readonly took: string;
}

/** Identifies a line within a partner's plan and period. */
export function lineKey(strategyIndex: number, campaignId: string, promoId: string): string {
  return `${strategyIndex}:${campaignId}:${promoId}`;
}

/** The order in which lines of a strategy come. */
export function byCampaignAndPromo(a: PromoPlace, b: PromoPlace): number {
  if (a.campaignId !== b.campaignId) return a.campaignId < b.campaignId ? -1 : 1;
  if (a.promoId === b.promoId) return 0;
  return a.promoId < b.promoId ? -1 : 1;
}
