import { ESLint } from 'eslint';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');
const eslint = new ESLint({ cwd: PROJECT });

/** Names of the rules that the code breaks when it stands in the given file. */
async function rulesBroken(code: string, file = 'src/main.ts'): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: join(PROJECT, file) });
  return result?.messages.map(({ ruleId }) => ruleId) ?? [];
}

const lines = (count: number) => 'void 0;\n'.repeat(count);

describe('The linter', () => {
  it.each([
    ['no-restricted-properties', `export const url = process.env['URL'];\n`],
    ['no-restricted-properties', `const { env } = process;\nexport default env;\n`],
    ['no-restricted-syntax', `import { env } from 'node:process';\nexport default env;\n`],
    ['@typescript-eslint/no-floating-promises', `Promise.resolve();\n`],
    ['max-lines', lines(401)],
    ['max-lines-per-function', `export function long(): void {\n${lines(50)}}\n`],
    [
      'max-params',
      `export class Greedy {\n  constructor(${[...'abcdefg'].map((name) => `readonly ${name}: string`).join(', ')}) {}\n}\n`,
    ],
  ])('refuses what breaks %s', async (rule, code) => {
    expect(await rulesBroken(code)).toEqual([rule]);
  });

  it('lets the configuration read the environment', async () => {
    const code = `export const url = process.env['URL'];\n`;
    expect(await rulesBroken(code, 'src/platform/config/config.ts')).toEqual([]);
  });
});
