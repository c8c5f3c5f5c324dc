import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { greeted } from './greeting.js';

const SOURCES = join(import.meta.dirname, '../..');

it('greets by name only where the address is confirmed', () => {
  expect(greeted({ name: 'Ann', emailConfirmed: true }, 'welcome.')).toBe('Hello Ann,\n\nwelcome.');
  expect(greeted({ name: 'Ann', emailConfirmed: false }, 'welcome.')).toBe('Hello,\n\nwelcome.');
});

it('is the only place that greets by name', async () => {
  const greeting: string[] = [];
  for await (const file of glob('**/*.ts', { cwd: SOURCES })) {
    if (file.endsWith('.spec.ts')) continue;
    // The example of a broadcast is its writer's own words, to people who asked for it.
    if (/`Hello \$\{/.test(await readFile(join(SOURCES, file), 'utf8'))) greeting.push(file);
  }
  expect(greeting).toEqual([]);
});
