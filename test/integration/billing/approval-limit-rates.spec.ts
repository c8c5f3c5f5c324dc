import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';
import { joinTeam } from '../identity/scene.js';
import { WalletScene } from '../wallet/scene.js';
import { waitingBill } from './waiting-bill.js';

const TODAY = '2026-11-20';

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

  const enterRate = async (by: Person, rate: string, day = TODAY): Promise<void> => {
    body(await by.post('operator/exchange-rates', { day, currency: 'GBP', rate }), 201);
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
    const prospects = async (by: Person) => {
      const shown = await by.post('operator/bills/approve', { dryRun: true });
      return body<{ sums: { prospect: string }[] }>(shown, 200).sums.map(({ prospect }) => prospect);
    };
    expect(await prospects(ann)).toEqual(['approved_once']);
    expect(await prospects(bob)).toEqual(['paid']);
    const once = body<object>(await ann.post(`operator/bills/${billId}/approve`), 200);
    expect(once).toMatchObject({ state: 'pending', approvedOnceAt: expect.any(String) as string });
    expect(body(await bob.post(`operator/bills/${billId}/approve`), 200)).toMatchObject({ state: 'paid' });
  });
});
