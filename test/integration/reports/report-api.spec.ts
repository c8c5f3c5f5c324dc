import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLUMNS } from '../../../src/reports/domain/catalogue/columns.js';
import { GROUPERS } from '../../../src/reports/domain/catalogue/groupers.js';
import type { RawQuery } from '../../../src/reports/domain/report-parameters.js';
import { Reports } from '../../../src/reports/reports.service.js';
import {
  FAMILIES,
  type Family,
  type Grain,
  countersOf,
  keysOf,
  tableOf,
} from '../../../src/reports/domain/catalogue/rollups.js';
import { RollupsCheck } from '../../../src/reports/rollups/rollups-check.service.js';
import { Rollups } from '../../../src/reports/rollups/rollups.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { BillingScene, CPA_50, SHARE_25 } from '../billing/scene.js';

const RANGE = { from: '2026-10-01', to: '2026-10-31' };

let app: TestApp;
let scene: BillingScene;
let reports: Reports;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  app.clock.set('2026-10-05T08:00:00Z');
  scene = await BillingScene.open(app);
  reports = app.app.get(Reports);
  const account = await scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily', adminFeeBps: 1000 });
  await account.register('a', '2026-10-05T09:00:00Z');
  await account.register('b', '2026-10-05T10:00:00Z', { duplicate: true, country: 'AT' });
  await account.play('a', '2026-10-06T10:00:00Z', {
    sums: { bets_sum: 100_000, wins_sum: 40_000, bonus_issues_sum: 6_000 },
    deposits: [
      ['1', 5_000, '2026-10-06T10:10:00Z'],
      ['2', 2_500, '2026-10-06T10:20:00Z'],
    ],
  });
  app.clock.set('2026-10-08T08:00:00Z');
  await account.bill('2026-10-06');
});
afterAll(() => app.close());

/** The first row of totals by column. */
async function totals(query: RawQuery): Promise<Record<string, unknown>> {
  const request = reports.request({ ...RANGE, ...query }, 'partner');
  const { totals: table } = await reports.page({ partnerId: scene.partnerId }, request);
  expect(table.data).toHaveLength(1);
  return Object.fromEntries(table.data[0]!.map(({ name, value }) => [name, value]));
}

const eur = (cents: number): object => ({
  currency: 'EUR',
  amount: (cents / 100).toFixed(2),
  amount_cents: String(cents),
});

describe('A15 A18 every column and every grouper', () => {
  it('columns are what their words say', async () => {
    const shown = await totals({ columns: Object.keys(COLUMNS) });
    expect(shown).toMatchObject({
      visits_count: 1,
      registrations_count: 2,
      depositing_players_count: 1,
      qualified_players_count: 1,
      duplicated_players_count: 1,
      self_excluded_players_count: 0,
      first_deposits_count: 1,
      first_deposits_sum: eur(5_000),
      first_deposits_conversion_rate: 50,
      average_first_deposit_amount: eur(5_000),
      deposits_count: 2,
      deposits_sum: eur(7_500),
      average_deposits_count: 2,
      average_deposit_amount: eur(3_750),
      ggr: eur(60_000),
      real_ggr: eur(54_000),
      admin_fee: eur(6_000),
      ngr: eur(48_000),
      real_ngr: eur(54_000),
      clean_net_revenue: eur(48_000),
      casino_bonus_ratio: 10,
      wager: eur(100_000),
      // 25 % of GGR and one qualified player.
      partner_income: eur(20_000),
      fixed_per_player: eur(5_000),
      ngr_percent: eur(15_000),
      deposits_sum_percent: eur(0),
      fixed: eur(0),
      payable_ngr: eur(0),
      currency: 'EUR',
    });
    expect(Object.keys(shown)).toEqual([...Object.keys(COLUMNS), 'currency']);
  });

  it.each([...Object.keys(GROUPERS), 'dynamic_tag_clickid'])(
    'rows by %s add up to the totals',
    async (grouper) => {
      const columns = ['visits_count', 'registrations_count', 'deposits_sum', 'ngr', 'partner_income'];
      const request = reports.request({ ...RANGE, columns, group_by: grouper }, 'partner');
      const { rows, totals: table } = await reports.page({ partnerId: scene.partnerId }, request);
      const amounts = (cells: { value: unknown }[]): number[] =>
      cells.slice(-columns.length - 1, -1).map(({ value }) =>
        typeof value === 'number' ? value : Number((value as { amount_cents: string }).amount_cents),
      ); // prettier-ignore
      const sums = rows.data.map(amounts).reduce((a, b) => a.map((value, index) => value + b[index]!));
      expect(sums).toEqual(amounts(table.data[0]!));
      expect(rows.data[0]).toHaveLength(columns.length + 2);
    },
  );
});

