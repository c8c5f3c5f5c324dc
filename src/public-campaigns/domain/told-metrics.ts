import type { Platform } from './post-url.js';
import { type Metric, PRICED_UNITS, type PricedUnit } from './unit-price.js';

/** What platforms tell of posts, some of it of some kinds of posts only: nothing else can be paid for. */
export const TOLD_METRICS = {
  instagram: ['like', 'view', 'share', 'comment', 'follower'],
  youtube: ['like', 'view', 'comment'],
  tiktok: ['like', 'view', 'share', 'comment'],
} as const satisfies Readonly<Record<Platform, readonly Metric[]>>;

/** Metrics that the platform tells. */
export type ToldMetric<P extends Platform> = (typeof TOLD_METRICS)[P][number];

/** Units that a campaign at these platforms can pay for: those that one of them at least tells. */
export function payableUnits(platforms: readonly Platform[]): PricedUnit[] {
  const told = new Set<PricedUnit>(platforms.flatMap((platform) => TOLD_METRICS[platform]));
  return PRICED_UNITS.filter((unit) => unit === 'post' || told.has(unit));
}
