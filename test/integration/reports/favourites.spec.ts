import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOneLine } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { codeOf } from '../identity/scene.js';
import { NAUGHTY, type Reader, ReportScene } from './report-scene.js';

interface Favourite {
  id: string;
  name: string;
  period: string | null;
  from: string | null;
  to: string | null;
  parameters: Record<string, string | string[]>;
}

const PATH = 'partner/reports/favourites';
const PARAMETERS = { columns: ['ngr', 'visits_count'], group_by: ['campaign'], time_zone: 'Europe/Berlin' };

let app: TestApp;
let scene: ReportScene;
let ann: Reader;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ReportScene.open(app);
  ann = await scene.reader('Autumn');
});
afterAll(() => app.close());

let names = 0;
const save = async (what: object = {}, who = ann): Promise<Favourite> => {
  names += 1;
  const favourite = { name: `Favourite ${names}`, period: 'today', parameters: PARAMETERS, ...what };
  return body<Favourite>(await who.as.post(PATH, favourite), 201);
};
const refused = async (what: object): Promise<{ code: string; path: string | undefined }> => {
  const answer = await ann.as.post(PATH, { name: 'Wrong', period: 'today', parameters: {}, ...what });
  const { errors } = answer.body as { errors: { path: string }[] };
  return { code: codeOf(answer), path: errors[0]?.path };
};

