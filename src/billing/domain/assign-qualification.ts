import type { BilledPeriod } from './bill-lines.js';

/** A closed period with the version of the plan that it is calculated by. */
export interface VersionedPeriod extends BilledPeriod {
  readonly version: number;
}

/** The strategy that a player met first by one version of the plan, and the instant. */
export interface MetCriteria {
  readonly strategyIndex: number;
  readonly at: Date;
}

/** A time in which the partner earned nothing. */
interface Suspension {
  readonly from: Date;
  /** Exclusive; null while it lasts. */
  readonly until: Date | null;
}

/** The one period that pays for a player. */
export interface AssignedQualification extends MetCriteria {
  readonly periodStart: Date;
}

/**
 * The first period in which a player qualifies by that period's own version of the plan, or null (rules §3.2, §3.4).
 * A change of the criteria never pays for a player twice, and never reaches back into periods that began before it.
 * Whoever meets a version's criteria while the partner is suspended never qualifies by that version: the instant is
 * what it is, and does not move to the end of the suspension.
 * @param periods oldest first
 * @param metBy what the player met by a version's criteria; asked once per version
 */
export function findQualifyingPeriod(
  periods: readonly VersionedPeriod[],
  metBy: (version: number) => MetCriteria | null,
  suspensions: readonly Suspension[],
): AssignedQualification | null {
  const known = new Map<number, MetCriteria | null>();
  for (const { start, end, version } of periods) {
    if (!known.has(version)) known.set(version, metBy(version));
    const met = known.get(version) ?? null;
    if (met && met.at >= start && met.at < end && !isSuspended(suspensions, met.at))
      return { ...met, periodStart: start };
  }
  return null;
}

/** Whether the instant lies in one of the suspensions. */
export function isSuspended(suspensions: readonly Suspension[], at: Date): boolean {
  return suspensions.some(({ from, until }) => at >= from && (until === null || at < until));
}
