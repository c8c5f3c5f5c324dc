import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { databaseUrlOf, Ids } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../../support/tracking-scene.js';

const MIB = 1024 * 1024;
const HOUR = { from: '2026-10-10T10:00:00Z', to: '2026-10-10T11:00:00Z' };

interface Answer {
  status: number;
  type: string | null;
  body: Record<string, unknown>;
}

let app: TestApp;
let scene: TrackingScene;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
});
afterAll(() => app.close());

async function send(what: string, body: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${app.url}/api/sync/v1/${what}`, {
    method: 'POST',
    body,
    headers: { ...signedHeaders(scene, body), ...headers },
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, body: (await response.json()) as Record<string, unknown> };
}

const gzip = { 'content-encoding': 'gzip' };
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

async function makePlayers(count: number, prefix: string): Promise<object[]> {
  const tag = app.app.get(Ids).next();
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [tag, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
  return Array.from({ length: count }, (_, index) => ({
    tag,
    user_id: `${prefix}-${index}`,
    sign_up_at: '2026-10-05T09:00:00Z',
  }));
}

describe('A07 compressed batches', () => {
  it('are signed as they are sent', async () => {
    const plain = json({ players: await makePlayers(3, 'zip') });
    const sent = gzipSync(plain);
    expect(await send('players', sent, gzip)).toMatchObject({ status: 200, body: { accepted: 3 } });
    expect(await send('players', plain)).toMatchObject({ status: 200, body: { duplicate: 3 } });
    const signedBefore = { ...gzip, ...signedHeaders(scene, plain) };
    expect(await send('players', sent, signedBefore)).toMatchObject({ status: 401 });
  });

  it('that would swell beyond the limit are refused with flat memory', async () => {
    const part = gzipSync(Buffer.alloc(MIB, ' '));
    const bomb = Buffer.concat(Array.from({ length: 400 }, () => part));
    expect(bomb.length).toBeLessThan(MIB);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 5; round += 1) {
      const answer = await send('players', bomb, gzip);
      expect(answer).toMatchObject({ status: 413, type: expect.stringContaining('problem+json') as string });
      expect(answer.body).toMatchObject({ code: 'BATCH_TOO_LARGE' });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MIB);
  });

  it.each<[string, (body: Buffer) => Buffer]>([
    ['cut off', (body) => body.subarray(0, body.length - 9)],
    ['damaged', (body) => Buffer.concat([body.subarray(0, 12), Buffer.alloc(8, 0xff), body.subarray(20)])],
    ['not compressed at all', () => json({ players: [] })],
    ['empty', () => Buffer.alloc(0)],
  ])('that are %s are malformed', async (_what, change) => {
    const body = change(gzipSync(json({ players: await makePlayers(9, 'cut') })));
    expect(await send('players', body, gzip)).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_BATCH' },
    });
  });

  it('have no other encoding', async () => {
    const answer = await send('players', json({ players: [] }), { 'content-encoding': 'br' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
  });
});

describe('A07 the signature comes first', () => {
  it('whatever the body is, it is not looked into before', async () => {
    const unsigned = { 'x-authorization-sign': '0'.repeat(128) };
    const parse = vi.spyOn(JSON, 'parse');
    for (const body of [
      Buffer.from('{"players": ['),
      json({ players: [] }),
      gzipSync(json({ players: [] })),
    ]) {
      expect(await send('players', body, { ...unsigned, ...gzip })).toMatchObject({ status: 401 });
      expect(await send('players', body, unsigned)).toMatchObject({ status: 401 });
    }
    const read = parse.mock.calls
      .map(([text]) => text)
      .filter((text) => String(text).startsWith('{"players'));
    parse.mockRestore();
    expect(read).toEqual([]);
  });

  it('a huge body with a wrong signature costs little', async () => {
    // Digested, this would be some millions of objects.
    const body = Buffer.from(`{"players":[${'{},'.repeat(3_300_000)}{}]}`);
    expect(body.length).toBeLessThan(10 * MIB);
    const signed = await timed(() => send('players', body));
    const unsigned = await timed(() => send('players', body, { 'x-authorization-sign': '0'.repeat(128) }));
    expect([signed.answer.status, unsigned.answer.status]).toEqual([400, 401]);
    expect(unsigned.ms).toBeLessThan(signed.ms);
  });

  it('a body over the limit is refused, whoever sends it', async () => {
    const answer = await send('players', Buffer.alloc(10 * MIB + 1, ' '));
    expect(answer).toMatchObject({ status: 413, type: expect.stringContaining('problem+json') as string });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('%s is no batch', async (type) => {
    expect((await send('players', Buffer.from('a=1'), { 'content-type': type })).status).toBe(415);
  });

  it('text that is not UTF-8 is malformed, never mended', async () => {
    const body = Buffer.concat([Buffer.from('{"players":["'), Buffer.from([0xc3, 0x28]), Buffer.from('"]}')]);
    expect(await send('players', body)).toMatchObject({ status: 400, body: { code: 'MALFORMED_BATCH' } });
  });

  it('a body that comes slowly keeps nobody waiting', async () => {
    const { port, hostname } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const { 'x-authorization-key': key } = signedHeaders(scene, '');
    socket.write(
      `POST /api/sync/v1/players HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\nX-Authorization-Key: ${key}\r\n\r\n{`,
    );
    expect((await send('players', json({ players: [] }))).status).toBe(200);
    const [{ busy }] = await app.db.query<[{ busy: number }]>(
      `SELECT count(*)::int AS busy FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(busy).toBe(0);
    socket.destroy();
  });
});

