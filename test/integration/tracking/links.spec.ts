import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const PHONE = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36';
const LAPTOP = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';
const HOME = 'https://fox.example/welcome?lang=en&tag=TAG#top';

let app: TestApp;
let scene: TrackingScene;
let code: string;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db), { promos: 3 });
  code = scene.promos[0]!.code;
  await app.db.query('UPDATE brands SET allowed_hosts = $2 WHERE id = $1', [
    scene.brandId,
    ['shop.fox.example', '*.games.example'],
  ]);
});
afterAll(() => app.close());

/** Clicks, and gives the visit's id and where the visitor is sent, with TAG in the place of the id. */
async function click(target: string, userAgent = LAPTOP): Promise<{ id: string; location: string }> {
  const response = await fetch(`${app.url}/r/${target}`, {
    redirect: 'manual',
    headers: { 'user-agent': userAgent },
  });
  expect(response.status).toBe(302);
  const location = response.headers.get('location')!;
  const id = /tag=([0-9a-f-]{36})/.exec(location)![1]!;
  return { id, location: location.replace(id, 'TAG') };
}

async function storedQuery(id: string): Promise<Record<string, string>> {
  const [row] = await app.db.query<[{ query: Record<string, string> }]>(
    'SELECT query FROM visits WHERE id = $1',
    [id],
  );
  return row.query;
}

const linkTo = (page: string): string => `${code}?clickid=c-1&url=${encodeURIComponent(page)}`;

