import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type AppProcess, BASE_ENVIRONMENT, spawnApp } from '../support/process.js';
import { makeTrackingScene, type TrackingScene } from '../support/tracking-scene.js';

const PROJECT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(PROJECT, 'docs/sync.md'), 'utf8');
const VISIT = '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f';

describe('docs/sync.md', () => {
  let database: TestDatabase;
  let db: DataSource;
  let scene: TrackingScene;
  let app: AppProcess;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
    db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    scene = await makeTrackingScene(database.url);
    await db.query(`UPDATE brands SET slug = 'silver-owl' WHERE id = $1`, [scene.brandId]);
    await db.query(
      `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query)
       VALUES ($1, $2, $3, $4, $5, '2026-10-01', '{}')`,
      [VISIT, scene.partnerId, scene.brandId, scene.campaignId, scene.promos[0]!.id],
    );
    // What the commands write stays apart from the project.
    folder = await mkdtemp(join(tmpdir(), 'tributary-sync-page-'));
    for (const name of ['package.json', 'scripts', 'node_modules', 'dist']) {
      await symlink(join(PROJECT, name), join(folder, name));
    }
  });

  afterAll(async () => {
    await app.kill();
    await db.destroy();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('A07 its commands work as they stand: signed, compressed, as NDJSON and from a file', async () => {
    const blocks = [...PAGE.matchAll(/```bash\n([\s\S]+?)```/g)].map(([, block]) => block!);
    const answers: string[] = [];
    for (const block of blocks) {
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', block], {
        cwd: folder,
        env: {
          ...{ ...BASE_ENVIRONMENT, HOME: folder, DATABASE_URL: database.url },
          ...{ B: app.url, AUTH_KEY: scene.authKey, SECRET: scene.secret, VISIT },
        },
      });
      answers.push(stdout);
    }
    expect(answers).toHaveLength(4);
    const [plain, compressed, ndjson, csv] = answers;
    expect(JSON.parse(plain!)).toMatchObject({ accepted: 1, rejected: 0 });
    // The same item again: it was the same body.
    expect(JSON.parse(compressed!)).toMatchObject({ accepted: 0, duplicate: 1 });
    const last = JSON.parse(ndjson!.trim().split('\n').at(-1)!) as object;
    expect(last).toMatchObject({ state: 'finished', accepted: 3, rejected: 0 });
    expect(csv).toContain('1 accepted');
    const activity = await db.query('SELECT count(*)::int AS intervals FROM player_activity');
    expect(activity).toEqual([{ intervals: 3 }]);
  });
});