describe('B10 the report API as existing clients know it', () => {
  const ask = async (
    path: string,
    header: string,
  ): Promise<{ status: number; type: string; answer: unknown }> => {
    const response = await fetch(`${app.url}/api/customer/v1/partner/${path}`, {
      headers: { authorization: header },
      redirect: 'manual',
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, answer: await response.json() };
  };
  const shown = expect.any(String) as string;

  it('answers exactly these fields, to the token raw and as Bearer', async () => {
    const partner = await scene.partner.signInAgain();
    const { token } = (await partner.get('me/statistic-token')).body as { token: string };
    const query =
      'report?from=2026-10-06&to=2026-10-06&columns=["visits_count","ngr"]&group_by[]=day&group_by[]=campaign' +
      '&group_by[]=promo&group_by[]=brand&conversion_currency=EUR&exchange_rates_date=2026-10-06&async=false';
    const money = { currency: 'EUR', amount: '480.00', amount_cents: '48000' };
    const figures = [
      { name: 'visits_count', value: 0, type: 'integer' },
      { name: 'ngr', value: money, type: 'money' },
      { name: 'currency', value: 'EUR', type: 'string' },
    ];
    const id = (name: string): object => ({ name, value: shown, type: 'string' });
    const expected = {
      report_type: 'partner_report',
      rows: {
        data: [
          [
            { name: 'date', value: '2026-10-06', type: 'date' },
            ...['campaign_id', 'promo_id', 'brand_id'].map(id),
            ...figures,
          ],
        ],
      },
      totals: { data: [figures] },
      relations: {
        campaigns: [{ id: shown, name: 'Campaign', strategy: 'hybrid' }],
        promos: [{ id: shown, name: 'Promo', code: shown }],
        brands: [{ id: shown, name: 'Lucky Fox' }],
        partners: [],
        dedicated_operators: [],
      },
      current_page: 1,
      total_pages: 1,
      current_per_page: 50,
      total_count: 1,
    };
    for (const header of [token, `Bearer ${token}`]) {
      expect(await ask(query, header)).toMatchObject({ status: 200, answer: expected });
      expect((await ask(query, header)).answer).toEqual(expected);
    }
    expect((await ask('campaigns?page=1&per_page=50&state=all', token)).answer).toEqual({
      items: [{ id: shown, name: 'Campaign' }],
      total_pages: 1,
    });
    expect(
      (await ask('report?from=2026-10-06&to=2026-10-06&group_by[]=partner', token)).answer,
    ).toMatchObject({
      status: 400,
      errors: [{ path: 'group_by' }],
    });
    const behind = await ask(`${query}&page=7`, token);
    expect(behind.answer).toMatchObject({ rows: { data: [] }, current_page: 7, total_count: 1 });
    const refused = await ask(query, 'wrong');
    expect(refused).toMatchObject({ status: 401, type: expect.stringContaining('json') });
  });
});

describe('A15 sums that reports answer from', () => {
  const columns = ['registrations_count', 'deposits_sum', 'ngr', 'partner_income'];
  const goOn = async (): Promise<void> => {
    while (await app.app.get(Rollups).goOn());
  };

  it('have a column for every counter of the catalogue', async () => {
    for (const family of Object.values<Family>(FAMILIES)) {
      for (const grain of ['day', 'month', 'brand'] as Grain[]) {
        const rows = await app.db.query<{ name: string }[]>(
          'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1',
          [tableOf(family, grain)],
        );
        expect(rows.map(({ name }) => name).sort()).toEqual([...keysOf(grain), ...countersOf(family)].sort());
      }
    }
  });

  it('say the same as raw facts, and what came since is in the report at once', async () => {
    const raw = await totals({ columns });
    await goOn();
    expect(await totals({ columns })).toEqual(raw);
    const [{ count }] = await app.db.query<[{ count: number }]>(
      'SELECT count(*)::int FROM report_facts_by_day',
    );
    expect(count).toBeGreaterThan(0);
    const late = await scene.account({ strategies: [SHARE_25] });
    await late.register('late', '2026-10-07T09:00:00Z');
    await late.play('late', '2026-10-06T10:00:00Z', { sums: { bets_sum: 100 } });
    expect(await totals({ columns })).toMatchObject({ registrations_count: 3, ngr: eur(48_100) });
    await late.play('late', '2026-10-06T10:00:00Z', { sums: { bets_sum: 40 } });
    expect(await totals({ columns })).toMatchObject({ registrations_count: 3, ngr: eur(48_040) });
    // Two processes at once: each does what the other has not taken.
    await Promise.all([goOn(), goOn()]);
    await goOn();
    expect(await app.db.query('SELECT FROM report_marks')).toEqual([]);
    expect(await totals({ columns })).toMatchObject({ registrations_count: 3, ngr: eur(48_040) });
    expect(await app.app.get(RollupsCheck).compare()).toEqual([]);
  });

  it('are compared with the facts, and made anew', async () => {
    const right = await totals({ columns });
    const tables = async (): Promise<Set<string>> =>
      new Set((await app.app.get(RollupsCheck).compare()).map(({ table }) => table));
    await app.db.query('UPDATE report_facts_by_month SET bets_sum = bets_sum + 1');
    expect(await totals({ columns })).not.toEqual(right);
    expect(await tables()).toEqual(new Set(['report_facts_by_month']));
    await app.db.query('UPDATE report_facts_by_day SET registrations = registrations + 1');
    expect(await tables()).toContain('report_facts_by_day');
    await app.app.get(Rollups).forget();
    expect(await totals({ columns })).toEqual(right);
    await goOn();
    expect(await totals({ columns })).toEqual(right);
    expect(await app.app.get(RollupsCheck).compare()).toEqual([]);
  });
});