async function timed(work: () => Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const started = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - started };
}

describe('A07 what one batch may cost', () => {
  it('a player that stands in it 5,000 times is one registration', async () => {
    const [player] = await makePlayers(1, 'again');
    const players = Array.from({ length: 5_000 }, () => player);
    const { body } = await send('players', json({ players }));
    expect(body).toMatchObject({ accepted: 1, duplicate: 4_999, rejected: 0 });
  });

  it('ever other contents of one player are refused from the eleventh on', async () => {
    const [player] = await makePlayers(1, 'other');
    const players = Array.from({ length: 500 }, (_, index) => ({ ...player, nickname: `n${index}` }));
    const { body } = await send('players', json({ players }));
    expect(body).toMatchObject({ accepted: 1, corrected: 9, rejected: 490 });
    expect((body['items'] as { code?: string }[])[9]).toMatchObject({ code: 'TOO_MANY_VERSIONS' });
  });

  it('activity of one player is bounded alike, and repetitions of what is refused are refused', async () => {
    await send('players', json({ players: await makePlayers(1, 'active') }));
    const item = { user_id: 'active-0', currency: 'EUR', bets_sum_cents: 1 };
    const items = [item, item, { ...item, user_id: 'nobody' }, { ...item, user_id: 'nobody' }, item];
    const { body } = await send('activity', json({ ...HOUR, items }));
    expect(body).toMatchObject({ accepted: 1, duplicate: 2, rejected: 2 });
    const others = Array.from({ length: 50 }, (_, index) => ({ ...item, bets_sum_cents: 2 + index }));
    expect((await send('activity', json({ ...HOUR, items: others }))).body).toMatchObject({
      corrected: 10,
      rejected: 40,
    });
  });

  it('makes a partition for what is taken only, and none for times that are absurd', async () => {
    const partitions = async (): Promise<number> => {
      const [{ count }] = await app.db.query<[{ count: number }]>(
        `SELECT count(*)::int AS count FROM pg_inherits WHERE inhparent = 'player_activity'::regclass`,
      );
      return count;
    };
    await send('players', json({ players: await makePlayers(1, 'long-ago') }));
    const before = await partitions();
    const batch = (year: number, userId: string): Promise<Answer> => {
      const interval = { from: `${year}-05-01T00:00:00Z`, to: `${year}-05-01T01:00:00Z` };
      const items = [{ user_id: userId, currency: 'EUR', bets_sum_cents: 1 }];
      return send('activity', json({ ...interval, items }));
    };
    for (let year = 2000; year < 2026; year += 1) expect((await batch(year, 'nobody')).status).toBe(200);
    expect(await partitions()).toBe(before);
    // Taken, although too far away for partitions of their own.
    for (const year of [2003, 2099]) {
      expect((await batch(year, 'long-ago-0')).body).toMatchObject({ accepted: 1 });
    }
    expect(await partitions()).toBe(before);
    expect((await batch(2024, 'long-ago-0')).body).toMatchObject({ accepted: 1 });
    expect(await partitions()).toBe(before + 1);
  });
});
