import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, ensureDayPartitions, ensureMonthPartitions, Timed } from '../platform/index.js';

const DAYS_AHEAD = 7;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Activity of months further away stays in the default partition: there are at most so many partitions. */
const MONTHS_BACK_DAYS = 10 * 366;
const MONTHS_AHEAD_DAYS = 31;

/** Makes the partitions of visits (by UTC day) and of activity (by UTC month) before they are needed. */
@Injectable()
export class Partitions implements OnApplicationBootstrap {
  private readonly logger = new Logger(Partitions.name);
  private readonly knownMonths = new Set<string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Rows without a partition go to the default one, so a failure here delays nobody. */
  async onApplicationBootstrap(): Promise<void> {
    await this.makeAhead();
  }

  /** Makes today's partition of visits and those of the next seven days, and this and the coming month's of activity. */
  @Timed('23 * * * *', { name: 'tracking.partitions' })
  async makeAhead(): Promise<void> {
    const today = this.clock.now();
    try {
      await this.ensureVisitDays(today, DAYS_AHEAD + 1);
      await this.ensureActivityMonths([today, new Date(today.getTime() + DAYS_AHEAD * DAY_MS)]);
    } catch (error) {
      this.logger.warn(`Partitions could not be made ahead: ${(error as Error).message}`);
    }
  }

  /** Makes the partitions of visits of `days` UTC days from the day of `from` on. */
  async ensureVisitDays(from: Date, days: number): Promise<void> {
    await ensureDayPartitions(this.dataSource, 'visits', from, days);
  }

  /** Makes the partitions of activity of the UTC months that hold the instants; months seen before cost nothing. */
  async ensureActivityMonths(instants: readonly Date[]): Promise<void> {
    const missing = new Map<string, Date>();
    for (const instant of instants) {
      const month = monthOf(instant);
      if (!this.knownMonths.has(month)) missing.set(month, instant);
    }
    if (missing.size === 0) return;
    await ensureMonthPartitions(this.dataSource, 'player_activity', [...missing.values()]);
    for (const month of missing.keys()) this.knownMonths.add(month);
  }

  /** Whether activity of the instant would go to a month of its own that this process has not seen yet. */
  lacksActivityMonth(instant: Date): boolean {
    const days = (instant.getTime() - this.clock.now().getTime()) / DAY_MS;
    const inReach = days >= -MONTHS_BACK_DAYS && days <= MONTHS_AHEAD_DAYS;
    return inReach && !this.knownMonths.has(monthOf(instant));
  }

  /** Makes the partition of activity for the instant if that can be done now; else the default one takes the rows. */
  async tryEnsureActivityMonth(instant: Date): Promise<void> {
    try {
      await this.ensureActivityMonths([instant]);
    } catch (error) {
      this.logger.warn(`A partition of activity could not be made: ${(error as Error).message}`);
    }
  }
}

function monthOf(instant: Date): string {
  return instant.toISOString().slice(0, 7);
}
