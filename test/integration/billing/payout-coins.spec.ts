import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BillPayouts } from '../../../src/billing/bill-payouts.service.js';
import { Reconciliation } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50 } from './scene.js';

interface Payout {
  currency: string;
  issued: object | null;
  payable: object | null;
  rate: string | null;
  rateDay: string | null;
}
interface BillBody {
  id: string;
  state: string;
  payable: object;
  payout: Payout | null;
}

const OPEN = { issued: null, payable: null, rate: null, rateDay: null };

describe('A13 bills that are paid out in a coin', () => {
  let app: TestApp;
  let scene: BillingScene;
  let operator: Person;
  let partner: Person;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T08:00:00Z');
    scene = await BillingScene.open(app);
    app.clock.set('2026-12-01T00:00:00Z');
    operator = await scene.operator.signInAgain();
    await operator.enableTwoFactor();
  });
  afterAll(() => app.close());

  let day: string;
  let dayNumber = 0;
  const dayAfter = (from: string, days: number): string =>
    new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);

  /** Each test has days and a coin of its own, and sessions that are fresh. */
  beforeEach(async () => {
    await app.db.query('DELETE FROM exchange_rates');
    day = dayAfter('2026-10-01', dayNumber * 3);
    dayNumber += 1;
    operator = await operator.signInAgain();
    partner = await scene.partner.signInAgain();
    await operator.stepUp();
  });

  const rate = async (currency: string, of: string, value: string) =>
    body(await operator.post('operator/exchange-rates', { day: of, currency, rate: value }), 201);
  /** A bill of 50.00 EUR for the day, by a plan that pays the coin. */
  const bill = async (payoutCurrency?: string): Promise<string> => {
    const account: Account = await scene.account({ strategies: [CPA_50], period: 'daily', payoutCurrency });
    await account.qualify('player', day);
    await account.bill(day);
    const [made] = await app.db.query<[{ id: string }]>('SELECT id FROM bills WHERE plan_id = $1', [
      account.planId,
    ]);
    return made.id;
  };
  const show = async (id: string) => body<BillBody>(await partner.get(`partner/bills/${id}`), 200);
  const approve = (id: string) => operator.post(`operator/bills/${id}/approve`);
  const available = async (currency: string): Promise<string> => {
    const [row] = await app.db.query<[{ balance: string }]>(
      `SELECT coalesce(sum(balance_minor), 0)::text AS balance FROM ledger_accounts
        WHERE owner_id = $1 AND kind = 'available' AND currency = $2`,
      [scene.partnerId, currency],
    );
    return row.balance;
  };

  it('shows fiat and coin at the rate of the period’s end, and credits the coin', async () => {
    await rate('BTC', day, '0.00001');
    await rate('BTC', dayAfter(day, 1), '0.00002');
    const id = await bill('BTC');
    const fixed = {
      currency: 'BTC',
      issued: { amount: '0.00050000', currency: 'BTC' },
      payable: { amount: '0.00050000', currency: 'BTC' },
      rate: '0.00001',
      rateDay: day,
    };
    expect(await show(id)).toMatchObject({ payable: { amount: '50.00', currency: 'EUR' }, payout: fixed });
    const euros = await available('EUR');
    expect(body<BillBody>(await approve(id), 200)).toMatchObject({ state: 'paid', payout: fixed });
    expect(await available('BTC')).toBe('50000');
    expect(await available('EUR')).toBe(euros);
    const { mismatches } = await app.app.get(Reconciliation).run(app.db);
    expect(mismatches).toEqual([]);
  });

  it('takes the last rate before the day, and says so; a bill’s rate never changes', async () => {
    await rate('LTC', dayAfter(day, -2), '0.01');
    const id = await bill('LTC');
    const payout = { payable: { amount: '0.50000000', currency: 'LTC' }, rateDay: dayAfter(day, -2) };
    expect(await show(id)).toMatchObject({ payout });
    await rate('LTC', dayAfter(day, -2), '0.02');
    await rate('LTC', day, '0.03');
    await app.app.get(BillPayouts).fixWaiting();
    expect(await show(id)).toMatchObject({ payout });
    await expect(
      app.db.query('UPDATE bill_payouts SET coin_per_euro = 1 WHERE bill_id = $1', [id]),
    ).rejects.toThrow();
    body(await approve(id), 200);
    expect(await available('LTC')).toBe('50000000');
  });

  it('converts corrections at the same rate, rounding the sum once', async () => {
    await rate('USDT', day, '1.0812345');
    const id = await bill('USDT');
    const correct = async (type: string, amount: string) =>
      body<BillBody>(
        await operator.post(`operator/bills/${id}/corrections`, { type, amount, comment: 'Agreed' }),
        201,
      );
    await rate('USDT', day, '9');
    await correct('add', '0.01');
    // 49.68 × 1.0812345 = 53.71572996.
    expect(await correct('subtract', '0.33')).toMatchObject({
      payable: { amount: '49.68', currency: 'EUR' },
      payout: {
        issued: { amount: '54.061725', currency: 'USDT' },
        payable: { amount: '53.715730', currency: 'USDT' },
        rate: '1.0812345',
      },
    });
    body(await approve(id), 200);
    expect(await available('USDT')).toBe('53715730');
  });

  it('refuses a correction that comes to more coins than can be held', async () => {
    await rate('DOGE', day, '1000000');
    const id = await bill('DOGE');
    const add = (amount: string) =>
      operator.post(`operator/bills/${id}/corrections`, { type: 'add', amount, comment: 'Agreed' });
    expect(await add('99999999999.99')).toMatchObject({
      status: 422,
      body: { code: 'INVALID_AMOUNT', errors: [{ path: 'amount' }] },
    });
    expect(body<BillBody>(await add('1.00'), 201)).toMatchObject({
      payable: { amount: '51.00', currency: 'EUR' },
      payout: { payable: { amount: '51000000.00000000', currency: 'DOGE' } },
    });
  });

  it('waits for a rate: the bill is there, but is not approved before', async () => {
    // Older than a week: what the coin was worth then says nothing of this period.
    await rate('XRP', dayAfter(day, -8), '0.4');
    const id = await bill('XRP');
    expect((await show(id)).payout).toEqual({ currency: 'XRP', ...OPEN });
    const refused = body<{ code: string; detail: string }>(await approve(id), 422);
    expect(refused.code).toBe('NO_PAYOUT_RATE');
    expect(refused.detail).toContain(`from EUR to XRP of ${day}`);
    expect((await show(id)).state).toBe('pending');
    await rate('XRP', day, '0.5');
    await expect
      .poll(async () => (await show(id)).payout, { timeout: 10_000 })
      .toMatchObject({
        payable: { amount: '25.000000', currency: 'XRP' },
        rateDay: day,
      });
    body(await approve(id), 200);
    expect(await available('XRP')).toBe('25000000');
  });

  it('fixes the rate with the approval where nothing else has', async () => {
    const id = await bill('TRX');
    await app.db.query(
      `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at)
       VALUES (gen_random_uuid(), $1, 'TRX', 'ecb', 3.5, now())`,
      [day],
    );
    const answers = await Promise.all([
      approve(id),
      approve(id),
      app.app.get(BillPayouts).fixWaiting(),
      approve(id),
    ]);
    expect(answers.map((answer) => answer?.status).sort()).toEqual([200, 409, 409, undefined]);
    expect((await show(id)).payout).toMatchObject({ payable: { amount: '175.000000', currency: 'TRX' } });
    expect(await available('TRX')).toBe('175000000');
  });

  it('approves a bill of nothing without a rate, and refuses an amount that no balance can hold', async () => {
    const nothing = await bill('USDC');
    const all = { type: 'subtract', amount: '50.00', comment: 'All' };
    body(await operator.post(`operator/bills/${nothing}/corrections`, all), 201);
    body(await approve(nothing), 200);
    expect(await available('USDC')).toBe('0');
    await rate('DOGE', day, '99999999999999');
    const huge = await bill('DOGE');
    expect(body<{ code: string }>(await approve(huge), 422).code).toBe('NO_PAYOUT_RATE');
  });

  it('reconciles: what was credited, and what bills come to at their rates', async () => {
    const reconcile = async () => (await app.app.get(Reconciliation).run(app.db)).mismatches;
    await rate('BCH', day, '0.0021');
    const id = await bill('BCH');
    expect(await reconcile()).toEqual([]);
    // 50.00 EUR are 0.10500000 BCH.
    await app.db.query('UPDATE bill_payouts SET payable_minor = payable_minor + 1 WHERE bill_id = $1', [id]);
    expect(await reconcile()).toMatchObject([
      {
        check: 'payouts_are_bills_at_their_rate',
        subjectId: id,
        expected: { minor: 10_500_000n, currency: 'BCH' },
        actual: { minor: 10_500_001n },
      },
    ]);
    await app.db.query('UPDATE bill_payouts SET payable_minor = payable_minor - 1 WHERE bill_id = $1', [id]);
  });

  it('leaves bills of other plans as they were', async () => {
    expect((await show(await bill())).payout).toBeNull();
  });

  it.each(['ETH', 'EUR', 'USD', 'btc', null])('refuses %s as a payout coin', async (payoutCurrency) => {
    const refused = await operator.post('operator/commission-plans', {
      brandId: scene.brandId,
      name: 'Coins',
      period: 'monthly',
      timeZone: 'UTC',
      strategies: [CPA_50],
      payoutCurrency,
    });
    expect(body<{ errors: object[] }>(refused, 400).errors).toEqual([
      {
        path: 'payoutCurrency',
        message: 'payoutCurrency must be one of BTC, LTC, BCH, DOGE, USDT, USDC, TRX, XRP',
      },
    ]);
  });

  it('tells the partner of the coin before it chooses the plan', async () => {
    const made = await operator.post('operator/commission-plans', {
      brandId: scene.brandId,
      name: 'Coins',
      period: 'monthly',
      timeZone: 'UTC',
      strategies: [CPA_50],
      payoutCurrency: 'BTC',
    });
    const { id } = body<{ id: string }>(made, 201);
    const plan = body<{ payoutCurrency: string; terms: string[] }>(
      await partner.get(`partner/commission-plans/${id}`),
      200,
    );
    expect(plan.payoutCurrency).toBe('BTC');
    expect(plan.terms).toContain("Paid out in BTC, at the exchange rate of the period's last day.");
  });
});
