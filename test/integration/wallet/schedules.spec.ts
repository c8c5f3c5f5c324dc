import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { eur } from './scene.js';
import { type RunBody, type ScheduleBody, ScheduleScene } from './schedule-scene.js';

const PATH = 'partner/cashout-schedules';

let app: TestApp;
let scene: ScheduleScene;
let operator: Person | undefined;
let day = 0;

beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  // Each on a Monday of its own, at noon: the clock never goes back.
  day += 1;
  app.clock.set(new Date(Date.parse('2026-11-30T12:00:00Z') + day * 28 * 86_400_000));
  scene = await ScheduleScene.open(app, await operator?.signInAgain());
  await scene.wallet.refresh();
  ({ operator } = scene.wallet);
});
afterEach(async () => {
  expect(await scene.wallet.mismatches()).toEqual([]);
  await scene.end();
});
afterAll(() => app.close());

/** The day so many days after the test's Monday. */
const dayAfter = (days: number): string =>
  new Date(Math.floor(start() / 86_400_000 + days) * 86_400_000).toISOString().slice(0, 10);
const start = (): number => Date.parse('2026-11-30T00:00:00Z') + day * 28 * 86_400_000;
const codeOf = (response: { body: unknown }) => (response.body as { code?: string }).code;

describe('A28 automatic cash-outs', () => {
  it('are requested at their time, what is available up to the maximum, and only from the minimum on', async () => {
    await scene.wallet.credit('130.00');
    const { id, nextRunAt, summary } = await scene.add();
    expect({ nextRunAt, summary }).toEqual({
      nextRunAt: `${dayAfter(1)}T09:00:00.000Z`,
      summary: 'every day at 09:00 (UTC)',
    });
    await scene.runAt(`${dayAfter(1)}T08:59:59Z`);
    expect(await scene.outcomes(id)).toEqual([]);
    await scene.at(`${dayAfter(1)}T09:00:00Z`);
    expect(await scene.wallet.balance()).toEqual(['30.00', '100.00', '0.00']);
    await scene.runAt(`${dayAfter(2)}T09:00:30Z`);
    await scene.wallet.credit('50.00');
    await scene.at(`${dayAfter(3)}T09:00:00Z`);
    expect(await scene.cashouts()).toEqual(['100.00', '80.00']);
    const [latest, second, first] = await scene.runs(id);
    expect(first).toMatchObject({
      date: dayAfter(1),
      outcome: 'requested',
      cashout: { amount: eur('100.00') },
      available: eur('130.00'),
      reason: null,
    });
    expect(second).toMatchObject({ outcome: 'below_minimum', cashout: null, available: eur('30.00') });
    expect(latest).toMatchObject({ outcome: 'requested', cashout: { amount: eur('80.00') } });
    const cashout = await scene.partner.get(`partner/cashouts/${first!.cashout!.id}`);
    expect(body(cashout, 200)).toMatchObject({ state: 'pending', amount: eur('100.00') });
  });

  it('without bounds keep to those of the payment method', async () => {
    const { id, minimum, maximum } = await scene.add({ minimum: undefined, maximum: null });
    expect([minimum, maximum]).toEqual([null, null]);
    await scene.wallet.credit('9.99');
    await scene.runAt(`${dayAfter(1)}T09:00:00Z`);
    await scene.wallet.credit('20000.00');
    await scene.at(`${dayAfter(2)}T09:00:00Z`);
    expect(await scene.outcomes(id)).toEqual([`${dayAfter(1)} below_minimum`, `${dayAfter(2)} requested`]);
    expect(await scene.cashouts()).toEqual(['10000.00']);
  });

  it('after downtime run once; those before are missed', async () => {
    await scene.wallet.credit('500.00');
    const { id } = await scene.add();
    await scene.runAt(`${dayAfter(4)}T08:00:00Z`);
    await scene.runAt(`${dayAfter(4)}T08:01:00Z`);
    expect(await scene.outcomes(id)).toEqual([
      `${dayAfter(1)} missed`,
      `${dayAfter(2)} missed`,
      `${dayAfter(3)} requested`,
    ]);
    expect(await scene.cashouts()).toEqual(['100.00']);
    await scene.wallet.refresh();
    expect((await scene.get(id)).nextRunAt).toBe(`${dayAfter(4)}T09:00:00.000Z`);
  });

  it('never ask twice for a date, although the clock is set back, the times change, or it is resumed', async () => {
    await scene.wallet.credit('500.00');
    const { id } = await scene.add();
    await scene.at(`${dayAfter(1)}T09:00:00Z`);
    await scene.runAt(`${dayAfter(1)}T08:00:00Z`);
    await scene.runAt(`${dayAfter(1)}T09:00:00Z`);
    await scene.at(`${dayAfter(1)}T09:05:00Z`);
    const changed = await scene.partner.patch(`${PATH}/${id}`, { time: '15:00' });
    expect(body<ScheduleBody>(changed, 200).nextRunAt).toBe(`${dayAfter(2)}T15:00:00.000Z`);
    body(await scene.post(id, 'pause'), 200);
    expect(body<ScheduleBody>(await scene.post(id, 'resume'), 200).nextRunAt).toBe(
      `${dayAfter(2)}T15:00:00.000Z`,
    );
    const preview = await scene.partner.get(`${PATH}/${id}/preview`);
    expect(body<{ items: RunBody[] }>(preview, 200).items[0]!.date).toBe(dayAfter(2));
    await scene.runAt(`${dayAfter(1)}T23:00:00Z`);
    expect(await scene.outcomes(id)).toEqual([`${dayAfter(1)} requested`]);
    const again = `INSERT INTO cashout_schedule_runs (id, schedule_id, owner_id, local_date, due_at, ran_at, outcome, currency)
                   SELECT gen_random_uuid(), schedule_id, owner_id, local_date, due_at, ran_at, 'missed', currency
                     FROM cashout_schedule_runs WHERE schedule_id = $1`;
    await expect(app.db.query(again, [id])).rejects.toThrow(/cashout_schedule_runs_once/);
  });

  it('are paused, resumed, changed and deleted; each is told', async () => {
    await scene.wallet.credit('500.00');
    const { id } = await scene.add();
    expect(body<ScheduleBody>(await scene.post(id, 'pause'), 200)).toMatchObject({
      state: 'paused',
      nextRunAt: null,
    });
    expect(codeOf(await scene.post(id, 'pause'))).toBe('SCHEDULE_STATE_CONFLICT');
    await scene.at(`${dayAfter(1)}T09:00:00Z`);
    expect(await scene.outcomes(id)).toEqual([]);
    body(await scene.post(id, 'resume'), 200);
    expect(codeOf(await scene.post(id, 'resume'))).toBe('SCHEDULE_STATE_CONFLICT');
    const changed = await scene.partner.patch(`${PATH}/${id}`, {
      frequency: 'weekdays',
      weekdays: ['friday', 'wednesday'],
      maximum: null,
    });
    expect(body<ScheduleBody>(changed, 200)).toMatchObject({
      weekdays: ['wednesday', 'friday'],
      minimum: eur('50.00'),
      maximum: null,
      nextRunAt: `${dayAfter(2)}T09:00:00.000Z`,
    });
    expect((await scene.partner.delete(`${PATH}/${id}`)).status).toBe(204);
    body(await scene.partner.get(`${PATH}/${id}`), 404);
    body(await scene.partner.delete(`${PATH}/${id}`), 404);
    expect(body<{ items: object[] }>(await scene.partner.get(PATH), 200).items).toEqual([]);
    await scene.at(`${dayAfter(2)}T10:00:00Z`);
    expect(await scene.cashouts()).toEqual([]);
    await outboxDelivered(app);
    const events = await app.db.query<{ type: string }[]>(
      `SELECT type FROM event_log WHERE subject_id = $1 ORDER BY id`,
      [id],
    );
    expect(events.map(({ type }) => type.replace('cashout_schedule_', ''))).toEqual([
      'added',
      'paused',
      'resumed',
      'changed',
      'deleted',
    ]);
  });

  it('show their next ten dates, saved or not', async () => {
    const times = { frequency: 'dates', dates: [31, 30], time: '09:00', timeZone: 'Europe/Berlin' };
    const unsaved = body<{ items: RunBody[] }>(await scene.partner.post(`${PATH}/preview`, times), 200);
    expect(unsaved.items).toHaveLength(10);
    const { id } = await scene.add(times);
    expect(body(await scene.partner.get(`${PATH}/${id}/preview`), 200)).toEqual(unsaved);
    const wrong = await scene.partner.post(`${PATH}/preview`, { ...times, dates: [] });
    expect(body<{ errors: object[] }>(wrong, 422).errors).toMatchObject([{ path: 'dates' }]);
  });

  it('refuse what is wrong and name it', async () => {
    const wrong: [object, string, number][] = [
      [{ minimum: '9.99' }, 'minimum', 422],
      [{ maximum: '10000.01' }, 'maximum', 422],
      [{ minimum: '60.00', maximum: '50.00' }, 'maximum', 422],
      [{ minimum: '1e3' }, 'minimum', 422],
      [{ maximum: '0' }, 'maximum', 422],
      [{ currency: 'XAU' }, 'currency', 422],
      [{ frequency: 'weekdays' }, 'weekdays', 422],
      [{ weekdays: ['monday'] }, 'weekdays', 422],
      [{ frequency: 'dates', dates: [0] }, 'dates', 400],
      [{ frequency: 'dates', dates: [32] }, 'dates', 400],
      [{ frequency: 'dates', dates: [1, 1] }, 'dates', 400],
      [{ frequency: 'weekdays', weekdays: ['Montag'] }, 'weekdays', 400],
      [{ frequency: 'hourly' }, 'frequency', 400],
      [{ time: '24:00' }, 'time', 400],
      [{ time: '9:00' }, 'time', 400],
      [{ timeZone: '+02:00' }, 'timeZone', 400],
      [{ state: 'active' }, 'state', 400],
    ];
    for (const [differently, path, status] of wrong) {
      const answer = await scene.partner.post(PATH, scene.input(differently));
      const problem = body<{ errors: { path: string }[] }>(answer, status);
      expect([differently, problem.errors.map((error) => error.path)]).toEqual([differently, [path]]);
    }
  });

  it('take over no bound into another currency', async () => {
    const { id } = await scene.add();
    const change = (changes: object) => scene.partner.patch(`${PATH}/${id}`, { currency: 'USD', ...changes });
    for (const [changes, path] of [
      [{}, 'minimum'],
      [{ minimum: null }, 'maximum'],
    ] as const) {
      const problem = body<{ errors: object[] }>(await change(changes), 422);
      expect(problem.errors).toEqual([
        { path, message: expect.stringMatching(/ EUR: give it in USD, or null$/) },
      ]);
    }
    expect(body(await change({ minimum: null, maximum: '70.00' }), 200)).toMatchObject({
      minimum: null,
      maximum: { amount: '70.00', currency: 'USD' },
    });
  });

  it('name both limits of the payment method, and are at most twenty', async () => {
    const problem = body<{ detail: string }>(
      await scene.partner.post(PATH, scene.input({ minimum: '1.00' })),
      422,
    );
    expect(problem.detail).toMatch(/minimum: .*10\.00 EUR.*10000\.00 EUR/);
    const added = await Promise.all(
      Array.from({ length: 25 }, () => scene.partner.post(PATH, scene.input())),
    );
    expect(added.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(new Set(added.filter(({ status }) => status !== 201).map(codeOf))).toEqual(
      new Set(['TOO_MANY_SCHEDULES']),
    );
  });

  it('are nobody else’s: another partner finds none, operators read them', async () => {
    const { id } = await scene.add();
    const stranger = await ScheduleScene.open(app, scene.wallet.operator);
    for (const path of ['', '/runs', '/preview'])
      body(await stranger.partner.get(`${PATH}/${id}${path}`), 404);
    body(await stranger.partner.patch(`${PATH}/${id}`, { time: '10:00' }), 404);
    body(await stranger.post(id, 'pause'), 404);
    body(await stranger.partner.delete(`${PATH}/${id}`), 404);
    body(await stranger.partner.post(PATH, scene.input()), 404);
    const { operator, ownerId } = scene.wallet;
    const listed = await operator.get(`operator/cashout-schedules?partnerId=${ownerId}`);
    expect(body(listed, 200)).toMatchObject({ items: [{ id, partnerId: ownerId }], nextCursor: null });
    body(await operator.get(`operator/cashout-schedules/${id}/runs`), 200);
  });
});
