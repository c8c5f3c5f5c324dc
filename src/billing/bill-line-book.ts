import type { EntityManager } from 'typeorm';
import { BillExplanation } from './bill-explanation.entity.js';
import { BillLine } from './bill-line.entity.js';
import type { Bill } from './bill.entity.js';
import { type BilledLine, nothingBilled } from './domain/bill-lines.js';
import { wholeExplanation } from './domain/shared-explanations.js';

/** A bill's lines in their order, or one of them, with their explanations whole. */
export async function findLines(
  db: EntityManager,
  which: { readonly billId: string; readonly id?: string },
): Promise<BillLine[]> {
  const lines = await db.getRepository(BillLine).find({ where: which, order: { position: 'ASC' } });
  const { billId } = which;
  const explanation = await db.getRepository(BillExplanation).findOneBy({ billId });
  return lines.map((line) => ({ ...line, explanation: wholeExplanation(line, explanation?.shared ?? {}) }));
}

/** Whether a line `l` counts for what was billed: `cancelled` ones only where they are of their own bill's period. */
export const COUNTS_AS_BILLED = `
  (l.kind = 'period' OR (l.kind IN ('adjustment', 'not_carried') AND NOT l.cancelled))`;

/** Lines `l` of one key summed up, as {@link toBilledLine} reads them. */
export const BILLED_SUMS = `
  l.line_key, max(l.strategy) AS strategy, max(l.campaign_id::text) AS campaign_id, max(l.promo_id::text) AS promo_id,
  sum(l.quantity)::text AS quantity, sum(l.base_minor)::text AS base_minor, sum(l.amount_minor)::text AS amount_minor`;

/** A row of {@link BILLED_SUMS}. */
export interface BilledRow {
  line_key: string;
  strategy: string | null;
  campaign_id: string | null;
  promo_id: string | null;
  quantity: string;
  base_minor: string | null;
  amount_minor: string;
}

/** The row as bills are compared by. */
export function toBilledLine(row: BilledRow): BilledLine {
  return {
    lineKey: row.line_key,
    strategy: row.strategy,
    campaignId: row.campaign_id,
    promoId: row.promo_id,
    quantity: BigInt(row.quantity),
    baseMinor: row.base_minor === null ? null : BigInt(row.base_minor),
    amountMinor: BigInt(row.amount_minor),
  };
}

/** What bills hold for one line of one period. */
export interface BilledHistory {
  /** Cancelled bills left out. */
  readonly billed: BilledLine;
  /** What the period's own bill had for it, when that is cancelled. */
  readonly cancelled: BilledLine | null;
  /** When the first of all its bills was made. */
  readonly since: Date;
}

/** What all of the partner's bills hold for the line's key in the line's period. */
export async function findBilled(
  db: EntityManager,
  { partnerId, planId }: Pick<Bill, 'partnerId' | 'planId'>,
  line: BillLine,
): Promise<BilledHistory> {
  const rows = await db.query<(BilledRow & { cancelled: boolean; counts: boolean; since: Date })[]>(
    `SELECT ${BILLED_SUMS}, l.cancelled, ${COUNTS_AS_BILLED} AS counts, min(l.created_at) AS since
       FROM (SELECT own.*, b.state = 'cancelled' AS cancelled, b.created_at
               FROM bill_lines own JOIN bills b ON b.id = own.bill_id) AS l
      WHERE l.partner_id = $1 AND l.plan_id = $2 AND l.period_start = $3 AND l.line_key = $4
      GROUP BY l.line_key, l.cancelled, counts ORDER BY since`,
    [partnerId, planId, line.periodStart, line.lineKey],
  );
  const sumOf = (cancelled: boolean): BilledLine | null => {
    const found = rows.find((row) => row.counts && row.cancelled === cancelled);
    return found ? toBilledLine(found) : null;
  };
  return { billed: sumOf(false) ?? nothingBilled(line), cancelled: sumOf(true), since: rows[0]!.since };
}
