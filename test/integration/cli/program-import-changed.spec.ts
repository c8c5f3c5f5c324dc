import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Campaigns } from '../../../src/campaigns/index.js';
import { DomainError } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { ImportScene } from './import-scene.js';

const PARTNERS = 'id,email,name,kind,country\n17,ann@reviews.example,Ann,affiliate,DE\n';
const CAMPAIGNS = 'id,partner_id,brand,plan,name,state';

let app: TestApp;
let scene: ImportScene;
let source: string;
let runs = 0;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ImportScene.open(app);
  await scene.run({ 'partners.csv': PARTNERS });
});
afterAll(async () => {
  await scene.close();
  await app.close();
});
beforeEach(() => {
  runs += 1;
  source = `changed-${runs}`;
});

describe('B10 campaigns whose rows have changed', () => {
  const campaignsCsv = (...rows: string[]): string => `${[CAMPAIGNS, ...rows].join('\n')}\n`;
  const run = async (...rows: string[]) => {
    const partners = PARTNERS.replace('ann@', `${source}@`);
    return scene.run({ 'partners.csv': partners, 'campaigns.csv': campaignsCsv(...rows) }, { source });
  };
  const stateOf = async (): Promise<string | undefined> => {
    const [row] = await app.db.query<{ state: string }[]>('SELECT state FROM campaigns WHERE name = $1', [
      source,
    ]);
    return row?.state;
  };
  const move = async (state: string): Promise<void> => {
    await app.db.query('UPDATE campaigns SET state = $2 WHERE name = $1', [source, state]);
  };
  const row = (state: string, brand = 'silver-owl'): string =>
    `c-1,17,${brand},Share 25 %,${source},${state}`;

  it.each([
    ['archived now', () => row('archived')],
    ['archived, of an unknown brand', () => row('archived', 'nobody')],
  ])('are refused and left as they are: %s', async (_, changed) => {
    expect((await run(row('active'))).refused).toEqual([]);
    const { sums, refused } = await run(changed());
    expect(sums[1]).toEqual({ file: 'campaigns.csv', imported: 0, present: 0, refused: 1 });
    expect(refused.map(({ line, code }) => `${line} ${code}`)).toEqual(['2 IMPORTED_OTHERWISE']);
    expect(await stateOf()).toBe('active');
  });

  it('and those of the same id further down have no effect', async () => {
    const { refused } = await run(row('active'), row('archived'));
    expect(refused.map(({ line, code }) => `${line} ${code}`)).toEqual(['3 IMPORTED_OTHERWISE']);
    expect(await stateOf()).toBe('active');
  });

  it('are archived once, and not again when they have been taken back', async () => {
    await run(row('archived'));
    expect(await stateOf()).toBe('archived');
    await move('active');
    expect((await run(row('archived'))).refused).toEqual([]);
    expect(await stateOf()).toBe('active');
  });

  it('are told where they cannot be archived', async () => {
    const archive = vi.spyOn(app.app.get(Campaigns), 'archive');
    archive.mockRejectedValueOnce(new DomainError('CAMPAIGN_STATE_CONFLICT', 'conflict', 'Not now'));
    const { sums, refused } = await run(row('archived'));
    expect(sums[1]).toEqual({ file: 'campaigns.csv', imported: 1, present: 0, refused: 1 });
    expect(refused).toEqual([
      { file: 'campaigns.csv', line: 2, field: 'state', code: 'CAMPAIGN_STATE_CONFLICT', message: 'Not now' },
    ]);
    expect((await run(row('archived'))).refused).toEqual([]);
    expect(await stateOf()).toBe('archived');
  });

  it('are told nothing about where somebody archived them before the import did', async () => {
    await run(row('archived'));
    await app.db.query(
      `DELETE FROM imported_objects WHERE source = $1 AND kind = 'archived_campaign'`,
      [source],
    ); // prettier-ignore
    expect((await run(row('archived'))).refused).toEqual([]);
    expect(await stateOf()).toBe('archived');
  });
});

describe('B10 players whose rows have changed', () => {
  const HEADER = 'user_id,link,sign_up_at,country,settled,first_name';
  const FIRST = ['2024-06-01T12:00:00Z', 'DE', 'false', 'Eva'] as const;
  const files = (...rows: (readonly string[])[]): Record<string, string> => ({
    'partners.csv': PARTNERS.replace('ann@', `${source}@`),
    'campaigns.csv': `${CAMPAIGNS}\nc-1,17,silver-owl,Share 25 %,Players,active\n`,
    'links.csv': `code,campaign_id,landing\n${source},c-1,https://silverowl.example/welcome\n`,
    'players.csv': [HEADER, ...rows.map((row) => [source, source, ...row].join(','))].join('\n') + '\n',
  });
  const run = async (...rows: (readonly string[])[]): Promise<string[]> => {
    const { refused } = await scene.run(files(...rows), { source });
    return refused.map(({ file, line, code }) => `${file}:${line} ${code}`);
  };
  const kept = async (): Promise<unknown> => {
    const [row] = await app.db.query<unknown[]>(
      `SELECT signed_up_at AS at, country, settled, profile ->> 'first_name' AS name FROM players WHERE external_id = $1`,
      [source],
    );
    return row;
  };
  const KEPT = { at: new Date('2024-06-01T12:00:00Z'), country: 'DE', settled: false, name: 'Eva' };

  it.each([
    ['sign_up_at', ['2024-06-02T12:00:00Z', 'DE', 'false', 'Eva']],
    ['country', ['2024-06-01T12:00:00Z', 'AT', 'false', 'Eva']],
    ['settled', ['2024-06-01T12:00:00Z', 'DE', 'true', 'Eva']],
    ['settled, by leaving it out', ['2024-06-01T12:00:00Z', 'DE', '', 'Eva']],
    ['first_name', ['2024-06-01T12:00:00Z', 'DE', 'false', 'Ada']],
  ])('are refused and left as they are: %s', async (_, changed) => {
    expect(await run(FIRST)).toEqual([]);
    expect(await run(changed)).toEqual(['players.csv:2 IMPORTED_OTHERWISE']);
    expect(await kept()).toEqual(KEPT);
    expect(await run(FIRST)).toEqual([]);
  });

  it('and those of the same id further down are refused, unless they say the same', async () => {
    const other = ['2024-06-01T12:00:00Z', 'AT', 'false', 'Eva'];
    expect(await run(FIRST, FIRST, other)).toEqual(['players.csv:4 IMPORTED_OTHERWISE']);
    expect(await kept()).toEqual(KEPT);
  });

  it('are not those of players whom the brand has corrected since', async () => {
    await run(FIRST);
    await app.db.query(
      `UPDATE players SET signed_up_at = '2024-07-01', country = 'AT' WHERE external_id = $1`,
      [source],
    ); // prettier-ignore
    expect(await run(FIRST)).toEqual([]);
    expect(await kept()).toMatchObject({ country: 'AT' });
  });

  it('must agree in what is paid for with players who came otherwise', async () => {
    await run(FIRST);
    await app.db.query(`DELETE FROM imported_objects WHERE kind = 'player' AND source = $1`, [source]);
    expect(await run(['2024-06-01T12:00:00Z', 'AT', 'false', 'Eva'])).toEqual([]);
    expect(await run(['2024-06-01T12:00:00Z', 'DE', 'true', 'Eva'])).toEqual([
      'players.csv:2 IMPORTED_OTHERWISE',
    ]);
    expect(await kept()).toEqual(KEPT);
  });
});
