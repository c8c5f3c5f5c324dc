import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PromoImpressions } from '../../../src/campaigns/index.js';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

interface Banner {
  promoId: string;
  code: string;
  path: string;
}

let app: TestApp;
let url: string;
let scene: TrackingScene;
/** A promo of its own for each test. */
let banner: Banner;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  url = databaseUrlOf(app.db);
});
afterAll(() => app.close());
beforeEach(async () => {
  scene = await makeTrackingScene(url, { promos: 40 });
  banner = await showImage(scene.promos[0]!);
});

/** Gives the promo an uploaded image to show. */
async function showImage({ id: promoId, code }: TrackingScene['promos'][number]): Promise<Banner> {
  const mediaId = randomUUID();
  await app.db.query(
    `INSERT INTO media (id, brand_id, title, kind, format, size_bytes, width, height, created_at)
     VALUES ($1, $2, 'Fox', 'image', 'webp', 100, 300, 250, now())`,
    [mediaId, scene.brandId],
  );
  await app.db.query('UPDATE promos SET media_id = $2 WHERE id = $1', [promoId, mediaId]);
  return { promoId, code, path: `/m/${mediaId}.webp` };
}

interface Fetch extends RequestInit {
  at?: TestApp;
  userAgent?: string;
}
const fetchBanner = (what: string, { at = app, userAgent = BROWSER, ...init }: Fetch = {}) =>
  fetch(`${at.url}/b/${what}`, { redirect: 'manual', headers: { 'user-agent': userAgent }, ...init });

interface Counted {
  day: string;
  people: number;
  bots: number;
}
const countsOf = (promoId: string) =>
  app.db.query<Counted[]>(
    'SELECT day::text, people::int, bots::int FROM promo_impressions WHERE promo_id = $1 ORDER BY 1',
    [promoId],
  );
const expectCounts = (promoId: string, counts: Counted[]) =>
  expect.poll(() => countsOf(promoId), { timeout: 10_000 }).toEqual(counts);

