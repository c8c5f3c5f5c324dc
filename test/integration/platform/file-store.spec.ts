import { Logger } from '@nestjs/common';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileStore } from '../../../src/platform/files/open-file-store.js';
import { type FileStore, readConfig } from '../../../src/platform/index.js';
import { memoryInUse } from '../../support/memory.js';
import { type S3Server, startS3Server } from '../../support/s3-server.js';

const MIB = 1024 * 1024;

let folder: string;
let s3: S3Server;
beforeAll(async () => {
  Logger.overrideLogger(false);
  folder = await mkdtemp(join(tmpdir(), 'tributary-files-'));
  s3 = await startS3Server();
});
afterAll(async () => {
  await s3.stop();
  await rm(folder, { recursive: true, force: true });
});

const openStore = (env: Record<string, string>): Promise<FileStore> =>
  openFileStore(readConfig({ TRIBUTARY_DATA_DIR: folder, ...env }));

/** A content of so many bytes that ends as it should, or with an error. */
async function* flow(bytes: number, end: () => void = () => undefined): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024, 7);
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, left);
  end();
}

function broken(): never {
  throw new Error('the sender hung up');
}

describe.each([
  ['on the disk', () => ({})],
  ['in an S3-compatible store', () => s3.env],
])('FileStore %s', (_place, env) => {
  let store: FileStore;
  beforeAll(async () => (store = await openStore(env())));
  const put = (key: string, content: Buffer) => store.put(key, Readable.from([content]));
  const read = async (key: string) => buffer(await store.open(key));

  it.each([0, 1, 70_000, 12 * MIB])('gives back the %i bytes it was given', async (sizeBytes) => {
    const content = randomBytes(sizeBytes);
    const key = `documents/${randomUUID()}/${randomUUID()}`;
    expect(await put(key, content)).toEqual({ sizeBytes });
    expect(createHash('sha256').update(await read(key)).digest()).toEqual(
      createHash('sha256').update(content).digest(),
    ); // prettier-ignore
  });

  it('replaces what was there', async () => {
    const key = `a/${randomUUID()}`;
    await put(key, Buffer.from('the first, and longer'));
    await put(key, Buffer.from('second'));
    expect((await read(key)).toString()).toBe('second');
  });

  it('removes, once or twice, and says of what is not there that it is not', async () => {
    const key = `a/${randomUUID()}`;
    await put(key, Buffer.from('here'));
    await store.delete(key);
    await store.delete(key);
    await expect(store.open(key)).rejects.toMatchObject({ code: 'NOT_FOUND', kind: 'not_found' });
  });

  it('leaves nothing, and what was there alone, when the content fails', async () => {
    const key = `a/${randomUUID()}`;
    await expect(store.put(key, Readable.from(flow(6 * MIB, broken)))).rejects.toThrow('the sender hung up');
    await expect(store.open(key)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await put(key, Buffer.from('before'));
    await expect(store.put(key, Readable.from(flow(10, broken)))).rejects.toThrow('the sender hung up');
    expect((await read(key)).toString()).toBe('before');
    expect(await readdir(join(folder, 'files', '.incoming'))).toEqual([]);
  });

  it('takes many at once under one key: one of them stays, whole', async () => {
    const key = `a/${randomUUID()}`;
    const contents = Array.from({ length: 8 }, (_, index) => Buffer.alloc(100_000, index));
    await Promise.all(contents.map((content) => put(key, content)));
    const left = await read(key);
    expect(contents.some((content) => content.equals(left))).toBe(true);
  });

  it('holds no more memory for 20 contents at once than a few parts', async () => {
    let most = 0;
    const watch = () => (most = Math.max(most, memoryInUse().arrayBuffers));
    const before = memoryInUse().arrayBuffers;
    const keys = Array.from({ length: 20 }, (_, index) => `flat/${index}`);
    await Promise.all(keys.map((key) => store.put(key, Readable.from(flow(12 * MIB))).then(watch)));
    expect(most - before).toBeLessThan(100 * MIB);
  });

  it.each([
    '../out',
    'a/../../out',
    '/etc/passwd',
    'a//b',
    'a/',
    '',
    '.incoming/x',
    'a/.hidden',
    'a\\..\\b',
    'a/b\0c',
    'a/%2e%2e/b',
    'C:/x',
    'a'.repeat(201),
  ])('takes %j for no key', async (key) => {
    await expect(put(key, Buffer.from('x'))).rejects.toThrow('Not a key of a file');
    await expect(store.open(key)).rejects.toThrow('Not a key of a file');
    await expect(store.delete(key)).rejects.toThrow('Not a key of a file');
  });
});

describe('LocalFileStore', () => {
  it('forgets at the start what was never finished a day ago', async () => {
    const incoming = join(folder, 'files', '.incoming');
    await writeFile(join(incoming, 'old'), 'half of it');
    await writeFile(join(incoming, 'new'), 'half of it');
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await utimes(join(incoming, 'old'), yesterday, yesterday);
    await openStore({});
    expect(await readdir(incoming)).toEqual(['new']);
    await rm(join(incoming, 'new'));
  });

  it('answers 503 while the disk refuses', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'tributary-files-'));
    await writeFile(join(elsewhere, 'files'), 'a file where the folder should be');
    const store = await openStore({ TRIBUTARY_DATA_DIR: elsewhere });
    await expect(store.put('a/b', Readable.from(['x']))).rejects.toMatchObject({
      code: 'FILE_STORE_UNAVAILABLE',
    });
    await rm(elsewhere, { recursive: true });
  });
});

