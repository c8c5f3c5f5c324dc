/** So many calls in a row that reached nobody make a host rest: as many as go to it at once (rule 5.3). */
const FAILURES_BEFORE_REST = 4;
const SHORTEST_REST_MS = 5_000;
const LONGEST_REST_MS = 5 * 60_000;

/**
 * How long a host that does not answer is left alone before it gets a single call again, in ms; null while it goes on
 * being called. What is queued for it waits untried, so that a host that is down for a while neither uses up the
 * attempts of every delivery nor has its postbacks disabled within seconds.
 * @param failures calls in a row that reached nobody
 */
export function restMs(failures: number): number | null {
  if (failures < FAILURES_BEFORE_REST) return null;
  const doubled = SHORTEST_REST_MS * 2 ** Math.min(failures - FAILURES_BEFORE_REST, 16);
  return Math.min(doubled, LONGEST_REST_MS);
}
