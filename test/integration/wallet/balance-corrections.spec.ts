import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { joinTeam } from '../identity/scene.js';
import { eur, type MoneyBody, WalletScene } from './scene.js';

interface CorrectionBody {
  id: string;
  state: string;
  type: string;
  amount: MoneyBody;
}

interface ProblemBody {
  code: string;
  errors: { path: string }[];
}

const PATH = 'operator/balance-corrections';

describe('A14 B01 corrections of balances', () => {
  let app: TestApp;
  let scene: WalletScene;
  let second: Person;

  beforeAll(async () => {
    app = await createTestApp({ env: { APPROVAL_LIMIT: '100.00' } });
    scene = await WalletScene.open(app);
    await scene.credit('50.00');
    await joinTeam(app, scene.operator, 'second@operators.example', 'finance', 'operator/users');
    second = await signIn(app, 'second@operators.example');
    await second.enableTwoFactor();
  });
  beforeEach(async () => {
    await scene.refresh();
    second = await second.signInAgain();
    await second.stepUp();
  });
  afterEach(async () => expect(await scene.mismatches()).toEqual([]));
  afterAll(() => app.close());

  const correction = (amount: string, change: object = {}) => ({
    partnerId: scene.ownerId,
    type: 'add',
    currency: 'EUR',
    amount,
    comment: 'Bonus for autumn',
    ...change,
  });
  const enter = (amount: string, change: object = {}, by: Person = scene.operator) =>
    by.post(PATH, correction(amount, change));
  const available = async (): Promise<string> => (await scene.balance())[0]!;

  it('up to the limit move at once, and are told with their comment', async () => {
    const before = Number(await available());
    const made = body<CorrectionBody>(await enter('100.00'), 201);
    expect(made).toMatchObject({ state: 'posted', type: 'add', amount: eur('100.00'), decidedBy: null });
    expect(Number(await available())).toBe(before + 100);
    body(await enter('30.00', { type: 'subtract', comment: 'Chargeback' }), 201);
    expect(Number(await available())).toBe(before + 70);
    const { items } = body<{ items: object[] }>(
      await scene.partner.get('partner/transactions?type=balance_correction&limit=2'),
      200,
    );
    expect(items).toMatchObject([
      { direction: 'out', amount: eur('30.00'), memo: 'Chargeback' },
      { direction: 'in', amount: eur('100.00'), memo: 'Bonus for autumn', reference: made.id },
    ]);
    await outboxDelivered(app);
    const events = body<{ items: { summary: string }[] }>(
      await scene.partner.get('partner/events?type=balance_corrected&limit=1'),
      200,
    );
    expect(events.items[0]!.summary).toBe('Your balance was corrected by -30.00 EUR: Chargeback');
  });

  it('above the limit wait for another operator, who approves or rejects once', async () => {
    const before = await available();
    const waiting = body<CorrectionBody>(await enter('100.01'), 201);
    expect(waiting.state).toBe('pending');
    expect(await available()).toBe(before);
    const listed = body<{ items: CorrectionBody[] }>(await second.get(`${PATH}?state=pending`), 200);
    expect(listed.items.map(({ id }) => id)).toEqual([waiting.id]);

    for (const [action, payload] of [
      ['approve', {}],
      ['reject', { comment: 'No' }],
    ] as const) {
      const own = await scene.operator.post(`${PATH}/${waiting.id}/${action}`, payload);
      expect(body<ProblemBody>(own, 409).code).toBe('CORRECTION_NEEDS_OTHER_OPERATOR');
    }
    const approved = body(await second.post(`${PATH}/${waiting.id}/approve`), 200);
    expect(approved).toMatchObject({ state: 'posted', decidedBy: expect.any(String) as string });
    expect(Number(await available())).toBeCloseTo(Number(before) + 100.01, 2);
    const again = await second.post(`${PATH}/${waiting.id}/approve`);
    expect(body<ProblemBody>(again, 409).code).toBe('CORRECTION_DECIDED');

    const refused = body<CorrectionBody>(await enter('500.00', { type: 'subtract' }), 201);
    body(await second.post(`${PATH}/${refused.id}/reject`, { comment: 'Not ours' }), 200);
    expect(body(await scene.operator.get(`${PATH}/${refused.id}`), 200)).toMatchObject({
      state: 'rejected',
      type: 'subtract',
      amount: eur('500.00'),
      decisionComment: 'Not ours',
    });
    const audit = await app.db.query<{ action: string }[]>(
      `SELECT action FROM audit_log WHERE subject_type = 'balance_correction' AND subject_id = ANY ($1) ORDER BY id`,
      [[waiting.id, refused.id]],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'balance_correction.request',
      'balance_correction.approve',
      'balance_correction.request',
      'balance_correction.reject',
    ]);
  });

  it('in a currency without an exchange rate wait too', async () => {
    expect(body<CorrectionBody>(await enter('0.01', { currency: 'GBP' }), 201).state).toBe('pending');
  });

  it('take a balance below zero only when that is confirmed; from there it only goes up', async () => {
    const poor = await WalletScene.open(app, scene.operator);
    await poor.credit('10.00');
    const take = (amount: string, change: object = {}) =>
      enter(amount, { type: 'subtract', partnerId: poor.ownerId, ...change });
    const problem = body<ProblemBody>(await take('10.01'), 422);
    expect(problem).toMatchObject({ code: 'WOULD_OVERDRAW', errors: [{ path: 'overdraw' }] });
    body(await take('30.00', { overdraw: true }), 201);
    poor.partner = await poor.partner.signInAgain();
    await poor.partner.stepUp();
    expect(await poor.balance()).toEqual(['-20.00', '0.00', '0.00']);
    expect(body<ProblemBody>(await poor.request('10.00'), 422).code).toBe('INSUFFICIENT_FUNDS');
    expect(body<ProblemBody>(await take('0.01'), 422).code).toBe('WOULD_OVERDRAW');
    await poor.credit('15.00');
    expect((await poor.balance())[0]).toBe('-5.00');
    expect(body<ProblemBody>(await poor.request('10.00'), 422).code).toBe('INSUFFICIENT_FUNDS');
    await poor.credit('25.00');
    expect((await poor.balance())[0]).toBe('20.00');
    expect(body<ProblemBody>(await poor.request('20.01'), 422).code).toBe('INSUFFICIENT_FUNDS');
    body(await poor.request('20.00'), 201);
  });

  it.each(['1e3', '-0', '-5', '0', 'NaN', '٢٠', '1.001', '1'.padEnd(31, '0'), '1.1234567890123456789'])(
    'amount %j is refused, and the field is named',
    async (amount) => {
      const problem = body<ProblemBody>(await enter(amount), 422);
      expect(problem.errors.map(({ path }) => path)).toEqual(['amount']);
    },
  );

  it('need a partner that there is, a comment, a currency, a key, a second factor and the permission', async () => {
    body(await enter('1.00', { partnerId: randomUUID() }), 404);
    body(await enter('1.00', { comment: ' ' }), 400);
    body(await enter('1.00', { type: 'set' }), 400);
    expect(body<ProblemBody>(await enter('1.00', { currency: 'XYZ' }), 422).errors[0]!.path).toBe('currency');
    body(await scene.operator.postWithKey(PATH, correction('1.00'), ''), 400);
    body(await scene.partner.post(PATH, correction('1.00')), 403);
    await joinTeam(app, scene.operator, 'third@operators.example', 'finance', 'operator/users');
    const careless = await signIn(app, 'third@operators.example');
    expect(body<ProblemBody>(await enter('1.00', {}, careless), 403).code).toBe('TWO_FACTOR_REQUIRED');
  });

  it('of the same key are one; of 50 approvals and rejections at once one wins', async () => {
    const before = Number(await available());
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => scene.operator.postWithKey(PATH, correction('5.00'), key)),
    );
    expect(answers.map(({ status }) => status).every((status) => [201, 409].includes(status))).toBe(true);
    expect(Number(await available())).toBe(before + 5);

    const { id } = body<CorrectionBody>(await enter('200.00'), 201);
    const decisions = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        second.post(
          `${PATH}/${id}/${index % 2 === 0 ? 'approve' : 'reject'}`,
          index % 2 === 0 ? {} : { comment: 'No' },
        ),
      ),
    );
    const won = decisions.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(decisions.every(({ status }) => [200, 409, 503].includes(status))).toBe(true);
    const { state } = won[0]!.body as CorrectionBody;
    expect(Number(await available())).toBe(before + (state === 'posted' ? 205 : 5));
  });
});
