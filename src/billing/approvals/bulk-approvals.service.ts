import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, idOfCursor, Ids, Jobs, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import { ApprovalLimit, WalletOwners } from '../../wallet/index.js';
import { billsChanged } from '../billing.errors.js';
import { BillApprovalRun } from './bill-approval-run.entity.js';
import {
  type ApprovalFilters,
  type ApprovalPreview,
  type Approver,
  ofOpenBills,
  previewBills,
  selectBills,
} from './bill-selection.js';

/** Job that carries a bulk approval out; its payload is {@link BulkApprovalJob}. */
export const BULK_APPROVAL_JOB = 'billing.approve';

export interface BulkApprovalJob {
  readonly runId: string;
}

/** How far a bulk approval is: counts of bills. */
export interface ApprovalRunView {
  readonly run: BillApprovalRun;
  readonly waiting: number;
  readonly paid: number;
  readonly approvedOnce: number;
  readonly refused: number;
}

/** A bill that a bulk approval did not approve, and why. */
export interface RefusedBill {
  readonly billId: string;
  readonly code: string;
  readonly reason: string;
}

/** Approvals of many bills at once: shown before, carried out in the background (A13). */
@Injectable()
export class BulkApprovals {
  constructor(
    private readonly limit: ApprovalLimit,
    private readonly owners: WalletOwners,
    private readonly jobs: Jobs,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** What approving the bills that the filters find would come to now. */
  async preview(tx: Tx, actor: Actor, filters: ApprovalFilters): Promise<ApprovalPreview> {
    return previewBills(tx, filters, await this.approver(tx, actor));
  }

  /**
   * Begins to approve exactly those bills that the preview with this fingerprint showed.
   * @returns the run's id, and what is to be approved
   * @throws DomainError BILLS_CHANGED (409) when the filters find other bills or amounts by now
   */
  async start(
    tx: Tx,
    actor: Actor,
    filters: ApprovalFilters,
    fingerprint: string,
  ): Promise<{ id: string; preview: ApprovalPreview }> {
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO bill_approval_runs (id, filters, requested_by, request_id, created_at) VALUES ($1, $2, $3, $4, $5)`,
      [id, JSON.stringify(filters), actor.userId, actor.requestId, this.clock.now()],
    );
    const selected = await selectBills(tx, id, filters, await this.approver(tx, actor));
    if (selected.fingerprint !== fingerprint) throw billsChanged(selected);
    await this.auditLog.record(tx, actor, {
      action: 'bill_approval_run.start',
      subject: { type: 'bill_approval_run', id },
      before: null,
      after: { filters, bills: selected.bills, fingerprint },
    });
    const job: BulkApprovalJob = { runId: id };
    await this.jobs.send(tx, BULK_APPROVAL_JOB, job);
    return { id, preview: selected };
  }

  /** How far the run is. @throws DomainError NOT_FOUND */
  async get(db: EntityManager, id: string): Promise<ApprovalRunView> {
    const run = await db.getRepository(BillApprovalRun).findOneBy({ id });
    if (!run) throw notFound('bulk approval');
    const [counts] = await db.query<[Omit<ApprovalRunView, 'run'>]>(
      `SELECT count(*) FILTER (WHERE outcome IS NULL)::int AS waiting,
              count(*) FILTER (WHERE outcome = 'paid')::int AS paid,
              count(*) FILTER (WHERE outcome = 'approved_once')::int AS "approvedOnce",
              count(*) FILTER (WHERE outcome = 'refused')::int AS refused
         FROM bill_approval_items WHERE run_id = $1`,
      [id],
    );
    return { run, ...counts };
  }

  /** Bills that the run did not approve. @throws DomainError NOT_FOUND, INVALID_CURSOR */
  async refused(
    db: EntityManager,
    id: string,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<RefusedBill>> {
    if (!(await db.getRepository(BillApprovalRun).existsBy({ id }))) throw notFound('bulk approval');
    const after = idOfCursor(cursor);
    const rows = await db.query<RefusedBill[]>(
      `SELECT bill_id AS "billId", code, reason FROM bill_approval_items
        WHERE run_id = $1 AND outcome = 'refused' AND ($2::uuid IS NULL OR bill_id > $2)
        ORDER BY bill_id LIMIT $3`,
      [id, after, limit + 1],
    );
    return toPage(rows, limit, ({ billId }) => [billId]);
  }

  private async approver(tx: Tx, actor: Actor): Promise<Approver> {
    const { currencies, partnerIds } = await ofOpenBills(tx);
    const erased = await this.owners.erasedOf(tx, partnerIds);
    const limits: Record<string, string> = {};
    for (const currency of currencies) {
      const limit = await this.limit.in(tx, currency, actor.userId);
      if (limit) limits[currency] = limit.minor.toString();
    }
    return { operatorId: actor.userId, limits, erasedPartnerIds: [...erased] };
  }
}
