import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { BillRunExecutor } from './bill-run.executor.js';
import { BILL_RUN_JOB, type BillRunJob, BillRuns } from './bill-runs.service.js';
import { RUN_MINUTE } from './domain/next-run.js';
import { Clock, Config, Jobs, Timed, UnitOfWork } from '../platform/index.js';

const HOUR_MS = 3_600_000;
const LOOK_EVERY_MS = 5_000;
/** A run may take long; while its executor lives, the lease keeps others off. */
const RUN_EXPIRES_SECONDS = 6 * 3_600;

/** Wakes bill runs: at once by the job sent with a new run, hourly for what is due, and again after a crash. */
@Injectable()
export class BillRunWaker implements OnModuleInit {
  private readonly logger = new Logger(BillRunWaker.name);
  private looking = false;

  constructor(
    private readonly runs: BillRuns,
    private readonly executor: BillRunExecutor,
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<BillRunJob>(BILL_RUN_JOB, ({ runId }) => this.executor.execute(runId), {
      concurrency: 2,
      expireInSeconds: RUN_EXPIRES_SECONDS,
    });
  }

  /** Queues the hour's run when a closed period has something to bill; instances that wake together make one. */
  @Timed(`${RUN_MINUTE} * * * *`, { name: 'billing.due' })
  async startDue(): Promise<void> {
    if (!this.config.worker) return;
    const now = this.clock.now();
    const through = now.toISOString().slice(0, 10);
    if (!(await this.executor.hasWork(through))) return;
    const scheduledFor = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
    await this.unitOfWork.run((tx) => this.runs.start(tx, { through, source: 'schedule', scheduledFor }));
  }

  /** Takes up runs whose executor has died, or whose job was lost. */
  @Interval('billing.take-up', LOOK_EVERY_MS)
  async takeUpWaiting(): Promise<void> {
    if (!this.config.worker || this.looking) return;
    this.looking = true;
    try {
      for (const runId of await this.executor.findWaiting()) await this.executor.execute(runId);
    } catch (error) {
      this.logger.error({ err: error }, 'Waiting bill runs could not be taken up');
    } finally {
      this.looking = false;
    }
  }
}
