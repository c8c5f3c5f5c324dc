import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf, Ids } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { ndjson, type NdjsonAnswer, ndjsonHeaders, sendNdjson } from '../../support/ndjson.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const HOUR = { from: '2026-10-10T10:00:00Z', to: '2026-10-10T11:00:00Z' };

let app: TestApp;
let scene: TrackingScene;
let tag: string;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  tag = app.app.get(Ids).next();
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [tag, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
});
afterAll(() => app.close());

const playersOf = (count: number, prefix: string): Buffer =>
  ndjson(
    Array.from({ length: count }, (_, index) => ({
      tag,
      user_id: `${prefix}-${index}`,
      sign_up_at: '2026-10-05T09:00:00Z',
    })),
  );

const urlOf = (what: string): string => `${app.url}/api/sync/v1/${what}`;

const send = (what: string, body: Buffer): Promise<NdjsonAnswer> =>
  sendNdjson(urlOf(what), body, ndjsonHeaders(scene, body));

/** Statements of that kind that wait for a lock. */
const waitingFor = (statement: string): Promise<unknown[]> =>
  app.db.query(
    `SELECT 1 AS one FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`,
    [statement],
  );

/** Files of the spool that this process has open; they have no names any more. */
async function openSpoolFiles(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(
    descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
  );
  return targets.filter((target) => target.includes('/spool/'));
}

describe('A07 a backfill', () => {
  it('that another batch forestalls goes on: what that one wrote is seen', async () => {
    await send('players', playersOf(2, 'race'));
    const [first] = await app.db.query<[{ id: string }]>(
      `SELECT id FROM players WHERE external_id = 'race-0'`,
    );
    const deposits = [{ deposit_id: 'd-1', amount_cents: 5_000, processed_at: HOUR.from }];
    const runner = app.db.createQueryRunner();
    await runner.startTransaction();
    await runner.query(
      `INSERT INTO deposits (brand_id, external_id, player_id, partner_id, campaign_id, promo_id, amount_minor, currency,
                             processed_at, interval_from, interval_to)
       VALUES ($1, 'd-1', $2, $3, $4, $5, 5000, 'EUR', $6, $6, $7)`,
      [scene.brandId, first.id, scene.partnerId, scene.campaignId, scene.promos[0]!.id, HOUR.from, HOUR.to],
    );
    const answer = send('activity', ndjson([{ ...HOUR, user_id: 'race-1', currency: 'EUR', deposits }]));
    await expect.poll(() => waitingFor('INSERT INTO deposits'), { timeout: 20_000 }).toHaveLength(1);
    await runner.commitTransaction();
    await runner.release();
    const { items, last } = await answer;
    expect(last).toMatchObject({ state: 'finished', accepted: 0, rejected: 1 });
    expect(items).toMatchObject([{ line: 1, code: 'DEPOSIT_OF_ANOTHER_PLAYER' }]);
  });

  it('whose sender hangs up amid the answer ends after the batch at hand, which is on record; nothing stays on the disk', async () => {
    const body = playersOf(15_000, 'hang-up');
    // Somebody else's player of the same name makes the second batch wait.
    const runner = app.db.createQueryRunner();
    await runner.startTransaction();
    await runner.query(
      `INSERT INTO players (id, partner_id, campaign_id, promo_id, brand_id, external_id, visit_id, profile, signed_up_at,
                            query, created_at)
       VALUES ($1, $2, $3, $4, $5, 'hang-up-7000', $6, '{}', now(), '{}', now())`,
      [app.app.get(Ids).next(), scene.partnerId, scene.campaignId, scene.promos[0]!.id, scene.brandId, tag],
    );
    const server = app.app.getHttpServer();
    const seen = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const sent = request(urlOf('players'), { method: 'POST', headers: ndjsonHeaders(scene, body) });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const [first] = (await once(answer, 'data')) as [Buffer];
    expect(JSON.parse(first.toString())).toMatchObject({ state: 'working', accepted: 5_000 });
    await expect.poll(() => waitingFor('INSERT INTO players'), { timeout: 20_000 }).toHaveLength(1);
    const [, response] = await seen;
    const closed = once(response, 'close');
    sent.destroy();
    await closed;
    await runner.rollbackTransaction();
    await runner.release();

    await expect.poll(openSpoolFiles, { timeout: 20_000 }).toEqual([]);
    const batches = await app.db.query(
      `SELECT accepted FROM sync_batches WHERE kind = 'players' AND accepted = 5000`,
    );
    expect(batches).toEqual([{ accepted: 5_000 }, { accepted: 5_000 }]);
    const count = await app.db.query(
      `SELECT count(*)::int AS players FROM players WHERE external_id LIKE 'hang-up-%'`,
    );
    expect(count).toEqual([{ players: 10_000 }]);
    // The key may send two at once again, and the same body brings the rest.
    const [one, other] = await Promise.all([send('players', body), send('players', playersOf(1, 'beside'))]);
    expect(one.last).toMatchObject({ state: 'finished', accepted: 5_000, duplicate: 10_000 });
    expect(other.last).toMatchObject({ state: 'finished', accepted: 1 });
  });
});
