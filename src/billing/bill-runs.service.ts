import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { CommissionPlans } from '../commissions/index.js';
import { type Actor, AuditLog } from '../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  isCalendarDay,
  Jobs,
  Money,
  notFound,
  type Page,
  type PageQuery,
  toPage,
  type Tx,
} from '../platform/index.js';
import { BillRun, type BillRunSource } from './bill-run.entity.js';

/** Job that carries a run out; its payload is {@link BillRunJob}. */
export const BILL_RUN_JOB = 'billing.run';

export interface BillRunJob {
  readonly runId: string;
}

/** What a new run covers. */
export interface NewBillRun {
  /** Null or absent for all plans. */
  readonly planId?: string | null;
  /** YYYY-MM-DD, inclusive, in each plan's zone. */
  readonly through: string;
  readonly source: BillRunSource;
  /** The operator who asks for it; absent for commands and the schedule. */
  readonly actor?: Actor;
  /** The wake-up that a scheduled run answers: one run per such instant. */
  readonly scheduledFor?: Date;
}

/** A run with the sums of the bills that it has made so far. */
export interface BillRunView {
  readonly run: BillRun;
  readonly issued: readonly Money[];
  /** When it was looked at. */
  readonly now: Date;
}

/** Bill runs as resources: they are started, looked at and listed here, and carried out by the executor. */
@Injectable()
export class BillRuns {
  constructor(
    private readonly plans: CommissionPlans,
    private readonly jobs: Jobs,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Queues a run over every closed period that ends on or before `through`; it starts at once in a worker.
   * @returns the run's id, or null when the wake-up `scheduledFor` already has its run
   * @throws DomainError NOT_FOUND for an unknown plan, VALIDATION_FAILED (422) for a date that does not exist
   */
  async start(
    tx: Tx,
    { planId = null, through, source, actor, scheduledFor }: NewBillRun,
  ): Promise<string | null> {
    if (!isCalendarDay(through) || !through.startsWith('2'))
      throw invalidField('through', 'must be a day from 2000 to 2999, such as 2026-10-31');
    if (planId !== null) await this.plans.get(tx, planId);
    const [run] = await tx.query<{ id: string }[]>(
      `INSERT INTO bill_runs (id, plan_id, through, source, requested_by, scheduled_for, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (scheduled_for) DO NOTHING RETURNING id`,
      [
        this.ids.next(),
        planId,
        through,
        source,
        actor?.userId ?? null,
        scheduledFor ?? null,
        this.clock.now(),
      ],
    );
    if (!run) return null;
    if (actor) {
      await this.auditLog.record(tx, actor, {
        action: 'bill_run.start',
        subject: { type: 'bill_run', id: run.id },
        before: null,
        after: { planId, through },
      });
    }
    const job: BillRunJob = { runId: run.id };
    await this.jobs.send(tx, BILL_RUN_JOB, job);
    return run.id;
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: EntityManager, id: string): Promise<BillRunView> {
    return this.viewOf(db, await find(db, id));
  }

  /**
   * The run when it is over, or as it is after `timeoutMs`.
   * @param longestPauseMs pause between two looks, reached by doubling
   * @param onLook is shown the run at every look
   * @throws DomainError NOT_FOUND
   */
  async waitForEnd(
    db: EntityManager,
    id: string,
    timeoutMs: number,
    longestPauseMs = 250,
    onLook: (run: BillRun) => void = () => {},
  ): Promise<BillRunView> {
    const deadline = Date.now() + timeoutMs;
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      // Its sums cost more the further it is: they are made once.
      const run = await find(db, id);
      onLook(run);
      const over = run.state === 'finished' || run.state === 'failed';
      if (over || Date.now() + pauseMs > deadline) return this.viewOf(db, run);
      await setTimeout(pauseMs);
    }
  }

  /** Runs, newest first. */
  async list(db: EntityManager, { limit, cursor }: PageQuery): Promise<Page<BillRunView>> {
    const query = db
      .getRepository(BillRun)
      .createQueryBuilder('run')
      .orderBy('run.id', 'DESC')
      .limit(limit + 1);
    if (cursor !== undefined) query.where('run.id < :id', { id: idOfCursor(cursor) });
    return toPage(await this.view(db, await query.getMany()), limit, ({ run }) => [run.id]);
  }

  private async viewOf(db: EntityManager, run: BillRun): Promise<BillRunView> {
    const [view] = await this.view(db, [run]);
    return view!;
  }

  private async view(db: EntityManager, runs: BillRun[]): Promise<BillRunView[]> {
    const sums = await db.query<{ run_id: string; currency: string; issued: string }[]>(
      `SELECT run_id, currency, sum(issued_minor)::text AS issued FROM bills WHERE run_id = ANY($1)
        GROUP BY run_id, currency ORDER BY currency`,
      [runs.map(({ id }) => id)],
    );
    const now = this.clock.now();
    return runs.map((run) => ({
      run,
      now,
      issued: sums
        .filter((sum) => sum.run_id === run.id)
        .map(({ issued, currency }) => Money.of(BigInt(issued), currency)),
    }));
  }
}

async function find(db: EntityManager, id: string): Promise<BillRun> {
  const run = await db.getRepository(BillRun).findOneBy({ id });
  if (!run) throw notFound('bill run');
  return run;
}
