import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReportScene, type Reader } from '../integration/reports/report-scene.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { body } from '../support/journey.js';
import { missWorkerOf } from '../support/missed-worker.js';
import { type AppProcess, spawnApp } from '../support/process.js';

const VISITS = 60_000;
const PATH = 'partner/reports/requests';

describe('A17 the worker is killed while it writes a requested report', () => {
  let database: TestDatabase;
  let web: TestApp;
  let folder: string;
  let ann: Reader;
  let parameters: object;
  const workers: AppProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    web = await createTestApp({ databaseUrl: database.url, background: false });
    folder = join(tmpdir(), `tributary-${randomUUID()}`);
    const scene = await ReportScene.open(web);
    ann = await scene.reader();
    await scene.visits(ann.partnerId, 'Autumn', VISITS);
    parameters = { from: scene.day, to: scene.day, columns: ['visits_count'], group_by: ['dynamic_tag_n'] };
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
    await web.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const startWorker = async (): Promise<AppProcess> => {
    const worker = await spawnApp({
      DATABASE_URL: database.url,
      TRIBUTARY_DATA_DIR: folder,
      ROLE: 'worker',
      LOG_LEVEL: 'silent',
    });
    workers.push(worker);
    return worker;
  };
  const state = async (): Promise<{ state: string; attempts: number; writing: number }> => {
    const [row] = await web.db.query<[{ state: string; attempts: number; writing: number }]>(
      `SELECT state, attempts, (SELECT count(*)::int FROM loose_files WHERE key LIKE 'reports/%') AS writing
         FROM report_requests`,
    );
    return row;
  };

  it('another one begins again and ends once: two files that stay, one mail', async () => {
    const first = await startWorker();
    const asked = body<{ id: string }>(await ann.as.post(PATH, { name: 'Long', parameters }), 202);
    for (const until = Date.now() + 30_000; Date.now() < until && (await state()).writing === 0;);
    await first.kill('SIGKILL');
    expect(await state()).toMatchObject({ state: 'processing', attempts: 1 });
    expect(await web.mailbox(ann.email)).toEqual([]);

    await missWorkerOf(web.db, 'reports.request');
    await startWorker();
    await expect.poll(async () => (await state()).state, { timeout: 30_000 }).toBe('successful');
    expect(await state()).toMatchObject({ attempts: 2 });
    const subjects = (await web.mailbox(ann.email)).map(({ subject }) => subject);
    expect(subjects).toEqual(['Your report is ready: Long']);
    const kept = await readdir(join(folder, 'files', 'reports', ann.partnerId));
    expect(kept.filter((name) => name.startsWith(`${asked.id}-2.`)).sort()).toEqual([
      `${asked.id}-2.xlsx`,
      `${asked.id}-2.zip`,
    ]);
  });
});
