import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type DomainError, Outbox, type Tx } from '../platform/index.js';
import {
  FRAUD_SIGNALS_CHANGED,
  FraudReview,
  type FraudSignalsChanged,
  type SignalUnderReview,
} from '../tracking/index.js';
import { BillHolds } from './bill-holds.service.js';
import { billUnderReview } from './billing.errors.js';
import { type BillContents, isToBeHeld, signalsOnBill } from './domain/review-hold.js';

type Db = EntityManager | DataSource;

interface OpenBill {
  id: string;
  planId: string;
}

/**
 * Holds bills that pay for players and promos with open fraud signals, until operators have decided on them (B07).
 * Whether a bill must be held follows from its signals as they are: whatever tells of a change, and however often, the
 * same comes of it.
 */
@Injectable()
export class ReviewHolds implements OnModuleInit {
  constructor(
    private readonly review: FraudReview,
    private readonly holds: BillHolds,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<FraudSignalsChanged>(
      'billing-review-holds',
      FRAUD_SIGNALS_CHANGED,
      async (tx, { payload: { partnerIds } }) => {
        for (const partnerId of partnerIds) await this.settle(tx, partnerId);
      },
    );
  }

  /** Holds what was billed to the partners just now if it has to wait. */
  async holdNew(tx: Tx, partnerIds: readonly string[]): Promise<void> {
    for (const partnerId of await this.review.withOpenSignals(tx, partnerIds))
      await this.settle(tx, partnerId);
  }

  /** Open and confirmed signals about what the bill pays for. */
  async signalsOf(
    db: Db,
    bill: { id: string; partnerId: string; planId: string },
  ): Promise<SignalUnderReview[]> {
    const signals = await this.review.signalsOf(db, bill.partnerId);
    if (signals.length === 0) return [];
    const contents = await this.contentsOf(db, bill.partnerId, [bill], signals);
    return signalsOnBill(contents.get(bill.id)!, signals);
  }

  /** Of the bills, those that may not be paid while a signal about what they pay for is open, with the refusal. */
  async underReview(
    db: Db,
    bills: readonly { id: string; partnerId: string; planId: string }[],
  ): Promise<Map<string, DomainError>> {
    const partnerIds = [...new Set(bills.map(({ partnerId }) => partnerId))];
    const suspected = new Set(await this.review.withOpenSignals(db, partnerIds));
    const refusals = new Map<string, DomainError>();
    for (const bill of bills.filter(({ partnerId }) => suspected.has(partnerId))) {
      const open = (await this.signalsOf(db, bill)).filter(({ state }) => state === 'open');
      if (open.length > 0) refusals.set(bill.id, billUnderReview(open.map(({ id }) => id)));
    }
    return refusals;
  }

  /** @throws DomainError BILL_UNDER_REVIEW (409) while a signal about what the bill pays for is open */
  async refuseUnderReview(db: Db, bill: { id: string; partnerId: string; planId: string }): Promise<void> {
    const refusal = (await this.underReview(db, [bill])).get(bill.id);
    if (refusal) throw refusal;
  }

  /** Holds the partner's bills that are not paid, and lets go of them, as their signals call for. */
  private async settle(tx: Tx, partnerId: string): Promise<void> {
    const bills = await tx.query<OpenBill[]>(
      `SELECT id, plan_id AS "planId" FROM bills
        WHERE partner_id = $1 AND state IN ('pending', 'on_hold') ORDER BY id FOR UPDATE`,
      [partnerId],
    );
    if (bills.length === 0) return;
    const ids = bills.map(({ id }) => id);
    const signals = await this.review.signalsOf(tx, partnerId);
    const contents = await this.contentsOf(tx, partnerId, bills, signals);
    const reasons = await this.holds.of(tx, ids);
    const isHeld = (id: string) => (reasons.get(id) ?? []).some(({ reason }) => reason === 'review');
    const mustBe = (id: string) => isToBeHeld(isHeld(id), signalsOnBill(contents.get(id)!, signals));
    const toChange = ids.filter((id) => mustBe(id) !== isHeld(id));
    await this.holds.place(tx, toChange.filter(mustBe), 'review');
    await this.holds.lift(tx, toChange.filter(isHeld), 'review');
  }

  /** What each of the bills pays for, as far as it concerns the signals. */
  private async contentsOf(
    db: Db,
    partnerId: string,
    bills: readonly { id: string; planId: string }[],
    signals: readonly SignalUnderReview[],
  ): Promise<Map<string, BillContents>> {
    const playerIds = [...new Set(signals.flatMap(({ playerId }) => playerId ?? []))];
    const lines = await linesOf(db, bills);
    const active = await this.review.activePlayers(db, playerIds, lines);
    const qualified = await qualificationsOf(db, partnerId, playerIds);
    return new Map(
      bills.map(({ id, planId }) => {
        const own = lines.flatMap((line, index) =>
          line.billId === id
            ? [
                {
                  ...line,
                  activePlayers: active[index]!,
                  qualifiedPlayers: qualified.get(`${planId} ${line.start.getTime()}`) ?? new Set<string>(),
                },
              ]
            : [],
        );
        return [id, own];
      }),
    );
  }
}

interface LineRow {
  billId: string;
  promoId: string;
  strategy: string;
  start: Date;
  end: Date;
}

/** Lines that pay for promos, with the period that they pay for: it always has a bill of its own. */
async function linesOf(db: Db, bills: readonly { id: string }[]): Promise<LineRow[]> {
  return db.query<LineRow[]>(
    `SELECT DISTINCT l.bill_id AS "billId", l.promo_id AS "promoId", l.strategy, l.period_start AS start,
            p.period_end AS "end"
       FROM bill_lines l JOIN bills b ON b.id = l.bill_id
       JOIN bills p ON p.partner_id = b.partner_id AND p.plan_id = b.plan_id AND p.brand_id = b.brand_id
                   AND p.currency = b.currency AND p.period_start = l.period_start
      WHERE l.bill_id = ANY($1) AND l.promo_id IS NOT NULL`,
    [bills.map(({ id }) => id)],
  );
}

/** Players who qualified, by plan and the start of the period that paid for them; also those revoked since. */
async function qualificationsOf(
  db: Db,
  partnerId: string,
  playerIds: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await db.query<{ planId: string; playerId: string; start: Date }[]>(
    `SELECT plan_id AS "planId", player_id AS "playerId", period_start AS start FROM player_qualifications
      WHERE partner_id = $1 AND player_id = ANY($2)`,
    [partnerId, playerIds],
  );
  const groups = Map.groupBy(rows, ({ planId, start }) => `${planId} ${start.getTime()}`);
  return new Map(
    [...groups].map(([key, group]) => [key, new Set(group.map(({ playerId }) => playerId))] as const),
  );
}
