import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Mandate } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import {
  dueOccurrences,
  nextOccurrences,
  type Occurrence,
  type ScheduleTimes,
} from '../domain/cashout-schedule.js';
import type { ScheduleState, Suspension } from '../domain/schedule-state.js';
import type { CashoutSchedule } from './cashout-schedule-book.js';
import { CashoutScheduleLog } from './cashout-schedule-log.js';

const PREVIEWED = 10;

/** Sets when a schedule, whose row the caller has locked, runs next, and stops it. */
@Injectable()
export class ScheduleTimer {
  constructor(
    private readonly log: CashoutScheduleLog,
    private readonly clock: Clock,
  ) {}

  /** Has the schedule run in that person's name from the next occurrence on. */
  async start(tx: Tx, schedule: Pick<CashoutSchedule, 'id' | 'times'>, mandate: Mandate): Promise<void> {
    await tx.query(`UPDATE cashout_schedules SET authorised_by = $2, two_factor_since = $3 WHERE id = $1`, [
      schedule.id,
      mandate.userId,
      mandate.twoFactorSince,
    ]);
    await this.aim(tx, schedule, await this.log.lastDate(tx, schedule.id));
  }

  /**
   * Has the schedule run at its next occurrence.
   * @param workedOff the last date that has been worked off
   */
  async aim(
    tx: Tx,
    { id, times }: Pick<CashoutSchedule, 'id' | 'times'>,
    workedOff: string | null,
  ): Promise<void> {
    const now = this.clock.now();
    const [next] = nextOccurrences(times, now, workedOff, 1);
    await tx.query(
      `UPDATE cashout_schedules
          SET state = 'active', suspended_because = NULL, next_date = $2, next_at = $3, look_at = $3, failures = 0,
              updated_at = $4
        WHERE id = $1`,
      [id, next!.date, next!.at, now],
    );
  }

  /** Stops the schedule. @param because given exactly when it is suspended */
  async stop(
    tx: Tx,
    id: string,
    state: Exclude<ScheduleState, 'active'>,
    because: Suspension | null = null,
  ): Promise<void> {
    await tx.query(
      `UPDATE cashout_schedules
          SET state = $2, suspended_because = $3, next_date = NULL, next_at = NULL, look_at = NULL, updated_at = $4
        WHERE id = $1`,
      [id, state, because, this.clock.now()],
    );
  }

  /** The next ten dates of times that no schedule has yet. */
  preview(times: ScheduleTimes): Occurrence[] {
    return nextOccurrences(times, this.clock.now(), null, PREVIEWED);
  }

  /** The next ten dates of a schedule; of one that does not run, as if it was resumed now. */
  async previewOf(db: EntityManager, { id, times }: CashoutSchedule): Promise<Occurrence[]> {
    return nextOccurrences(times, this.clock.now(), await this.log.lastDate(db, id), PREVIEWED);
  }

  /** The occurrences whose time has come, oldest first. */
  due({ times, next }: CashoutSchedule): Occurrence[] {
    return next ? dueOccurrences(times, next.date, this.clock.now()) : [];
  }

  /** Writes occurrences off whose time had come, but which nobody worked off before the schedule was changed. */
  async writeOff(tx: Tx, schedule: CashoutSchedule): Promise<void> {
    await this.log.miss(tx, schedule, this.due(schedule));
  }
}
