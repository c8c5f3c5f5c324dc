import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExchangeRates } from '../../../src/billing/exchange-rates/exchange-rates.service.js';
import { Money } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';

interface Rate {
  id: string;
  day: string;
  currency: string;
  rate: string;
  source: string;
  inForce: boolean;
  enteredBy: string | null;
}

const CSV = 'date,currency,rate\n';

describe('A13 exchange rates by day', () => {
  let app: TestApp;
  let operator: Person;

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  });
  afterAll(() => app.close());
  beforeEach(() => app.db.query('DELETE FROM exchange_rates'));

  const enter = async (day: string, currency: string, rate: string): Promise<Rate> =>
    body<Rate>(await operator.post('operator/exchange-rates', { day, currency, rate }), 201);
  const upload = (text: string | Buffer) =>
    operator.upload('operator/exchange-rates/import', { content: Buffer.from(text), fileName: 'rates.csv' });
  const list = async (query = ''): Promise<Rate[]> =>
    body<{ items: Rate[] }>(await operator.get(`operator/exchange-rates${query}`), 200).items;
  const convert = (query: string) => operator.get(`operator/exchange-rates/conversion?${query}`);
  const lastAudit = async () => {
    const [entry] = await app.db.query<[object]>(
      'SELECT action, before, after FROM audit_log ORDER BY id DESC LIMIT 1',
    );
    return entry;
  };
  const ecb = (day: string, currency: string, rate: string) =>
    app.db.query(
      `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at)
       VALUES (gen_random_uuid(), $1, $2, 'ecb', $3, now())`,
      [day, currency, rate],
    );

  it('keeps a manual rate as it was entered', async () => {
    const rate = await enter('2026-10-30', 'BTC', '0.000010526315789473');
    expect(rate).toMatchObject({ day: '2026-10-30', currency: 'BTC', rate: '0.000010526315789473' });
    expect(rate).toMatchObject({ source: 'manual', inForce: true });
    expect(rate.enteredBy).not.toBeNull();
    expect(await list()).toEqual([rate]);
  });

  it('corrects a manual rate; the audit log keeps what it was', async () => {
    const first = await enter('2026-10-30', 'USD', '10.812');
    const second = await enter('2026-10-30', 'USD', '1.0812');
    expect(second.id).toBe(first.id);
    expect(await lastAudit()).toEqual({
      action: 'exchange_rate.change',
      before: { day: '2026-10-30', currency: 'USD', rate: '10.812' },
      after: { day: '2026-10-30', currency: 'USD', rate: '1.0812' },
    });
  });

  it('fifty different rates for one day at once leave one, and fifty entries in a row in the audit log', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => enter('2026-10-29', 'USD', `1.${index + 1000}`)),
    );
    const [rate, ...others] = await list();
    expect(others).toEqual([]);
    const entries = await app.db.query<{ before: Rate | null; after: Rate }[]>(
      `SELECT before, after FROM audit_log WHERE subject_id = $1 ORDER BY id`,
      [rate!.id],
    );
    expect(entries).toHaveLength(50);
    const told = new Set(entries.map(({ before }) => before?.rate ?? 'none'));
    expect(told.size).toBe(50);
    expect(told.has(rate!.rate)).toBe(false);
  });

  it.each([
    [{ day: '2026-11-03' }, 'day', 'must not lie in the future (UTC)'],
    [{ day: '2026-02-30' }, 'day', 'must be a day such as 2026-10-31'],
    [{ currency: 'EUR' }, 'currency', 'must not be EUR: rates are units of a currency for one euro'],
    [
      { currency: 'XX' },
      'currency',
      'must be an ISO 4217 code such as USD, or the code of a coin such as BTC',
    ],
    [{ rate: '0.0' }, 'rate', 'must be above zero'],
  ])('refuses %j', async (change, path, message) => {
    const refused = await operator.post('operator/exchange-rates', {
      day: '2026-10-30',
      currency: 'USD',
      rate: '1.1',
      ...change,
    });
    expect(body<object>(refused, 422)).toMatchObject({
      code: 'INVALID_EXCHANGE_RATES',
      errors: [{ path, message }],
    });
    expect(await list()).toEqual([]);
  });

  it('imports a file; the same again changes nothing; another one corrects', async () => {
    const file = `${CSV}2026-10-29,USD,1.07\n2026-10-30,USD,1.08\n`;
    expect(body(await upload(file), 201)).toEqual({ added: 2, changed: 0, unchanged: 0 });
    expect(body(await upload(file), 201)).toEqual({ added: 0, changed: 0, unchanged: 2 });
    expect(
      body(await upload(`${CSV}2026-10-30,USD,1.0800\n2026-10-29,USD,1.075\n2026-10-28,USD,1\n`), 201),
    ).toEqual({
      added: 1,
      changed: 1,
      unchanged: 1,
    });
    expect(await lastAudit()).toMatchObject({
      action: 'exchange_rate.import',
      before: { changed: [{ day: '2026-10-29', currency: 'USD', rate: '1.07' }] },
      after: { added: 1, changed: [{ day: '2026-10-29', currency: 'USD', rate: '1.075' }], unchanged: 1 },
    });
    expect((await list()).map(({ day, rate }) => `${day} ${rate}`)).toEqual([
      '2026-10-30 1.08',
      '2026-10-29 1.075',
      '2026-10-28 1',
    ]);
  });

  it('takes nothing of a file with a fault, and names the lines', async () => {
    const refused = await upload(`${CSV}2026-10-30,USD,1.08\n2026-10-30,usd,1.08\n2026-10-31,USD,-1\n`);
    const { errors } = body<{ errors: { path: string }[] }>(refused, 422);
    expect(errors.map(({ path }) => path)).toEqual(['lines.3.currency', 'lines.4.rate']);
    expect(await list()).toEqual([]);
  });

  it('refuses a file that is not UTF-8, and a body that is no file', async () => {
    expect(body<object>(await upload(Buffer.from([0x64, 0xff, 0xfe])), 422)).toMatchObject({
      errors: [{ path: 'file', message: 'must be text in UTF-8' }],
    });
    body(await operator.post('operator/exchange-rates/import', { file: 'x' }), 415);
  });

  it('lets a manual rate go before an imported one, and that before the ECB’s; each comes back', async () => {
    await ecb('2026-10-30', 'USD', '1.1');
    await ecb('2026-10-29', 'USD', '1.0');
    await upload(`${CSV}2026-10-30,USD,1.2\n`);
    const { id } = await enter('2026-10-30', 'USD', '1.3');
    const inForce = async () =>
      (await list('?from=2026-10-30')).filter((rate) => rate.inForce).map(({ rate }) => rate);
    const rate = async () =>
      body<{ rate: string }>(await convert('amount=1&currency=EUR&to=USD&day=2026-11-01'), 200).rate;
    expect([await inForce(), await rate()]).toEqual([['1.3'], '1.3']);
    body(await operator.delete(`operator/exchange-rates/${id}`), 204);
    expect([await inForce(), await rate()]).toEqual([['1.2'], '1.2']);
    expect(await lastAudit()).toMatchObject({
      action: 'exchange_rate.delete',
      before: { rate: '1.3' },
      after: null,
    });
    // The source counts within a day only: a later day goes before any earlier one.
    await enter('2026-10-29', 'USD', '1.9');
    expect(await rate()).toBe('1.2');
  });

  it('deletes manual rates only, and once', async () => {
    await upload(`${CSV}2026-10-30,USD,1.2\n`);
    const [imported] = await list();
    const refused = await operator.delete(`operator/exchange-rates/${imported!.id}`);
    expect(body<object>(refused, 409)).toMatchObject({ code: 'RATE_NOT_MANUAL' });
    const { id } = await enter('2026-10-30', 'USD', '1.3');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => operator.delete(`operator/exchange-rates/${id}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404, 404]);
  });

  it('lists by day, currency and source, in pages', async () => {
    await upload(`${CSV}2026-10-28,USD,1\n2026-10-28,GBP,0.8\n2026-10-29,USD,1.1\n2026-10-30,USD,1.2\n`);
    await enter('2026-10-29', 'USD', '1.15');
    const keys = (rates: Rate[]) =>
      rates.map(({ day, currency, source }) => `${day.slice(8)} ${currency} ${source}`);
    expect(keys(await list('?from=2026-10-28&to=2026-10-29&currency=USD'))).toEqual([
      '29 USD manual',
      '29 USD csv',
      '28 USD csv',
    ]);
    expect(keys(await list('?source=manual'))).toEqual(['29 USD manual']);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await operator.get(`operator/exchange-rates?limit=2${cursor && `&cursor=${cursor}`}`);
      const { items, nextCursor } = body<{ items: Rate[]; nextCursor: string | null }>(page, 200);
      seen.push(...keys(items));
      cursor = nextCursor;
    }
    expect(seen).toEqual(['30 USD csv', '29 USD manual', '29 USD csv', '28 USD csv', '28 GBP csv']);
  });

  it.each(['from=31.10.2026', 'to=2026-02-30', 'source=bank', 'from=0000-01-01', 'from=2026-10-02&to=2026-10-01', 'currency=usd', 'currency=ZZZ', 'currency=%00US', 'cursor=abc', 'cursor=WyIyMDI2LTAyLTMwIiwiVVNEIiwiY3N2Il0', 'rate=1'])(
    'refuses the filter %s',
    async (filter) => {
      expect((await operator.get(`operator/exchange-rates?${filter}`)).status).toBe(400);
    },
  ); // prettier-ignore

  it('converts through the euro, and says which day’s rates it took', async () => {
    await ecb('2026-10-30', 'USD', '1.25');
    await upload(`${CSV}2026-10-29,BTC,0.00001\n`);
    // 100.00 USD = 80 EUR = 0.0008 BTC; the 31st was a Saturday.
    expect(body(await convert('amount=100.00&currency=USD&to=BTC&day=2026-10-31'), 200)).toEqual({
      converted: { amount: '0.00080000', currency: 'BTC' },
      rate: '0.000008',
      day: '2026-10-31',
      rateDay: '2026-10-29',
      rates: [
        { currency: 'USD', rate: '1.25', day: '2026-10-30', source: 'ecb' },
        { currency: 'BTC', rate: '0.00001', day: '2026-10-29', source: 'csv' },
      ],
    });
    expect(body(await convert('amount=80&currency=EUR&to=USD&day=2026-10-30'), 200)).toMatchObject({
      converted: { amount: '100.00', currency: 'USD' },
      rateDay: '2026-10-30',
      rates: [{ currency: 'USD' }],
    });
    // No rate is needed between a currency and itself, nor known of before.
    expect(body(await convert('amount=80&currency=GBP&to=GBP'), 200)).toEqual({
      converted: { amount: '80.00', currency: 'GBP' },
      rate: '1',
      day: '2026-11-02',
      rateDay: '2026-11-02',
      rates: [],
    });
  });

  it.each([
    ['amount=1&currency=EUR&to=USD&day=2026-10-29', 'NO_EXCHANGE_RATE', 'USD on 2026-10-29 or before'],
    ['amount=1&currency=GBP&to=USD&day=2026-10-30', 'NO_EXCHANGE_RATE', 'GBP on 2026-10-30 or before'],
    ['amount=1e3&currency=EUR&to=USD', 'INVALID_AMOUNT', 'amount'],
    ['amount=1&currency=EUR&to=usd', 'VALIDATION_FAILED', 'to: must be'],
    ['amount=1&currency=EUR&to=USD&day=2026-11-03', 'VALIDATION_FAILED', 'day: must not lie in the future'],
  ])('refuses %s', async (query, code, detail) => {
    await ecb('2026-10-30', 'USD', '1.25');
    const refused = body<{ code: string; detail: string }>(await convert(query), 422);
    expect(refused.code).toBe(code);
    expect(refused.detail).toContain(detail);
  });

  it('finds the last rate of two thousand days by the index', async () => {
    await app.db.query(`
      INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at)
      SELECT gen_random_uuid(), '2020-01-01'::date + day, currency, 'ecb', round(1 + day / 10000.0, 4), now()
        FROM generate_series(0, 2000) AS day CROSS JOIN unnest(ARRAY['USD', 'JPY', 'GBP']) AS currency`);
    await app.asOwner('ANALYZE exchange_rates');
    const { money, rate } = await app.app
      .get(ExchangeRates)
      .convert(app.db, Money.of(100n, 'USD'), 'GBP', '2026-10-31');
    expect([money.toString(), rate.rateDay]).toEqual(['1.00', '2025-06-23']);
    const plan = await app.db.query<Record<string, string>[]>(
      `EXPLAIN SELECT * FROM exchange_rates WHERE currency = 'USD' AND day <= '2026-10-31'
        ORDER BY day DESC, array_position(ARRAY['manual', 'csv', 'ecb'], source) LIMIT 1`,
    );
    expect(JSON.stringify(plan)).toContain('Index Scan Backward using exchange_rates_day_unique');
  });
});
