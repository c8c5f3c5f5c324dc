import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { FileStore } from './file-store.js';
import { LocalFileStore } from './local-file-store.js';

/** The store that the settings name: a bucket, or the folder `files` of the data directory. */
export async function openFileStore({ s3, dataDirectory }: Config): Promise<FileStore> {
  const folder = join(dataDirectory, 'files');
  if (!s3) return LocalFileStore.create(folder);
  // Its client is large: who keeps files on the disk does not wait for it.
  const { S3FileStore } = await import('./s3-file-store.js');
  return S3FileStore.create(s3, join(folder, '.incoming'));
}
