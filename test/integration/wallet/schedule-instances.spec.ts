import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { figuresOf, makeDueSchedules } from './many-schedules.js';
import { ScheduleScene, workOffDue } from './schedule-scene.js';

const COUNT = 120;

describe('A28 two instances on one database', () => {
  let one: TestApp;
  let two: TestApp;
  let scene: ScheduleScene;

  beforeAll(async () => {
    one = await createTestApp();
    two = await createTestApp({
      databaseUrl: (one.db.options as { url: string }).url,
      clock: one.clock,
    });
    scene = await ScheduleScene.open(one);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  it('that wake together ask once for each schedule, after three days of downtime too', async () => {
    await makeDueSchedules(one, scene.wallet, { count: COUNT, dueOn: '2026-11-04' });
    one.clock.set('2026-11-06T12:00:00Z');
    await Promise.all([workOffDue(one), workOffDue(two), workOffDue(one), workOffDue(two)]);
    expect(await figuresOf(one)).toEqual({
      schedules: COUNT,
      requested: COUNT,
      missed: 2 * COUNT,
      others: 0,
      cashouts: COUNT,
      journals: COUNT,
      available: '0',
    });
    expect(await scene.wallet.mismatches()).toEqual([]);
  });

  it('and people who withdraw, pause and delete at the same moment never get more than there is', async () => {
    await scene.wallet.refresh();
    await scene.wallet.credit('100.00');
    const schedules = [];
    for (let index = 0; index < 6; index += 1) schedules.push(await scene.add({ minimum: null }));
    const [first, second, third] = schedules;
    const next = new Date(first!.nextRunAt!);
    one.clock.set(new Date(next.getTime() - 60_000));
    await scene.wallet.refresh();
    one.clock.set(next);
    const partner = scene.partner;
    const [, , answers] = await Promise.all([
      workOffDue(one),
      workOffDue(two),
      Promise.all([
        ...Array.from({ length: 5 }, () => scene.wallet.request('30.00')),
        scene.post(first!.id, 'pause'),
        partner.delete(`partner/cashout-schedules/${second!.id}`),
        partner.patch(`partner/cashout-schedules/${third!.id}`, { maximum: '40.00' }),
      ]),
    ]);
    expect(answers.every(({ status }) => [200, 201, 204, 422].includes(status))).toBe(true);
    const [available, processing] = await scene.wallet.balance();
    expect(Number(available) + Number(processing)).toBe(100);
    const amounts = await scene.cashouts();
    expect(amounts.reduce((sum, amount) => sum + Number(amount), 0)).toBe(Number(processing));
    for (const { id } of schedules) expect(await scene.outcomes(id)).toHaveLength(1);
    expect(await scene.wallet.mismatches()).toEqual([]);
  });
});
