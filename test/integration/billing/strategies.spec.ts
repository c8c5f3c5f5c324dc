import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { OrderDecisions } from '../../../src/tracking/orders/order-decisions.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { type Account, BillingScene } from './scene.js';

/** 5.00 per registration. */
const CPL_5 = { type: 'cpl' as const, amount: '5.00' };
/** 10 % of each approved order. */
const SALE_10 = { type: 'sale' as const, rateBps: 1000 };

describe('bills of every strategy', () => {
  let app: TestApp;
  let scene: BillingScene;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
  });
  afterAll(() => app.close());

  const open = (terms: Parameters<BillingScene['account']>[0]): Promise<Account> => {
    app.clock.set('2026-09-30T08:00:00Z');
    return scene.account(terms);
  };
  const bill = async (account: Account, through: string): Promise<unknown[]> => {
    app.clock.set(new Date(Date.parse(through) + 86_400_000 + 1).toISOString());
    await account.bill(through);
    return account.bills();
  };
  /** By hand, as somebody of the brand does it. */
  const approve = async (account: Account, name: string): Promise<void> => {
    const [{ id }] = await app.db.query<[{ id: string }]>('SELECT id FROM orders WHERE external_id = $1', [
      `${account.campaignId}/${name}`,
    ]);
    const actor = { ...(await scene.operatorActor()), brandId: scene.brandId } as Actor & { brandId: string };
    const decisions = app.app.get(OrderDecisions);
    await app.app.get(UnitOfWork).run((tx) => decisions.decide(tx, actor, id, { status: 'approved' }));
  };

  it('A03 pays per registration in the period of the sign-up, and takes back for who is flagged later', async () => {
    const account = await open({ strategies: [CPL_5] });
    await account.register('a', '2026-10-01T00:00:00Z');
    await account.register('b', '2026-10-31T23:59:59Z');
    await account.register('c', '2026-11-01T00:00:00Z');
    await account.register('bad', '2026-10-05T00:00:00Z', { disabled: true });
    // Two players of October, 10.00.
    expect(await bill(account, '2026-10-31')).toMatchObject([{ issued: '10.00' }]);
    await account.register('a', '2026-10-01T00:00:00Z', { duplicate: true });
    await account.register('bad', '2026-10-05T00:00:00Z', { disabled: false });
    await account.register('b', '2026-10-31T23:59:59Z', { self_excluded: true });
    // c makes 5.00; of October only the one who was disabled is left: 5.00 − 10.00.
    expect((await bill(account, '2026-11-30'))[1]).toEqual({
      period: '2026-11-01',
      issued: '0.00',
      lines: ['period cpl 5.00', 'adjustment 2026-10-01 cpl -5.00'],
    });
  });

  it('A03 pays for the earliest registrations up to the cap, also when an earlier one comes late', async () => {
    const account = await open({ strategies: [{ ...CPL_5, capCount: 1 }] });
    const first = account.promoIds[0]!;
    await account.register('second', '2026-10-05T00:00:00Z');
    await bill(account, '2026-10-31');
    const other = await account.addPromo();
    await account.register('first', '2026-10-04T00:00:00Z');
    await account.register('third', '2026-11-01T00:00:00Z');
    await bill(account, '2026-11-30');
    const lines = await app.db.query(
      `SELECT promo_id, kind, amount_minor AS amount, explanation FROM bill_lines
        WHERE plan_id = $1 AND kind = 'adjustment' ORDER BY amount_minor`,
      [account.planId],
    );
    expect(lines).toMatchObject([
      {
        promo_id: first,
        amount: '-500',
        explanation: { calculation: { registrations: 0, countCap: { cap: 1, counted: 2, took: 1 } } },
      },
      { promo_id: other, amount: '500', explanation: { calculation: { registrations: 1 } } },
    ]);
  });

  it('T07 pays an order in the period in which it was ordered, once it is approved', async () => {
    const account = await open({ strategies: [SALE_10] });
    await account.order('a', '2026-10-31T23:00:00Z', '100.00', 'approved');
    await account.order('b', '2026-10-15T12:00:00Z', '50.00', 'pending');
    await account.order('c', '2026-10-15T12:00:00Z', '70.00', 'pending');
    await account.order('d', '2026-10-15T12:00:00Z', '90.00', 'declined');
    await account.order('e', '2026-11-01T00:00:00Z', '20.00', 'approved');
    const october = { period: '2026-10-01', issued: '10.00', lines: ['period sale 10.00'] };
    expect(await bill(account, '2026-10-31')).toEqual([october]);

    // Later: b approved by hand, c by sync with another amount, a corrected to 80.00, e moved into October.
    await approve(account, 'b');
    await account.order('c', '2026-10-15T12:00:00Z', '60.00', 'approved');
    await account.order('a', '2026-10-31T23:00:00Z', '80.00', 'approved');
    await account.order('e', '2026-10-31T22:00:00Z', '20.00', 'approved');
    // October: 10 % of 80 + 50 + 60 + 20 = 21.00; 11.00 more than was billed. November has nothing.
    expect(await bill(account, '2026-11-30')).toEqual([
      october,
      { period: '2026-11-01', issued: '11.00', lines: ['adjustment 2026-10-01 sale 11.00'] },
    ]);
    expect(await bill(account, '2026-12-31')).toHaveLength(2);
  });

  it('T07 has nothing new to bill for orders that are not approved, or told again', async () => {
    const account = await open({ strategies: [SALE_10] });
    await account.order('a', '2026-10-02T00:00:00Z', '100.00', 'approved');
    await bill(account, '2026-10-31');
    await account.order('a', '2026-10-02T00:00:00Z', '100.00', 'approved');
    await account.order('a', '2026-10-02T00:00:00Z', '999.00', 'pending');
    await account.order('b', '2026-10-02T00:00:00Z', '100.00', 'pending');
    await account.order('b', '2026-10-02T00:00:00Z', '100.00', 'declined');
    const marks = await app.db.query('SELECT FROM fact_changes WHERE campaign_id = $1', [account.campaignId]);
    expect(marks).toEqual([]);
  });

  it('T07 caps orders of one instant by the brand’s ids, whichever was reported first', async () => {
    const account = await open({ strategies: [{ ...SALE_10, capCount: 1 }] });
    await account.order('b', '2026-10-02T00:00:00Z', '500.00', 'approved');
    await account.order('a', '2026-10-02T00:00:00Z', '100.00', 'approved');
    expect(await bill(account, '2026-10-31')).toEqual([
      { period: '2026-10-01', issued: '10.00', lines: ['period sale 10.00'] },
    ]);
  });

  it('A03 bills a hybrid of all that is counted', async () => {
    const account = await open({
      strategies: [
        CPL_5,
        { type: 'cpa', amount: '50.00', criteria: { firstDepositAtLeast: '20.00' }, capAmount: '60.00' },
        SALE_10,
        { type: 'sale', amount: '1.00', capCount: 1 },
      ],
    });
    await account.qualify('a', '2026-10-02');
    await account.qualify('b', '2026-10-03');
    await account.order('a', '2026-10-02T00:00:00Z', '33.30', 'approved');
    await account.order('b', '2026-10-03T00:00:00Z', '0.01', 'approved');
    // 2 × 5.00; 100.00 capped at 60.00; 10 % of 33.31 = 3.331 → 3.33; 1.00 for the first order.
    expect(await bill(account, '2026-10-31')).toEqual([
      {
        period: '2026-10-01',
        issued: '74.33',
        lines: ['period cpl 10.00', 'period cpa ×2 60.00', 'period sale 3.33', 'period sale 1.00'],
      },
    ]);
  });

  const life = fc.record({
    day: fc.integer({ min: 1, max: 3 }),
    cents: fc.integer({ min: 1, max: 50_000 }),
    correctedCents: fc.option(fc.integer({ min: 1, max: 50_000 })),
    fate: fc.constantFrom('approved', 'approved by hand', 'declined', 'pending'),
  });
  const story = fc.record({
    orders: fc.array(life, { minLength: 1, maxLength: 5 }),
    runsBetween: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
    capCount: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    seed: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
  });

  it('T07 pays the same whenever orders are told, decided and billed', { timeout: 300_000 }, async () => {
    const at = (day: number): string => `2026-10-0${day}T12:00:00Z`;
    const text = (cents: number): string => (cents / 100).toFixed(2);
    const total = async (account: Account): Promise<number> => {
      app.clock.set('2026-10-12T00:00:00Z');
      await account.order('closing', '2026-10-10T12:00:00Z', '10000.00', 'approved');
      await account.bill('2026-10-11');
      const [{ sum }] = await app.db.query<[{ sum: string }]>(
        'SELECT sum(issued_minor)::text AS sum FROM bills WHERE plan_id = $1',
        [account.planId],
      );
      return Number(sum);
    };
    await fc.assert(
      fc.asyncProperty(story, async ({ orders, runsBetween, capCount, seed }) => {
        const strategies = [{ ...SALE_10, capCount }];
        const straight = await open({ strategies, period: 'daily', negativeCarryOver: true });
        for (const [index, { day, cents, correctedCents, fate }] of orders.entries()) {
          const status = fate === 'approved by hand' ? 'approved' : fate;
          const isPaid = status === 'approved' && fate !== 'approved by hand';
          const amount = isPaid ? (correctedCents ?? cents) : cents;
          await straight.order(String(index), at(day), text(amount), status);
        }
        const mixed = await open({ strategies, period: 'daily', negativeCarryOver: true });
        app.clock.set('2026-10-05T00:00:00Z');
        const steps = orders.flatMap(({ day, cents, correctedCents, fate }, index) => {
          const tell = (amount: number, status: string) => () =>
            mixed.order(String(index), at(day), text(amount), status);
          const made = [tell(cents, 'pending')];
          if (fate === 'approved by hand') return [[...made, () => approve(mixed, String(index))]];
          if (fate !== 'pending') made.push(tell(cents, fate), tell(cents, 'pending'));
          if (fate === 'approved' && correctedCents !== null) made.push(tell(correctedCents, fate));
          return [made];
        });
        const runs = runsBetween.map((day) => async () => void (await mixed.bill(`2026-10-0${day}`)));
        const queues = [...steps, runs].filter((queue) => queue.length > 0);
        for (let step = 0; queues.some((queue) => queue.length > 0); step += 1) {
          const waiting = queues.filter((queue) => queue.length > 0);
          await waiting[seed[step % seed.length]! % waiting.length]!.shift()!();
        }
        expect(await total(mixed)).toBe(await total(straight));
      }),
      { numRuns: 6 },
    );
  });
});
