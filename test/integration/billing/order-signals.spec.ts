import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { OrderChecks } from '../../../src/tracking/fraud/order-checks.consumer.js';
import { PlanPreviews } from '../../../src/billing/previews/plan-previews.service.js';
import { PlanDrafts } from '../../../src/commissions/index.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { FraudScene, HOME, SERVER, type Signal } from '../tracking/fraud-scene.js';

interface OrderSignal extends Signal {
  orderId: string | null;
  orderExternalId: string | null;
}
interface BillBody {
  id: string;
  state: string;
  issued: { amount: string };
  fraudSignals: { rule: string; state: string; orderId: string | null; playerId: string | null }[];
}

let fraud: FraudScene;
let operator: Person;

beforeAll(async () => {
  fraud = await FraudScene.open({ strategies: [{ type: 'sale', rateBps: 1_000 }], period: 'daily' });
  operator = fraud.operator;
});
afterAll(() => fraud.close());

/** Reports an order, made some seconds after a click from there, and lets the rules look at it. */
async function order(id: string, address: string, extra: object = {}): Promise<void> {
  const tag = await fraud.click(address);
  const ordered_at = new Date(fraud.app.clock.now().getTime() + 60_000).toISOString();
  await report([
    { order_id: id, tag, amount: '100.00', currency: 'EUR', ordered_at, status: 'approved', ...extra },
  ]);
}

async function report(orders: object[]): Promise<void> {
  const answer = await fraud.scene.server.sync('orders', { orders });
  expect(answer.rejected).toBe(0);
  await outboxDelivered(fraud.app);
}

const signals = async (query = ''): Promise<OrderSignal[]> =>
  body<{ items: OrderSignal[] }>(await operator.get(`operator/fraud-signals?${query}`), 200).items;
const rulesOf = async (id: string): Promise<string[]> =>
  (await signals()).filter(({ orderExternalId }) => orderExternalId === id).map(({ rule }) => rule);

async function at(time: string): Promise<void> {
  fraud.app.clock.set(time);
  operator = await operator.signInAgain();
}

async function billOf(day: string): Promise<BillBody> {
  await fraud.account.bill(day);
  await outboxDelivered(fraud.app);
  return show(day);
}
async function show(day: string): Promise<BillBody> {
  const [{ id }] = await fraud.app.db.query<[{ id: string }]>('SELECT id FROM bills WHERE first_day = $1', [
    day,
  ]);
  return body<BillBody>(await operator.get(`operator/bills/${id}`), 200);
}
const decide = async (id: string, action: 'release' | 'confirm'): Promise<void> => {
  body(await operator.post(`operator/fraud-signals/${id}/${action}`, { comment: 'Looked into' }), 200);
  await outboxDelivered(fraud.app);
};

describe('B07 fraud signals of orders', () => {
  it('has none of ordinary ones, and none of those by promo code', async () => {
    await order('plain', HOME, { country: 'DE' });
    await order('no-country', HOME);
    expect(await signals()).toEqual([]);
  });

  it('tells of data centres and of other countries, once, whatever is reported again', async () => {
    await order('server', SERVER, { country: 'DE', status: 'pending' });
    await order('abroad', HOME, { country: 'FR', status: 'pending' });
    expect(await rulesOf('server')).toEqual(['order_datacenter_address']);
    const [signal] = (await signals()).filter(({ orderExternalId }) => orderExternalId === 'abroad');
    expect(signal).toMatchObject({
      rule: 'order_country_mismatch',
      playerId: null,
      evidence: { visitCountry: 'DE', orderCountry: 'FR' },
    });
    const { app } = fraud;
    await app.app
      .get(UnitOfWork)
      .run((tx) => app.app.get(OrderChecks).check(tx, [signal!.orderId!, signal!.orderId!]));
    expect(await signals(`orderId=${signal!.orderId}`)).toHaveLength(1);
    await decide(signal!.id, 'release');
    await app.app.get(UnitOfWork).run((tx) => app.app.get(OrderChecks).check(tx, [signal!.orderId!]));
    expect(await signals(`orderId=${signal!.orderId}`)).toMatchObject([{ state: 'released' }]);
    // A correction is looked at again.
    const [{ tag, at: ordered_at }] = await app.db.query<[{ tag: string; at: string }]>(
      `SELECT visit_id AS tag, to_char(ordered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
         FROM orders WHERE external_id = 'plain'`,
    );
    await report([{ order_id: 'plain', tag, amount: '100.00', currency: 'EUR', ordered_at, status: 'approved', country: 'AT' }]); // prettier-ignore
    expect(await rulesOf('plain')).toEqual(['order_country_mismatch']);
    for (const { id } of await signals('state=open')) await decide(id, 'release');
  });

  it('hold the bill that pays for the order; released, it is pending again', async () => {
    await at('2026-10-07T09:00:00Z');
    await order('good-7', HOME);
    await order('bad-7', SERVER);
    await order('bad-but-declined-7', SERVER, { status: 'declined' });
    await at('2026-10-08T00:01:00Z');
    const bill = await billOf('2026-10-07');
    expect(bill).toMatchObject({ state: 'on_hold', issued: { amount: '20.00' } });
    expect(bill.fraudSignals).toMatchObject([
      { rule: 'order_datacenter_address', state: 'open', playerId: null },
    ]);
    const open = (await signals('state=open')).filter(({ orderExternalId }) => orderExternalId === 'bad-7');
    await decide(open[0]!.id, 'release');
    expect((await show('2026-10-07')).state).toBe('pending');
  });

  it('take the order off by the next bill once they are confirmed; previews leave it out', async () => {
    await at('2026-10-09T09:00:00Z');
    await order('good-9', HOME);
    await order('bad-9', SERVER);
    await at('2026-10-10T00:01:00Z');
    expect(await billOf('2026-10-09')).toMatchObject({ state: 'on_hold', issued: { amount: '20.00' } });
    const open = (await signals('state=open')).filter(({ orderExternalId }) => orderExternalId === 'bad-9');
    await decide(open[0]!.id, 'confirm');
    expect((await show('2026-10-09')).state).toBe('on_hold');
    const { app, account } = fraud;
    const draft = await app.app.get(PlanDrafts).ofPlan(app.db.manager, account.planId, {});
    const range = { from: '2026-10-09', to: '2026-10-09', limit: 20, offset: 0 };
    const preview = await app.app.get(PlanPreviews).preview(draft, { planId: account.planId }, range);
    expect(preview.paid.amount).toBe('10.00');
    await at('2026-10-10T09:00:00Z');
    await order('good-10', HOME);
    await order('good-10-too', HOME);
    await at('2026-10-11T00:01:00Z');
    // 20.00 of the day, less 10.00 of the day before
    expect(await billOf('2026-10-10')).toMatchObject({ issued: { amount: '10.00' } });
  });

  it('are scored with the partner, and shown by the list of rules', async () => {
    const score = body<{ rules: { rule: string; confirmed: number }[] }>(
      await operator.get(`operator/partners/${fraud.scene.partnerId}/fraud-score`),
      200,
    );
    expect(score.rules).toMatchObject([{ rule: 'order_datacenter_address', confirmed: 1 }]);
    const rules = body<{ items: { name: string; subject: string }[] }>(
      await operator.get('operator/fraud-rules'),
      200,
    );
    expect(rules.items.filter(({ subject }) => subject === 'order')).toHaveLength(8);
  });
});
