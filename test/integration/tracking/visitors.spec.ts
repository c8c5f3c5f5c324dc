import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { AddressBook } from '../../../src/tracking/address-book.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { countryDatabase } from '../../support/mmdb.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

interface VisitRow {
  country: string | null;
  bot: boolean;
  datacenter: boolean;
}

let folder: string;
let app: TestApp;
let scene: TrackingScene;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-places-'));
  await writeFile(join(folder, 'countries.mmdb'), countryDatabase({ '203.0.113.0/24': 'DE', '2001:db8::/32': 'IE' })); // prettier-ignore
  await writeFile(join(folder, 'datacenters.txt'), '# Example cloud\n198.51.100.0/24\n2001:db8:cc::/48\n');
  app = await createTestApp({
    env: {
      TRUSTED_PROXIES: '127.0.0.1',
      GEOIP_DATABASE: join(folder, 'countries.mmdb'),
      COUNTRY_HEADER: 'CF-IPCountry',
      DATACENTER_RANGES: join(folder, 'datacenters.txt'),
    },
    background: false,
  });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** Clicks with these headers, from the address if one is given, and gives what was stored. */
async function click(address: string, headers: Record<string, string> = {}): Promise<VisitRow> {
  const response = await fetch(`${app.url}/r/${scene.promos[0]!.code}`, {
    redirect: 'manual',
    headers: { 'user-agent': BROWSER, 'x-forwarded-for': address, ...headers },
  });
  expect(response.status).toBe(302);
  const tag = new URL(response.headers.get('location')!).searchParams.get('tag');
  const [row] = await app.db.query<[VisitRow]>('SELECT country, bot, datacenter FROM visits WHERE id = $1', [
    tag,
  ]);
  return row;
}

describe('A06 country of a visit', () => {
  it('comes from the database, for both families of addresses', async () => {
    expect((await click('203.0.113.7')).country).toBe('DE');
    expect((await click('2001:db8:7::1')).country).toBe('IE');
    expect((await click('192.0.2.1')).country).toBeNull();
  });

  it('comes from the trusted proxy’s header where the database knows nothing', async () => {
    expect((await click('192.0.2.1', { 'cf-ipcountry': 'fr' })).country).toBe('FR');
    expect((await click('203.0.113.7', { 'cf-ipcountry': 'FR' })).country).toBe('DE');
  });

  it.each(['T1', 'XX', '', 'France', 'F', "F'", '\u00dc\u00dc'])('is unknown when the header says %j', async (claim) => {
    expect((await click('192.0.2.1', { 'cf-ipcountry': claim })).country).toBeNull();
  }); // prettier-ignore

  it('is not believed of anybody else', async () => {
    const direct = await createTestApp({
      databaseUrl: databaseUrlOf(app.db),
      background: false,
      env: { TRUSTED_PROXIES: '10.0.0.1', COUNTRY_HEADER: 'cf-ipcountry' },
    });
    try {
      const response = await fetch(`${direct.url}/r/${scene.promos[0]!.code}`, {
        redirect: 'manual',
        headers: { 'cf-ipcountry': 'FR' },
      });
      const tag = new URL(response.headers.get('location')!).searchParams.get('tag');
      const rows = await app.db.query('SELECT country, datacenter FROM visits WHERE id = $1', [tag]);
      expect(rows).toEqual([{ country: null, datacenter: false }]);
    } finally {
      await direct.close();
    }
  });
});

describe('B07 flags of visits', () => {
  it('keeps and flags bots, whatever they call themselves', async () => {
    expect((await click('192.0.2.1')).bot).toBe(false);
    for (const agent of ['Googlebot/2.1 (+http://www.google.com/bot.html)', 'curl/8.5.0', 'python-requests/2.32'])
      expect((await click('192.0.2.1', { 'user-agent': agent })).bot).toBe(true);
    expect((await click('192.0.2.1', { 'user-agent': '' })).bot).toBe(true);
  }); // prettier-ignore

  it('keeps and flags visits from data centres', async () => {
    expect((await click('198.51.100.200')).datacenter).toBe(true);
    expect((await click('2001:db8:cc:1::5')).datacenter).toBe(true);
    expect((await click('203.0.113.7')).datacenter).toBe(false);
  });
});

describe('files that the operator replaces', () => {
  it('are taken up within the hour; a broken one leaves what was known', async () => {
    const book = app.app.get(AddressBook);
    await writeFile(join(folder, 'datacenters.txt'), '192.0.2.0/24\n');
    await writeFile(join(folder, 'countries.mmdb'), 'no database');
    await book.refresh();
    expect(await click('192.0.2.77')).toMatchObject({ datacenter: true });
    expect(await click('203.0.113.8')).toMatchObject({ country: 'DE', datacenter: false });
    await writeFile(join(folder, 'countries.mmdb'), countryDatabase({ '203.0.113.0/24': 'AT' }));
    await book.refresh();
    expect(await click('203.0.113.8')).toMatchObject({ country: 'AT' });
  });

  it.each([
    [{ GEOIP_DATABASE: 'package.json' }, /package\.json is not usable/],
    [{ GEOIP_DATABASE: '/nowhere.mmdb' }, /nowhere\.mmdb is not usable/],
    [{ DATACENTER_RANGES: 'package.json' }, /package\.json is not usable: line 1/],
    [{ COUNTRY_HEADER: 'cf-ipcountry' }, /TRUSTED_PROXIES is required with COUNTRY_HEADER/],
  ])('stop the start when they cannot be used: %j', async (env, message) => {
    const start = createTestApp({ databaseUrl: databaseUrlOf(app.db), background: false, env });
    await expect(start).rejects.toThrow(message);
  });
});
