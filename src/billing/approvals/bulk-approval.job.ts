import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AuditActor } from '../../identity/index.js';
import { Clock, DomainError, Jobs, type Tx, UnitOfWork } from '../../platform/index.js';
import { type ApprovalOutcome, BillApprovals } from './bill-approvals.service.js';
import { BULK_APPROVAL_JOB, type BulkApprovalJob } from './bulk-approvals.service.js';

/** A transaction holds one of the house's accounts: it is kept short. */
const BILLS_PER_TRANSACTION = 500;
/** Transactions of one run that go on at once. */
const LANES = 3;
/** A large run may take long; a worker that has died is found by its heartbeat. */
const EXPIRES_SECONDS = 6 * 3_600;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

interface ItemRow {
  bill_id: string;
  payable_minor: string;
}

type Outcomes = ReadonlyMap<string, ApprovalOutcome | DomainError>;

/**
 * Carries bulk approvals out, many bills per transaction, by the service that approves single ones. What became of a
 * bill is written down in the transaction of its approval: a job that is tried again goes on with the others.
 */
@Injectable()
export class BulkApprovalWorker implements OnModuleInit {
  constructor(
    private readonly approvals: BillApprovals,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<BulkApprovalJob>(
      BULK_APPROVAL_JOB,
      async ({ runId }, { signal }) => {
        await Promise.all(Array.from({ length: LANES }, () => this.work(runId, signal)));
      },
      { concurrency: 2, expireInSeconds: EXPIRES_SECONDS },
    );
  }

  /** Goes through the run's bills in the order of their ids, again and again until none is left. */
  private async work(runId: string, signal: AbortSignal): Promise<void> {
    for (let after = BEFORE_ALL; ;) {
      const last = await this.unitOfWork.run((tx) => this.approveSome(tx, runId, after));
      signal.throwIfAborted();
      if (last === null && after === BEFORE_ALL) return;
      after = last ?? BEFORE_ALL;
    }
  }

  /** Approves bills behind the given one; gives the last of them, or null when none is left. */
  private async approveSome(tx: Tx, runId: string, after: string): Promise<string | null> {
    const [run] = await tx.query<[{ requested_by: string; request_id: string }]>(
      'SELECT requested_by, request_id FROM bill_approval_runs WHERE id = $1',
      [runId],
    );
    const actor: AuditActor = {
      userId: run.requested_by,
      impersonatorId: null,
      partnerId: null,
      requestId: run.request_id,
    };
    const items = await nextItems(tx, runId, after);
    if (items.length > 0) await note(tx, runId, await this.approve(tx, actor, items));
    // Whoever works on the run's last bills at the same time finishes it.
    await tx.query(
      `UPDATE bill_approval_runs SET finished_at = $2
        WHERE id = $1 AND finished_at IS NULL
          AND NOT EXISTS (SELECT FROM bill_approval_items WHERE run_id = $1 AND outcome IS NULL)`,
      [runId, this.clock.now()],
    );
    return items.at(-1)?.bill_id ?? null;
  }

  /** Where one of them refuses all, halves are tried, down to the bill that is refused: it alone is as it was. */
  private async approve(tx: Tx, actor: AuditActor, items: readonly ItemRow[]): Promise<Outcomes> {
    const shown = new Map(items.map(({ bill_id, payable_minor }) => [bill_id, payable_minor]));
    try {
      return await tx.transaction((savepoint) => this.approvals.approveShown(savepoint, actor, shown));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (items.length === 1) return new Map([[items[0]!.bill_id, error]]);
    }
    const half = Math.ceil(items.length / 2);
    const first = await this.approve(tx, actor, items.slice(0, half));
    return new Map([...first, ...(await this.approve(tx, actor, items.slice(half)))]);
  }
}

/** The next bills without an outcome, locked. */
async function nextItems(tx: Tx, runId: string, after: string): Promise<ItemRow[]> {
  return tx.query<ItemRow[]>(
    `SELECT bill_id, payable_minor FROM bill_approval_items
      WHERE run_id = $1 AND bill_id > $2 AND outcome IS NULL
      ORDER BY bill_id LIMIT ${BILLS_PER_TRANSACTION} FOR UPDATE SKIP LOCKED`,
    [runId, after],
  );
}

/** The ids are said twice, so that the items are found by them: a join alone reads all of the run for each of its batches. */
async function note(tx: Tx, runId: string, outcomes: Outcomes): Promise<void> {
  const rows = [...outcomes].map(([bill_id, outcome]) =>
    outcome instanceof DomainError
      ? { bill_id, outcome: 'refused', code: outcome.code, reason: outcome.message }
      : { bill_id, outcome },
  );
  await tx.query(
    `UPDATE bill_approval_items AS item SET outcome = done.outcome, code = done.code, reason = done.reason
       FROM json_to_recordset($2) AS done (bill_id uuid, outcome text, code text, reason text)
      WHERE item.run_id = $1 AND item.bill_id = ANY ($3) AND item.bill_id = done.bill_id`,
    [runId, JSON.stringify(rows), [...outcomes.keys()]],
  );
}
