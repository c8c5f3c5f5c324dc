import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { PlanInLine } from '../commissions/index.js';
import { Clock, UnitOfWork } from '../platform/index.js';
import { BillMaker, type BilledOutcome } from './bill-maker.service.js';
import { BillPayouts } from './bill-payouts.service.js';
import { DuePlans } from './due-plans.service.js';
import type { PartnerToBill, PlanToBill } from './plan-to-bill.js';

/** An executor that has not reported for this long is taken for dead, and another one goes on behind it. */
const LEASE_SECONDS = 15;
const RENEWAL_MS = 5_000;
/** A lost connection or a lock held too long is worth a second try. */
const ATTEMPTS_PER_PARTNER = 2;
/** Partners who are billed in one transaction. */
const PARTNERS_PER_BATCH = 200;
/** When so many are left, the next plan is opened: its facts are summed up while they are billed. */
const PARTNERS_LEFT_TO_OPEN_NEXT = 5_000;

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
 * Carries bill runs out: plan by plan, a batch of partners per transaction, in order, with the place reached written in
 * the same transaction. A run is held by a lease: when its process dies, any other goes on where it stopped (rule 3.3).
 */
@Injectable()
export class BillRunExecutor implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(BillRunExecutor.name);
  private readonly running = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly duePlans: DuePlans,
    private readonly maker: BillMaker,
    private readonly payouts: BillPayouts,
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
    for (const { id } of await this.duePlans.list()) {
      if ((await this.duePlans.countPartners(id, through)) > 0) return true;
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
      if (done) await this.fixPayouts();
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

  /** Bills whose rate cannot be fixed now stand as they are: a new rate, or their approval, tries again. */
  private async fixPayouts(): Promise<void> {
    try {
      await this.payouts.fixWaiting();
    } catch (error) {
      this.logger.error({ err: error }, 'The rates of new bills could not be fixed');
    }
  }

  /** Goes through what is due from the run's cursor on; false when it was told to stop before the end. */
  private async work(run: ClaimedRun, holder: string): Promise<boolean> {
    const all = await this.duePlans.list(run.plan_id);
    const plans = all.slice(
      run.cursor_plan_id === null ? 0 : all.findIndex(({ id }) => id === run.cursor_plan_id),
    );
    await this.expect(run, plans);
    let ahead: Promise<OpenPlan> | null = null;
    try {
      for (const [place, { id }] of plans.entries()) {
        const below = id === run.cursor_plan_id ? run.cursor_partner_id : null;
        const open: OpenPlan = await (ahead ?? this.open(run, id, below));
        ahead = null;
        const next = plans[place + 1];
        const openNext = (): void => {
          // What others earn on this plan changes what is due on those.
          if (next && !next.paysForOthers) ahead ??= settledLater(this.open(run, next.id, null));
        };
        if (!(await this.workPlan(run, holder, open, openNext))) return false;
      }
      return true;
    } finally {
      await this.close(ahead);
    }
  }

  /** Opens the plan and begins to read its first partners. */
  private async open(run: ClaimedRun, planId: string, belowPartnerId: string | null): Promise<OpenPlan> {
    const plan = await this.duePlans.open(planId, { runId: run.id, through: run.through }, belowPartnerId);
    return { plan, first: settledLater(this.duePlans.take(plan, PARTNERS_PER_BATCH)) };
  }

  private async close(opening: Promise<OpenPlan> | OpenPlan | null): Promise<void> {
    const open = await Promise.resolve(opening).catch(() => null);
    if (!open) return;
    await Promise.allSettled([open.first]);
    await open.plan.facts.close();
  }

  /**
   * Bills the plan's partners, in as many looks at it as it takes until nobody waits for what others earned.
   * @param nearEnd called, perhaps often, when few partners are left
   */
  private async workPlan(
    run: ClaimedRun,
    holder: string,
    open: OpenPlan,
    nearEnd: () => void,
  ): Promise<boolean> {
    const { plan } = open;
    try {
      if (!(await this.billAll(open, holder, nearEnd))) return false;
    } finally {
      await this.close(open);
    }
    return (
      plan.postponed.size === 0 || this.workPlan(run, holder, await this.open(run, plan.id, null), nearEnd)
    );
  }

  /**
   * Partners come in falling order of their ids. While a batch is written, the one behind it is calculated, and the
   * next one is read; who is paid for what others earned waits until it is written.
   * @returns false when it was told to stop before the end
   */
  private async billAll({ plan, first }: OpenPlan, holder: string, nearEnd: () => void): Promise<boolean> {
    let next = first;
    let current = Promise.resolve();
    let left = plan.facts.partners;
    try {
      for (;;) {
        const batch = await next;
        if (batch.length === 0 || this.stopping) {
          await current;
          return batch.length === 0;
        }
        const before = current;
        current = settledLater(this.billBatch(plan, holder, batch, before));
        next = settledLater(this.duePlans.take(plan, PARTNERS_PER_BATCH));
        left -= batch.length;
        if (left <= PARTNERS_LEFT_TO_OPEN_NEXT) nearEnd();
        await (plan.pays('sub_affiliate') ? current : before);
      }
    } finally {
      await Promise.allSettled([current, next]);
    }
  }

  /**
   * A batch that cannot be billed is taken apart, so that nobody suffers for another's fault.
   * @param before ends when the batch before it is done: the places reached are written down in their order
   */
  private async billBatch(
    plan: PlanToBill,
    holder: string,
    batch: readonly PartnerToBill[],
    before: Promise<void>,
    attempt = 1,
  ): Promise<void> {
    const place = placeOf(plan, holder, batch);
    try {
      await this.unitOfWork.run(async (tx) => {
        const outcome = await this.maker.make(tx, plan, batch);
        await before;
        await advance(tx, place, outcome);
      });
    } catch (error) {
      // What ended the batch before it ends this one, too.
      await before;
      if (error instanceof LeaseLost) throw error;
      this.logger.error({ err: error, ...place, attempt }, 'Partners could not be billed');
      if (batch.length > 1) {
        for (const partner of batch) await this.billBatch(plan, holder, [partner], before);
      } else if (attempt < ATTEMPTS_PER_PARTNER) {
        await this.billBatch(plan, holder, batch, before, attempt + 1);
      } else {
        // A fault that lasts leaves the partner to the next run and does not stop this one.
        await advance(this.dataSource.manager, place, { bills: 0, lines: 0, error: messageOf(error) });
      }
    }
  }

  /** Writes down how many partners there will be in the end, so that the run's progress can be told. */
  private async expect(run: ClaimedRun, plans: readonly PlanInLine[]): Promise<void> {
    let partners = 0;
    for (const { id } of plans) partners += await this.duePlans.countPartners(id, run.through);
    await this.dataSource.query(
      'UPDATE bill_runs SET partners_expected = partners_considered + $2 WHERE id = $1',
      [run.id, partners],
    );
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

/** A plan with its first partners, who are being read. */
interface OpenPlan {
  readonly plan: PlanToBill;
  readonly first: Promise<PartnerToBill[]>;
}

/** Whoever awaits it hears of a failure; until then it must not end the process. */
function settledLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

interface Place {
  readonly runId: string;
  readonly holder: string;
  readonly planId: string;
  /** The last partner of the batch. */
  readonly partnerId: string;
  readonly partners: number;
}

function placeOf(plan: PlanToBill, holder: string, batch: readonly PartnerToBill[]): Place {
  const { partnerId } = batch.at(-1)!;
  return { runId: plan.runId, holder, planId: plan.id, partnerId, partners: batch.length };
}

/** Writes the place reached and the counts; refuses when the lease has passed to another executor. */
async function advance(
  db: EntityManager,
  { runId, holder, planId, partnerId, partners }: Place,
  { bills, lines, error }: BilledOutcome & { error?: string },
): Promise<void> {
  const [, affected] = await db.query<[unknown[], number]>(
    `UPDATE bill_runs
        SET partners_considered = partners_considered + $8, bills_made = bills_made + $5, lines_made = lines_made + $6,
            partners_failed = partners_failed + CASE WHEN $7::text IS NULL THEN 0 ELSE 1 END,
            last_error = coalesce($7, last_error), cursor_plan_id = $3, cursor_partner_id = $4,
            lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE id = $1 AND lease_holder = $2 AND state = 'running'`,
    [runId, holder, planId, partnerId, bills, lines, error ?? null, partners],
  );
  if (affected === 0) throw new LeaseLost(`Bill run ${runId} was taken over`);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
