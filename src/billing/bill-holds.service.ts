import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { Clock, type Tx } from '../platform/index.js';
import { BillHold, type HoldReason } from './bill-hold.entity.js';

/** Bills whose holding time is over are released by so many in one transaction. */
const DUE_PER_TRANSACTION = 500;

/**
 * The reasons for which bills are on hold. A bill with one is `on_hold`, and `pending` again when none is left; paid
 * and cancelled bills stay what they are. The database holds that states and reasons agree.
 */
@Injectable()
export class BillHolds {
  constructor(private readonly clock: Clock) {}

  /** Gives the bills that are not final a reason to be held; returns the ids of those that did not have it. */
  async place(
    tx: Tx,
    billIds: readonly string[],
    reason: Exclude<HoldReason, 'holding_time'>,
  ): Promise<string[]> {
    await lock(tx, billIds);
    const placed = await tx.query<{ bill_id: string }[]>(
      `INSERT INTO bill_holds AS hold (bill_id, reason, placed_at)
       SELECT id, $2, $3 FROM bills WHERE id = ANY($1) AND state IN ('pending', 'on_hold')
       ON CONFLICT (bill_id, reason) DO UPDATE SET placed_at = excluded.placed_at, lifted_at = NULL
         WHERE hold.lifted_at IS NOT NULL
       RETURNING bill_id`,
      [billIds, reason, this.clock.now()],
    );
    const ids = placed.map((row) => row.bill_id);
    await tx.query(`UPDATE bills SET state = 'on_hold' WHERE id = ANY($1) AND state = 'pending'`, [ids]);
    return ids;
  }

  /** Takes the reasons away, all when none is named; bills that have no other are pending again. */
  async lift(tx: Tx, billIds: readonly string[], reason?: HoldReason): Promise<void> {
    await lock(tx, billIds);
    await tx.query(
      `UPDATE bill_holds SET lifted_at = $3
        WHERE bill_id = ANY($1) AND lifted_at IS NULL AND ($2::text IS NULL OR reason = $2)`,
      [billIds, reason ?? null, this.clock.now()],
    );
    await tx.query(
      `UPDATE bills b SET state = 'pending'
        WHERE id = ANY($1) AND state = 'on_hold'
          AND NOT EXISTS (SELECT FROM bill_holds h WHERE h.bill_id = b.id AND h.lifted_at IS NULL)`,
      [billIds],
    );
  }

  /** Lifts holding times that are over, the longest ago first; false when there are more. */
  async liftDue(tx: Tx): Promise<boolean> {
    const due = await tx.query<{ bill_id: string }[]>(
      `SELECT bill_id FROM bill_holds WHERE lifted_at IS NULL AND until <= $1 ORDER BY until, bill_id LIMIT $2`,
      [this.clock.now(), DUE_PER_TRANSACTION],
    );
    await this.lift(
      tx,
      due.map((row) => row.bill_id),
      'holding_time',
    );
    return due.length < DUE_PER_TRANSACTION;
  }

  /** What holds the bills now, by bill. */
  async of(db: EntityManager, billIds: readonly string[]): Promise<Map<string, BillHold[]>> {
    const holds = await db.getRepository(BillHold).find({
      where: { billId: In(billIds), liftedAt: IsNull() },
      order: { reason: 'ASC' },
    });
    return Map.groupBy(holds, ({ billId }) => billId);
  }
}

/** Bills are locked in the order of their ids, before what holds them is looked at. */
async function lock(tx: Tx, billIds: readonly string[]): Promise<void> {
  await tx.query('SELECT FROM bills WHERE id = ANY($1) ORDER BY id FOR UPDATE', [billIds]);
}
