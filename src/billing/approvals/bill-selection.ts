import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Money } from '../../platform/index.js';
import { APPROVAL_PROSPECTS, type ApprovalProspect } from '../domain/approval-prospect.js';

/** Which open bills to approve; days are YYYY-MM-DD in each plan's zone, inclusive. */
export interface ApprovalFilters {
  readonly planId?: string;
  readonly brandId?: string;
  readonly partnerId?: string;
  readonly currency?: string;
  /** Only bills whose period starts on this day or later. */
  readonly firstDay?: string;
  /** Only bills whose period ends on this day or earlier. */
  readonly lastDay?: string;
  readonly createdBefore?: Date;
  readonly amountAtMost?: Money;
}

/** Who approves, by what limits, and who is not paid any more. */
export interface Approver {
  readonly operatorId: string;
  /** Per currency in minor units, above which two operators are needed; none without one. */
  readonly limits: Readonly<Record<string, string>>;
  /** Ids of partners with open bills who are erased. */
  readonly erasedPartnerIds: readonly string[];
}

/** Bills of one prospect and currency, and what they pay together. */
export interface ApprovalSum {
  readonly prospect: ApprovalProspect;
  readonly bills: number;
  readonly payable: Money;
  /** What they come to in coin, where they are paid out in one and the rate is known. */
  readonly payout: Money | null;
}

/** Bills as an operator is shown them before approving. */
export interface ApprovalPreview {
  /** Stands for each of the bills with state, amounts and prospect. */
  readonly fingerprint: string;
  readonly bills: number;
  readonly sums: readonly ApprovalSum[];
}

interface SumRow {
  prospect: ApprovalProspect;
  currency: string;
  coin: string | null;
  bills: number;
  payable: string;
  coins: string | null;
  digest: string;
}

const MATCHING = `
  SELECT bill.id AS bill_id, bill.state, bill.currency, bill.payable_minor, payout.currency AS coin,
         payout.payable_minor AS coin_minor,
         CASE WHEN bill.partner_id = ANY ($11) THEN 'partner_erased'
              WHEN bill.state = 'on_hold' THEN 'held'
              WHEN bill.payable_minor <= coalesce("limit".minor, bill.payable_minor) THEN 'paid'
              WHEN bill.approved_once_by IS NULL THEN 'approved_once'
              WHEN bill.approved_once_by = $10 THEN 'same_operator'
              ELSE 'paid' END AS prospect
    FROM bills AS bill LEFT JOIN bill_payouts AS payout ON payout.bill_id = bill.id
   CROSS JOIN LATERAL (SELECT ($9::jsonb ->> bill.currency)::bigint
                              * CASE WHEN $10 IN (payout.fiat_rate_by, payout.coin_rate_by) THEN 0 ELSE 1 END AS minor
                      ) AS "limit"
   WHERE bill.state IN ('pending', 'on_hold')
     AND ($1::uuid IS NULL OR bill.plan_id = $1) AND ($2::uuid IS NULL OR bill.brand_id = $2)
     AND ($3::uuid IS NULL OR bill.partner_id = $3) AND ($4::text IS NULL OR bill.currency = $4)
     AND ($5::date IS NULL OR bill.first_day >= $5) AND ($6::date IS NULL OR bill.last_day <= $6)
     AND ($7::timestamptz IS NULL OR bill.created_at < $7) AND ($8::bigint IS NULL OR bill.payable_minor <= $8)`;

function parametersOf(
  filters: ApprovalFilters,
  { limits, operatorId, erasedPartnerIds }: Approver,
): unknown[] {
  const { planId, brandId, partnerId, currency, firstDay, lastDay, createdBefore, amountAtMost } = filters;
  return [
    ...[planId, brandId, partnerId, amountAtMost?.currency ?? currency, firstDay, lastDay, createdBefore].map(
      (value) => value ?? null,
    ),
    amountAtMost?.minor.toString() ?? null,
    JSON.stringify(limits),
    operatorId,
    erasedPartnerIds,
  ];
}

/** Currencies and partners of bills that can be approved or are held. */
export async function ofOpenBills(
  db: EntityManager,
): Promise<{ currencies: string[]; partnerIds: string[] }> {
  const [row] = await db.query<[{ currencies: string[]; partnerIds: string[] }]>(
    `SELECT coalesce(array_agg(DISTINCT currency), '{}') AS currencies,
            coalesce(array_agg(DISTINCT partner_id), '{}') AS "partnerIds"
       FROM bills WHERE state IN ('pending', 'on_hold')`,
  );
  return row;
}

/** What approving the bills that the filters find would come to. */
export function previewBills(
  db: EntityManager,
  filters: ApprovalFilters,
  by: Approver,
): Promise<ApprovalPreview> {
  return preview(db, MATCHING, parametersOf(filters, by));
}

/** Writes down the bills that the filters find, to be approved by the run; gives what was written. */
export async function selectBills(
  db: EntityManager,
  runId: string,
  filters: ApprovalFilters,
  by: Approver,
): Promise<ApprovalPreview> {
  await db.query(
    `INSERT INTO bill_approval_items (run_id, bill_id, state, currency, payable_minor, coin, coin_minor, prospect)
     SELECT $12, bill_id, state, currency, payable_minor, coin, coin_minor, prospect FROM (${MATCHING}) AS matching`,
    [...parametersOf(filters, by), runId],
  );
  return preview(db, 'SELECT * FROM bill_approval_items WHERE run_id = $1', [runId]);
}

async function preview(db: EntityManager, bills: string, parameters: unknown[]): Promise<ApprovalPreview> {
  const rows = await db.query<SumRow[]>(
    `SELECT prospect, currency, coin, count(*)::int AS bills, sum(payable_minor)::text AS payable,
            sum(coin_minor)::text AS coins,
            encode(sha256(string_agg(concat_ws(':', bill_id, state, payable_minor, coin_minor), ',' ORDER BY bill_id)
                          ::bytea), 'hex') AS digest
       FROM (${bills}) AS bill
      GROUP BY prospect, currency, coin ORDER BY currency, coin, array_position($${parameters.length + 1}::text[], prospect)`,
    [...parameters, APPROVAL_PROSPECTS],
  );
  const hash = createHash('sha256');
  for (const { prospect, currency, coin, digest } of rows) {
    hash.update(JSON.stringify([prospect, currency, coin, digest]));
  }
  return {
    fingerprint: hash.digest('hex'),
    bills: rows.reduce((sum, row) => sum + row.bills, 0),
    sums: rows.map(({ prospect, currency, coin, bills: count, payable, coins }) => ({
      prospect,
      bills: count,
      payable: Money.of(BigInt(payable), currency),
      payout: coin === null || coins === null ? null : Money.of(BigInt(coins), coin),
    })),
  };
}
