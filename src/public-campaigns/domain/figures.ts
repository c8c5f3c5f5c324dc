import { larger } from './reward.js';
import { type Metric, METRICS, type Metrics } from './unit-price.js';

/** A time in which a creator earns nothing. */
export interface Suspension {
  readonly from: Date;
  /** Exclusive; null while it lasts. */
  readonly until: Date | null;
}

/** What is known of a post's units, and which of them are not paid for. */
export interface Figures {
  /** Units told last. */
  metrics: Metrics;
  /** Units of them that were gained while the creator was suspended; absent where there are none. */
  uncounted: Metrics;
  /** When each metric was told last. */
  toldAt: Readonly<Partial<Record<Metric, Date>>>;
}

/** What a look at a post stands on. */
export interface LookCircumstances {
  now: Date;
  /** Before it there were no units. */
  publishedAt: Date;
  /** All of its creator's. */
  suspensions: readonly Suspension[];
}

/** Whether one of the suspensions touches the time between two instants, which are part of it and may be the same. */
export function suspendedBetween(suspensions: readonly Suspension[], start: Date, end: Date): boolean {
  return suspensions.some(({ from, until }) => from <= end && (until === null || until > start));
}

/**
 * The figures after a look at which the platform told these metrics. What is not told keeps what was told last. If the
 * creator was suspended since a metric was told last, nobody knows how much of its growth was gained then: none of it
 * counts. Units that are lost are counted ones.
 */
export function withTold(
  before: Figures,
  told: Metrics,
  { now, publishedAt, suspensions }: LookCircumstances,
): Figures {
  const counted = countedUnits(before);
  const after = { ...before, metrics: { ...before.metrics, ...told } };
  return METRICS.reduce<Figures>((figures, metric) => {
    const units = told[metric];
    if (units === undefined) return figures;
    const toldAt = { ...figures.toldAt, [metric]: now };
    if (!suspendedBetween(suspensions, before.toldAt[metric] ?? publishedAt, now))
      return { ...figures, toldAt };
    const uncounted = larger(before.uncounted[metric] ?? 0n, units - (counted[metric] ?? 0n));
    return { ...figures, toldAt, uncounted: { ...figures.uncounted, [metric]: uncounted } };
  }, after);
}

/** Units that are paid for: those that were told, without those that do not count. A metric that is not known is absent. */
export function countedUnits({ metrics, uncounted }: Pick<Figures, 'metrics' | 'uncounted'>): Metrics {
  return mapUnits(metrics, (units, metric) => larger(units - (uncounted[metric] ?? 0n), 0n));
}

/** Of what was told, the units that are not paid for. A metric that is not known is absent. */
export function uncountedUnits(figures: Pick<Figures, 'metrics' | 'uncounted'>): Metrics {
  const counted = countedUnits(figures);
  return mapUnits(figures.metrics, (units, metric) => units - counted[metric]!);
}

function mapUnits(metrics: Metrics, map: (units: bigint, metric: Metric) => bigint): Metrics {
  const known = METRICS.filter((metric) => metrics[metric] !== undefined);
  return Object.fromEntries(known.map((metric) => [metric, map(metrics[metric]!, metric)]));
}