describe('A04 impressions of a banner', () => {
  it('are counted where the embed code fetches it, and lead to an image that may be kept for good', async () => {
    const answer = await fetchBanner(`${banner.code}?cb=4711&url=//evil.example`);
    expect([answer.status, await answer.text()]).toEqual([302, '']);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      location: banner.path,
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(headers).not.toHaveProperty('set-cookie');
    await expectCounts(banner.promoId, [{ day: '2026-11-02', people: 1, bots: 0 }]);
    expect(await app.db.query('SELECT FROM visits WHERE promo_id = $1', [banner.promoId])).toEqual([]);
  });

  it('of bots are counted apart; the head alone shows nothing', async () => {
    const head = await fetchBanner(banner.code, { method: 'HEAD' });
    expect([head.status, head.headers.get('location')]).toEqual([302, banner.path]);
    for (const userAgent of [BOT, '', BROWSER]) {
      expect((await fetchBanner(banner.code, { userAgent })).headers.get('location')).toBe(banner.path);
    }
    await expectCounts(banner.promoId, [{ day: '2026-11-02', people: 1, bots: 2 }]);
  });

  it('of former codes are the promo’s', async () => {
    await fetchBanner(banner.code);
    await app.db.query('INSERT INTO link_codes (code, promo_id) VALUES ($1, $2)', [
      `${banner.code}x`,
      banner.promoId,
    ]);
    expect((await fetchBanner(`${banner.code}x`)).status).toBe(302);
    await expectCounts(banner.promoId, [{ day: '2026-11-02', people: 2, bots: 0 }]);
  });

  it.each(['nosuchcode', '', 'x', '../m/x', 'a'.repeat(3_000), '%00', 'fox/../../etc', '//evil.example'])(
    'are of known banners only: %j',
    async (code) => {
      const answer = await fetchBanner(code);
      expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
    },
  );

  it('are of promos with an uploaded image only; a link becomes a banner at once', async () => {
    const bare = scene.promos[1]!;
    expect((await fetchBanner(bare.code)).status).toBe(404);
    expect((await fetch(`${app.url}/r/${bare.code}`, { redirect: 'manual' })).status).toBe(302);
    const { path } = await showImage(bare);
    await app.db.query(`SELECT pg_notify('promos_changed', $1)`, [bare.code]);
    await expect.poll(async () => (await fetchBanner(bare.code)).headers.get('location')).toBe(path);
  });

  it('are fetched, not posted', async () => {
    const refused = await fetchBanner(banner.code, { method: 'POST', body: 'x' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('belong to the day in UTC on which they were', async () => {
    const { clock } = app;
    clock.set('2026-11-03T23:59:59.999Z');
    await fetchBanner(banner.code);
    clock.advance(1);
    await fetchBanner(banner.code);
    await fetchBanner(banner.code);
    await expectCounts(banner.promoId, [
      { day: '2026-11-03', people: 1, bots: 0 },
      { day: '2026-11-04', people: 2, bots: 0 },
    ]);
    clock.set('2026-11-02T09:00:00Z');
  });
});

describe('A04 impressions on several instances', () => {
  it('add up, of many banners at once', async () => {
    const banners = await Promise.all(scene.promos.map(showImage));
    const other = await createTestApp({ background: false, databaseUrl: url });
    const shown = new Map<string, number>();
    const fetchAll = async (at: TestApp, turn: readonly Banner[]): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        await Promise.all(
          turn.map(async ({ code, promoId }) => {
            const { status } = await fetchBanner(code, { at });
            // A machine under load may fail to look a promo up in time; what it showed, it counts.
            if (status === 302) shown.set(promoId, (shown.get(promoId) ?? 0) + 1);
          }),
        );
      }
    };
    await Promise.all([fetchAll(app, banners), fetchAll(other, banners.toReversed())]);
    // What the one that ends has not stored yet, it stores now.
    await other.close();
    for (const { promoId } of banners) {
      await expectCounts(promoId, [{ day: '2026-11-02', people: shown.get(promoId)!, bots: 0 }]);
    }
  });

  it('are stored at once without locking each other out, in whatever order they were counted', async () => {
    const days = Array.from({ length: 28 }, (_, day) => `2026-09-${String(day + 1).padStart(2, '0')}`);
    const counts = scene.promos.flatMap(({ id: promoId }) =>
      days.map((day) => ({ promoId, day, people: 2, bots: 1 })),
    );
    const impressions = app.app.get(PromoImpressions);
    await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        // Without the reruns of a unit of work: a deadlock would be seen.
        app.db.transaction((tx) => impressions.add(tx, turn % 2 ? counts : counts.toReversed())),
      ),
    );
    expect(await countsOf(banner.promoId)).toEqual(days.map((day) => ({ day, people: 40, bots: 20 })));
    expect((await impressions.totalsOf(app.db, [banner.promoId])).get(banner.promoId)).toBe(40 * days.length);
  });

  it('are stored when an instance ends', async () => {
    const other = await createTestApp({ background: false, databaseUrl: url });
    await Promise.all(Array.from({ length: 50 }, () => fetchBanner(banner.code, { at: other })));
    await other.close();
    expect(await countsOf(banner.promoId)).toEqual([{ day: '2026-11-02', people: 50, bots: 0 }]);
  });
});

describe('A04 impressions while the database is away', () => {
  it('wait in memory; pages show their banners on', async () => {
    await fetchBanner(banner.code);
    await expectCounts(banner.promoId, [{ day: '2026-11-02', people: 1, bots: 0 }]);
    const runner = app.db.createQueryRunner();
    await runner.startTransaction();
    await runner.query('LOCK TABLE promo_impressions IN ACCESS EXCLUSIVE MODE');
    for (let i = 0; i < 20; i += 1) expect((await fetchBanner(banner.code)).status).toBe(302);
    const waiting = `SELECT pid FROM pg_locks WHERE relation = 'promo_impressions'::regclass AND NOT granted`;
    await expect
      .poll(async () => ((await runner.query(waiting)) as object[]).length, { timeout: 5_000 })
      .toBe(1);
    // The flush under way fails; more is counted before the next one.
    await runner.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS flush`);
    expect((await fetchBanner(banner.code)).status).toBe(302);
    await runner.rollbackTransaction();
    await runner.release();
    await expectCounts(banner.promoId, [{ day: '2026-11-02', people: 22, bots: 0 }]);
  });
});
