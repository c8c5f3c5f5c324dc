import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlanPreviews } from '../../../src/billing/previews/plan-previews.service.js';
import { PlanDrafts } from '../../../src/commissions/index.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { FraudScene, HOME, SERVER } from '../tracking/fraud-scene.js';
import { CPA_50, SHARE_25 } from './scene.js';

interface BillBody {
  id: string;
  state: string;
  holds: { reason: string; until: string | null }[];
  issued: { amount: string };
  fraudSignals: { id: string; rule: string; state: string; playerId: string }[];
}

const DAY_MS = 86_400_000;

let fraud: FraudScene;
let operator: Person;
let partner: Person;
/** Each test has a day of its own, with a bill of its own. */
let day = '2026-10-05';

beforeAll(async () => {
  fraud = await FraudScene.open({ strategies: [CPA_50, SHARE_25], period: 'daily' });
  operator = fraud.scene.operator;
  await operator.enableTwoFactor();
});
afterAll(() => fraud.close());

beforeEach(async () => {
  day = new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
  await at(`${day}T09:00:00Z`);
});

/** The next bill takes back what a duplicate had earned, and would be held for that player too. */
afterEach(async () => {
  const { items } = body<{ items: { id: string }[] }>(
    await operator.get('operator/fraud-signals?state=open'),
    200,
  );
  for (const { id } of items) await decide(id, 'release');
});

async function at(time: string): Promise<void> {
  fraud.app.clock.set(time);
  operator = await operator.signInAgain();
  partner = await fraud.scene.partner.signInAgain();
}

/** A player who qualifies for 50.00 and whose bets of 4.00 give a share of 1.00; suspicious ones came from a data centre. */
async function player(name: string, suspicious: boolean): Promise<string> {
  const { account, app } = fraud;
  const id = await fraud.player(
    `${account.campaignId}/${name}`,
    await fraud.click(suspicious ? SERVER : HOME),
  );
  await account.play(name, `${day}T11:00:00Z`, {
    sums: { bets_sum: 400 },
    deposits: [['first', 2000, `${day}T11:10:00Z`]],
  });
  await outboxDelivered(app);
  return id;
}

/** Bills the day that is over, and gives its bill. */
async function bill(): Promise<BillBody> {
  await fraud.account.bill(day);
  const [{ id }] = await fraud.app.db.query<[{ id: string }]>('SELECT id FROM bills WHERE first_day = $1', [
    day,
  ]);
  return show(id);
}

/** What the plan would pay for the day. */
async function preview(): Promise<string> {
  const { app, account } = fraud;
  const draft = await app.app.get(PlanDrafts).ofPlan(app.db.manager, account.planId, {});
  const range = { from: day, to: day, limit: 20, offset: 0 };
  return (await app.app.get(PlanPreviews).preview(draft, { planId: account.planId }, range)).paid.amount;
}

const show = async (id: string) => body<BillBody>(await operator.get(`operator/bills/${id}`), 200);
const act = async (id: string, action: string) => {
  await operator.stepUp();
  return operator.post(`operator/bills/${id}/${action}`);
};
/** Approves all open bills of the day at once, and gives those that were refused. */
async function refusedInBulk(): Promise<object[]> {
  const path = 'operator/bills/approve';
  const filters = { firstDay: day, lastDay: day };
  await operator.stepUp();
  const { fingerprint } = body<{ fingerprint: string }>(
    await operator.post(path, { ...filters, dryRun: true }),
    200,
  );
  const { runId } = body<{ runId: string }>(await operator.post(path, { ...filters, fingerprint }), 200);
  const run = `operator/bill-approvals/${runId}`;
  await expect
    .poll(async () => body<{ finishedAt: string | null }>(await operator.get(run), 200).finishedAt, {
      timeout: 20_000,
    })
    .not.toBeNull();
  return body<{ items: object[] }>(await operator.get(`${run}/refused`), 200).items;
}
const night = () => at(new Date(Date.parse(day) + DAY_MS + 60_000).toISOString());

async function decide(signalId: string, action: 'release' | 'confirm'): Promise<void> {
  const path = `operator/fraud-signals/${signalId}/${action}`;
  body(await operator.post(path, { comment: 'Looked into it' }), 200);
  await outboxDelivered(fraud.app);
}