describe('B08 a deep link', () => {
  it.each([
    ['https://shop.fox.example/p/1?size=L#reviews', 'https://shop.fox.example/p/1?size=L&tag=TAG#reviews'],
    ['https://de.games.example/', 'https://de.games.example/?tag=TAG'],
    ['http://SHOP.fox.example', 'http://shop.fox.example/?tag=TAG'],
    ['https://shop.fox.example/?tag=forged', 'https://shop.fox.example/?tag=TAG'],
  ])('leads to a page of an allowed host, with the visit id: %s', async (page, location) => {
    const visit = await click(linkTo(page));
    expect(visit.location).toBe(location);
    expect(await storedQuery(visit.id)).toEqual({ clickid: 'c-1', url: page });
  });

  it.each([
    '//evil.example',
    '//evil.example/%2f..',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'https:\\\\evil.example',
    'https://evil.example',
    'https://evil.example/https://shop.fox.example',
    'https://shop.fox.example@evil.example',
    'https://shop.fox.example:x@evil.example/',
    'https://user@shop.fox.example/',
    'https://shop.fox.example\\@evil.example',
    'https://evil.example\\.games.example',
    'https://shop.fox.example.evil.example',
    'https://evilshop.fox.example',
    'https://fox.example',
    'https://games.example',
    'https://shop.fox.example:8443/',
    'https://shop.fox.exаmple', // a Cyrillic а
    'https://shop.fox.example%00.evil.example',
    'https://shop.fox.example/\r\nSet-Cookie: a=b',
    'ht\ntps://shop.fox.example',
    '\thttps://shop.fox.example',
    'javascript:alert(1)//shop.fox.example',
    'data:text/html,https://shop.fox.example',
    'ftp://shop.fox.example',
    'shop.fox.example',
    '',
  ])('leads to the landing instead of anywhere else, and is kept as it came: %j', async (page) => {
    const visit = await click(linkTo(page));
    expect(visit.location).toBe(HOME);
    expect(await storedQuery(visit.id)).toEqual({ clickid: 'c-1', url: page });
  });

  it('counts once and under its own name only', async () => {
    const page = encodeURIComponent('https://shop.fox.example/');
    expect((await click(`${code}?url=//evil.example&url=${page}`)).location).toBe(HOME);
    expect((await click(`${code}?url[]=${page}&URL=${page}&%5f%5fproto%5f%5f=${page}`)).location).toBe(HOME);
    expect((await click(`${code}?%75rl=${page}`)).location).toBe('https://shop.fox.example/?tag=TAG');
  });

  it('is a plain link while the brand allows no host, and on links that win partners', async () => {
    const other = await makeTrackingScene(databaseUrlOf(app.db), { landingUrl: 'https://other.example/' });
    const page = `?url=${encodeURIComponent('https://shop.fox.example/')}`;
    expect((await click(`${other.promos[0]!.code}${page}`)).location).toBe('https://other.example/?tag=TAG');
    const joining = await makeTrackingScene(databaseUrlOf(app.db), { landingUrl: 'https://join.example/' });
    await app.db.query(`UPDATE brands SET allowed_hosts = '{shop.fox.example}' WHERE id = $1`, [
      joining.brandId,
    ]);
    await app.db.query(`UPDATE landings SET audience = 'sub_affiliates' WHERE id = $1`, [joining.landingId]);
    expect((await click(`${joining.promos[0]!.code}${page}`)).location).toMatch(/^https:\/\/join\.example\//);
  });
});

describe('B08 a rotation link', () => {
  const setTargets = async (targets: object[]): Promise<string> => {
    const { id, code: rotating } = scene.promos[1]!;
    await app.db.query('UPDATE promos SET targets = $2 WHERE id = $1', [id, JSON.stringify(targets)]);
    await app.db.query(`SELECT pg_notify('promos_changed', $1)`, [rotating]);
    return rotating;
  };
  const makeLanding = async (url: string): Promise<string> => {
    const [row] = await app.db.query<[{ id: string }]>(
      `INSERT INTO landings (id, brand_id, title, url, audience, created_at)
       VALUES (gen_random_uuid(), $1, 'Turn', $2, 'players', now()) RETURNING id`,
      [scene.brandId, url],
    );
    return row.id;
  };
  const any = { countries: null, devices: null };

  it('sends phones elsewhere, and the others to the landing', async () => {
    const landingId = await makeLanding('https://fox.example/app');
    const rotating = await setTargets([{ ...any, landingId, weight: 1, devices: ['mobile'] }]);
    await expect
      .poll(async () => (await click(rotating, PHONE)).location)
      .toBe('https://fox.example/app?tag=TAG');
    expect((await click(rotating, LAPTOP)).location).toBe(HOME);
    const page = encodeURIComponent('https://shop.fox.example/x');
    expect((await click(`${rotating}?url=${page}`, PHONE)).location).toBe(
      'https://shop.fox.example/x?tag=TAG',
    );
  });

  it('shares its visitors out by weight', async () => {
    const [often, seldom] = [await makeLanding('https://fox.example/often'), await makeLanding('https://fox.example/seldom')]; // prettier-ignore
    const rotating = await setTargets([
      { ...any, landingId: often, weight: 3 },
      { ...any, landingId: seldom, weight: 1 },
      { ...any, landingId: seldom, weight: 1_000, countries: ['DE'] },
    ]);
    await expect.poll(async () => (await click(rotating)).location).not.toBe(HOME);
    const counts: Record<string, number> = {};
    for (let round = 0; round < 20; round += 1) {
      const clicks = await Promise.all(Array.from({ length: 50 }, () => click(rotating)));
      for (const { location } of clicks) counts[location] = (counts[location] ?? 0) + 1;
    }
    expect(Object.keys(counts).toSorted()).toEqual([
      'https://fox.example/often?tag=TAG',
      'https://fox.example/seldom?tag=TAG',
    ]);
    // 750 are expected; ten standard deviations stand beside that.
    expect(Math.abs(counts['https://fox.example/often?tag=TAG']! - 750)).toBeLessThan(137);
  });
});

describe('B08 a chosen code', () => {
  it('is followed, and so are the former ones', async () => {
    const { id, code: former } = scene.promos[2]!;
    const chosen = `Fox_${'x'.repeat(28)}`;
    expect((await fetch(`${app.url}/r/${chosen}`, { redirect: 'manual' })).status).toBe(404);
    await app.db.query('UPDATE promos SET code = $2 WHERE id = $1', [id, chosen]);
    await app.db.query(`SELECT pg_notify('promos_changed', $1)`, [chosen]);
    const status = async () => (await fetch(`${app.url}/r/${chosen}`, { redirect: 'manual' })).status;
    await expect.poll(status).toBe(302);
    for (const either of [chosen, former]) {
      const visit = await click(either);
      const [row] = await app.db.query<[{ promo_id: string }]>('SELECT promo_id FROM visits WHERE id = $1', [
        visit.id,
      ]);
      expect(row.promo_id).toBe(id);
    }
    expect((await fetch(`${app.url}/r/fox_${'x'.repeat(28)}`, { redirect: 'manual' })).status).toBe(404);
  });
});
