import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type ImpressionCount, PromoImpressions } from '../campaigns/index.js';
import { Clock, UnitOfWork } from '../platform/index.js';

const FLUSH_MS = 1_000;
const LAST_ATTEMPTS = 3;

/**
 * Counts impressions in memory and adds them up in the database every second, all in one statement. A crash loses what
 * was counted since; a commit that nobody heard of is counted twice. Nothing is paid by them. While the database is
 * away they wait here: one count for each promo and day.
 */
@Injectable()
export class ImpressionCounter implements OnApplicationShutdown {
  private readonly logger = new Logger(ImpressionCounter.name);
  private counts = new Map<string, ImpressionCount>();
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly impressions: PromoImpressions,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Counts one impression of the promo, now. */
  count(promoId: string, shownTo: 'people' | 'bots'): void {
    const day = this.clock.now().toISOString().slice(0, 10);
    this.countOf(promoId, day)[shownTo] += 1;
    this.flushSoon();
  }

  /** Stores what is left, once no more requests come. */
  async onApplicationShutdown(): Promise<void> {
    await this.flushing;
    for (let attempt = 1; this.counts.size > 0 && attempt <= LAST_ATTEMPTS; attempt += 1) {
      if (attempt > 1) await delay(FLUSH_MS);
      clearTimeout(this.timer ?? undefined);
      await this.flush();
    }
    clearTimeout(this.timer ?? undefined);
    if (this.counts.size > 0) this.logger.error(`Impressions of ${this.counts.size} promos were not stored`);
  }

  private countOf(promoId: string, day: string): ImpressionCount {
    const key = `${promoId} ${day}`;
    let count = this.counts.get(key);
    if (!count) this.counts.set(key, (count = { promoId, day, people: 0, bots: 0 }));
    return count;
  }

  private flushSoon(): void {
    if (this.flushing) return;
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Stores what was counted so far; keeps it for the next time when that fails. */
  private async flush(): Promise<void> {
    this.timer = null;
    this.flushing = this.store();
    await this.flushing;
    this.flushing = null;
    if (this.counts.size > 0) this.flushSoon();
  }

  private async store(): Promise<void> {
    const taken = [...this.counts.values()];
    this.counts = new Map();
    try {
      await this.unitOfWork.run((tx) => this.impressions.add(tx, taken));
    } catch (error) {
      this.logger.warn(`Impressions wait for the database: ${(error as Error).message}`);
      for (const { promoId, day, people, bots } of taken) {
        const count = this.countOf(promoId, day);
        count.people += people;
        count.bots += bots;
      }
    }
  }
}
