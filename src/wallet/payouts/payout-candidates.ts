import type { EntityManager } from 'typeorm';
import { Money } from '../../platform/index.js';
import type { PaymentMethodTypeCode } from '../domain/payment-method-types.js';

/** Which open cash-outs to pay. */
export interface PayoutFilter {
  readonly paymentMethodType: PaymentMethodTypeCode;
  readonly currency: string;
  readonly partnerId?: string;
  readonly requestedBefore?: Date;
  /** Of the filter's currency. */
  readonly amountAtMost?: Money;
}

/** Cash-outs that could be paid in one batch. */
export interface PayoutCandidates {
  /** Stands for exactly these cash-outs. */
  readonly fingerprint: string;
  readonly cashouts: number;
  readonly total: Money;
}

/** Cash-outs that a batch takes at most: as many as PayPal takes in a file. */
export const MOST_LINES = 5_000;

/** Pending, in no batch, to an account that is there, and of a wallet in which money may move: else nothing could be booked. */
export const PAYABLE = `
  c.state = 'pending'
  AND NOT EXISTS (SELECT FROM payout_lines l WHERE l.cashout_id = c.id AND l.state <> 'cancelled')
  AND NOT EXISTS (SELECT FROM wallet_freezes f WHERE f.owner_id = c.owner_id AND f.lifted_at IS NULL)
  AND EXISTS (SELECT FROM payment_methods p WHERE p.id = c.payment_method_id AND p.deleted_at IS NULL)`;

const MATCHING = `
  SELECT c.id, c.amount_minor
    FROM cashouts c JOIN payment_methods m ON m.id = c.payment_method_id
   WHERE ${PAYABLE} AND m.type_code = $1 AND c.currency = $2
     AND ($3::uuid IS NULL OR c.owner_id = $3) AND ($4::timestamptz IS NULL OR c.created_at < $4)
     AND ($5::bigint IS NULL OR c.amount_minor <= $5)`;

function parametersOf({
  paymentMethodType,
  currency,
  partnerId,
  requestedBefore,
  amountAtMost,
}: PayoutFilter): unknown[] {
  const limit = amountAtMost?.minor.toString() ?? null;
  return [paymentMethodType, currency, partnerId ?? null, requestedBefore ?? null, limit];
}

/** The cash-outs that the filter finds now, together. */
export function findCandidates(db: EntityManager, filter: PayoutFilter): Promise<PayoutCandidates> {
  return summed(db, MATCHING, parametersOf(filter), filter.currency);
}

/** Sums cash-outs that are given by their ids. */
export function sumOf(
  db: EntityManager,
  ids: readonly string[],
  currency: string,
): Promise<PayoutCandidates> {
  return summed(db, 'SELECT id, amount_minor FROM cashouts WHERE id = ANY ($1)', [ids], currency);
}

/** Locks the cash-outs that the filter finds; one more than a batch takes at most. */
export async function lockCandidates(db: EntityManager, filter: PayoutFilter): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `${MATCHING} ORDER BY c.id LIMIT ${MOST_LINES + 1} FOR UPDATE OF c`,
    parametersOf(filter),
  );
  return rows.map(({ id }) => id);
}

async function summed(
  db: EntityManager,
  cashouts: string,
  parameters: unknown[],
  currency: string,
): Promise<PayoutCandidates> {
  const [row] = await db.query<[{ fingerprint: string; cashouts: number; total: string }]>(
    `SELECT count(*)::int AS cashouts, coalesce(sum(amount_minor), 0)::text AS total,
            encode(sha256(coalesce(string_agg(concat_ws(':', id, amount_minor), ',' ORDER BY id), '')::bytea), 'hex')
              AS fingerprint
       FROM (${cashouts}) AS cashout`,
    parameters,
  );
  return { ...row, total: Money.of(BigInt(row.total), currency) };
}
