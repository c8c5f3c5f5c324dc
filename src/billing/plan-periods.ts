import {
  firstQualification,
  type Period,
  periodContaining,
  type PlanVersion,
  type PlanWithVersions,
  type Qualification,
  versionAt,
} from '../commissions/index.js';
import type { PlayerToQualify } from '../tracking/index.js';
import { type AssignedQualification, findQualifyingPeriod } from './domain/assign-qualification.js';

/** A period with the version of the plan that pays it. */
export interface PlanPeriod extends Period {
  readonly version: number;
  readonly terms: PlanVersion;
}

/** The period of the plan that holds the instant. */
export function periodAt(plan: PlanWithVersions, at: Date): PlanPeriod {
  const period = periodContaining(plan.period, plan.timeZone, at);
  const terms = versionAt(plan, period.start);
  return { ...period, version: terms.version, terms };
}

/**
 * The one period of the plan that pays for the player by the facts given, or null: what bill runs come to, however
 * often the facts changed. Only periods in which some version's criteria were met can be it.
 */
export function findPayingPeriod(
  plan: PlanWithVersions,
  player: PlayerToQualify,
): AssignedQualification | null {
  const met = new Map<number, Qualification>();
  for (const terms of plan.versions) {
    const qualification = firstQualification(terms, player, player);
    if (qualification) met.set(terms.version, qualification);
  }
  const periods = [...met.values()].map(({ at }) => periodAt(plan, at));
  periods.sort((a, b) => a.start.getTime() - b.start.getTime());
  return findQualifyingPeriod(periods, (version) => met.get(version) ?? null, player.suspensions);
}
