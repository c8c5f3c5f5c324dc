import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Counter } from 'prom-client';
import { Config } from '../config/config.js';
import { DomainError } from '../errors/domain-error.js';
import { Metrics } from '../observability/metrics.js';
import { Clock } from '../time/clock.js';
import { takeOne, type Usage } from './allowance.js';
import type { LimitName } from './limits.js';

/** Whom a request is counted for. */
export type CountedBy = 'address' | 'account' | 'user' | 'token' | 'key';

/**
 * Those counted at once per limit and kind; beyond it, those not seen for the longest are forgotten. A flood from
 * many addresses so costs some megabytes, and never touches what is counted by user.
 */
const MAX_COUNTED = 20_000;

/** Counts requests against the limits of the settings, in the memory of this process. */
@Injectable()
export class RateLimits {
  private readonly counted = new Map<string, LRUCache<string, Usage>>();
  private readonly refused: Counter<'limit'>;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.refused = metrics.counter('tributary_rate_limited_total', 'Requests refused with 429, by limit', ['limit']);
  } // prettier-ignore

  /**
   * Counts one request.
   * @param id of whom it is counted for; of a fixed length, or one that we made
   * @throws DomainError TOO_MANY_REQUESTS (429) with the seconds to wait
   */
  take(name: LimitName, by: CountedBy, id: string): void {
    const counted = this.countedOf(`${name} by ${by}`);
    const { usage, waitSeconds } = takeOne(
      this.config.rateLimits[name],
      counted.get(id) ?? null,
      this.clock.now().getTime(),
    );
    counted.set(id, usage);
    if (waitSeconds === 0) return;
    this.refused.inc({ limit: name });
    throw new DomainError(
      'TOO_MANY_REQUESTS',
      'too_many',
      `Too many requests; try again in ${waitSeconds} s.`,
      { retryAfterSeconds: waitSeconds },
    );
  }

  /** How many are counted at present. */
  get size(): number {
    return [...this.counted.values()].reduce((sum, { size }) => sum + size, 0);
  }

  private countedOf(kind: string): LRUCache<string, Usage> {
    const known = this.counted.get(kind);
    if (known) return known;
    const made = new LRUCache<string, Usage>({ max: MAX_COUNTED });
    this.counted.set(kind, made);
    return made;
  }
}
