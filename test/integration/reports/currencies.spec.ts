import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, TestClock } from '../../support/app.js';
import { body, type Calls } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50 } from '../billing/scene.js';
import { codeOf } from '../identity/scene.js';

interface Report {
  rows: { data: { name: string; value: unknown }[][] };
  totals: { data: { name: string; value: unknown }[][] };
  conversion: object | null;
}
interface Dashboard {
  stats: { name: string; value: string | null }[];
  conversion: object;
}

const PLAYED = 'from=2026-02-01&to=2026-02-28';
/** The only visit is of it, and nothing else. */
const VISITED = 'from=2026-01-01&to=2026-01-31';
const COLUMNS = 'columns[]=visits_count&columns[]=ngr';

describe('A18 reports in a currency', () => {
  let app: TestApp;
  let scene: BillingScene;
  let account: Account;

  beforeAll(async () => {
    app = await createTestApp({ background: false, clock: new TestClock('2026-01-20T12:00:00Z') });
    scene = await BillingScene.open(app);
    account = await scene.account({ strategies: [CPA_50] });
    app.clock.set('2026-02-10T12:00:00Z');
    await account.register('p', '2026-02-05T10:00:00Z');
    await account.play('p', '2026-02-05T11:00:00Z', { sums: { bets_sum: 10_000, wins_sum: 4_000 } });
    await app.db.query(
      `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at)
       VALUES (gen_random_uuid(), '2026-02-06', 'USD', 'ecb', 1.25, now())`,
    );
    // Of a currency that nobody knows a rate of, and without any facts.
    const operator = await scene.operator.signInAgain();
    body(await operator.post('operator/brands', { name: 'Dune', currency: 'AED' }), 201);
  });
  afterAll(() => app.close());

  const partner = (): Promise<Calls> => scene.partner.signInAgain();
  const path = (query: string): string => `partner/reports/performance?${COLUMNS}&${query}`;
  const ngrOf = ({ totals }: Report): unknown => totals.data[0]!.find(({ name }) => name === 'ngr')!.value;

  it('say by which rates amounts were converted, and of which day these are', async () => {
    const calls = await partner();
    const shown = body<Report>(await calls.get(path(`${PLAYED}&conversion_currency=USD`)), 200);
    expect(ngrOf(shown)).toEqual({ currency: 'USD', amount: '75.00', amount_cents: '7500' });
    const conversion = {
      currency: 'USD',
      rates: [{ currency: 'EUR', rate: '1.25', day: '2026-02-06' }],
      missing: [],
    };
    expect(shown.conversion).toEqual(conversion);
    const whole = path(`${PLAYED}&conversion_currency=USD`);
    const json = (await calls.download(`${whole}&format=json`)).body as Buffer;
    expect((JSON.parse(json.toString()) as Report).conversion).toEqual(conversion);
    const xml = ((await calls.download(`${whole}&format=xml`)).body as Buffer).toString();
    expect(xml).toContain(
      '<conversion currency="USD">\n<rate currency="EUR" rate="1.25" day="2026-02-06"/>\n</conversion>',
    );
    expect(body<Report>(await calls.get(path(PLAYED)), 200).conversion).toBeNull();
  });

  it('need no rate for what has no amount', async () => {
    const shown = body<Report>(await (await partner()).get(path(`${VISITED}&conversion_currency=GBP`)), 200);
    expect(ngrOf(shown)).toEqual({ currency: 'GBP', amount: '0.00', amount_cents: '0' });
  });

  it('are refused where an amount has no rate to the one asked for, with the way out', async () => {
    const calls = await partner();
    const query = path(`${PLAYED}&conversion_currency=GBP`);
    const refused = await calls.get(query);
    expect(codeOf(refused)).toBe('400 INVALID_PARAMETER');
    expect((refused.body as { errors: object[] }).errors).toEqual([
      {
        path: 'conversion_currency',
        message:
          'no exchange rate from EUR to GBP is known on 2026-02-10; convert_all_currencies=0 gives a row per currency',
      },
    ]);
    body(await calls.get(`${query}&convert_all_currencies=0`), 200);
  });

  it('keep amounts as they are where the reader’s default currency has no rate: it is one of display only', async () => {
    const calls = await partner();
    body(await calls.patch('me', { reportCurrency: 'GBP' }), 200);
    const shown = body<Report>(await calls.get(path(PLAYED)), 200);
    expect(ngrOf(shown)).toEqual({ currency: 'EUR', amount: '60.00', amount_cents: '6000' });
    const csv = await calls.download(path(`${PLAYED}&format=csv`));
    expect((csv.body as Buffer).toString()).toContain('60.00,EUR');
    body(await calls.get(path(`${PLAYED}&exchange_rates_date=2026-02-06`)), 200);
    body(await calls.patch('me', { reportCurrency: 'USD' }), 200);
    expect(ngrOf(body<Report>(await calls.get(path(PLAYED)), 200))).toMatchObject({ currency: 'USD' });
    body(await calls.patch('me', { reportCurrency: null }), 200);
  });

  it('A01 dashboards are not without amounts for the sake of a brand that nothing happened for', async () => {
    for (const [who, where] of [
      [await partner(), 'partner/dashboard'],
      [await scene.operator.signInAgain(), 'operator/dashboard'],
    ] as const) {
      const shown = body<Dashboard>(await who.get(`${where}?${PLAYED}`), 200);
      expect(
        shown.stats.find(({ name }) => name === 'ngr'),
        where,
      ).toMatchObject({ value: '60.00' });
      expect(shown.conversion, where).toEqual({ currency: 'EUR', rates: [], missing: [] });
    }
  });

  it('A17 made in the background have the format asked for, and only one that they can have', async () => {
    const calls = await partner();
    const asked = await calls.get(path(`${PLAYED}&async=true&format=csv`));
    expect(body(asked, 202)).toMatchObject({ format: 'csv' });
    for (const format of ['xml', 'docx']) {
      const refused = await calls.get(path(`${PLAYED}&async=true&format=${format}`));
      expect([codeOf(refused), (refused.body as { errors: { path: string }[] }).errors[0]!.path]).toEqual([
        '400 INVALID_PARAMETER',
        'format',
      ]);
    }
  });
});
