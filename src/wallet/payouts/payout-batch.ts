import type { EntityManager } from 'typeorm';
import { notFound, type Tx } from '../../platform/index.js';
import {
  findNextBatchState,
  type PayoutBatchAction,
  type PayoutBatchState,
} from '../domain/payout-batch-state.js';
import type { PaymentMethodTypeCode } from '../domain/payment-method-types.js';
import { accountsErased, payoutBatchStateConflict, payoutWalletsFrozen } from './payouts.errors.js';

/** The files that batches are paid by. */
export const PAYOUT_FILE_FORMATS = ['pain.001', 'paypal_csv'] as const;
export type PayoutFileFormat = (typeof PAYOUT_FILE_FORMATS)[number];

/** A batch as it is stored, without its file. */
export interface PayoutBatch {
  readonly id: string;
  readonly typeCode: PaymentMethodTypeCode;
  readonly currency: string;
  readonly state: PayoutBatchState;
  /** YYYY-MM-DD. */
  readonly executionDate: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly sentBy: string | null;
  readonly sentAt: Date | null;
  readonly endedAt: Date | null;
  readonly fileFormat: PayoutFileFormat | null;
  readonly fileSha256: string | null;
  readonly providerBatchId: string | null;
  readonly firstAttemptAt: Date | null;
  readonly openAttempts: number;
  readonly askAt: Date | null;
  readonly asked: number;
  readonly problem: string | null;
}

/** Columns of {@link PayoutBatch}; the table is `b`. */
export const BATCH_COLUMNS = `
  b.id, b.type_code AS "typeCode", b.currency, b.state, b.execution_date::text AS "executionDate",
  b.created_by AS "createdBy", b.created_at AS "createdAt", b.approved_by AS "approvedBy", b.approved_at AS "approvedAt",
  b.sent_by AS "sentBy", b.sent_at AS "sentAt", b.ended_at AS "endedAt", b.file_format AS "fileFormat",
  b.file_sha256 AS "fileSha256", b.provider_batch_id AS "providerBatchId", b.first_attempt_at AS "firstAttemptAt",
  b.open_attempts AS "openAttempts", b.ask_at AS "askAt", b.asked, b.problem`;

/** Locks a batch: whatever changes it or its lines takes turns. @throws DomainError NOT_FOUND */
export async function lockBatch(tx: Tx, id: string): Promise<PayoutBatch> {
  const [batch] = await tx.query<PayoutBatch[]>(
    `SELECT ${BATCH_COLUMNS} FROM payout_batches b WHERE b.id = $1 FOR UPDATE`,
    [id],
  );
  if (!batch) throw notFound('payout batch');
  return batch;
}

/** The batch's state after the action. @throws DomainError PAYOUT_BATCH_STATE_CONFLICT (409) */
export function nextBatchState({ state }: PayoutBatch, action: PayoutBatchAction): PayoutBatchState {
  const next = findNextBatchState(state, action);
  if (!next) throw payoutBatchStateConflict(action, state);
  return next;
}

/**
 * Refuses a batch that pays from a wallet that was frozen meanwhile, for what was paid could not be booked, or to an
 * account that was erased: a method with a pending cash-out goes in no other way.
 * @throws DomainError WALLET_FROZEN (409), PAYOUT_LINES_NOT_WRITABLE (422), naming the lines
 */
export async function refuseUnpayable(tx: Tx, batchId: string): Promise<void> {
  const lines = await tx.query<{ id: string; frozen: boolean }[]>(
    `SELECT l.id, f.owner_id IS NOT NULL AS frozen
       FROM payout_lines l JOIN cashouts c ON c.id = l.cashout_id JOIN payment_methods m ON m.id = c.payment_method_id
       LEFT JOIN wallet_freezes f ON f.owner_id = c.owner_id AND f.lifted_at IS NULL
      WHERE l.batch_id = $1 AND l.state <> 'cancelled' AND (f.owner_id IS NOT NULL OR m.deleted_at IS NOT NULL)
      ORDER BY l.id`,
    [batchId],
  );
  const frozen = lines.filter((line) => line.frozen);
  if (frozen.length > 0) throw payoutWalletsFrozen(frozen.map(({ id }) => id));
  if (lines.length > 0) throw accountsErased(lines.map(({ id }) => id));
}

/** A line with what it pays and the account it goes to, sealed. */
export interface PayoutLineToPay {
  readonly id: string;
  readonly amountMinor: string;
  readonly methodId: string;
  readonly sealedFields: string;
}

/** The lines of a batch that have one of the states, in their order. */
export async function linesToPay(
  db: EntityManager,
  batchId: string,
  states: readonly string[],
): Promise<PayoutLineToPay[]> {
  return db.query<PayoutLineToPay[]>(
    `SELECT l.id, c.amount_minor AS "amountMinor", m.id AS "methodId", m.sealed_fields AS "sealedFields"
       FROM payout_lines l JOIN cashouts c ON c.id = l.cashout_id JOIN payment_methods m ON m.id = c.payment_method_id
      WHERE l.batch_id = $1 AND l.state = ANY ($2) ORDER BY l.id`,
    [batchId, states],
  );
}
