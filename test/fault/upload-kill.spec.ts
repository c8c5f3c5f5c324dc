import { SchedulerRegistry } from '@nestjs/schedule';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileStore, StoredFiles } from '../../src/platform/index.js';
import { uploaderOf } from '../integration/partner-management/document-scene.js';
import { createTestApp, TestClock } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { spawnApp } from '../support/process.js';
import { samplePdf } from '../support/sample-files.js';

const PART =
  '--the-boundary\r\nContent-Disposition: form-data; name="file"; filename="passport.pdf"\r\nContent-Type: application/pdf\r\n\r\n';

describe('A25 the process is killed during an upload', () => {
  let database: TestDatabase;
  let db: DataSource;
  let folder: string;
  const clock = new TestClock(new Date().toISOString());
  const start = () =>
    createTestApp({ databaseUrl: database.url, clock, env: { TRIBUTARY_DATA_DIR: folder } });

  beforeAll(async () => {
    database = await createTestDatabase();
    db = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    folder = await mkdtemp(join(tmpdir(), 'tributary-upload-'));
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('leaves no document, and its file is swept', async () => {
    const before = await start();
    const { accessToken } = await uploaderOf(before, 'ann@example.com');
    await before.close();

    const process = await spawnApp({
      DATABASE_URL: database.url,
      TRIBUTARY_DATA_DIR: folder,
      LOG_LEVEL: 'error',
    });
    const upload = request(`${process.url}/api/v1/partner/documents`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'multipart/form-data; boundary=the-boundary',
      },
    });
    const cut = once(upload, 'error');
    upload.write(PART);
    upload.write(samplePdf(2_000_000));
    const loose = () => db.query<{ key: string }[]>('SELECT key FROM loose_files');
    await expect.poll(loose, { timeout: 10_000 }).toHaveLength(1);
    await expect.poll(() => readdir(join(folder, 'files', '.incoming')), { timeout: 10_000 }).toHaveLength(1);
    await process.kill('SIGKILL');
    await cut;

    const after = await start();
    void after.app.get(SchedulerRegistry).getCronJob('files.sweep').stop();
    const [{ key }] = (await loose()) as [{ key: string }];
    clock.set(new Date(Date.now() + 3_600_000));
    await after.app.get(StoredFiles).sweep();
    expect(await loose()).toEqual([]);
    expect(await db.query('SELECT id FROM documents')).toEqual([]);
    await expect(after.app.get(FileStore).open(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await after.close();
  });
});
