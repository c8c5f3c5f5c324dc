import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type Account, BillingScene, CPA_50, SHARE_25 } from './scene.js';

interface BillBody {
  id: string;
  state: string;
  issued: { amount: string; currency: string };
  payable: { amount: string; currency: string };
  cancelReason: string | null;
  processedAt: string | null;
  corrections: { type: string; amount: object; comment: string }[];
  lines: { kind: string; amount: object; explanation: object }[];
}

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const STATES = ['pending', 'on_hold', 'paid', 'cancelled'] as const;
const ACTIONS: Record<string, object> = {
  approve: {},
  hold: {},
  release: {},
  cancel: { reason: 'Own clicks' },
  corrections: { type: 'add', amount: eur('1.00'), comment: 'Bonus' },
};

describe('A13 what operators do with bills', () => {
  let app: TestApp;
  let scene: BillingScene;
  let operator: Person;
  let partner: Person;
  let account: Account;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
    account = await scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily' });
    app.clock.set('2026-12-01T00:00:00Z');
    operator = await scene.operator.signInAgain();
    await operator.enableTwoFactor();
  });
  afterAll(() => app.close());

  let day = 0;
  let billId: string;

  /** Each test has a fresh bill of 50.00 + 1.00, and people whose sessions are fresh. */
  beforeEach(async () => {
    const date = new Date(Date.UTC(2026, 9, 1 + day)).toISOString().slice(0, 10);
    day += 1;
    await account.qualify(`player-${day}`, date);
    await account.play(`player-${day}`, `${date}T20:00:00Z`, { sums: { bets_sum: 400 } });
    await account.bill(date);
    const [bill] = await app.db.query<[{ id: string }]>('SELECT id FROM bills WHERE first_day = $1', [date]);
    billId = bill.id;
    operator = await operator.signInAgain();
    partner = await scene.partner.signInAgain();
    await operator.stepUp();
  });

  const act = (action: string, payload: object = ACTIONS[action]!) =>
    operator.post(`operator/bills/${billId}/${action}`, payload);
  const show = async () => body<BillBody>(await partner.get(`partner/bills/${billId}`), 200);
  const balance = async (): Promise<string> => {
    const [row] = await app.db.query<[{ balance: string }]>(
      `SELECT coalesce(sum(balance_minor), 0)::text AS balance FROM ledger_accounts
        WHERE owner_id = $1 AND kind = 'available'`,
      [scene.partnerId],
    );
    return row.balance;
  };
  const moveTo = async (state: string): Promise<void> => {
    if (state === 'on_hold') body(await act('hold'), 200);
    if (state === 'paid') body(await act('approve'), 200);
    if (state === 'cancelled') body(await act('cancel'), 200);
  };

  it('approves: the payable amount is credited, the partner is told, the operator is on record', async () => {
    const before = BigInt(await balance());
    const approved = body<BillBody>(await act('approve'), 200);
    expect(approved).toMatchObject({ state: 'paid', issued: eur('51.00'), payable: eur('51.00') });
    expect(approved.processedAt).not.toBeNull();
    expect(BigInt(await balance()) - before).toBe(5100n);
    await outboxDelivered(app);
    const events = await app.db.query(
      `SELECT type FROM event_log WHERE subject_id = $1 UNION ALL
       SELECT action FROM audit_log WHERE subject_id = $1`,
      [billId],
    );
    expect(events).toEqual([{ type: 'bill_issued' }, { type: 'bill_approved' }, { type: 'bill.approve' }]);
  });

  it('B06 fifty approvals at once credit once', async () => {
    const before = BigInt(await balance());
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        operator.postWithKey(`operator/bills/${billId}/approve`, {}, index % 2 ? randomUUID() : key),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect(statuses.has(200)).toBe(true);
    expect(BigInt(await balance()) - before).toBe(5100n);
    const journals = await app.db.query(
      `SELECT count(*)::int AS n FROM ledger_journals WHERE kind = 'bill' AND reference = $1`,
      [billId],
    );
    expect(journals).toEqual([{ n: 1 }]);
  });

  it('pays issued plus corrections; the partner sees each with its comment', async () => {
    const before = BigInt(await balance());
    body(await act('corrections', { type: 'add', amount: eur('9.50'), comment: 'Agreed bonus' }), 201);
    body(await act('corrections', { type: 'subtract', amount: '0.25', comment: 'Fee' }), 201);
    const bill = await show();
    expect(bill).toMatchObject({
      issued: eur('51.00'),
      payable: eur('60.25'),
      corrections: [
        { type: 'add', amount: eur('9.50'), comment: 'Agreed bonus' },
        { type: 'subtract', amount: eur('0.25'), comment: 'Fee' },
      ],
    });
    body(await act('approve'), 200);
    expect(BigInt(await balance()) - before).toBe(6025n);
  });

  it.each([
    [
      'more off than there is',
      { type: 'subtract', amount: eur('51.01'), comment: 'x' },
      422,
      'PAYABLE_BELOW_ZERO',
    ],
    [
      'another currency',
      { type: 'add', amount: { amount: '1.00', currency: 'USD' }, comment: 'x' },
      422,
      'CURRENCY_MISMATCH',
    ],
    ['zero', { type: 'add', amount: eur('0.00'), comment: 'x' }, 422, 'INVALID_AMOUNT'],
    ['an exponent', { type: 'add', amount: '1e3', comment: 'x' }, 422, 'INVALID_AMOUNT'],
    ['no comment', { type: 'add', amount: eur('1.00'), comment: ' ' }, 400, 'VALIDATION_FAILED'],
    ['no amount', { type: 'add', comment: 'x' }, 400, 'VALIDATION_FAILED'],
    ['an amount that is none', { type: 'add', amount: { value: 1 }, comment: 'x' }, 400, 'VALIDATION_FAILED'],
  ])('refuses a correction with %s', async (_name, payload, status, code) => {
    const refused = await act('corrections', payload);
    expect(body<{ code: string }>(refused, status).code).toBe(code);
    expect((await show()).payable).toEqual(eur('51.00'));
  });

  it('says of an amount that is a number how to write it', async () => {
    const refused = await act('corrections', { type: 'add', amount: 12, comment: 'x' });
    const message = 'amount must be a decimal string, or an object with amount and currency';
    expect(body<{ errors: object[] }>(refused, 400).errors).toEqual([{ path: 'amount', message }]);
  });

  it('takes everything off and approves at zero without a posting', async () => {
    const before = await balance();
    body(await act('corrections', { type: 'subtract', amount: eur('51.00'), comment: 'All' }), 201);
    expect(body<BillBody>(await act('approve'), 200)).toMatchObject({ state: 'paid', payable: eur('0.00') });
    expect(await balance()).toBe(before);
  });

  it('shows the partner why a bill was cancelled, and pays nothing', async () => {
    const before = await balance();
    body(await act('cancel', { reason: 'Traffic on the brand’s own name' }), 200);
    expect(await show()).toMatchObject({
      state: 'cancelled',
      cancelReason: 'Traffic on the brand’s own name',
    });
    expect(await balance()).toBe(before);
    expect((await act('cancel', { reason: ' ' })).status).toBe(400);
  });

  const EXPECTED: Record<string, Record<string, string | null>> = {
    pending: { approve: 'paid', hold: 'on_hold', release: null, cancel: 'cancelled', corrections: 'pending' },
    on_hold: { approve: 'paid', hold: null, release: 'pending', cancel: 'cancelled', corrections: 'on_hold' },
    paid: { approve: null, hold: null, release: null, cancel: null, corrections: null },
    cancelled: { approve: null, hold: null, release: null, cancel: null, corrections: null },
  };

  it.each(STATES.flatMap((state) => Object.keys(ACTIONS).map((action) => ({ state, action }))))(
    '$action on a bill that is $state',
    async ({ state, action }) => {
      await moveTo(state);
      const next = EXPECTED[state]![action];
      const answer = await act(action);
      if (next === null) expect(body<{ code: string }>(answer, 409).code).toBe('BILL_STATE_CONFLICT');
      else expect(answer.status, JSON.stringify(answer.body)).toBe(action === 'corrections' ? 201 : 200);
      expect((await show()).state).toBe(next ?? state);
    },
  );

  it('lists with filters and pages, newest first', async () => {
    const list = async (query: string) =>
      body<{ items: BillBody[]; nextCursor: string | null }>(
        await operator.get(`operator/bills?${query}`),
        200,
      );
    const all = await list('limit=200');
    expect(all.nextCursor).toBeNull();
    const first = await list('limit=2');
    const second = await list(`limit=200&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.items.map(({ id }) => id));
    const held = await list('state=on_hold');
    expect(held.items.every(({ state }) => state === 'on_hold')).toBe(true);
    expect((await list(`partnerId=${randomUUID()}`)).items).toEqual([]);
    expect((await list('from=2026-10-01&to=2026-10-01')).items).toHaveLength(1);
    expect((await operator.get('operator/bills?nothing=1')).status).toBe(400);
    expect((await operator.get('operator/bills?state=lost')).status).toBe(400);
    expect(body(await operator.get('operator/bills?from=2026-10-02&to=2026-10-01'), 400)).toMatchObject({
      detail: 'to: must not be before from',
    });
    const own = body<{ items: BillBody[] }>(await partner.get('partner/bills?limit=200'), 200);
    expect(own.items).toHaveLength(all.items.length);
  });

  it('shows names, period and explained lines', async () => {
    expect(await show()).toMatchObject({
      brand: { id: scene.brandId, name: 'Lucky Fox' },
      plan: { id: account.planId, name: 'Plan', version: 1 },
      period: { timeZone: 'UTC' },
      lines: [
        { kind: 'period', strategy: 'cpa', quantity: 1, base: null, amount: eur('50.00') },
        { kind: 'period', strategy: 'revshare', base: eur('4.00'), rate: '25%', amount: eur('1.00') },
      ],
    });
  });

  it('keeps bills from those who may not see or touch them', async () => {
    expect((await partner.get(`partner/bills/${randomUUID()}`)).status).toBe(404);
    expect((await partner.get('operator/bills')).status).toBe(403);
    expect((await partner.post(`operator/bills/${billId}/approve`)).status).toBe(403);
    expect((await operator.post(`operator/bills/${randomUUID()}/approve`)).status).toBe(404);
    await app.db.query(`UPDATE sessions SET stepped_up_at = stepped_up_at - interval '301 seconds'`);
    const answer = await act('approve');
    expect(body<{ code: string }>(answer, 401).code).toBe('STEP_UP_REQUIRED');
  });

  it('B06 insists on an idempotency key where money moves', async () => {
    const answer = await operator.postWithKey(`operator/bills/${billId}/approve`, {}, '');
    expect(answer.status).toBe(400);
  });

  it('runs what is due and says what it did', async () => {
    app.clock.advance(86_400);
    const someone = await operator.signInAgain();
    await account.play('player-1', '2026-11-30T01:00:00Z', { sums: { bets_sum: 4000 } });
    const run = body<{ id: string; state: string }>(
      await someone.post('operator/bill-runs', { through: '2026-11-30' }),
      201,
    );
    expect(run).toMatchObject({ state: 'finished', billsMade: 1, linesMade: 1, issued: [eur('10.00')] });
    expect(body(await someone.get(`operator/bill-runs/${run.id}`), 200)).toEqual(run);
    expect((await someone.post('operator/bill-runs', { through: '2026-02-30' })).status).toBe(422);
    expect((await someone.post('operator/bill-runs', { through: 'soon' })).status).toBe(400);
    const unknown = { through: '2026-11-30', planId: randomUUID() };
    expect((await someone.post('operator/bill-runs', unknown)).status).toBe(404);
  });
});
