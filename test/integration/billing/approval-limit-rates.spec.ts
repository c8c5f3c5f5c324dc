import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BillPayouts } from '../../../src/billing/bill-payouts.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';
import { joinTeam } from '../identity/scene.js';
import { WalletScene } from '../wallet/scene.js';
import { waitingBill } from './waiting-bill.js';

const TODAY = '2026-11-20';
/** Last day of the period that bills are of. */
const BILLED = '2026-01-31';

describe('rule 4.5 the limit above which money takes two operators, in another currency', () => {
  let app: TestApp;
  let scene: WalletScene;
  let program: Program;
  let ann: Person;
  let bob: Person;

  beforeAll(async () => {
    app = await createTestApp({ env: { APPROVAL_LIMIT: '100.00' } });
    app.clock.set(`${TODAY}T08:00:00Z`);
    scene = await WalletScene.open(app);
    ann = scene.operator;
    program = await makeProgram(ann);
    await joinTeam(app, ann, 'bob@operators.example', 'finance', 'operator/users');
    bob = await signIn(app, 'bob@operators.example');
    await bob.enableTwoFactor();
  });
  beforeEach(async () => {
    ann = await ann.signInAgain();
    bob = await bob.signInAgain();
    await ann.stepUp();
    await bob.stepUp();
    await app.db.query('DELETE FROM exchange_rates');
  });
  afterAll(() => app.close());

  const enterRate = async (by: Person, rate: string, day = TODAY, currency = 'GBP'): Promise<void> => {
    body(await by.post('operator/exchange-rates', { day, currency, rate }), 201);
  };
  const importRate = async (by: Person, rate: string): Promise<void> => {
    const content = Buffer.from(`date,currency,rate\n${TODAY},GBP,${rate}\n`);
    body(await by.upload('operator/exchange-rates/import', { content, fileName: 'rates.csv' }), 201);
  };
  const ecb = (rate: string, day = TODAY) =>
    app.db.query(
      `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at)
       VALUES (gen_random_uuid(), $1, 'GBP', 'ecb', $2, now())`,
      [day, rate],
    );
  /** What comes of a correction by the operator. */
  const corrected = async (by: Person, amount: string): Promise<string> => {
    const correction = { partnerId: scene.ownerId, type: 'add', currency: 'GBP', amount, comment: 'Bonus' };
    return body<{ state: string }>(await by.post('operator/balance-corrections', correction), 201).state;
  };
  /** What would come of the bills that wait, by the operator's approval. */
  const prospects = async (by: Person) => {
    const shown = await by.post('operator/bills/approve', { dryRun: true });
    return body<{ sums: { prospect: string }[] }>(shown, 200).sums.map(({ prospect }) => prospect);
  };
  const expectTwoApprovals = async (billId: string): Promise<void> => {
    const once = body<object>(await ann.post(`operator/bills/${billId}/approve`), 200);
    expect(once).toMatchObject({ state: 'pending', approvedOnceAt: expect.any(String) as string });
    expect(body(await bob.post(`operator/bills/${billId}/approve`), 200)).toMatchObject({ state: 'paid' });
  };

  it.each([
    ['enters', enterRate],
    ['imports', importRate],
  ])('is not measured by a rate that who decides %s, for others it is', async (_how, enter) => {
    await enter(ann, '100');
    expect(await corrected(ann, '50.00')).toBe('pending');
    expect(await corrected(bob, '50.00')).toBe('posted');
  });

  it('is measured by the rate that would be in force without it', async () => {
    await ecb('0.8');
    await enterRate(ann, '100');
    expect(await corrected(ann, '80.00')).toBe('posted');
    expect(await corrected(ann, '80.01')).toBe('pending');
    // Who corrects another's rate has entered it.
    await enterRate(bob, '200');
    expect(await corrected(bob, '80.01')).toBe('pending');
    expect(await corrected(ann, '80.01')).toBe('posted');
  });

  it('is measured by a rate of the last seven days only', async () => {
    await ecb('0.8', '2026-11-12');
    expect(await corrected(ann, '0.01')).toBe('pending');
    await ecb('0.8', '2026-11-13');
    expect(await corrected(ann, '80.00')).toBe('posted');
  });

  it('of bills is measured likewise, alone and in bulk', async () => {
    await enterRate(ann, '100');
    const bill = { partnerId: scene.ownerId, currency: 'GBP', minor: 50_000 };
    const billId = await waitingBill(app, program, bill);
    expect(await prospects(ann)).toEqual(['approved_once']);
    expect(await prospects(bob)).toEqual(['paid']);
    await expectTwoApprovals(billId);
  });

  describe('of a bill that is paid in a coin', () => {
    /** A bill of 50.00 by a plan of its own. */
    const bill = async (currency: string): Promise<string> => {
      const inCoins = await makeProgram(ann, { payoutCurrency: 'BTC' });
      return waitingBill(app, inCoins, { partnerId: scene.ownerId, currency, minor: 5_000 });
    };

    it('does not measure a rate of the coin that who approves has entered', async () => {
      await enterRate(ann, '1000', BILLED, 'BTC');
      const billId = await bill('EUR');
      await app.app.get(BillPayouts).fixWaiting();
      expect(await prospects(ann)).toEqual(['approved_once']);
      expect(await prospects(bob)).toEqual(['paid']);
      await expectTwoApprovals(billId);
      await expect(
        app.db.query('UPDATE bill_payouts SET coin_rate_by = NULL WHERE bill_id = $1', [billId]),
      ).rejects.toThrow();
    });

    it('nor one that is found only by the approval, nor one of the bill’s own currency', async () => {
      await ecb('0.8');
      await enterRate(bob, '0.00001', BILLED, 'BTC');
      await enterRate(ann, '0.0001', BILLED);
      await expectTwoApprovals(await bill('GBP'));
      const billId = await bill('GBP');
      const approve = (by: Person) => by.post(`operator/bills/${billId}/approve`);
      expect(body(await approve(bob), 200)).toMatchObject({ state: 'pending' });
      expect(body(await approve(bob), 409)).toMatchObject({ code: 'BILL_NEEDS_OTHER_OPERATOR' });
      expect(body(await approve(ann), 200)).toMatchObject({ state: 'paid' });
      // Ann has entered none of these.
      const inEuros = await bill('EUR');
      expect(body(await ann.post(`operator/bills/${inEuros}/approve`), 200)).toMatchObject({ state: 'paid' });
    });
  });
});
