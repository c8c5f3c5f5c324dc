import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf, Ids, Outbox, type OutboxEvent } from '../../../src/platform/index.js';
import { FACTS_RECORDED, type FactsRecorded } from '../../../src/tracking/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, signedHeaders, type TrackingScene } from '../../support/tracking-scene.js';

interface Report {
  accepted: number;
  duplicate: number;
  corrected: number;
  rejected: number;
  items: { index: number; status: string; code?: string; message?: string }[];
}

const HOUR = { from: '2026-10-10T10:00:00Z', to: '2026-10-10T11:00:00Z' };

let app: TestApp;
let scene: TrackingScene;
const heard: FactsRecorded[] = [];

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  const publish = Outbox.prototype.publish;
  const outbox = app.app.get(Outbox);
  outbox.publish = async function (tx, type, payload) {
    if (type === FACTS_RECORDED) heard.push(payload as OutboxEvent<FactsRecorded>['payload']);
    return publish.call(this, tx, type, payload);
  };
});
afterAll(() => app.close());

async function send(
  what: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Report & { code: string } }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${app.url}/api/sync/v1/${what}`, {
    method: 'POST',
    body: text,
    headers: { ...signedHeaders(scene, text), ...headers },
  });
  return { status: response.status, body: (await response.json()) as Report & { code: string } };
}

async function sync(what: 'players' | 'activity', body: unknown): Promise<Report> {
  const answer = await send(what, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

async function makeVisit(query: Record<string, string> = {}, brandId = scene.brandId): Promise<string> {
  const id = app.app.get(Ids).next();
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, scene.partnerId, brandId, scene.campaignId, scene.promos[0]!.id, app.clock.now(), query],
  );
  return id;
}

let names = 0;

async function makePlayer(): Promise<string> {
  names += 1;
  const userId = `player-${names}`;
  const tag = await makeVisit({ clickid: userId });
  const report = await sync('players', {
    players: [{ tag, user_id: userId, sign_up_at: '2026-10-05T09:00:00Z' }],
  });
  expect(report.accepted).toBe(1);
  return userId;
}

function rows<T = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<T[]> {
  return app.db.query<T[]>(sql, parameters);
}

async function activityOf(userId: string): Promise<Record<string, unknown>[]> {
  return rows(
    `SELECT a.deposits_sum, a.deposits_count, a.bets_sum, a.wins_sum, a.revision FROM player_activity a
       JOIN players p ON p.id = a.player_id WHERE p.external_id = $1 ORDER BY a.interval_from`,
    [userId],
  );
}

async function depositsOf(userId: string): Promise<Record<string, unknown>[]> {
  return rows(
    `SELECT d.external_id, d.amount_minor, d.is_first FROM deposits d JOIN players p ON p.id = d.player_id
      WHERE p.external_id = $1 ORDER BY d.processed_at, d.external_id`,
    [userId],
  );
}

const actionsOf = (userId: string): string[] =>
  heard
    .flatMap(({ actions }) => actions)
    .filter((action) => 'playerExternalId' in action && action.playerExternalId === userId)
    .map(({ action }) => action);

describe('A07 signatures', () => {
  const body = { players: [] };

  it('accepts a batch signed with the brand’s secret', async () => {
    expect(await sync('players', body)).toEqual({
      accepted: 0,
      duplicate: 0,
      corrected: 0,
      rejected: 0,
      items: [],
    });
  });

  it.each<[string, () => Record<string, string>]>([
    ['an unknown key', () => ({ 'x-authorization-key': 'sk_nobody' })],
    ['a key with NUL', () => ({ 'x-authorization-key': 'a%00b' })],
    ['an empty signature', () => ({ 'x-authorization-sign': '' })],
    ['a signature of another body', () => ({ 'x-authorization-sign': signedHeaders(scene, '{}')['x-authorization-sign']! })], // prettier-ignore
    ['an uppercase signature', () => ({ 'x-authorization-sign': signedHeaders(scene, JSON.stringify(body))['x-authorization-sign']!.toUpperCase() })], // prettier-ignore
    ['a signature under another secret', () => ({ 'x-authorization-sign': createHmac('sha512', 'x').update(JSON.stringify(body)).digest('hex') })], // prettier-ignore
    ['a SHA-256 signature', () => ({ 'x-authorization-sign': createHmac('sha256', scene.secret).update(JSON.stringify(body)).digest('hex') })], // prettier-ignore
  ])('refuses %s', async (_name, headers) => {
    const answer = await send('players', body, headers());
    expect([answer.status, answer.body.code]).toEqual([401, 'SYNC_NOT_AUTHENTICATED']);
  });

  it('refuses a revoked key', async () => {
    const other = await makeTrackingScene(databaseUrlOf(app.db));
    await rows('UPDATE sync_keys SET revoked_at = now() WHERE auth_key = $1', [other.authKey]);
    const answer = await send('players', body, signedHeaders(other, JSON.stringify(body)));
    expect(answer.status).toBe(401);
  });

  it.each<[string, unknown]>([
    ['players', {}],
    ['players', []],
    ['players', 'null'],
    ['players', '{"players": [}'],
    ['players', { players: Array.from({ length: 5_001 }, () => ({})) }],
    ['activity', { items: [] }],
    ['activity', { ...HOUR, to: HOUR.from, items: [] }],
    ['activity', { ...HOUR, from: '2026-02-30T00:00:00Z', items: [] }],
  ])('refuses a %s body that is no batch: %.60j', async (what, malformed) => {
    const answer = await send(what, malformed);
    expect(answer.status).toBe(400);
  });
});

describe('A07 players', () => {
  it('belong to the promo of their visit, for good', async () => {
    const [first, second] = [await makeVisit({ clickid: 'c-1' }), await makeVisit()];
    const player = { tag: first, user_id: 'p-1', sign_up_at: '2026-10-05T09:00:00Z', country: 'de' };
    expect(await sync('players', { players: [player] })).toMatchObject({ accepted: 1, items: [] });
    expect(await sync('players', { players: [player] })).toMatchObject({
      duplicate: 1,
      items: [{ index: 0, status: 'duplicate' }],
    });
    expect(await sync('players', { players: [{ ...player, tag: second }] })).toMatchObject({ duplicate: 1 });
    expect(await sync('players', { players: [{ ...player, disabled: true }] })).toMatchObject({
      corrected: 1,
    });
    const [row] = await rows('SELECT * FROM players WHERE external_id = $1', ['p-1']);
    expect(row).toMatchObject({
      visit_id: first,
      promo_id: scene.promos[0]!.id,
      partner_id: scene.partnerId,
      country: 'DE',
      disabled: true,
      duplicate: false,
      query: { clickid: 'c-1' },
    });
    expect(actionsOf('p-1')).toEqual(['registration']);
  });

  it('that cannot be read never lose the others', async () => {
    const tag = await makeVisit();
    const foreign = await makeVisit({}, (await makeTrackingScene(databaseUrlOf(app.db))).brandId);
    const good = { tag, user_id: 'p-good', sign_up_at: '2026-10-05T09:00:00+02:00' };
    const report = await sync('players', {
      players: [
        null,
        { ...good, user_id: '' },
        { ...good, user_id: 'p-x', tag: 'not-an-id' },
        { ...good, user_id: 'p-y', tag: app.app.get(Ids).next() },
        { ...good, user_id: 'p-z', tag: foreign },
        { ...good, user_id: 'p-w', sign_up_at: 'yesterday' },
        { ...good, user_id: 'p-v', country: 'Germany' },
        { ...good, user_id: 'p-u', duplicate: 'yes' },
        { ...good, user_id: 'p-t\u0000' },
        { user_id: 'p-s', sign_up_at: good.sign_up_at, bonus_code: 'FOX10' },
        good,
      ],
    });
    expect(report).toMatchObject({ accepted: 1, rejected: 10 });
    expect(report.items.map(({ code }) => code)).toEqual([
      'INVALID_ITEM',
      'INVALID_FIELD',
      'UNKNOWN_TAG',
      'UNKNOWN_TAG',
      'UNKNOWN_TAG',
      'INVALID_FIELD',
      'INVALID_FIELD',
      'INVALID_FIELD',
      'INVALID_FIELD',
      'UNKNOWN_PROMO_CODE',
    ]);
    expect(report.items[5]!.message).toContain('sign_up_at');
    const [batch] = await rows(
      'SELECT accepted, rejected, refusals FROM sync_batches ORDER BY id DESC LIMIT 1',
    );
    expect(batch).toMatchObject({ accepted: 1, rejected: 10 });
    expect(batch!['refusals']).toHaveLength(10);
  });

  it('that come twice in one batch are a repetition or a correction', async () => {
    const tag = await makeVisit();
    const player = { tag, user_id: 'p-twice', sign_up_at: '2026-10-05T09:00:00Z' };
    const report = await sync('players', { players: [player, player, { ...player, self_excluded: true }] });
    expect(report).toMatchObject({ accepted: 1, duplicate: 1, corrected: 1 });
    expect(actionsOf('p-twice')).toEqual(['registration']);
  });
});

describe('A07 activity', () => {
  it('is accepted once, corrected by the difference, and derived from deposits', async () => {
    const userId = await makePlayer();
    const item = {
      user_id: userId,
      currency: 'EUR',
      deposits: [{ deposit_id: `${userId}-d1`, amount_cents: '5000', processed_at: '2026-10-10T10:12:00Z' }],
      bets_sum_cents: 120000,
      wins_sum_cents: '20000',
    };
    expect(await sync('activity', { ...HOUR, items: [item] })).toMatchObject({ accepted: 1, items: [] });
    expect(await sync('activity', { ...HOUR, items: [item] })).toMatchObject({ duplicate: 1 });
    expect(await sync('activity', { ...HOUR, items: [{ ...item, wins_sum_cents: '25000' }] })).toMatchObject({
      corrected: 1,
    });
    expect(await activityOf(userId)).toEqual([
      { deposits_sum: '5000', deposits_count: '1', bets_sum: '120000', wins_sum: '25000', revision: 2 },
    ]);
    const corrections = await rows(
      `SELECT c.before, c.after FROM activity_corrections c JOIN players p ON p.id = c.player_id WHERE p.external_id = $1`,
      [userId],
    );
    expect(corrections).toEqual([{ before: { wins_sum: '20000' }, after: { wins_sum: '25000' } }]);
    expect(actionsOf(userId)).toEqual(['registration', 'first_deposit', 'deposit']);
  });

  it('refuses what it must, item by item', async () => {
    const userId = await makePlayer();
    const item = { user_id: userId, currency: 'EUR', bets_sum_cents: 1 };
    const report = await sync('activity', {
      ...HOUR,
      items: [
        { ...item, user_id: 'nobody' },
        { ...item, currency: 'USD' },
        { ...item, bets_sum_cents: '1.5' },
        { ...item, bets_sum_cents: 1.5 },
        { ...item, bets_sum_cents: '1e3' },
        { ...item, bets_sum_cents: '٣' },
        { ...item, bets_sum_cents: 1e30 },
        { ...item, bets_sum_cents: -1 },
        { ...item, bet_sum_cents: 1 },
        { ...item, deposits: [{ deposit_id: 'x', amount_cents: 1, processed_at: 'now' }] },
        { ...item, sb_balance_corrections_sum_cents: -5 },
      ],
    });
    expect(report).toMatchObject({ accepted: 1, rejected: 10 });
    expect(report.items.slice(0, 2).map(({ code }) => code)).toEqual([
      'UNKNOWN_PLAYER',
      'CURRENCY_NOT_ACCEPTED',
    ]);
    expect(report.items[9]!.message).toContain('deposits[0].processed_at');
  });

  it('counts a deposit once, in the interval that reported it first, and corrects its amount', async () => {
    const [userId, other] = [await makePlayer(), await makePlayer()];
    const deposit = { deposit_id: `${userId}-d`, amount_cents: 700, processed_at: '2026-10-10T10:30:00Z' };
    const item = { user_id: userId, currency: 'EUR', deposits: [deposit] };
    const next = { from: HOUR.to, to: '2026-10-10T12:00:00Z' };
    await sync('activity', { ...HOUR, items: [item] });
    await sync('activity', { ...next, items: [item] });
    expect(await activityOf(userId)).toMatchObject([{ deposits_sum: '700' }, { deposits_sum: '0' }]);
    const stolen = await sync('activity', { ...HOUR, items: [{ ...item, user_id: other }] });
    expect(stolen.items).toMatchObject([{ code: 'DEPOSIT_OF_ANOTHER_PLAYER' }]);
    const corrected = { ...item, deposits: [{ ...deposit, amount_cents: 900 }] };
    expect(await sync('activity', { ...HOUR, items: [corrected] })).toMatchObject({ corrected: 1 });
    expect(await activityOf(userId)).toMatchObject([{ deposits_sum: '900' }, { deposits_sum: '0' }]);
    expect(await depositsOf(userId)).toMatchObject([{ amount_minor: '900', is_first: true }]);
    expect(actionsOf(userId)).toEqual(['registration', 'first_deposit', 'deposit']);
  });

  it('takes a sum without a list for one deposit, until a list replaces it', async () => {
    const userId = await makePlayer();
    const item = { user_id: userId, currency: 'EUR', deposits_sum_cents: 800, deposits_count: 2 };
    expect(await sync('activity', { ...HOUR, items: [item] })).toMatchObject({ accepted: 1 });
    expect(await sync('activity', { ...HOUR, items: [item] })).toMatchObject({ duplicate: 1 });
    expect(await depositsOf(userId)).toMatchObject([{ amount_minor: '800', is_first: true }]);
    const deposits = [
      { deposit_id: `${userId}-a`, amount_cents: 500, processed_at: '2026-10-10T10:20:00Z' },
      { deposit_id: `${userId}-b`, amount_cents: 300, processed_at: '2026-10-10T10:10:00Z' },
    ];
    expect(await sync('activity', { ...HOUR, items: [{ ...item, deposits }] })).toMatchObject({
      corrected: 1,
    });
    expect(await depositsOf(userId)).toEqual([
      { external_id: `${userId}-b`, amount_minor: '300', is_first: true },
      { external_id: `${userId}-a`, amount_minor: '500', is_first: false },
    ]);
    const [player] = await rows('SELECT first_deposit_minor FROM players WHERE external_id = $1', [userId]);
    expect(player).toEqual({ first_deposit_minor: '300' });
    const gone = { user_id: userId, currency: 'EUR', deposits: [] };
    expect(await sync('activity', { ...HOUR, items: [gone] })).toMatchObject({ corrected: 1 });
    expect(await depositsOf(userId)).toEqual([]);
    const [none] = await rows('SELECT first_deposit_at FROM players WHERE external_id = $1', [userId]);
    expect(none).toEqual({ first_deposit_at: null });
  });

  it('of one player twice in a batch is a repetition or a correction', async () => {
    const userId = await makePlayer();
    const item = { user_id: userId, currency: 'EUR', bets_sum_cents: 100 };
    const report = await sync('activity', { ...HOUR, items: [item, item, { ...item, bets_sum_cents: 300 }] });
    expect(report).toMatchObject({ accepted: 1, duplicate: 1, corrected: 1 });
    expect(await activityOf(userId)).toMatchObject([{ bets_sum: '300', revision: 2 }]);
  });

  it('of long ago gets a partition of its month', async () => {
    const userId = await makePlayer();
    const past = { from: '2019-02-28T23:00:00Z', to: '2019-03-01T00:00:00Z' };
    await sync('activity', { ...past, items: [{ user_id: userId, currency: 'EUR', bets_sum_cents: 1 }] });
    expect(
      await rows(`SELECT tableoid::regclass::text AS name FROM player_activity WHERE interval_from = $1`, [
        past.from,
      ]),
    ).toEqual([{ name: 'player_activity_201902' }]);
  });

  it('marks what billing has to look at, by quarters of an hour', async () => {
    const userId = await makePlayer();
    await rows('DELETE FROM fact_changes');
    const interval = { from: '2026-10-11T10:50:00Z', to: '2026-10-11T11:00:00Z' };
    const item = {
      user_id: userId,
      currency: 'EUR',
      deposits: [{ deposit_id: `${userId}-q`, amount_cents: 1, processed_at: '2026-10-11T10:59:59Z' }],
    };
    await sync('activity', { ...interval, items: [item] });
    await sync('activity', { ...interval, items: [item] });
    expect(await rows('SELECT campaign_id, partner_id, occurred_at FROM fact_changes')).toEqual([
      {
        campaign_id: scene.campaignId,
        partner_id: scene.partnerId,
        occurred_at: new Date('2026-10-11T10:45:00Z'),
      },
    ]);
  });

  it('sent by many at once counts once', async () => {
    const userId = await makePlayer();
    const item = {
      user_id: userId,
      currency: 'EUR',
      bets_sum_cents: 100,
      deposits: [{ deposit_id: `${userId}-m`, amount_cents: 1, processed_at: '2026-10-10T10:59:59Z' }],
    };
    const reports = await Promise.all(
      Array.from({ length: 20 }, () => sync('activity', { ...HOUR, items: [item] })),
    );
    expect(reports.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1);
    expect(reports.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBe(19);
    expect(actionsOf(userId)).toEqual(['registration', 'first_deposit', 'deposit']);
  });
});
