import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { Reports } from '../../../src/reports/reports.service.js';
import { RollupsCheck } from '../../../src/reports/rollups/rollups-check.service.js';
import { Rollups } from '../../../src/reports/rollups/rollups.service.js';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { makeTrackingScene } from '../../support/tracking-scene.js';
import { billed } from './billed.js';
import { type Reader, ReportScene } from './report-scene.js';

/** Its clocks are put back at 01:00 on 1 November 2026: 04:00 and 05:00 UTC are both midnight. */
const ZONE = 'America/Havana';

let app: TestApp;
let scene: ReportScene;
let reader: Reader;

const visitsOf = async (from: string, to: string, more = ''): Promise<string> => {
  const report = body<{ totals: { data: { name: string; value: string }[][] } }>(
    await reader.as.get(
      `partner/reports/performance?from=${from}&to=${to}&columns[]=visits_count&per_page=1000${more}`,
    ),
    200,
  );
  return String(report.totals.data[0]!.find(({ name }) => name === 'visits_count')!.value);
};

beforeAll(async () => {
  app = await createTestApp({
    background: false,
    clock: new TestClock('2026-10-31T20:00:00Z'),
    env: { PROGRAM_TIME_ZONE: ZONE },
  });
  scene = await ReportScene.open(app);
  const { partnerId } = await scene.reader('The day before');
  app.clock.set('2026-11-01T04:30:00Z');
  await scene.visits(partnerId, 'The first hour', 10);
  app.clock.set('2026-11-01T05:30:00Z');
  await scene.visits(partnerId, 'The second hour', 100);
  app.clock.set('2026-11-10T12:00:00Z');
  reader = await scene.member(partnerId, 'partner:owner');
  await app.db.query(`UPDATE visit_passes SET seen_up_to = 'ffffffff-ffff-ffff-ffff-ffffffffffff'`);
});
afterAll(() => app.close());

describe('A15 a day whose midnight comes twice', () => {
  const isWhole = async (): Promise<void> => {
    expect(await visitsOf('2026-11-01', '2026-11-01')).toBe('110');
    expect(await visitsOf('2026-10-31', '2026-10-31')).toBe('1');
    expect(await visitsOf('2026-11-01', '2026-11-30')).toBe('110');
    expect(await visitsOf('2026-11-01', '2026-11-01', '&group_by[]=day')).toBe('110');
    expect(await visitsOf('2026-11-01T05:00:00Z', '2026-11-02')).toBe('100');
  };

  it('is whole in reports from raw facts', isWhole);

  it('is whole while only the days before it are summed, and when it is summed', async () => {
    const rollups = app.app.get(Rollups);
    const summedBefore = async (): Promise<string | null> => {
      const [state] = await app.db.query<[{ day: string | null }]>(
        'SELECT visits_before::text AS day FROM report_rollups',
      );
      return state.day;
    };
    while ((await summedBefore()) !== '2026-11-01') await rollups.goOn();
    await isWhole();
    expect(await app.app.get(RollupsCheck).compare()).toEqual([]);
    while (await rollups.goOn());
    expect(await summedBefore()).toBe('2026-11-10');
    await isWhole();
    expect(await app.app.get(RollupsCheck).compare()).toEqual([]);
  });

  it('begins the month of dashboards', async () => {
    const { series, stats } = body<{
      series: { name: string; points: { date: string; value: string }[] }[];
      stats: { name: string; value: string }[];
    }>(await reader.as.get('partner/dashboard?from=2026-11-01&to=2026-11-10'), 200);
    expect(stats.find(({ name }) => name === 'visits_count')!.value).toBe('110');
    expect(series.find(({ name }) => name === 'visits_count')!.points[0]).toMatchObject({
      date: '2026-11-01',
      value: '110',
    });
  });
});

describe('A15 a bill', () => {
  const INCOME: Record<string, string> = { whole: '50.00', none: '0.00' };

  const counts = async (): Promise<void> => {
    const bill = async (query: Record<string, string>): Promise<string> => {
      const reports = app.app.get(Reports);
      const asked = reports.request({ ...query, columns: 'partner_income' }, 'operator');
      const { totals } = await reports.page({ partnerId: null }, asked);
      const { value } = totals.data[0]!.find(({ name }) => name === 'partner_income')!;
      return (value as { amount: string }).amount;
    };
    for (const [time_zone, from, to, part] of [
      ['UTC', '2026-10-30T12:00:00Z', '2026-10-31T00:00:00Z', 'none'],
      ['UTC', '2026-10-31T00:00:00Z', '2026-10-31T12:00:00Z', 'whole'],
      ['UTC', '2026-10-31T12:00:00Z', '2026-11-01T00:00:00Z', 'none'],
      [ZONE, '2026-10-30', '2026-10-31T04:00:00Z', 'none'],
      [ZONE, '2026-10-31T04:00:00Z', '2026-10-31T04:00:01Z', 'whole'],
      [ZONE, '2026-10-31T04:00:01Z', '2026-10-31', 'none'],
      [ZONE, '2026-10-31', '2026-10-31', 'whole'],
      [ZONE, '2026-11-01', '2026-11-30', 'none'],
    ] as const) {
      expect(await bill({ time_zone, from, to }), `${time_zone} ${from} ${to}`).toBe(INCOME[part]);
    }
  };

  it('is of the part of its last day in which that begins, whether it is summed or not', async () => {
    const { planId, brandId, partnerId } = await makeTrackingScene(databaseUrlOf(app.db));
    await app.db.query(
      `INSERT INTO commission_plan_versions (id, plan_id, version, strategies, admin_fee_bps, negative_carry_over, created_at)
       VALUES (gen_random_uuid(), $1, 1, '[{"type": "cpa", "amountMinor": "5000", "criteria": {}}]', 0, true, now())`,
      [planId],
    );
    await billed(app, { planId, brandId }, [{ partnerId, month: '2026-10', minor: 5_000n }]);
    await counts();
    while (await app.app.get(Rollups).goOn());
    await counts();
  });
});
