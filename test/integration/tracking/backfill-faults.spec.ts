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
    const waiting = async (): Promise<unknown> =>
      app.db.query(
        `SELECT 1 AS one FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO deposits%'`,
      );
    await expect.poll(waiting).toHaveLength(1);
    await runner.commitTransaction();
    await runner.release();
    const { items, last } = await answer;
    expect(last).toMatchObject({ state: 'finished', accepted: 0, rejected: 1 });
    expect(items).toMatchObject([{ line: 1, code: 'DEPOSIT_OF_ANOTHER_PLAYER' }]);
  });
});
