import { SchedulerRegistry } from '@nestjs/schedule';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileStore, StoredFiles, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';

let app: TestApp;
let files: StoredFiles;
let store: FileStore;
let unitOfWork: UnitOfWork;
beforeAll(async () => {
  app = await createTestApp();
  // Only the test sweeps.
  void app.app.get(SchedulerRegistry).getCronJob('files.sweep').stop();
  files = app.app.get(StoredFiles);
  store = app.app.get(FileStore);
  unitOfWork = app.app.get(UnitOfWork);
});
afterAll(() => app.close());

let number = 0;
let key: string;
beforeEach(() => (key = `test/${(number += 1)}`));

const text = () => Readable.from(['content']);
const isStored = (at = key) =>
  store.open(at).then(
    (content) => (content.destroy(), true),
    () => false,
  );
const loose = () => app.db.query<{ key: string }[]>('SELECT key FROM loose_files');

describe('StoredFiles', () => {
  it('keeps what a row took, and forgets what none took within an hour', async () => {
    await files.put(key, text());
    await files.put(`${key}-loose`, text());
    await unitOfWork.run((tx) => files.keep(tx, key));
    app.clock.advance(3_599);
    await files.sweep();
    expect(await loose()).toEqual([{ key: `${key}-loose` }]);
    app.clock.advance(1);
    await files.sweep();
    expect([await isStored(), await isStored(`${key}-loose`)]).toEqual([true, false]);
    expect(await loose()).toEqual([]);
  });

  it('stays loose when the row is rolled back', async () => {
    await files.put(key, text());
    const failing = unitOfWork.run(async (tx) => {
      await files.keep(tx, key);
      throw new Error('no row');
    });
    await expect(failing).rejects.toThrow('no row');
    expect(await loose()).toEqual([{ key }]);
    await files.giveUp(key);
    expect([await isStored(), await loose()]).toEqual([false, []]);
  });

  it('gives up nothing that a row keeps', async () => {
    await files.put(key, text());
    await unitOfWork.run((tx) => files.keep(tx, key));
    await files.giveUp(key);
    expect(await isStored()).toBe(true);
  });

  it('deletes a discarded file after the commit, not before and not without', async () => {
    await files.put(key, text());
    await unitOfWork.run((tx) => files.keep(tx, key));
    const failing = unitOfWork.run(async (tx) => {
      await files.discard(tx, key);
      throw new Error('kept after all');
    });
    await expect(failing).rejects.toThrow('kept after all');
    await files.sweep();
    expect(await isStored()).toBe(true);
    await unitOfWork.run((tx) => files.discard(tx, key));
    await Promise.all([files.sweep(), files.sweep(), files.sweep()]);
    expect([await isStored(), await loose()]).toEqual([false, []]);
  });

  it('lets no row take a file whose deletion has begun', async () => {
    await files.put(key, text());
    app.clock.advance(3_600);
    await app.db.query('UPDATE loose_files SET given_up = true WHERE key = $1', [key]);
    await expect(unitOfWork.run((tx) => files.keep(tx, key))).rejects.toMatchObject({
      code: 'FILE_STORE_UNAVAILABLE',
    });
    await files.sweep();
  });

  it('refuses a content that took so long that the sweep was faster', async () => {
    async function* slow(): AsyncGenerator<string> {
      yield 'first half';
      app.clock.advance(3_600);
      await files.sweep();
      yield 'second half';
    }
    await expect(files.put(key, Readable.from(slow()))).rejects.toMatchObject({
      code: 'FILE_STORE_UNAVAILABLE',
    });
    expect([await isStored(), await loose()]).toEqual([false, []]);
  });

  it('tries a deletion again that did not come to its end', async () => {
    await files.put(key, text());
    await app.db.query(`UPDATE loose_files SET given_up = true, due_at = $2 WHERE key = $1`, [
      key,
      app.clock.now(),
    ]);
    await files.sweep();
    expect([await isStored(), await loose()]).toEqual([false, []]);
  });
});