describe('A16 favourite reports', () => {
  it('are saved, listed, shown, changed and deleted', async () => {
    const first = await save({ name: 'By campaign' });
    expect(first).toMatchObject({ name: 'By campaign', period: 'today', from: null, to: null });
    expect(first.parameters).toEqual({ ...PARAMETERS, convert_all_currencies: '0' });
    const second = await save({ period: undefined, from: '2023-03-01', to: '2023-03-22' });
    const { items } = body<{ items: Favourite[] }>(await ann.as.get(PATH), 200);
    expect(items).toEqual([second, first]);
    const changes = { name: 'By brand', period: 'last_month', parameters: { group_by: ['brand'] } };
    const changed = body<Favourite>(await ann.as.patch(`${PATH}/${second.id}`, changes), 200);
    expect(changed).toMatchObject({ name: 'By brand', period: 'last_month', from: null });
    expect(changed.parameters).toEqual({ group_by: ['brand'], convert_all_currencies: '0' });
    expect(body(await ann.as.get(`${PATH}/${second.id}`), 200)).toEqual(changed);
    const ancient = await ann.as.patch(`${PATH}/${second.id}`, { from: '1900-01-01', to: '1900-01-02' });
    expect([ancient.status, (ancient.body as { errors: object[] }).errors]).toMatchObject([
      422,
      [{ path: 'from' }],
    ]);
    expect(body(await ann.as.get(`${PATH}/${second.id}`), 200)).toEqual(changed);
    expect(body(await ann.as.delete(`${PATH}/${second.id}`), 200)).toEqual({ done: true });
    expect(codeOf(await ann.as.get(`${PATH}/${second.id}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await ann.as.delete(`${PATH}/${second.id}`))).toBe('404 NOT_FOUND');
  });

  it.each(['csv', 'xlsx', 'json', 'xml'])('are downloaded as %s', async (format) => {
    const { id } = await save();
    const answer = await ann.as.download(`${PATH}/${id}/report?format=${format}`);
    expect(answer.status).toBe(200);
    if (format !== 'csv') return;
    const [header, row]: string[][] = parse(answer.body as Buffer);
    expect(header).toEqual(['Campaign ID', 'Campaign', 'NGR', 'Visits', 'Currency']);
    expect(row!.slice(1)).toEqual(['Autumn', '0.00', '1', 'EUR']);
  });

  it('name days that make no report as the body has them', async () => {
    for (const [from, to, path] of [
      ['2026-10-01', '9999-12-31', 'to'],
      ['1969-10-01', '2026-10-31', 'from'],
    ]) {
      expect(await refused({ period: undefined, from, to })).toEqual({ code: '422 VALIDATION_FAILED', path });
    }
    expect(await refused({ parameters: { exchange_rates_date: '2026-02-30' } })).toEqual({
      code: '422 VALIDATION_FAILED',
      path: 'parameters.exchange_rates_date',
    });
  });

  it('keep the currency they were saved with, whatever the default becomes', async () => {
    const plain = await save();
    body(await ann.as.patch('me', { reportCurrency: 'EUR' }), 200);
    const inEuro = await save();
    const chosen = await save({ parameters: { ...PARAMETERS, 'conversion_currency[]': ['CHF'] } });
    const asTheyAre = await save({ parameters: { ...PARAMETERS, convert_all_currencies: '0' } });
    body(await ann.as.patch('me', { reportCurrency: 'USD' }), 200);
    const currencyOf = async ({ id }: Favourite) => {
      const { parameters } = body<Favourite>(await ann.as.get(`${PATH}/${id}`), 200);
      return [parameters['conversion_currency'], parameters['convert_all_currencies']];
    };
    expect(await currencyOf(plain)).toEqual([undefined, '0']);
    expect(await currencyOf(inEuro)).toEqual(['EUR', undefined]);
    expect(await currencyOf(chosen)).toEqual(['CHF', undefined]);
    expect(await currencyOf(asTheyAre)).toEqual([undefined, '0']);
    body(await ann.as.get(`${PATH}/${inEuro.id}/report`), 200);
    body(await ann.as.patch(`${PATH}/${inEuro.id}`, { name: 'Still in euro' }), 200);
    expect(await currencyOf(inEuro)).toEqual(['EUR', undefined]);
    body(await ann.as.patch('me', { reportCurrency: null }), 200);
  });

  it('refuse what makes no report, and say where', async () => {
    const malformed = '400 BAD_REQUEST';
    const wrong = '422 VALIDATION_FAILED';
    expect(await refused({ parameters: { columns: ['secrets'] } })).toEqual({
      code: wrong,
      path: 'parameters.columns',
    });
    expect(await refused({ parameters: { group_by: ['day', 'month'] } })).toEqual({
      code: wrong,
      path: 'parameters.group_by',
    });
    expect(await refused({ parameters: { from: '2026-10-01' } })).toEqual({
      code: wrong,
      path: 'parameters.from',
    });
    expect(await refused({ parameters: { 'page[0]': '1' } })).toEqual({
      code: wrong,
      path: 'parameters.page[0]',
    });
    expect(await refused({ parameters: { columns: { a: 1 } } })).toEqual({
      code: wrong,
      path: 'parameters.columns',
    });
    expect(await refused({ parameters: { campaign_ids: ['x'] } })).toEqual({
      code: wrong,
      path: 'parameters.campaign_ids',
    });
    expect(await refused({ parameters: { time_zone: 'Mars/Phobos' } })).toEqual({
      code: wrong,
      path: 'parameters.time_zone',
    });
    expect(await refused({ parameters: { columns: Array(900).fill('x'.repeat(100)) } })).toMatchObject({
      code: wrong,
    });
    expect(await refused({ period: undefined })).toEqual({ code: wrong, path: 'period' });
    expect(await refused({ from: '2026-10-01', to: '2026-10-31' })).toEqual({ code: wrong, path: 'period' });
    expect(await refused({ period: undefined, from: '2026-10-31', to: '2026-10-01' })).toEqual({
      code: wrong,
      path: 'to',
    });
    for (const body of [
      { period: 'next_month' },
      { name: ' ' },
      { parameters: [] },
      { parameters: null },
      { from: '31/10/2026' },
    ]) {
      expect((await refused(body)).code.slice(0, 3), JSON.stringify(body)).toBe(malformed.slice(0, 3));
    }
  });

  it('take any name once, also when many are saved at the same time', async () => {
    for (const name of NAUGHTY.filter(isOneLine)) expect(await save({ name })).toMatchObject({ name });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        ann.as.post(PATH, { name: at % 2 ? 'Twice' : 'TWICE', period: 'today', parameters: {} }),
      ),
    );
    expect(answers.map(codeOf).sort()).toEqual([
      '201 OK',
      ...Array<string>(7).fill('409 FAVOURITE_NAME_TAKEN'),
    ]);
    const { id } = await save();
    expect(codeOf(await ann.as.patch(`${PATH}/${id}`, { name: 'twice' }))).toBe('409 FAVOURITE_NAME_TAKEN');
  });

  it('are each person’s own: neither team mates nor other partners see them', async () => {
    const { id } = await save({ name: 'Mine' });
    const mate = await scene.member(ann.partnerId, 'partner:analyst');
    const stranger = await scene.reader();
    for (const { as } of [mate, stranger]) {
      expect(body(await as.get(PATH), 200)).toEqual({ items: [], nextCursor: null });
      for (const answer of [
        await as.get(`${PATH}/${id}`),
        await as.get(`${PATH}/${id}/report`),
        await as.patch(`${PATH}/${id}`, { name: 'Theirs' }),
        await as.delete(`${PATH}/${id}`),
        await as.post('partner/reports/requests', { favouriteId: id }),
      ]) {
        expect(codeOf(answer)).toBe('404 NOT_FOUND');
      }
    }
    expect(await save({ name: 'Mine' }, mate)).toMatchObject({ name: 'Mine' });
  });
});

describe('A16 the period of a favourite report', () => {
  it('is that of the day on which it is run, in the zone of the report; its columns are those chosen', async () => {
    app.clock.set('2026-11-02T22:58:00Z');
    const bob = await scene.reader('Late');
    const today = await save({}, bob);
    const fixed = await save({ period: undefined, from: '2026-11-02', to: '2026-11-02' }, bob);
    const run = async ({ id }: Favourite) =>
      body<{ rows: { data: { name: string; value: unknown }[][] }; current_per_page: number }>(
        await bob.as.get(`${PATH}/${id}/report?per_page=7`),
        200,
      );
    const { rows, current_per_page } = await run(today);
    expect(current_per_page).toBe(7);
    expect(rows.data.map((row) => row.map(({ name }) => name))).toEqual([
      ['campaign_id', 'ngr', 'visits_count', 'currency'],
    ]);
    expect(rows.data[0]![2]).toMatchObject({ value: 1 });
    const other = body<{ errors: { path: string }[] }>(
      await bob.as.get(`${PATH}/${today.id}/report?from=2026-01-01`),
      400,
    );
    expect(other.errors.map(({ path }) => path)).toEqual(['from']);
    app.clock.set('2026-11-02T23:00:00Z');
    expect((await run(today)).rows.data).toEqual([]);
    expect((await run(fixed)).rows.data).toEqual(rows.data);
  });
});
