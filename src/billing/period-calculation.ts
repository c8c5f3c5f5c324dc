import {
  type ApprovedOrder,
  calculatePeriod,
  firstQualification,
  type Line,
  type Period,
  type PlanTerms,
  type Registration,
  type SubAffiliateBase,
} from '../commissions/index.js';
import type { ChangedPartner, PlayerToQualify } from '../tracking/index.js';
import { type AssignedQualification, findQualifyingPeriod } from './domain/assign-qualification.js';
import type { CalculatedLine } from './domain/bill-lines.js';

/** A period with the terms that pay it. */
export interface TermedPeriod extends Period {
  /** Place among the periods that are calculated. */
  readonly index: number;
  readonly version: number;
  readonly terms: PlanTerms;
}

/** A player whom one of the calculated periods pays for. */
export interface QualifiedPlayer extends AssignedQualification {
  readonly player: PlayerToQualify;
}

/** A partner's facts of all periods that are calculated. */
export interface PartnerFacts extends Pick<ChangedPartner, 'activity'> {
  readonly registrations: readonly Registration[];
  readonly orders: readonly ApprovedOrder[];
  /** Players whom these periods pay for. */
  readonly qualified: readonly QualifiedPlayer[];
  /** What partners below the partner earned, by place of the period. */
  readonly subAffiliates: readonly (SubAffiliateBase & { readonly period: number })[];
}

/** The period that pays for the player, by its own terms; null when none does. */
export function qualify(player: PlayerToQualify, periods: readonly TermedPeriod[]): QualifiedPlayer | null {
  const termsOf = (version: number): PlanTerms => periods.find((period) => period.version === version)!.terms;
  const assigned = findQualifyingPeriod(
    periods,
    (version) => firstQualification(termsOf(version), player, player),
    player.suspensions,
  );
  return assigned && { ...assigned, player };
}

/** What the partner's facts of the period come to. */
export function linesOfPeriod(
  { activity, registrations, orders, qualified, subAffiliates }: PartnerFacts,
  period: TermedPeriod,
): Line[] {
  const isIn = (at: Date): boolean => at >= period.start && at < period.end;
  return calculatePeriod({
    version: period.terms,
    promoActivity: activity.filter((entry) => entry.period === period.index),
    qualified: qualified
      .filter(({ periodStart }) => periodStart.getTime() === period.start.getTime())
      .map(({ player, at, strategyIndex }) => ({ ...player, at, strategyIndex })),
    registrations: registrations.filter(({ signedUpAt }) => isIn(signedUpAt)),
    orders: orders.filter(({ orderedAt }) => isIn(orderedAt)),
    subAffiliates: subAffiliates.filter((base) => base.period === period.index),
  });
}

/** The line as bills are compared by. */
export function toCalculatedLine({ strategyIndex: _, quantity, ...line }: Line): CalculatedLine {
  return { ...line, quantity: BigInt(quantity) };
}
