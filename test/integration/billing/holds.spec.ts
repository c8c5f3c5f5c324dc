import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillHoldsJob } from '../../../src/billing/bill-holds.job.js';
import { BillHolds } from '../../../src/billing/bill-holds.service.js';
import { BillApprovals } from '../../../src/billing/approvals/bill-approvals.service.js';
import { BillActions } from '../../../src/billing/bill-actions.service.js';
import { Bills } from '../../../src/billing/bills.service.js';
import type { Actor } from '../../../src/identity/index.js';
import { type Tx, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { BillingScene, SHARE_25 } from './scene.js';

describe('A13 bills on hold', () => {
  let app: TestApp;
  let scene: BillingScene;
  let actor: Actor;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
    actor = await scene.operatorActor();
  });
  afterAll(() => app.close());

  const run = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => app.app.get(UnitOfWork).run(work);
  const actions = (): BillActions => app.app.get(BillActions);
  const holds = (): BillHolds => app.app.get(BillHolds);
  const jobAt = async (time: string): Promise<void> => {
    app.clock.set(time);
    await app.app.get(BillHoldsJob).liftDue();
  };
  const stateOf = async (billId: string): Promise<[string, string[]]> => {
    const bill = await app.app.get(Bills).get(app.db.manager, billId);
    return [
      bill.state,
      bill.holds.map(({ reason, until }) => `${reason} ${until?.toISOString() ?? ''}`.trim()),
    ];
  };
  /** The bill of October on a plan that holds for that long, made on that day of November. */
  const billOf = async (holdDays: number, madeOn = '2026-11-01T00:00:00Z'): Promise<string> => {
    app.clock.set('2026-10-01T08:00:00Z');
    const account = await scene.account({ strategies: [SHARE_25], timeZone: 'Europe/Berlin', holdDays });
    app.clock.set(madeOn);
    await account.register('a', '2026-10-02T00:00:00Z');
    await account.play('a', '2026-10-02T01:00:00Z', { sums: { bets_sum: 400 } });
    await account.bill('2026-10-31');
    const [{ id }] = await app.db.query<[{ id: string }]>('SELECT id FROM bills WHERE plan_id = $1', [
      account.planId,
    ]);
    return id;
  };

  it('are issued held until the plan’s days after the period are over, in its zone', async () => {
    // The period ends on the first of November at 00:00 in Berlin, 23:00 UTC the day before.
    const id = await billOf(14);
    expect(await stateOf(id)).toEqual(['on_hold', ['holding_time 2026-11-14T23:00:00.000Z']]);
    await jobAt('2026-11-14T22:59:59Z');
    expect((await stateOf(id))[0]).toBe('on_hold');
    await jobAt('2026-11-14T23:00:00Z');
    expect(await stateOf(id)).toEqual(['pending', []]);
    await jobAt('2026-11-20T00:00:00Z');
    expect(await stateOf(id)).toEqual(['pending', []]);
  });

  it('are pending at once without a holding time, or when it was over before the bill was made', async () => {
    expect(await stateOf(await billOf(0))).toEqual(['pending', []]);
    expect(await stateOf(await billOf(14, '2026-11-15T00:00:00Z'))).toEqual(['pending', []]);
  });

  it('stay held while any reason is left, and by hand until released by hand', async () => {
    const id = await billOf(7);
    await run((tx) => holds().place(tx, [id], 'review'));
    await run((tx) => actions().hold(tx, actor, id));
    await expect(run((tx) => actions().hold(tx, actor, id))).rejects.toMatchObject({
      code: 'BILL_STATE_CONFLICT',
    });
    expect((await stateOf(id))[1]).toHaveLength(3);
    await jobAt('2026-11-08T00:00:00Z');
    expect(await stateOf(id)).toEqual(['on_hold', ['operator', 'review']]);
    await run((tx) => holds().lift(tx, [id], 'review'));
    expect(await stateOf(id)).toEqual(['on_hold', ['operator']]);
    await run((tx) => actions().release(tx, actor, id));
    expect(await stateOf(id)).toEqual(['pending', []]);
    // The same reason may come again.
    expect(await run((tx) => holds().place(tx, [id], 'review'))).toEqual([id]);
    expect(await run((tx) => holds().place(tx, [id], 'review'))).toEqual([]);
    await run((tx) => holds().lift(tx, [id], 'review'));
    expect((await stateOf(id))[0]).toBe('pending');
  });

  it('may be released or paid by hand before the time is over, and stay so', async () => {
    const [released, paid, cancelled] = [await billOf(30), await billOf(30), await billOf(30)];
    await run((tx) => actions().release(tx, actor, released));
    await run((tx) => app.app.get(BillApprovals).approve(tx, actor, paid));
    await run((tx) => actions().cancel(tx, actor, cancelled, 'No traffic'));
    expect(await run((tx) => holds().place(tx, [paid, cancelled], 'review'))).toEqual([]);
    await jobAt('2026-12-24T00:00:00Z');
    for (const [id, state] of [[released, 'pending'], [paid, 'paid'], [cancelled, 'cancelled']] as const) {
      expect(await stateOf(id)).toEqual([state, []]);
    } // prettier-ignore
    const open = await app.db.query('SELECT FROM bill_holds WHERE lifted_at IS NULL AND until IS NOT NULL');
    expect(open).toEqual([]);
  });

  it('are never held for nothing, nor pending with a reason', async () => {
    const id = await billOf(0);
    const refused = /has (a|no) reason to be held/;
    await expect(app.db.query(`UPDATE bills SET state = 'on_hold' WHERE id = $1`, [id])).rejects.toThrow(
      refused,
    );
    await expect(
      app.db.query(`INSERT INTO bill_holds (bill_id, reason, placed_at) VALUES ($1, 'review', now())`, [id]),
    ).rejects.toThrow(refused);
  });

  it('end as one of two that happen at once says, never between the two', async () => {
    const id = await billOf(7);
    app.clock.set('2026-11-09T00:00:00Z');
    await Promise.all([
      ...Array.from({ length: 5 }, () => app.app.get(BillHoldsJob).liftDue()),
      ...Array.from({ length: 5 }, () => run((tx) => holds().place(tx, [id], 'review'))),
    ]);
    expect(await stateOf(id)).toEqual(['on_hold', ['review']]);
  });
});
