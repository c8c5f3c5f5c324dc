import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Config, databaseUrlOf, Ids } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { ndjson, type NdjsonAnswer, ndjsonHeaders, sendNdjson } from '../../support/ndjson.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const MIB = 1024 * 1024;
const HOUR = { from: '2026-10-10T10:00:00Z', to: '2026-10-10T11:00:00Z' };
const gzip = { 'content-encoding': 'gzip' };

let app: TestApp;
let scene: TrackingScene;
let tag: string;

beforeAll(async () => {
  app = await createTestApp({ background: false, env: { SYNC_BACKFILL_MIB: '3' } });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  tag = app.app.get(Ids).next();
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [tag, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
  await send('players', ndjson(players(300, 'p')));
});
afterAll(() => app.close());

const players = (count: number, prefix: string): object[] =>
  Array.from({ length: count }, (_, index) => ({
    tag,
    user_id: `${prefix}-${index}`,
    sign_up_at: '2026-10-05T09:00:00Z',
  }));

const play = (user: number, bets: number, interval = HOUR): object => ({
  ...interval,
  user_id: `p-${user}`,
  currency: 'EUR',
  bets_sum_cents: bets,
});

const hour = (number: number): typeof HOUR => {
  const at = (ms: number): string => new Date(Date.parse('2026-09-01T00:00:00Z') + ms).toISOString();
  return { from: at(number * 3_600_000), to: at((number + 1) * 3_600_000) };
};

async function send(what: string, body: Buffer, headers: Record<string, string> = {}): Promise<NdjsonAnswer> {
  return sendNdjson(`${app.url}/api/sync/v1/${what}`, body, { ...ndjsonHeaders(scene, body), ...headers });
}

const spoolFolder = (): string => join(app.app.get(Config).dataDirectory, 'spool');

async function countOf(table: string): Promise<number> {
  const [{ count }] = await app.db.query<[{ count: number }]>(`SELECT count(*)::int AS count FROM ${table}`);
  return count;
}

describe('A07 backfills as NDJSON', () => {
  it('answer the sums, and again change nothing', async () => {
    const body = ndjson(players(50, 'again'));
    const first = await send('players', body);
    expect(first).toMatchObject({ status: 200, type: 'application/x-ndjson', items: [] });
    expect(first.last).toEqual({ state: 'finished', accepted: 50, duplicate: 0, corrected: 0, rejected: 0 });
    const second = await send('players', gzipSync(body), gzip);
    expect(second.last).toMatchObject({ state: 'finished', accepted: 0, duplicate: 50 });
    expect(second.items).toHaveLength(50);
    expect(second.items[49]).toEqual({ line: 50, status: 'duplicate' });
  });

  it('take activity of any intervals in any order, corrections too', async () => {
    const items = Array.from({ length: 900 }, (_, index) => play(index % 300, 5, hour(index % 7)));
    expect((await send('activity', ndjson(items))).last).toMatchObject({ accepted: 900, rejected: 0 });
    const answer = await send('activity', ndjson([play(0, 5, hour(0)), play(1, 6, hour(1)), play(0, 7, hour(0))]));
    expect(answer.items.sort((a, b) => a.line! - b.line!)).toEqual([
      { line: 1, status: 'duplicate' },
      { line: 2, status: 'corrected' },
      { line: 3, status: 'corrected' },
    ]);
  }); // prettier-ignore

  it('take orders', async () => {
    const order = { order_id: 'o-1', tag, amount: '80.00', currency: 'EUR', ordered_at: HOUR.from };
    const answer = await send('orders', ndjson([order, { ...order, order_id: 'o-2', amount: 80 }]));
    expect(answer.last).toMatchObject({ state: 'finished', accepted: 1, rejected: 1 });
    expect(answer.items).toMatchObject([{ line: 2, status: 'rejected', code: 'INVALID_FIELD' }]);
  });

  it('lose no line for another one that cannot be read, and name each by its number', async () => {
    const body = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from(`${JSON.stringify(play(0, 1))}\r\n\n   \n{"user_id": \n`),
      Buffer.from([0x22, 0xc3, 0x28, 0x22, 0x0a]),
      Buffer.from(`"text"\n${JSON.stringify({ ...play(1, 1), from: 'yesterday' })}\n`),
      Buffer.from(`{"a":"${'x'.repeat(MIB)}"}\n`),
      Buffer.from(JSON.stringify(play(2, 1))),
    ]);
    const { last, items } = await send('activity', body);
    expect(last).toMatchObject({ state: 'finished', accepted: 2, rejected: 5 });
    expect(items.map(({ line, code }) => [line, code])).toEqual([
      [4, 'INVALID_LINE'],
      [5, 'INVALID_LINE'],
      [6, 'INVALID_ITEM'],
      [7, 'INVALID_FIELD'],
      [8, 'INVALID_LINE'],
    ]);
    const [{ refusals }] = await app.db.query<[{ refusals: object[] }]>(
      'SELECT refusals FROM sync_batches WHERE rejected = 5',
    );
    expect(refusals[0]).toEqual({
      index: 0,
      line: 4,
      code: 'INVALID_LINE',
      message: 'line: must be JSON',
    });
  });

  it('are shown to the brand as their batches', async () => {
    const before = await countOf('sync_batches');
    await send('players', ndjson(players(6_000, 'many')));
    const [batch, ...others] = await app.db.query<object[]>(
      'SELECT kind, accepted FROM sync_batches ORDER BY id DESC LIMIT $1',
      [(await countOf('sync_batches')) - before],
    );
    expect([batch, ...others]).toEqual([
      { kind: 'players', accepted: 1_000 },
      { kind: 'players', accepted: 5_000 },
    ]);
  });

  it('with nothing in them are fine', async () => {
    expect((await send('orders', Buffer.from('\n'))).last).toEqual({
      state: 'finished',
      accepted: 0,
      duplicate: 0,
      corrected: 0,
      rejected: 0,
    });
  });
});

