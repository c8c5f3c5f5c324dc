import fc from 'fast-check';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, open, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig, Spool } from '../../../src/platform/index.js';

const SECRET = Buffer.from('what nobody may find on the disk');

let folder: string;
let spool: Spool;
/** What all open files share. */
let files: FileHandle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-spool-'));
  spool = new Spool(readConfig({ TRIBUTARY_DATA_DIR: folder }));
  const probe = await open(import.meta.filename);
  files = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const names = (): Promise<string[]> => readdir(join(folder, 'spool'));

async function* flow(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** The file that the spool writes next. */
function nextFile(): () => FileHandle {
  const write = vi.spyOn(files, 'writeFile');
  return () => write.mock.contexts[0] as FileHandle;
}

describe('the spool', () => {
  it('gives back what it took, more than once, in whatever pieces it came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 })), async (pieces) => {
        const chunks = pieces.map((piece) => Buffer.from(piece));
        const spooled = await spool.take(flow(...chunks));
        expect(await buffer(spooled.read())).toEqual(Buffer.concat(chunks));
        expect(await buffer(spooled.read())).toEqual(Buffer.concat(chunks));
        await spooled.discard();
      }),
    );
    const large = Buffer.alloc(3_000_000, 'large');
    const spooled = await spool.take(flow(large));
    expect((await buffer(spooled.read())).equals(large)).toBe(true);
    await spooled.discard();
  });

  it('keeps it in a file without a name, unreadable without the key that is in memory', async () => {
    const file = nextFile();
    const spooled = await spool.take(flow(SECRET, SECRET));
    expect(await names()).toEqual([]);
    const { buffer: kept, bytesRead } = await file().read(Buffer.alloc(1_000), 0, 1_000, 0);
    expect(bytesRead).toBe(2 * SECRET.length);
    expect(kept.includes(SECRET.subarray(0, 8))).toBe(false);
    await spooled.discard();
  });

  it('takes notice when the file was altered', async () => {
    const file = nextFile();
    const spooled = await spool.take(flow(SECRET));
    await file().write('x', 3);
    await expect(buffer(spooled.read())).rejects.toThrow('unable to authenticate');
    await spooled.discard();
  });

  it('has nothing any more when it is told so', async () => {
    const file = nextFile();
    const spooled = await spool.take(flow(SECRET));
    await spooled.discard();
    expect(file().fd).toBe(-1);
    await expect(buffer(spooled.read())).rejects.toMatchObject({ code: 'EBADF' });
  });

  it('keeps nothing of a content that breaks off, and says why it did', async () => {
    const file = nextFile();
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(SECRET);
      throw new Error('the sender hung up');
    }
    await expect(spool.take(broken())).rejects.toThrow('the sender hung up');
    expect(file().fd).toBe(-1);
    expect(await names()).toEqual([]);
  });

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])(
    'refuses what the disk cannot take (%s), and keeps nothing of it',
    async (code) => {
      const write = vi.spyOn(files, 'writeFile').mockImplementationOnce(async (content) => {
        await once(content as Readable, 'readable');
        throw Object.assign(new Error('the disk refuses'), { code });
      });
      let closed = false;
      async function* long(): AsyncGenerator<Buffer> {
        try {
          for (let left = 10_000; left > 0; left -= 1) yield await Promise.resolve(SECRET);
        } finally {
          closed = true;
        }
      }
      await expect(spool.take(long())).rejects.toMatchObject({
        code: 'FILE_STORE_UNAVAILABLE',
        kind: 'unavailable',
      });
      expect(closed).toBe(true);
      expect((write.mock.contexts[0] as FileHandle).fd).toBe(-1);
      expect(await names()).toEqual([]);
    },
  );

  it('refuses where there is no folder and none can be made', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const nowhere = new Spool(readConfig({ TRIBUTARY_DATA_DIR: file }));
    await expect(nowhere.take(flow(SECRET))).rejects.toMatchObject({ code: 'FILE_STORE_UNAVAILABLE' });
  });

  it('removes at its start what a process left that died within the moment that a file has a name', async () => {
    const [old, fresh] = ['old', 'fresh'].map((name) => join(folder, 'spool', name));
    for (const path of [old!, fresh!]) await writeFile(path, '');
    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
    await utimes(old!, twoDaysAgo, twoDaysAgo);
    await spool.onModuleInit();
    expect(await names()).toEqual(['fresh']);
    await rm(fresh!);
  });
});