describe('S3FileStore', () => {
  let store: FileStore;
  beforeAll(async () => (store = await openStore(s3.env)));

  it('sends large contents in parts and small ones in one piece, signed', async () => {
    const from = s3.requests.length;
    await store.put('parts/large', Readable.from(flow(12 * MIB)));
    await store.put('parts/small', Readable.from(['small']));
    const sent = s3.requests
      .slice(from)
      .map(({ method, target }) => `${method} ${target.replace(/uploadId=[^&]+/, 'uploadId')}`);
    expect(sent).toEqual([
      'POST /tributary-files/parts/large?uploads=',
      'PUT /tributary-files/parts/large?partNumber=1&uploadId&x-id=UploadPart',
      'PUT /tributary-files/parts/large?partNumber=2&uploadId&x-id=UploadPart',
      'PUT /tributary-files/parts/large?partNumber=3&uploadId&x-id=UploadPart',
      'POST /tributary-files/parts/large?uploadId',
      'PUT /tributary-files/parts/small?x-id=PutObject',
    ]);
  });

  it('tries again when the store asks for patience', async () => {
    let refusals = 2;
    s3.answer(({ target }) => (target.includes('partNumber=2') && refusals-- > 0 ? 'slow-down' : 'pass'));
    const content = randomBytes(12 * MIB);
    await store.put('patience/parts', Readable.from([content]));
    s3.answer(() => 'pass');
    expect(content.equals(await buffer(await store.open('patience/parts')))).toBe(true);
  });

  it('answers 503 when the store stays away, and leaves no half upload', async () => {
    const from = s3.requests.length;
    s3.answer(({ target }) => (target.includes('partNumber=2') ? 'slow-down' : 'pass'));
    await expect(store.put('away/x', Readable.from(flow(12 * MIB)))).rejects.toMatchObject({
      code: 'FILE_STORE_UNAVAILABLE',
      details: { retryAfterSeconds: 5 },
    });
    expect(s3.requests.slice(from).at(-1)).toMatchObject({
      method: 'DELETE',
      target: expect.stringContaining('uploadId='),
    });
    s3.answer(() => 'slow-down');
    await expect(store.open('away/x')).rejects.toMatchObject({ code: 'FILE_STORE_UNAVAILABLE' });
    await expect(store.delete('away/x')).rejects.toMatchObject({ code: 'FILE_STORE_UNAVAILABLE' });
    s3.answer(() => 'pass');
    await expect(store.open('away/x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await readdir(join(folder, 'files', '.incoming'))).toEqual([]);
  });

  it('does not pass a cut-off content for a whole one', async () => {
    await store.put('cut/x', Readable.from(flow(1 * MIB)));
    s3.answer(() => 'truncate');
    const content = await store.open('cut/x');
    await expect(buffer(content)).rejects.toThrow();
    s3.answer(() => 'pass');
  });

  it('stops the start on a wrong bucket or key, not on a store that is away', async () => {
    await expect(openStore({ ...s3.env, S3_BUCKET: 'another-bucket' })).rejects.toThrow(
      'The bucket another-bucket cannot be used (404): check the S3_ settings',
    );
    await expect(openStore({ ...s3.env, S3_ACCESS_KEY_ID: 'SOMEBODY' })).rejects.toThrow('(403)');
    s3.answer(() => 'slow-down');
    await expect(openStore(s3.env)).resolves.toBeDefined();
    s3.answer(() => 'pass');
    await expect(openStore({ ...s3.env, S3_ENDPOINT: 'http://127.0.0.1:1' })).resolves.toBeDefined();
  });
});
