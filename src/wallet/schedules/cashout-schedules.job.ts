import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Timeout } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock, Config, Timed, UnitOfWork } from '../../platform/index.js';
import { CashoutScheduleBook } from './cashout-schedule-book.js';
import { ScheduleRunner } from './schedule-runner.service.js';

/** Ids that are read at once: memory does not grow with the number of due schedules. */
const BATCH = 200;
/** Schedules that one process works on at once. */
const AT_ONCE = 4;
/** Then the occurrence is refused, and the schedule goes on with the next one. */
const TRIES = 5;
/** Minutes until the second try; each further one waits twice as long. */
const FIRST_PAUSE_MINUTES = 1;

/**
 * Works schedules off whose time has come. Each is claimed by the lock on its row and done in one transaction, so that
 * instances share the work and a killed one leaves nothing half done.
 */
@Injectable()
export class CashoutSchedulesJob implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(CashoutSchedulesJob.name);
  private round: Promise<void> | null = null;
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly book: CashoutScheduleBook,
    private readonly runner: ScheduleRunner,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** From here on no further schedule is begun. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.round;
  }

  /** What came due while the program was down. */
  @Timeout('wallet.cashout-schedules-at-start', 1_000)
  async atStart(): Promise<void> {
    await this.wake();
  }

  /** Every minute what has come due. */
  @Timed('* * * * *', { name: 'wallet.cashout-schedules' })
  async wake(): Promise<void> {
    if (!this.config.worker || this.round) return;
    this.round = this.runDue().catch((error: unknown) => {
      this.logger.error({ err: error }, 'Cash-out schedules could not be worked off');
    });
    await this.round;
    this.round = null;
  }

  /** Works off everything that is due and that nobody else is at. */
  async runDue(): Promise<void> {
    for (;;) {
      const ids = await this.book.findDue(this.dataSource.manager, this.clock.now(), BATCH);
      let done = 0;
      const work = async (): Promise<void> => {
        for (let id = ids.shift(); id !== undefined && !this.stopping; id = ids.shift()) {
          if (await this.runOne(id)) done += 1;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      if (done === 0 || this.stopping) return;
    }
  }

  /** Works one schedule off. @returns false when it is not due any more, or somebody else has it */
  private async runOne(id: string): Promise<boolean> {
    try {
      return await this.unitOfWork.run(async (tx) => {
        const schedule = await this.book.take(tx, id, this.clock.now());
        if (!schedule) return false;
        await this.runner.run(tx, schedule, schedule.failures >= TRIES);
        return true;
      });
    } catch (error) {
      this.logger.error({ err: error, scheduleId: id }, 'A cash-out schedule could not be worked off');
      await this.postpone(id);
      return true;
    }
  }

  /** Leaves the schedule for a while, longer each time, so that others are not kept waiting. */
  private async postpone(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE cashout_schedules
          SET failures = least(failures + 1, ${TRIES}),
              look_at = $2::timestamptz + make_interval(mins => ${FIRST_PAUSE_MINUTES} * (2 ^ failures)::int)
        WHERE id = $1 AND state = 'active' AND look_at <= $2`,
      [id, this.clock.now()],
    );
  }
}
