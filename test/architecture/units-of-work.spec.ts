import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src');

/** Background work and the like, which no impersonator's request reaches. */
const ELSEWHERE = [
  /\.job\.ts$/,
  /^platform\/database\//,
  /^partner-management\/data-export\/data-export-maker\.ts$/,
  /^postbacks\/(delivery\/|log-partitions)/,
  /^cli\//,
  /^demo\//,
];
/** What changes nothing of a partner: claims of a run, when a session was seen last, files that no row has yet. */
const BOOKKEEPING = [
  'billing/bill-run.executor.ts',
  'identity/sessions.service.ts',
  'platform/files/stored-files.ts',
];

const WRITES =
  /dataSource(?:\.manager)?\s*\.(?:transaction\(|(?:query|getRepository)\b[^;]*?(?:\bINSERT\b|\bUPDATE\b|\bDELETE\b|\.insert\(|\.update\(|\.save\(|\.delete\())/;

it('requests write in units of work only, where writes while impersonating are recorded', () => {
  const files = globSync('**/*.ts', { cwd: SOURCE }).filter((file) => !file.endsWith('.spec.ts'));
  expect(files.length).toBeGreaterThan(200);
  const writing = files.filter((file) => WRITES.test(readFileSync(join(SOURCE, file), 'utf8')));
  expect(writing).toEqual(expect.arrayContaining(BOOKKEEPING));
  expect(
    writing.filter((file) => !BOOKKEEPING.includes(file) && !ELSEWHERE.some((path) => path.test(file))),
  ).toEqual([]);
});
