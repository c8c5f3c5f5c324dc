import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AuditActor } from '../../identity/index.js';
import { Clock, DomainError, Jobs, type Tx, UnitOfWork } from '../../platform/index.js';
import { type ApprovalOutcome, BillApprovals } from './bill-approvals.service.js';
import { BULK_APPROVAL_JOB, type BulkApprovalJob } from './bulk-approvals.service.js';

/** A transaction holds the house's accounts: it is kept short. */
const BILLS_PER_TRANSACTION = 50;
/** A large run may take long; a worker that has died is found by its heartbeat. */
const EXPIRES_SECONDS = 6 * 3_600;

interface ItemRow {
  bill_id: string;
  payable_minor: string;
}

interface Outcome {
  readonly outcome: ApprovalOutcome | 'refused';
  readonly code: string | null;
  readonly reason: string | null;
}

/**
 * Carries bulk approvals out, some bills per transaction, each by the same service as when it is approved alone. What
 * became of a bill is written down in the transaction of its approval: a job that is tried again goes on with the others.
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
        while (await this.unitOfWork.run((tx) => this.approveSome(tx, runId))) signal.throwIfAborted();
      },
      { concurrency: 2, expireInSeconds: EXPIRES_SECONDS },
    );
  }

  /** Approves the next bills; false when none is left, and then the run is finished. */
  private async approveSome(tx: Tx, runId: string): Promise<boolean> {
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
    const items = await nextItems(tx, runId);
    for (const item of items) await note(tx, runId, item, await this.approve(tx, actor, item));
    if (items.length === BILLS_PER_TRANSACTION) return true;
    // Whoever works on the run's last bills at the same time finishes it.
    await tx.query(
      `UPDATE bill_approval_runs SET finished_at = $2
        WHERE id = $1 AND finished_at IS NULL
          AND NOT EXISTS (SELECT FROM bill_approval_items WHERE run_id = $1 AND outcome IS NULL)`,
      [runId, this.clock.now()],
    );
    return items.length > 0;
  }

  /** A bill that is refused is as it was: its approval has a savepoint of its own. */
  private async approve(tx: Tx, actor: AuditActor, item: ItemRow): Promise<Outcome> {
    try {
      const outcome = await tx.transaction((savepoint) =>
        this.approvals.approveShown(savepoint, actor, item.bill_id, item.payable_minor),
      );
      return { outcome, code: null, reason: null };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { outcome: 'refused', code: error.code, reason: error.message };
    }
  }
}

/**
 * The next bills without an outcome, locked. They come in the order of the house's accounts that they touch, so that
 * two runs at once wait for each other instead of deadlocking.
 */
async function nextItems(tx: Tx, runId: string): Promise<ItemRow[]> {
  return tx.query<ItemRow[]>(
    `SELECT item.bill_id, item.payable_minor
       FROM bill_approval_items AS item JOIN bills AS bill ON bill.id = item.bill_id
      WHERE item.run_id = $1 AND item.outcome IS NULL
      ORDER BY right(bill.partner_id::text, 1), item.currency, item.bill_id
      LIMIT ${BILLS_PER_TRANSACTION} FOR UPDATE OF item SKIP LOCKED`,
    [runId],
  );
}

async function note(
  tx: Tx,
  runId: string,
  { bill_id }: ItemRow,
  { outcome, code, reason }: Outcome,
): Promise<void> {
  await tx.query(
    'UPDATE bill_approval_items SET outcome = $3, code = $4, reason = $5 WHERE run_id = $1 AND bill_id = $2',
    [runId, bill_id, outcome, code, reason],
  );
}
