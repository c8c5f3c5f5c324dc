import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { EventLog } from '../identity/index.js';
import { Clock, copyRow, copyRows, Ids, Money, setLocally, type Tx } from '../platform/index.js';
import { BILLED_SUMS, type BilledRow, COUNTS_AS_BILLED, toBilledLine } from './bill-line-book.js';
import type { BilledLine } from './domain/bill-lines.js';
import type { PlannedBill } from './domain/reconcile-lines.js';
import { shareExplanations } from './domain/shared-explanations.js';
import { daysOf, heldUntil } from './due-periods.js';
import type { DuePeriod, PlanToBill } from './plan-to-bill.js';

/** A planned bill, with whose it is and what the plan says about it. */
export interface BillToWrite extends PlannedBill {
  readonly id: string;
  readonly partnerId: string;
  readonly period: DuePeriod;
}

/** What a partner's bills leave for later ones. */
export interface Carry {
  readonly partnerId: string;
  /** Minor units: below zero a debt, above zero a credit. */
  readonly carryMinor: bigint;
}

const COPY_LINES = `
  COPY bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, strategy, campaign_id,
                   promo_id, quantity, base_minor, rate, amount_minor, explanation) FROM STDIN`;
const COPY_EXPLANATIONS = 'COPY bill_explanations (bill_id, shared) FROM STDIN';

/** Of lines, all that is needed to sum up what was billed. */
const BILLED_COLUMNS = `
  partner_id, period_start, line_key, kind, strategy, campaign_id, promo_id, quantity, base_minor, amount_minor,
  (SELECT bill.state = 'cancelled' FROM bills bill WHERE bill.id = own.bill_id) AS cancelled`;

interface BilledPeriodRow extends BilledRow {
  partner_id: string;
  period_start: Date;
  cancelled: boolean;
}

/** What the books hold of a partner's periods from one on. */
export class BilledSoFar {
  private readonly lines = new Map<number, BilledLine[]>();
  private readonly cancelled = new Map<number, BilledLine[]>();
  private readonly starts = new Set<number>();

  addBill(periodStart: Date): void {
    this.starts.add(periodStart.getTime());
  }

  addLine(periodStart: Date, line: BilledLine, cancelled: boolean): void {
    const lines = cancelled ? this.cancelled : this.lines;
    const known = lines.get(periodStart.getTime());
    if (known) known.push(line);
    else lines.set(periodStart.getTime(), [line]);
  }

  /** Whether the period has a bill, in any state. */
  has(periodStart: Date): boolean {
    return this.starts.has(periodStart.getTime());
  }

  /** What bills hold for the period, cancelled ones left out. */
  linesOf(periodStart: Date): readonly BilledLine[] {
    return this.lines.get(periodStart.getTime()) ?? [];
  }

  /** The period's lines of its own bill, when that is cancelled. */
  cancelledOf(periodStart: Date): readonly BilledLine[] {
    return this.cancelled.get(periodStart.getTime()) ?? [];
  }
}

