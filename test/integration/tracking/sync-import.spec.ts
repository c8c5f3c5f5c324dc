import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf, Ids } from '../../../src/platform/index.js';
import { csvItems, FileRecorder } from '../../../src/tracking/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { runCommand } from '../../support/command.js';
import { makeTrackingScene, type TrackingScene } from '../../support/tracking-scene.js';

let app: TestApp;
let scene: TrackingScene;
let folder: string;
let tag: string;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await makeTrackingScene(databaseUrlOf(app.db));
  folder = await mkdtemp(join(tmpdir(), 'tributary-import-'));
  tag = app.app.get(Ids).next();
  await app.db.query(
    `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query) VALUES ($1, $2, $3, $4, $5, now(), '{}')`,
    [tag, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
  );
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

async function run(kind: string, content: string | Buffer, ...options: string[]) {
  const file = join(folder, 'in.csv');
  await writeFile(file, content);
  const env = { DATABASE_URL: databaseUrlOf(app.db), TRIBUTARY_DATA_DIR: folder };
  return runCommand('sync-import', ['--brand', scene.brandId, '--kind', kind, ...options, file], env);
}

const countOf = async (table: string): Promise<number> => {
  const [{ count }] = await app.db.query<[{ count: number }]>(`SELECT count(*)::int AS count FROM ${table}`);
  return count;
};

describe('A07 the import of CSV files', () => {
  it('takes players, their activity with deposits, and orders; the same again changes nothing', async () => {
    const players = `\ufeffuser_id,tag,sign_up_at,first_name,disabled\r\np-1,${tag},2026-10-05T09:00:00Z,"Ann ""A"", B.",FALSE\r\np-2,${tag},2026-10-05T09:00:00Z,,\r\n`;
    expect(await run('players', players)).toMatchObject({
      code: 0,
      out: '2 accepted, 0 duplicate, 0 corrected, 0 rejected\n',
    });
    expect((await run('players', players)).out).toContain('0 accepted, 2 duplicate');
    const profiles = await app.db.query('SELECT profile, disabled FROM players ORDER BY external_id');
    expect(profiles).toEqual([
      { profile: { first_name: 'Ann "A", B.' }, disabled: false },
      { profile: {}, disabled: false },
    ]);
    const deposits = [{ deposit_id: 'd-1', amount_cents: '5000', processed_at: '2026-10-10T10:12:00Z' }];
    const cell = `"${JSON.stringify(deposits).replaceAll('"', '""')}"`;
    const activity = `from,to,user_id,currency,bets_sum_cents,deposits\n2026-10-10T10:00:00Z,2026-10-10T11:00:00Z,p-1,EUR,120000,${cell}\n2026-10-10T11:00:00Z,2026-10-10T12:00:00Z,p-1,EUR,,\n`;
    expect((await run('activity', activity)).out).toContain('2 accepted');
    expect(await app.db.query('SELECT amount_minor FROM deposits')).toEqual([{ amount_minor: '5000' }]);
    const orders = `order_id,tag,amount,currency,ordered_at\no-1,${tag},80.00,EUR,2026-10-10T10:00:00Z\n`;
    expect((await run('orders', orders)).out).toContain('1 accepted');
  });

  it('tells refused rows by line, with exit code 1, on stderr or in a file without formulas', async () => {
    const rows = `user_id,tag,sign_up_at\nr-1,${tag},2026-10-05T09:00:00Z\n\nr-2,=1+1,2026-10-05T09:00:00Z\nr-3\n`;
    const told = await run('players', rows);
    expect(told).toMatchObject({ code: 1, out: '1 accepted, 0 duplicate, 0 corrected, 2 rejected\n' });
    expect(told.error.split('\n').sort()).toEqual([
      '',
      "line 4: UNKNOWN_TAG tag: there is no visit '=1+1'",
      'line 5: INVALID_LINE line: has 1 cells, and the header 3',
    ]);
    const refused = join(folder, 'refused.csv');
    expect(await run('players', rows, '--refused', refused)).toMatchObject({ code: 1, error: '' });
    expect((await readFile(refused, 'utf8')).split('\r\n')).toEqual(
      expect.arrayContaining(['line,code,message', "4,UNKNOWN_TAG,tag: there is no visit '=1+1'"]),
    );
  });

  it('checks without writing', async () => {
    const before = [await countOf('players'), await countOf('sync_batches')];
    const rows = `user_id,tag,sign_up_at\ndry-1,${tag},2026-10-05T09:00:00Z\n`;
    const { code, out } = await run('players', rows, '--dry-run');
    expect([code, out]).toEqual([
      0,
      '1 accepted, 0 duplicate, 0 corrected, 0 rejected; nothing was written\n',
    ]);
    expect([await countOf('players'), await countOf('sync_batches')]).toEqual(before);
  });

  it.each<[string, string | Buffer, string]>([
    ['an unknown column', 'user_id,tagg\n', "The column 'tagg' is not known; the columns of this kind are tag, "],
    ['a column twice', 'user_id,tag,tag\n', "The column 'tag' stands there twice"],
    ['no header', '', 'The file is empty'],
    ['an open quote', 'user_id\n"x\n', 'The file is not CSV'],
    ['another encoding', Buffer.from([0x75, 0xff]), 'The file must be in UTF-8'],
  ])('refuses a file with %s', async (_what, content, message) => {
    const items = csvItems('players', Readable.from(content.length > 0 ? [Buffer.from(content)] : []));
    const head = { brandId: scene.brandId, brandCurrency: 'EUR' };
    const batches = app.app.get(FileRecorder).record('players', head, items);
    await expect(batches.next()).rejects.toThrow(message);
  }); // prettier-ignore

  it('says what is wrong with a file that it refuses, with exit code 1', async () => {
    const { code, error } = await run('players', 'user_id\n"x\n');
    expect([code, error]).toEqual([1, expect.stringContaining('The file is not CSV')]);
  });
});
