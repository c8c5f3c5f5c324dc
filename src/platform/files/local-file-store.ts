import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { checkedKey, fileNotFound, FileStore, fileStoreUnavailable } from './file-store.js';
import { removeStaleIncoming, writeIncoming } from './incoming-files.js';

/** Files in a folder of this machine, or of a disk that all instances share. */
export class LocalFileStore extends FileStore {
  private readonly incoming: string;

  private constructor(private readonly folder: string) {
    super();
    // No key begins with a dot.
    this.incoming = join(folder, '.incoming');
  }

  /** The store in that folder, cleared of what was never finished. */
  static async create(folder: string): Promise<LocalFileStore> {
    const store = new LocalFileStore(folder);
    await removeStaleIncoming(store.incoming);
    return store;
  }

  async put(key: string, content: Readable): Promise<{ sizeBytes: number }> {
    const target = this.pathOf(key);
    const { path, sizeBytes } = await writeIncoming(this.incoming, content);
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rename(path, target);
      await syncFolder(dirname(target));
    } catch (error) {
      await rm(path, { force: true });
      throw fileStoreUnavailable(error);
    }
    return { sizeBytes };
  }

  async open(key: string): Promise<Readable> {
    const path = this.pathOf(key);
    try {
      const file = await open(path);
      return file.createReadStream();
    } catch (error) {
      throw isMissing(error) ? fileNotFound() : fileStoreUnavailable(error);
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.pathOf(key);
    try {
      await rm(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (!isMissing(error)) throw fileStoreUnavailable(error);
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, ...checkedKey(key).split('/'));
  }
}

/** Brings a changed directory entry to the disk; systems without synced folders (Windows) refuse to open one. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
