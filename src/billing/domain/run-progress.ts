/** How far a run is: partners considered so far, and how many there will be. */
export interface RunProgress {
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly partnersConsidered: number;
  /** Null while it is not known. */
  readonly partnersExpected: number | null;
}

/** When a run will be over if it goes on as fast as so far; null when it is over, or when nothing can be said yet. */
export function estimatedEnd(
  { startedAt, finishedAt, partnersConsidered, partnersExpected }: RunProgress,
  now: Date,
): Date | null {
  if (!startedAt || finishedAt || partnersExpected === null || partnersConsidered === 0) return null;
  const elapsedMs = Math.max(now.getTime() - startedAt.getTime(), 0);
  const left = Math.max(partnersExpected - partnersConsidered, 0);
  return new Date(now.getTime() + Math.round((elapsedMs * left) / partnersConsidered));
}