describe('B07 bills that pay for suspicious players', () => {
  it('are held for review; once the last signal is released they are pending and can be approved', async () => {
    const id = await player('bob', true);
    await player('ordinary', false);
    await night();
    const held = await bill();
    expect(held).toMatchObject({
      state: 'on_hold',
      holds: [{ reason: 'review', until: null }],
      issued: { amount: '102.00' },
    });
    expect(held.fraudSignals).toMatchObject([{ rule: 'datacenter_address', state: 'open', playerId: id }]);
    const seen = body<BillBody>(await partner.get(`partner/bills/${held.id}`), 200);
    expect(seen).toMatchObject({ state: 'on_hold', holds: [{ reason: 'review', until: null }] });
    expect(seen).not.toHaveProperty('fraudSignals');
    for (const action of ['approve', 'release']) {
      const refused = body<{ code: string; detail: string }>(await act(held.id, action), 409);
      expect(refused.code).toBe('BILL_UNDER_REVIEW');
      expect(refused.detail).toContain(held.fraudSignals[0]!.id);
    }
    expect(await refusedInBulk()).toEqual([
      {
        billId: held.id,
        code: 'BILL_UNDER_REVIEW',
        reason: expect.stringContaining(held.fraudSignals[0]!.id),
      },
    ]);
    expect((await show(held.id)).state).toBe('on_hold');
    await decide(held.fraudSignals[0]!.id, 'release');
    expect(await show(held.id)).toMatchObject({ state: 'pending', holds: [], fraudSignals: [] });
    body(await act(held.id, 'approve'), 200);
    expect((await show(held.id)).state).toBe('paid');
  });

  it('stay held when a signal is confirmed; the next bill takes off what the player had earned', async () => {
    const id = await player('eve', true);
    await player('honest', false);
    await night();
    const held = await bill();
    expect(await preview()).toBe('102.00');
    await decide(held.fraudSignals[0]!.id, 'confirm');
    expect(await show(held.id)).toMatchObject({
      state: 'on_hold',
      holds: [{ reason: 'review', until: null }],
      fraudSignals: [{ state: 'confirmed', playerId: id }],
    });
    expect(await preview()).toBe('51.00');
    body(await act(held.id, 'approve'), 200);

    day = new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
    await at(`${day}T09:00:00Z`);
    await player('next', false);
    // What the player does from now on earns nothing either.
    await fraud.account.play('eve', `${day}T12:00:00Z`, { sums: { bets_sum: 40_000 } });
    await night();
    const next = await bill();
    expect(next).toMatchObject({ state: 'pending', issued: { amount: '0.00' } });
    const lines = (await fraud.account.bills()).find(({ period }) => period === day)!.lines;
    expect(lines).toEqual(
      expect.arrayContaining([
        'period cpa ×1 50.00',
        'period revshare 1.00',
        expect.stringMatching(/^adjustment .* cpa ×-1 -50\.00$/),
        expect.stringMatching(/^adjustment .* revshare -1\.00$/),
      ]),
    );
    const facts = await fraud.app.db.query('SELECT bets_sum FROM player_activity WHERE player_id = $1', [id]);
    expect(facts).toHaveLength(2);
  });

  it('are held also when the signal comes after the bill', async () => {
    const id = await player('late', false);
    await night();
    const pending = await bill();
    expect(pending).toMatchObject({ state: 'pending', holds: [] });
    await fraud.player(`${fraud.account.campaignId}/late`, await fraud.click(HOME), {
      duplicate: true,
      sign_up_at: `${day}T09:01:00Z`,
    });
    expect(await show(pending.id)).toMatchObject({
      state: 'on_hold',
      fraudSignals: [{ rule: 'duplicate_player', playerId: id }],
    });
  });

  it('are held whether the run or the check comes first', async () => {
    const id = await player('racing', false);
    await night();
    const twin = { duplicate: true, sign_up_at: `${day}T09:01:00Z` };
    const again = fraud.player(`${fraud.account.campaignId}/racing`, await fraud.click(HOME), twin);
    await Promise.all([again, fraud.account.bill(day)]);
    await outboxDelivered(fraud.app);
    expect(await bill()).toMatchObject({
      state: 'on_hold',
      fraudSignals: [{ rule: 'duplicate_player', playerId: id }],
    });
  });

  it('that an operator holds by hand stay held, whatever becomes of signals', async () => {
    await player('by-hand', false);
    await night();
    const { id } = await bill();
    body(await act(id, 'hold'), 200);
    const twin = { duplicate: true, sign_up_at: `${day}T09:01:00Z` };
    await fraud.player(`${fraud.account.campaignId}/by-hand`, await fraud.click(HOME), twin);
    const held = await show(id);
    expect(held).toMatchObject({ state: 'on_hold', holds: [{ reason: 'operator' }, { reason: 'review' }] });
    expect(held.fraudSignals).toMatchObject([{ rule: 'duplicate_player', state: 'open' }]);
    expect((await act(id, 'release')).status).toBe(409);
    await decide(held.fraudSignals[0]!.id, 'release');
    expect(await show(id)).toMatchObject({ state: 'on_hold', holds: [{ reason: 'operator' }] });
    body(await act(id, 'release'), 200);
    expect(await show(id)).toMatchObject({ state: 'pending', holds: [] });
  });

  it('can be cancelled while held', async () => {
    await player('cancelled', true);
    await night();
    const { id } = await bill();
    body(await operator.post(`operator/bills/${id}/cancel`, { reason: 'Own account' }), 200);
    expect(await show(id)).toMatchObject({ state: 'cancelled', holds: [] });
  });
});
