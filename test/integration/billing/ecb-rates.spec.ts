import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EcbRatesJob } from '../../../src/billing/exchange-rates/ecb-rates.job.js';
import { EcbSource } from '../../../src/billing/exchange-rates/ecb-source.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { type SinkAnswer, type SinkServer, startSinkServer } from '../../support/sink-server.js';

const DAILY = '/stats/eurofxref-daily.xml';
const NINETY_DAYS = '/stats/eurofxref-hist-90d.xml';
const ALL = '/stats/eurofxref-hist.xml';

/** A file in the ECB's form: rates of the dollar by day. */
function file(rates: Record<string, string>): SinkAnswer {
  const days = Object.entries(rates).map(
    ([day, rate]) =>
      `<Cube time="${day}"><Cube currency="USD" rate="${rate}"/><Cube currency="ISK" rate="N/A"/></Cube>`,
  );
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
<Cube>${days.join('')}</Cube></gesmes:Envelope>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

describe('A13 the ECB’s reference rates', () => {
  let app: TestApp;
  let server: SinkServer;

  beforeAll(async () => {
    server = await startSinkServer();
    app = await createTestApp({ env: { ECB_RATES_URL: `${server.url}/stats` } });
  });
  afterAll(async () => {
    await app.close();
    await server.stop();
  });
  beforeEach(async () => {
    await app.db.query('DELETE FROM exchange_rates');
    server.requests.length = 0;
  });

  const bring = () => app.app.get(EcbRatesJob).bring();
  const asked = () => server.requests.map(({ path }) => path);
  const stored = () =>
    app.db.query<{ day: string; rate: string }[]>(
      `SELECT day::text AS day, per_euro::text AS rate FROM exchange_rates WHERE source = 'ecb' ORDER BY day`,
    );

  it('begins with all days, goes on with the last one, and fills what was missed while it was down', async () => {
    app.clock.set('2026-10-29T17:00:00Z');
    server.answer(file({ '2026-10-29': '1.07', '2026-10-28': '1.06', '1999-01-04': '1.1789' }));
    await bring();
    expect(await stored()).toHaveLength(3);
    app.clock.set('2026-10-30T17:00:00Z');
    server.answer(file({ '2026-10-30': '1.08' }));
    await bring();
    // The weekend has no rates, and none are asked for.
    app.clock.set('2026-11-01T17:00:00Z');
    await bring();
    app.clock.set('2026-11-05T17:00:00Z');
    server.answer(
      file({ '2026-11-05': '1.12', '2026-11-04': '1.11', '2026-11-02': '1.09', '2026-10-30': '1.08' }),
    );
    await bring();
    expect(asked()).toEqual([ALL, DAILY, NINETY_DAYS]);
    expect((await stored()).map(({ day, rate }) => `${day} ${rate}`)).toEqual([
      '1999-01-04 1.1789',
      '2026-10-28 1.06',
      '2026-10-29 1.07',
      '2026-10-30 1.08',
      '2026-11-02 1.09',
      '2026-11-04 1.11',
      '2026-11-05 1.12',
    ]);
  });

  it('keeps a rate as it was published first', async () => {
    app.clock.set('2026-10-29T17:00:00Z');
    server.answer(file({ '2026-10-28': '1.06' }));
    await bring();
    server.answer(file({ '2026-10-28': '9.99', '2026-10-29': '1.07' }));
    await bring();
    expect((await stored()).map(({ rate }) => rate)).toEqual(['1.06', '1.07']);
  });

  it.each<[string, SinkAnswer]>([
    ['broken XML', { status: 200, body: '<Cube><Cube time="2026-10-28"><Cube currency="USD" rate="1.0"/>' }],
    ['a page of HTML', { status: 200, body: '<!DOCTYPE html><html></html>' }],
    ['an error', { status: 503, body: 'busy' }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ['a cut connection', 'reset'],
    ['a rate that is none', file({ '2026-10-29': '1.07', '2026-10-28': '-1' })],
    ['a day to come', file({ '2026-10-29': '1.07', '2026-10-30': '1.08' })],
  ])('takes nothing of %s, and the next try succeeds', async (_name, answer) => {
    app.clock.set('2026-10-29T17:00:00Z');
    server.answer(answer);
    await bring();
    expect(await stored()).toEqual([]);
    server.answer(file({ '2026-10-29': '1.07' }));
    await bring();
    expect(await stored()).toEqual([{ day: '2026-10-29', rate: '1.07' }]);
  });

  it('does not wait for ever, nor read without end', async () => {
    const source = app.app.get(EcbSource);
    server.answer('hang');
    await expect(source.fetch('daily', { totalMs: 50, bytes: 1_000 })).rejects.toThrow(/timeout/i);
    server.answer({ status: 200, body: `<a>${' '.repeat(100_000)}</a>` });
    await expect(source.fetch('daily', { totalMs: 10_000, bytes: 1_000 })).rejects.toThrow(
      'larger than 1000 bytes',
    );
  });

  it('wakes once for all workers, and keeps what it brought', async () => {
    app.clock.set('2026-10-29T17:00:00Z');
    server.answer(file({ '2026-10-29': '1.07' }));
    const job = app.app.get(EcbRatesJob);
    await Promise.all([job.wake(), job.wake(), job.wake()]);
    await server.waitForCount(1);
    expect(asked()).toEqual([ALL]);
    await expect.poll(stored, { timeout: 10_000 }).toHaveLength(1);
  });
});
