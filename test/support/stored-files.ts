import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestApp } from './app.js';

/** How many files the program with that data folder keeps, whole ones and those on their way. */
export async function filesStored(dataFolder: string): Promise<number> {
  const entries = await readdir(join(dataFolder, 'files'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter((entry) => entry.isFile()).length;
}

/**
 * What was refused leaves nothing at all: no file, no note of one, and no row.
 * @param rows SELECT of the rows that uploads make
 */
export async function expectNothingStored(app: TestApp, dataFolder: string, rows: string): Promise<void> {
  const traces = async () => [
    await filesStored(dataFolder),
    ...(await app.db.query<object[]>(rows)),
    ...(await app.db.query<object[]>('SELECT key FROM loose_files')),
  ];
  await expect.poll(traces, { timeout: 10_000 }).toEqual([0]);
}
