import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { CommissionPlans } from '../commissions/index.js';
import { Clock, UnitOfWork } from '../platform/index.js';
import { FactsService } from '../tracking/index.js';
import { BillMaker, type BilledOutcome, type BillingTask, NothingToBillNow } from './bill-maker.service.js';
import { lastDuePeriod } from './due-periods.js';

/** An executor that has not reported for this long is taken for dead, and another one goes on behind it. */
const LEASE_SECONDS = 15;
const RENEWAL_MS = 5_000;
/** A lost connection or a lock held too long is worth a second try. */
const ATTEMPTS_PER_PARTNER = 2;
/** Partners whose ids are in memory at once. */
const PARTNERS_PER_PAGE = 500;

/** Another executor holds the run: nothing of ours may be committed any more. */
class LeaseLost extends Error {}

interface ClaimedRun {
  id: string;
  plan_id: string | null;
  through: string;
  cursor_plan_id: string | null;
  cursor_partner_id: string | null;
}

/**
 * Carries bill runs out: one partner and plan per transaction, in order, with the place reached written in the same
 * transaction. A run is held by a lease: when its process dies, any other goes on where it stopped (rule 3.3).
 */
@Injectable()
export class BillRunExecutor implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(BillRunExecutor.name);
  private readonly running = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly plans: CommissionPlans,
    private readonly facts: FactsService,
    private readonly maker: BillMaker,
    private readonly clock: Clock,
  ) {}

  /** From here on a run is left after the partner that is being billed; another instance goes on with it. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  /** Whether a run through that day would look at anybody. */
  async hasWork(through: string): Promise<boolean> {
    const db = this.dataSource.manager;
    for (const planId of await this.plans.listIds(db)) {
      const plan = await this.plans.getWithVersions(db, planId);
      const before = lastDuePeriod(plan, through, this.clock.now()).end;
      const found = await this.facts.partnersWithChanges(db, {
        planId,
        before,
        afterPartnerId: null,
        limit: 1,
      });
      if (found.length > 0) return true;
    }
    return false;
  }

  /** Ids of runs that wait for an executor: new ones, and those whose executor has died. */
  async findWaiting(): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM bill_runs
        WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now()) ORDER BY created_at`,
    );
    return rows.map(({ id }) => id);
  }

  /** Carries the run out, unless another executor holds it or it is done; returns when it is over or handed on. */
  async execute(runId: string): Promise<void> {
    const execution = this.carryOut(runId);
    this.running.add(execution);
    try {
      await execution;
    } finally {
      this.running.delete(execution);
    }
  }

  private async carryOut(runId: string): Promise<void> {
    const holder = randomUUID();
    const run = await this.claim(runId, holder);
    if (!run) return;
    const renewal = setInterval(() => void this.renew(runId, holder), RENEWAL_MS);
    try {
      const done = await this.work(run, holder);
      await (done ? this.finish(runId, holder) : this.release(runId, holder));
    } catch (error) {
      if (!(error instanceof LeaseLost)) {
        await this.release(runId, holder);
        throw error;
      }
    } finally {
      clearInterval(renewal);
    }
  }

  /** Goes through what is due from the run's cursor on; false when it was told to stop before the end. */
  private async work(run: ClaimedRun, holder: string): Promise<boolean> {
    const planIds = run.plan_id ? [run.plan_id] : await this.plans.listIds(this.dataSource.manager);
    for (const planId of planIds.sort()) {
      if (run.cursor_plan_id !== null && planId < run.cursor_plan_id) continue;
      const after = planId === run.cursor_plan_id ? run.cursor_partner_id : null;
      if (!(await this.workPlan(run, holder, planId, after))) return false;
    }
    return true;
  }

  private async workPlan(
    run: ClaimedRun,
    holder: string,
    planId: string,
    after: string | null,
  ): Promise<boolean> {
    const plan = await this.plans.getWithVersions(this.dataSource.manager, planId);
    const due = lastDuePeriod(plan, run.through, this.clock.now());
    for (let last = after; ;) {
      const partnerIds = await this.facts.partnersWithChanges(this.dataSource.manager, {
        planId,
        before: due.end,
        afterPartnerId: last,
        limit: PARTNERS_PER_PAGE,
      });
      for (const partnerId of partnerIds) {
        if (this.stopping) return false;
        const place: Place = { runId: run.id, holder, planId, partnerId };
        await this.billPartner(place, { plan, partnerId, until: due.end, runId: run.id });
        last = partnerId;
      }
      if (partnerIds.length < PARTNERS_PER_PAGE) return true;
    }
  }

  /** Bills one partner; a fault that lasts leaves that partner to the next run and does not stop this one. */
  private async billPartner(place: Place, task: BillingTask, attempt = 1): Promise<void> {
    try {
      await this.unitOfWork.run(async (tx) => {
        const outcome = await this.maker.make(tx, task);
        await advance(tx, place, outcome);
      });
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      if (error instanceof NothingToBillNow) {
        await advance(this.dataSource.manager, place, { bills: 0, lines: 0 });
        return;
      }
      this.logger.error({ err: error, ...place, attempt }, 'A partner could not be billed');
      if (attempt < ATTEMPTS_PER_PARTNER) return this.billPartner(place, task, attempt + 1);
      await advance(this.dataSource.manager, place, { bills: 0, lines: 0, error: messageOf(error) });
    }
  }

  private async claim(runId: string, holder: string): Promise<ClaimedRun | null> {
    const [rows] = await this.dataSource.query<[ClaimedRun[], number]>(
      `UPDATE bill_runs
          SET state = 'running', started_at = coalesce(started_at, $3), lease_holder = $2,
              lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
        WHERE id = $1 AND state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now())
        RETURNING id, plan_id, through::text AS through, cursor_plan_id, cursor_partner_id`,
      [runId, holder, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  private async renew(runId: string, holder: string): Promise<void> {
    try {
      await this.dataSource.query(
        `UPDATE bill_runs SET lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
          WHERE id = $1 AND lease_holder = $2`,
        [runId, holder],
      );
    } catch (error) {
      this.logger.warn({ err: error, runId }, 'The lease of a bill run could not be renewed');
    }
  }

  /** Leaves the run to whoever comes next, at once. */
  private async release(runId: string, holder: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE bill_runs SET lease_holder = NULL, lease_until = NULL WHERE id = $1 AND lease_holder = $2`,
      [runId, holder],
    );
  }

  private async finish(runId: string, holder: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE bill_runs
          SET state = CASE WHEN partners_failed = 0 THEN 'finished' ELSE 'failed' END, finished_at = $3,
              lease_holder = NULL, lease_until = NULL
        WHERE id = $1 AND lease_holder = $2 AND state = 'running'`,
      [runId, holder, this.clock.now()],
    );
  }
}

interface Place {
  runId: string;
  holder: string;
  planId: string;
  partnerId: string;
}

/** Writes the place reached and the counts; refuses when the lease has passed to another executor. */
async function advance(
  db: EntityManager,
  { runId, holder, planId, partnerId }: Place,
  { bills, lines, error }: BilledOutcome & { error?: string },
): Promise<void> {
  const [, affected] = await db.query<[unknown[], number]>(
    `UPDATE bill_runs
        SET partners_considered = partners_considered + 1, bills_made = bills_made + $5, lines_made = lines_made + $6,
            partners_failed = partners_failed + CASE WHEN $7::text IS NULL THEN 0 ELSE 1 END,
            last_error = coalesce($7, last_error), cursor_plan_id = $3, cursor_partner_id = $4,
            lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE id = $1 AND lease_holder = $2 AND state = 'running'`,
    [runId, holder, planId, partnerId, bills, lines, error ?? null],
  );
  if (affected === 0) throw new LeaseLost(`Bill run ${runId} was taken over`);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
