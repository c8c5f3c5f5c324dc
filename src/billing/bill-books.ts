import { Injectable } from '@nestjs/common';
import { Clock, Ids, type Tx } from '../platform/index.js';
import type { BilledLine } from './domain/bill-lines.js';
import type { PlannedBill } from './domain/reconcile-lines.js';
import { daysOf } from './due-periods.js';

/** Whose books: one partner on one plan. */
export interface PositionKey {
  readonly partnerId: string;
  readonly planId: string;
  readonly brandId: string;
  readonly currency: string;
}

/** What the books hold of a partner's periods from one on. Period starts are keyed by epoch milliseconds. */
export interface BilledSoFar {
  readonly periodsWithBill: ReadonlySet<number>;
  readonly linesByPeriod: ReadonlyMap<number, readonly BilledLine[]>;
}

/** A planned bill with what the plan says about it. */
export interface BillToWrite extends PlannedBill {
  readonly id: string;
  readonly planVersion: number;
  readonly timeZone: string;
}

/** Lines go to the database in pieces, so that one statement stays small. */
const LINES_PER_STATEMENT = 2_000;

interface BilledRow {
  period_start: Date;
  line_key: string;
  strategy: string | null;
  campaign_id: string | null;
  promo_id: string | null;
  quantity: string;
  base_minor: string | null;
  amount_minor: string;
}

/** The tables behind a bill run: positions, bills and lines of one partner, always inside the caller's transaction. */
@Injectable()
export class BillBooks {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Locks the partner's position on the plan, making it when it is new, and gives the carry (minor units, ≤ 0). */
  async lockPosition(tx: Tx, { partnerId, planId, brandId, currency }: PositionKey): Promise<bigint> {
    // A bill with very many lines may take longer than a request is allowed to wait.
    await tx.query(`SELECT set_config('lock_timeout', '30s', true)`);
    const [row] = await tx.query<[{ carry_minor: string }]>(
      `INSERT INTO billing_positions AS position (partner_id, plan_id, brand_id, currency) VALUES ($1, $2, $3, $4)
       ON CONFLICT (partner_id, plan_id, brand_id, currency) DO UPDATE SET carry_minor = position.carry_minor
       RETURNING carry_minor`,
      [partnerId, planId, brandId, currency],
    );
    return BigInt(row.carry_minor);
  }

  async setCarry(
    tx: Tx,
    { partnerId, planId, brandId, currency }: PositionKey,
    carryMinor: bigint,
  ): Promise<void> {
    await tx.query(
      `UPDATE billing_positions SET carry_minor = $5
        WHERE partner_id = $1 AND plan_id = $2 AND brand_id = $3 AND currency = $4`,
      [partnerId, planId, brandId, currency, carryMinor.toString()],
    );
  }

  /** End of the latest period that has a bill, or null before the first one. */
  async findLatestBilledEnd(tx: Tx, { partnerId, planId }: PositionKey): Promise<Date | null> {
    const [row] = await tx.query<[{ latest: Date | null }]>(
      `SELECT max(period_end) AS latest FROM bills WHERE partner_id = $1 AND plan_id = $2`,
      [partnerId, planId],
    );
    return row.latest;
  }

  /** Bills and billed lines of the periods that start at `from` or later; cancelled bills count as settled. */
  async billedSince(tx: Tx, { partnerId, planId }: PositionKey, from: Date): Promise<BilledSoFar> {
    const bills = await tx.query<{ period_start: Date }[]>(
      `SELECT period_start FROM bills WHERE partner_id = $1 AND plan_id = $2 AND period_start >= $3`,
      [partnerId, planId, from],
    );
    const rows = await tx.query<BilledRow[]>(
      `SELECT period_start, line_key, max(strategy) AS strategy, max(campaign_id::text) AS campaign_id,
              max(promo_id::text) AS promo_id, sum(quantity)::text AS quantity,
              sum(base_minor)::text AS base_minor, sum(amount_minor)::text AS amount_minor
         FROM bill_lines
        WHERE partner_id = $1 AND plan_id = $2 AND period_start >= $3 AND kind NOT IN ('carry_in', 'carry_out')
        GROUP BY period_start, line_key
        ORDER BY period_start, line_key`,
      [partnerId, planId, from],
    );
    const linesByPeriod = new Map<number, BilledLine[]>();
    for (const row of rows) {
      const start = row.period_start.getTime();
      linesByPeriod.set(start, [...(linesByPeriod.get(start) ?? []), toBilledLine(row)]);
    }
    return { periodsWithBill: new Set(bills.map((bill) => bill.period_start.getTime())), linesByPeriod };
  }

  /** Writes bills, all pending, with their lines. */
  async write(tx: Tx, position: PositionKey, bills: readonly BillToWrite[], runId: string): Promise<void> {
    const { partnerId, planId, brandId, currency } = position;
    const createdAt = this.clock.now().toISOString();
    const rows = bills.map((bill) => {
      const { firstDay, lastDay } = daysOf(bill.period, bill.timeZone);
      return {
        id: bill.id,
        plan_version: bill.planVersion,
        period_start: bill.period.start.toISOString(),
        period_end: bill.period.end.toISOString(),
        time_zone: bill.timeZone,
        first_day: firstDay,
        last_day: lastDay,
        issued_minor: bill.issuedMinor.toString(),
      };
    });
    await tx.query(
      `INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end,
                          time_zone, first_day, last_day, state, issued_minor, payable_minor, run_id, created_at)
       SELECT id, $2, $3, plan_version, $4, $5, period_start, period_end, time_zone, first_day, last_day, 'pending',
              issued_minor, issued_minor, $6, $7
         FROM json_to_recordset($1) AS bill (id uuid, plan_version int, period_start timestamptz,
              period_end timestamptz, time_zone text, first_day date, last_day date, issued_minor bigint)`,
      [JSON.stringify(rows), partnerId, planId, brandId, currency, runId, createdAt],
    );
    const lines = bills.flatMap((bill) => this.lineRows(bill));
    for (let from = 0; from < lines.length; from += LINES_PER_STATEMENT) {
      await insertLines(tx, position, lines.slice(from, from + LINES_PER_STATEMENT));
    }
  }

  private lineRows(bill: BillToWrite): object[] {
    return bill.lines.map((line, index) => ({
      id: this.ids.next(),
      bill_id: bill.id,
      position: index + 1,
      kind: line.kind,
      period_start: line.periodStart.toISOString(),
      line_key: line.lineKey,
      strategy: line.strategy,
      campaign_id: line.campaignId,
      promo_id: line.promoId,
      quantity: line.quantity.toString(),
      base_minor: line.baseMinor?.toString() ?? null,
      rate: line.rate,
      amount_minor: line.amountMinor.toString(),
      explanation: line.explanation,
    }));
  }
}

async function insertLines(
  tx: Tx,
  { partnerId, planId }: PositionKey,
  rows: readonly object[],
): Promise<void> {
  await tx.query(
    `INSERT INTO bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, strategy,
                             campaign_id, promo_id, quantity, base_minor, rate, amount_minor, explanation)
     SELECT id, bill_id, $2, $3, position, kind, period_start, line_key, strategy, campaign_id, promo_id, quantity,
            base_minor, rate, amount_minor, explanation
       FROM json_to_recordset($1) AS line (id uuid, bill_id uuid, position int, kind text, period_start timestamptz,
            line_key text, strategy text, campaign_id uuid, promo_id uuid, quantity bigint, base_minor bigint,
            rate text, amount_minor bigint, explanation jsonb)`,
    [JSON.stringify(rows), partnerId, planId],
  );
}

function toBilledLine(row: BilledRow): BilledLine {
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