/** The tables behind a bill run: positions, bills and lines of partners on one plan, inside the caller's transaction. */
@Injectable()
export class BillBooks {
  constructor(
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Partners whose latest bill on the plan ends after `until`, with that end. */
  async billedBeyond(db: DataSource, planId: string, until: Date): Promise<Map<string, Date>> {
    const rows = await db.query<{ partner_id: string; latest: Date }[]>(
      `SELECT partner_id, max(period_end) AS latest FROM bills
        WHERE plan_id = $1 AND period_end > $2 GROUP BY partner_id`,
      [planId, until],
    );
    return new Map(rows.map((row) => [row.partner_id, row.latest]));
  }

  /** Locks the partners' positions on the plan, making those that are new, and gives their carries. */
  async lockPositions(tx: Tx, plan: PlanToBill, partnerIds: readonly string[]): Promise<Map<string, bigint>> {
    // Another run's batch with very many lines may take longer than a request is allowed to wait.
    await setLocally(tx, { lock_timeout: '30s' });
    const rows = await tx.query<{ partner_id: string; carry_minor: string }[]>(
      `INSERT INTO billing_positions AS position (partner_id, plan_id, brand_id, currency)
       SELECT partner_id, $2, $3, $4 FROM unnest($1::uuid[]) AS partner (partner_id) ORDER BY partner_id
       ON CONFLICT (partner_id, plan_id, brand_id, currency) DO UPDATE SET carry_minor = position.carry_minor
       RETURNING partner_id, carry_minor`,
      [partnerIds, plan.id, plan.brandId, plan.currency],
    );
    return new Map(rows.map((row) => [row.partner_id, BigInt(row.carry_minor)]));
  }

  async setCarries(tx: Tx, plan: PlanToBill, carries: readonly Carry[]): Promise<void> {
    if (carries.length === 0) return;
    await tx.query(
      `UPDATE billing_positions AS position SET carry_minor = carry.minor
         FROM unnest($1::uuid[], $2::bigint[]) AS carry (partner_id, minor)
        WHERE position.partner_id = carry.partner_id AND position.plan_id = $3 AND position.brand_id = $4
          AND position.currency = $5`,
      [
        carries.map(({ partnerId }) => partnerId),
        carries.map(({ carryMinor }) => carryMinor.toString()),
        plan.id,
        plan.brandId,
        plan.currency,
      ],
    );
  }

  /**
   * Bills and billed lines of each partner's periods that start at `from` or later. Of cancelled bills there are only the
   * lines of their own periods, apart from the others.
   */
  async billedSince(
    tx: Tx,
    plan: PlanToBill,
    partners: readonly { readonly partnerId: string; readonly from: Date }[],
  ): Promise<Map<string, BilledSoFar>> {
    const billed = new Map(partners.map(({ partnerId }) => [partnerId, new BilledSoFar()]));
    const parameters = [
      partners.map(({ partnerId }) => partnerId),
      partners.map(({ from }) => from),
      plan.id,
    ];
    const bills = await tx.query<{ partner_id: string; period_start: Date }[]>(
      `SELECT l.partner_id, l.period_start FROM ${ofEach('partner_id, period_start', 'bills')}`,
      parameters,
    );
    for (const bill of bills) billed.get(bill.partner_id)!.addBill(bill.period_start);
    const lines = await tx.query<BilledPeriodRow[]>(
      `SELECT l.partner_id, l.period_start, ${BILLED_SUMS}, l.cancelled
         FROM ${ofEach(BILLED_COLUMNS, 'bill_lines')}
        WHERE ${COUNTS_AS_BILLED}
        GROUP BY l.partner_id, l.period_start, l.line_key, l.cancelled
        ORDER BY l.partner_id, l.period_start, l.line_key`,
      parameters,
    );
    for (const line of lines) {
      billed.get(line.partner_id)!.addLine(line.period_start, toBilledLine(line), line.cancelled);
    }
    return billed;
  }

  /** Writes bills with their lines: pending, or on hold while the plan's holding time runs. */
  async write(tx: Tx, plan: PlanToBill, bills: readonly BillToWrite[]): Promise<void> {
    if (bills.length === 0) return;
    const now = this.clock.now();
    const rows = bills.map((bill) => {
      const { firstDay, lastDay } = daysOf(bill.period, plan.timeZone);
      const until = heldUntil(bill.period, plan.timeZone, bill.period.terms.holdDays);
      return {
        id: bill.id,
        partner_id: bill.partnerId,
        plan_version: bill.period.version,
        period_start: bill.period.start.toISOString(),
        period_end: bill.period.end.toISOString(),
        first_day: firstDay,
        last_day: lastDay,
        issued_minor: bill.issuedMinor.toString(),
        held_until: until !== null && until > now ? until.toISOString() : null,
      };
    });
    await tx.query(
      `INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end,
                          time_zone, first_day, last_day, state, issued_minor, payable_minor, run_id, created_at)
       SELECT id, partner_id, $2, plan_version, $3, $4, period_start, period_end, $5, first_day, last_day,
              CASE WHEN held_until IS NULL THEN 'pending' ELSE 'on_hold' END, issued_minor, issued_minor, $6, $7
         FROM json_to_recordset($1) AS bill (id uuid, partner_id uuid, plan_version int, period_start timestamptz,
              period_end timestamptz, first_day date, last_day date, issued_minor bigint, held_until timestamptz)`,
      [
        JSON.stringify(rows),
        plan.id,
        plan.brandId,
        plan.currency,
        plan.timeZone,
        plan.runId,
        now.toISOString(),
      ],
    );
    const held = rows.filter((row) => row.held_until !== null);
    if (held.length > 0) await placeHoldingTimes(tx, held, now);
    const explanations = bills.map(({ lines }) => shareExplanations(lines));
    await copyRows(
      tx,
      COPY_EXPLANATIONS,
      bills.map(({ id }, index) => copyRow([id, JSON.stringify(explanations[index]!.shared)])),
    );
    await copyRows(
      tx,
      COPY_LINES,
      bills.flatMap((bill, index) => this.lineRows(plan, bill, explanations[index]!.own)),
    );
    await this.tell(tx, plan, bills);
  }

  private tell(tx: Tx, plan: PlanToBill, bills: readonly BillToWrite[]): Promise<void> {
    const events = bills.map(({ id, partnerId, period, issuedMinor }) => ({
      partnerId,
      type: 'bill_issued' as const,
      subjectId: id,
      data: { amount: Money.of(issuedMinor, plan.currency).toJSON(), ...daysOf(period, plan.timeZone) },
    }));
    return this.eventLog.recordAll(tx, null, events);
  }

  private lineRows(plan: PlanToBill, bill: BillToWrite, explanations: readonly object[]): string[] {
    return bill.lines.map((line, index) =>
      copyRow([
        this.ids.next(),
        bill.id,
        bill.partnerId,
        plan.id,
        index + 1,
        line.kind,
        line.periodStart.toISOString(),
        line.lineKey,
        line.strategy,
        line.campaignId,
        line.promoId,
        line.quantity.toString(),
        line.baseMinor?.toString() ?? null,
        line.rate,
        line.amountMinor.toString(),
        JSON.stringify(explanations[index]),
      ]),
    );
  }
}

/**
 * Rows `l` of each partner ($1) on the plan ($3) since its instant ($2): partner by partner, by the table's index,
 * whatever the planner believes of a table that is only being filled.
 */
function ofEach(columns: string, table: 'bills' | 'bill_lines'): string {
  return `unnest($1::uuid[], $2::timestamptz[]) AS since (partner_id, start_at)
    CROSS JOIN LATERAL (SELECT ${columns} FROM ${table} own
                         WHERE own.partner_id = since.partner_id AND own.plan_id = $3
                           AND own.period_start >= since.start_at OFFSET 0) AS l`;
}

async function placeHoldingTimes(tx: Tx, bills: readonly object[], placedAt: Date): Promise<void> {
  await tx.query(
    `INSERT INTO bill_holds (bill_id, reason, until, placed_at)
     SELECT id, 'holding_time', held_until, $2
       FROM json_to_recordset($1) AS bill (id uuid, held_until timestamptz)`,
    [JSON.stringify(bills), placedAt],
  );
}
