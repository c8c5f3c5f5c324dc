import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PAGE = join(import.meta.dirname, '../../docs/sync.md');
/** How items are refused: by a fault that is thrown, or by a refusal that is noted. */
const REFUSED = /(?:new ItemFault\(\s*|\bcode: )'([A-Z]+(?:_[A-Z]+)+)'/g;
/** Tests, and the import of a program, which has a page of its own. */
const OTHERS = /\.spec\.ts$|^imported-players/;

it('docs/sync.md explains every code that an item is refused with, and no other', () => {
  const sources = globSync('**/*.ts', { cwd: import.meta.dirname }).filter((file) => !OTHERS.test(file));
  const used = sources.flatMap((file) =>
    [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(REFUSED)].map(([, code]) => code!),
  );
  const explained = [...readFileSync(PAGE, 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code!);
  expect(used.length).toBeGreaterThan(8);
  expect(explained.sort()).toEqual([...new Set(used)].sort());
}); // prettier-ignore
