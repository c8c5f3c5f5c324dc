import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileStoreUnavailable } from './file-store.js';

/** Contents on their way into the store, each in a file of its own until it is whole. */
export interface IncomingFile {
  path: string;
  sizeBytes: number;
}

/** Longer than any content takes to come in. */
const STALE_AFTER_MS = 24 * 3_600_000;

/** What the disk answers when it cannot take the content; other errors are the content's own. */
const DISK_FAULTS = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO', 'EACCES', 'EMFILE', 'ENFILE']);

/**
 * Writes a content to a fresh file in the folder and on to the disk (fsync). When the content fails, nothing stays.
 * @throws what the content fails with; DomainError FILE_STORE_UNAVAILABLE (503) when the disk cannot take it
 */
export async function writeIncoming(folder: string, content: Readable): Promise<IncomingFile> {
  const path = join(folder, randomUUID());
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    content.destroy();
    throw fileStoreUnavailable(error);
  }
  try {
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(content, file);
    return { path, sizeBytes: file.bytesWritten };
  } catch (error) {
    await rm(path, { force: true });
    throw asStoreFault(error);
  }
}

/** The error as FILE_STORE_UNAVAILABLE (503) when it says that the disk cannot take a content; else as it is. */
export function asStoreFault(error: unknown): unknown {
  return DISK_FAULTS.has((error as NodeJS.ErrnoException).code ?? '') ? fileStoreUnavailable(error) : error;
}

/** Removes what processes that died have left in the folder. */
export async function removeStaleIncoming(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const written = await stat(path).catch(() => null);
    if (written && written.mtimeMs < Date.now() - STALE_AFTER_MS) await rm(path, { force: true });
  }
}
