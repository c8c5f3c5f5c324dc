/** A campaign that could be shown now. */
export interface Candidate {
  /** Impressions that it still holds; at least one. */
  left: number;
  /** When it ends; null for a campaign that goes on until its impressions are used up. */
  endsAt: Date | null;
}

const HOUR_MS = 3_600_000;
/** A campaign without an end is taken for one that has so long left. */
const OPEN_END_HOURS = 30 * 24;

/** Impressions an hour that the campaign must still have to use up what it holds before it ends; above zero. */
export function paceOf({ left, endsAt }: Candidate, now: Date): number {
  const hours = endsAt === null ? OPEN_END_HOURS : (endsAt.getTime() - now.getTime()) / HOUR_MS;
  // In its last hour a campaign takes no more than what it holds as its weight: it does not push all others out.
  return left / Math.max(hours, 1);
}

/**
 * Draws one of the candidates, each with a probability in proportion to its pace: who has more to show in less time
 * comes up more often, and everybody comes up.
 * @param random at least 0 and below 1
 * @returns null when there is none
 */
export function draw<C extends Candidate>(candidates: readonly C[], now: Date, random: number): C | null {
  const paces = candidates.map((candidate) => paceOf(candidate, now));
  const total = paces.reduce((sum, pace) => sum + pace, 0);
  let upTo = 0;
  for (const [index, pace] of paces.entries()) {
    upTo += pace;
    if (random * total < upTo) return candidates[index]!;
  }
  // What rounding leaves at the end is the last one's.
  return candidates.at(-1) ?? null;
}
