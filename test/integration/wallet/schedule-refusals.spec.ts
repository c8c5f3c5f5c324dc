import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { CashoutSchedules } from '../../../src/wallet/schedules/cashout-schedules.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { joinTeam } from '../identity/scene.js';
import { type ScheduleBody, ScheduleScene } from './schedule-scene.js';

const PATH = 'partner/cashout-schedules';

let app: TestApp;
let scene: ScheduleScene;
let operator: Person | undefined;
let day = 0;

beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  day += 1;
  app.clock.set(new Date(start() + 12 * 3_600_000));
  scene = await ScheduleScene.open(app, await operator?.signInAgain());
  await scene.wallet.refresh();
  ({ operator } = scene.wallet);
  await scene.wallet.credit('500.00');
});
afterEach(async () => {
  expect(await scene.wallet.mismatches()).toEqual([]);
  await scene.end();
});
afterAll(() => app.close());

const start = (): number => Date.parse('2026-11-30T00:00:00Z') + day * 28 * 86_400_000;
const dayAfter = (days: number): string => new Date(start() + days * 86_400_000).toISOString().slice(0, 10);
/** Works off what is due so many days after, at nine. */
const runOn = (days: number, time = '09:00:00'): Promise<void> => scene.runAt(`${dayAfter(days)}T${time}Z`);
const codeOf = (response: { body: unknown }) => (response.body as { code?: string }).code;
const standing = async (id: string): Promise<string> => {
  const { state, suspendedBecause } = await scene.get(id);
  return [state, suspendedBecause?.code].filter(Boolean).join(' ');
};
const eventsOf = async (id: string): Promise<string[]> => {
  await outboxDelivered(app);
  const rows = await app.db.query<{ type: string }[]>(
    'SELECT type FROM event_log WHERE subject_id = $1 ORDER BY id',
    [id],
  );
  return rows.map(({ type }) => type.replace('cashout_schedule_', ''));
};
const mails = async (): Promise<string[]> => {
  await outboxDelivered(app);
  return (await app.mailbox(scene.partner.email))
    .map(({ subject }) => subject)
    .filter((subject) => subject.startsWith('Automatic'));
};

describe('A28 schedules are suspended', () => {
  it('by turning two-factor authentication off, at once, until somebody resumes them', async () => {
    const { id } = await scene.add();
    await scene.partner.disableTwoFactor();
    expect(await standing(id)).toBe('suspended TWO_FACTOR_DISABLED');
    await runOn(1);
    await runOn(2);
    expect(await scene.outcomes(id)).toEqual([`${dayAfter(1)} refused TWO_FACTOR_DISABLED`]);
    expect(await scene.cashouts()).toEqual([]);
    expect(await eventsOf(id)).toEqual(['added', 'suspended']);
    expect(await mails()).toEqual(['Automatic cash-out suspended']);

    scene.wallet.partner = await scene.partner.signInAgain();
    expect(codeOf(await scene.post(id, 'resume'))).toBe('TWO_FACTOR_REQUIRED');
    await scene.partner.enableTwoFactor();
    expect(await standing(id)).toBe('suspended TWO_FACTOR_DISABLED');
    body(await scene.post(id, 'resume'), 200);
    await runOn(3);
    expect(await scene.cashouts()).toEqual(['100.00']);
    expect(await mails()).toEqual(['Automatic cash-out suspended', 'Automatic cash-out requested']);
  });

  it('also when it is on again before their time', async () => {
    const { id } = await scene.add();
    await scene.partner.disableTwoFactor();
    await scene.partner.enableTwoFactor();
    expect(await standing(id)).toBe('suspended TWO_FACTOR_DISABLED');
    expect(codeOf(await scene.post(id, 'pause'))).toBe('SCHEDULE_STATE_CONFLICT');
    body(await scene.partner.patch(`${PATH}/${id}`, { time: '10:00' }), 200);
    expect(await standing(id)).toBe('suspended TWO_FACTOR_DISABLED');
    await runOn(1, '10:00:00');
    expect(await scene.outcomes(id)).toEqual([]);
  });

  it('with the person in whose name they run; somebody else resumes them', async () => {
    const email = `finance-${day}@partners.example`;
    const userId = await joinTeam(app, scene.partner, email, 'finance');
    const owner = scene.partner;
    scene.wallet.partner = await signIn(app, email);
    await scene.partner.enableTwoFactor();
    const { id, runsInNameOf } = await scene.add();
    expect(runsInNameOf).toBe(userId);
    scene.wallet.partner = owner;
    body(await owner.post(`partner/users/${userId}/block`), 200);
    expect(await standing(id)).toBe('suspended PERSON_NOT_ALLOWED');
    body(await scene.post(id, 'resume'), 200);
    expect((await scene.get(id)).runsInNameOf).toBe(scene.wallet.userId);
    await runOn(1);
    expect(await scene.outcomes(id)).toEqual([`${dayAfter(1)} requested`]);
  });

  it('by deleting their payment method, until they have another one', async () => {
    const { id } = await scene.add();
    const old = scene.wallet.paymentMethodId;
    expect((await scene.partner.delete(`partner/payment-methods/${old}`)).status).toBe(204);
    expect(await standing(id)).toBe('suspended PAYMENT_METHOD_DELETED');
    expect(codeOf(await scene.post(id, 'resume'))).toBe('PAYMENT_METHOD_DELETED');
    expect(codeOf(await scene.partner.patch(`${PATH}/${id}`, { time: '10:00' }))).toBe(
      'PAYMENT_METHOD_DELETED',
    );
    const added = await scene.partner.post('partner/payment-methods', {
      type: 'paypal',
      fields: { email: 'new@example.com' },
    });
    const paymentMethodId = body<{ id: string }>(added, 201).id;
    body(await scene.partner.patch(`${PATH}/${id}`, { paymentMethodId }), 200);
    expect(await standing(id)).toBe('suspended PAYMENT_METHOD_DELETED');
    body(await scene.post(id, 'resume'), 200);
    await runOn(1);
    expect(await scene.outcomes(id)).toEqual([`${dayAfter(1)} requested`]);
  });

  it('never run in the name of somebody without two-factor authentication, whoever adds them', async () => {
    await scene.partner.disableTwoFactor();
    const { ownerId, userId } = scene.wallet;
    const owner = { ownerId, actor: { userId, impersonatorId: null } };
    const added = app.app
      .get(UnitOfWork)
      .run((tx) => app.app.get(CashoutSchedules).add(tx, owner, scene.input() as never));
    await expect(added).rejects.toMatchObject({ code: 'TWO_FACTOR_REQUIRED' });
  });
});