describe('A07 a backfill that must not be taken', () => {
  it('is refused by its signature before any of it is read', async () => {
    const before = await countOf('players');
    const parse = vi.spyOn(JSON, 'parse');
    const body = ndjson(players(10, 'unsigned'));
    const headers = ndjsonHeaders(scene, ndjson(players(11, 'unsigned')));
    const answer = await send('players', body, headers);
    const read = parse.mock.calls.filter(([text]) => String(text).includes('unsigned'));
    parse.mockRestore();
    expect([answer.status, answer.last.code]).toEqual([401, 'SYNC_NOT_AUTHENTICATED']);
    expect(read).toEqual([]);
    expect(await countOf('players')).toBe(before);
  });

  it('is not even taken in when nobody knows its key', async () => {
    const upload = request(`${app.url}/api/sync/v1/players`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'x-authorization-key': 'sk_nobody' },
    });
    upload.on('error', () => undefined);
    upload.write('{');
    const [answer] = (await once(upload, 'response')) as [{ statusCode: number }];
    expect(answer.statusCode).toBe(401);
    upload.destroy();
  });

  it('is refused when its key is revoked while it comes', async () => {
    const other = await makeTrackingScene(databaseUrlOf(app.db));
    const body = ndjson(players(2, 'revoked'));
    async function* slowly(): AsyncGenerator<Buffer> {
      yield body.subarray(0, 10);
      await app.db.query('UPDATE sync_keys SET revoked_at = now() WHERE auth_key = $1', [other.authKey]);
      yield body.subarray(10);
    }
    // The header names no length, so the first bytes are sent at once.
    const answer = await sendNdjson(`${app.url}/api/sync/v1/players`, slowly(), ndjsonHeaders(other, body));
    expect([answer.status, answer.last.code]).toEqual([401, 'SYNC_NOT_AUTHENTICATED']);
  });

  it.each<[string, () => Buffer | AsyncIterable<Buffer>]>([
    ['by the length that it names', () => Buffer.alloc(3 * MIB + 1, ' ')],
    [
      'by the bytes that come',
      async function* () {
        await Promise.resolve();
        for (let part = 0; part < 40; part += 1) yield Buffer.alloc(MIB / 10, ' ');
      },
    ],
  ])('is too large %s', async (_name, body) => {
    const headers = ndjsonHeaders(scene, Buffer.alloc(0));
    const answer = await sendNdjson(`${app.url}/api/sync/v1/players`, body(), headers);
    expect([answer.status, answer.last.code]).toEqual([413, 'BATCH_TOO_LARGE']);
  });

  it.each<[string, () => Buffer, number, string]>([
    ['swells beyond the limit', () => gzipSync(Buffer.alloc(4 * MIB, '\n')), 413, 'BATCH_TOO_LARGE'],
    ['is cut off', () => gzipSync(ndjson(players(5, 'cut'))).subarray(0, -9), 400, 'MALFORMED_BATCH'],
    ['is not compressed', () => ndjson(players(5, 'plain')), 400, 'MALFORMED_BATCH'],
  ])('compressed, %s', async (_name, body, status, code) => {
    const answer = await send('players', body(), gzip);
    expect([answer.status, answer.last.code]).toEqual([status, code]);
  });

  it('says at its end what was recorded before the fault', async () => {
    // More than a batch, and then a damaged end.
    const body = gzipSync(ndjson(players(6_000, 'damaged')));
    const answer = await send('players', Buffer.concat([body.subarray(0, -8), Buffer.alloc(8)]), gzip);
    expect(answer.status).toBe(200);
    expect(answer.last).toMatchObject({ state: 'failed', code: 'MALFORMED_BATCH', accepted: 5_000 });
    expect((await send('players', body, gzip)).last).toMatchObject({ accepted: 1_000, duplicate: 5_000 });
  });

  it('is no body of any other route', async () => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await sendNdjson(`${app.url}/api/v1/auth/login`, Buffer.from('{}'), headers);
    expect(answer.status).toBe(415);
  });
});

describe('A07 what backfills may take', () => {
  it('no more than two of one key at once; those that are given up make room', async () => {
    const uploads = [1, 2, 3].map(() => {
      const headers = ndjsonHeaders(scene, Buffer.alloc(0));
      const upload = request(`${app.url}/api/sync/v1/players`, { method: 'POST', headers });
      upload.on('error', () => undefined);
      upload.write('{"user_id":');
      return upload;
    });
    // None of them ever ends: whichever comes last is answered.
    const answers = uploads.map((upload) => once(upload, 'response') as Promise<[{ statusCode: number }]>);
    const [{ statusCode }] = await Promise.any(answers);
    for (const upload of uploads) upload.destroy();
    expect(statusCode).toBe(429);
    await expect.poll(async () => (await send('players', Buffer.from('\n'))).status).toBe(200);
    expect(await readdir(spoolFolder())).toEqual([]);
  });
});
