import type { Limit } from './limits.js';

/** How much of a limit somebody has used, at a time in milliseconds: what is used drains away evenly. */
export interface Usage {
  readonly used: number;
  readonly at: number;
}

/** Sums of fractions that should be whole numbers may miss them by this much. */
const ROUNDING = 1e-6;

/**
 * Takes one request out of what a limit allows (leaky bucket as a meter).
 * @param before the usage so far, or null when there was none
 * @param now time in milliseconds; one before the last is taken for no time gone by
 * @returns the usage from now on, and the whole seconds to wait when the request is one too many, else 0
 */
export function takeOne(
  limit: Limit,
  before: Usage | null,
  now: number,
): { usage: Usage; waitSeconds: number } {
  const drainedPerMs = limit.requests / (limit.seconds * 1_000);
  const used = before ? Math.max(0, before.used - Math.max(0, now - before.at) * drainedPerMs) : 0;
  const over = used + 1 - limit.requests;
  if (over <= ROUNDING) return { usage: { used: used + 1, at: now }, waitSeconds: 0 };
  return { usage: { used, at: now }, waitSeconds: Math.ceil((over - ROUNDING) / drainedPerMs / 1_000) };
}