describe('A28 automatic cash-outs are refused, with the reason, and the schedule goes on', () => {
  it('while the partner is suspended', async () => {
    const { id } = await scene.add();
    const path = `operator/partners/${scene.wallet.ownerId}`;
    body(await scene.wallet.operator.post(`${path}/suspend`, { reason: 'Looked into' }), 200);
    await runOn(1);
    expect(await scene.outcomes(id)).toEqual([`${dayAfter(1)} refused PARTNER_NOT_ACTIVE`]);
    const operatorAgain = await scene.wallet.operator.signInAgain();
    body(await operatorAgain.post(`${path}/reactivate`), 200);
    await runOn(2);
    expect(await scene.cashouts()).toEqual(['100.00']);
    expect(await eventsOf(id)).toEqual(['added', 'refused']);
    expect(await mails()).toEqual(['Automatic cash-out not requested', 'Automatic cash-out requested']);
  });

  it('while the wallet is frozen', async () => {
    const { id } = await scene.add();
    await app.db.query(`INSERT INTO wallet_freezes (owner_id, frozen_at, reason) VALUES ($1, $2, 'test')`, [
      scene.wallet.ownerId,
      app.clock.now(),
    ]);
    await runOn(1);
    await scene.wallet.refresh();
    const lift = `operator/reconciliation/freezes/${scene.wallet.ownerId}/lift`;
    body(await scene.wallet.operator.post(lift, { comment: 'Looked into' }), 200);
    await runOn(2);
    expect(await scene.outcomes(id)).toEqual([
      `${dayAfter(1)} refused WALLET_FROZEN`,
      `${dayAfter(2)} requested`,
    ]);
    expect(await scene.cashouts()).toEqual(['100.00']);
  });

  it('while the payment method’s type is closed, does not take the currency, or not the amount', async () => {
    const type = 'operator/payment-method-types/paypal';
    const set = async (change: object): Promise<void> => {
      const fresh = await scene.wallet.operator.signInAgain();
      await fresh.stepUp();
      body(await fresh.patch(type, change), 200);
    };
    const { id } = await scene.add();
    await set({ enabled: false });
    await runOn(1);
    await set({ enabled: true, limits: [{ currency: 'USD', minimum: '1.00', maximum: '9.00' }] });
    await runOn(2);
    await set({ limits: [{ currency: 'EUR', minimum: '200.00', maximum: '900.00' }] });
    await runOn(3);
    await set({ limits: [{ currency: 'EUR', minimum: '10.00', maximum: '10000.00' }] });
    await runOn(4);
    expect(await scene.outcomes(id)).toEqual([
      `${dayAfter(1)} refused PAYMENT_METHOD_TYPE_DISABLED`,
      `${dayAfter(2)} refused CURRENCY_NOT_SUPPORTED`,
      `${dayAfter(3)} refused AMOUNT_OUTSIDE_LIMITS`,
      `${dayAfter(4)} requested`,
    ]);
    await scene.wallet.refresh();
    const [, outside] = await scene.runs(id);
    expect(outside!.reason!.message).toMatch(/200\.00 EUR.*900\.00 EUR/);
  });

  it('after five tries when it fails again and again; others do not wait for it', async () => {
    const other = await ScheduleScene.open(app, scene.wallet.operator);
    await other.wallet.credit('70.00');
    const { id } = await scene.add();
    const second = await other.add();
    await app.asOwner(`
      CREATE FUNCTION fail_always() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''out of order''; END';
      CREATE TRIGGER fail_always BEFORE INSERT ON cashouts FOR EACH ROW
        WHEN (NEW.owner_id = '${scene.wallet.ownerId}') EXECUTE FUNCTION fail_always()`);
    try {
      await runOn(1);
      expect(await other.outcomes(second.id)).toEqual([`${dayAfter(1)} requested`]);
      for (const time of ['09:01', '09:03', '09:07', '09:15', '09:30']) {
        expect(await scene.outcomes(id)).toEqual([]);
        await runOn(1, `${time}:00`);
      }
      await runOn(1, '09:31:00');
      expect(await scene.outcomes(id)).toEqual([`${dayAfter(1)} refused INTERNAL_ERROR`]);
    } finally {
      await app.asOwner('DROP TRIGGER fail_always ON cashouts; DROP FUNCTION fail_always()');
    }
    await runOn(2);
    expect(await scene.outcomes(id)).toContain(`${dayAfter(2)} requested`);
    await scene.wallet.refresh();
    expect(body<ScheduleBody>(await scene.partner.get(`${PATH}/${id}`), 200).state).toBe('active');
    await other.end();
  });
});
