import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');

interface Violation {
  rule: string;
  from: string;
}

/** Runs the boundary check, as `npm run boundaries` does, over `src` of a project folder. */
function check(project: string): Promise<{ passes: boolean; violations: Violation[] }> {
  const program = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const parameters = [program, '--config', '.dependency-cruiser.cjs', 'src'];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { cwd: project }, (failure, stdout) => {
      const lines = stdout.matchAll(/^\s*error ([a-z-]+): (\S+)/gm);
      const violations = [...lines].map(([, rule = '', from = '']) => ({ rule, from }));
      resolve({ passes: failure === null, violations });
    });
  });
}

/** Files of a small project that keep every rule. */
const LAWFUL = {
  'src/main.ts': `import './app.module.js';`,
  'src/app.module.ts': `import './wallet/index.js'; import './billing/billing.module.js';`,
  'src/platform/index.ts': `export { clock } from './clock.js';`,
  'src/platform/clock.ts': `import { readFileSync } from 'node:fs'; export const clock = readFileSync;`,
  'src/platform/money/money.ts': `import { Decimal } from 'decimal.js'; export class Money { rate = Decimal; }`,
  'src/platform/errors/domain-error.ts': `export class DomainError extends Error {}`,
  'src/wallet/index.ts': `export { ledger } from './ledger.js';`,
  'src/wallet/ledger.ts': `import { DataSource } from 'typeorm'; import { clock } from '../platform/index.js';
    export const ledger = [DataSource, clock];`,
  'src/billing/billing.module.ts': `import './index.js';`,
  'src/billing/index.ts': `import '../wallet/index.js'; export * from './domain/bill.js';`,
  'src/billing/domain/bill.ts': `import { Money } from '../../platform/money/money.js';
    import { DomainError } from '../../platform/errors/domain-error.js'; export const bill = [Money, DomainError];`,
  'src/billing/domain/bill.spec.ts': `import { it } from 'vitest'; import './bill.js'; it('adds', () => {});`,
};

/** A circle is reported once, at one of its files. */
const OTHER_HALF = { 'src/brands/circle-b.ts': `import './circle-a.js';` };

/** Each file breaks the rule that stands beside it, and no other. */
const PLANTED: { file: string; breaks: string; content: string }[] = [
  {
    file: 'src/platform/knows-wallet.ts',
    breaks: 'platform-imports-leftwards',
    content: `import '../wallet/index.js';`,
  },
  {
    file: 'src/wallet/knows-billing-types.ts',
    breaks: 'wallet-imports-leftwards',
    content: `import type { bill } from '../billing/index.js'; export type Bill = typeof bill;`,
  },
  {
    file: 'src/billing/reaches-into-wallet.ts',
    breaks: 'wallet-only-through-its-door',
    content: `import '../wallet/ledger.js';`,
  },
  {
    file: 'src/billing/loads-inside-of-wallet.ts',
    breaks: 'wallet-only-through-its-door',
    content: `export const later = () => import('../wallet/ledger.js');`,
  },
  {
    file: 'src/app.setup.ts',
    breaks: 'platform-only-through-its-door',
    content: `import './platform/clock.js';`,
  },
  {
    file: 'src/reports/takes-a-module.ts',
    breaks: 'modules-meet-by-the-index',
    content: `import '../billing/billing.module.js';`,
  },
  { file: 'src/brands/circle-a.ts', breaks: 'no-circles', content: `import './circle-b.js';` },
  { file: 'src/utils/anything.ts', breaks: 'known-rooms-only', content: `import '../wallet/index.js';` },
  {
    file: 'src/tracking/domain/knows-typeorm.ts',
    breaks: 'domain-is-pure',
    content: `import type { EntityManager } from 'typeorm'; export type Tx = EntityManager;`,
  },
  {
    file: 'src/tracking/domain/knows-nest.ts',
    breaks: 'domain-is-pure',
    content: `import { Injectable } from '@nestjs/common'; export const x = Injectable;`,
  },
  {
    file: 'src/tracking/domain/reads-files.ts',
    breaks: 'domain-is-pure',
    content: `import { readFileSync } from 'node:fs'; export const x = readFileSync;`,
  },
  {
    file: 'src/tracking/domain/knows-the-clock.ts',
    breaks: 'domain-is-pure',
    content: `import '../../platform/index.js';`,
  },
  {
    file: 'src/platform/money/stored-money.ts',
    breaks: 'money-is-pure',
    content: `import { Column } from 'typeorm'; export const x = Column;`,
  },
  { file: 'src/content/imports-nothing-there.ts', breaks: 'resolvable', content: `import './gone.js';` },
  {
    file: 'src/content/uses-a-dev-package.ts',
    breaks: 'not-to-dev-packages',
    content: `import fc from 'fast-check'; export const x = fc;`,
  },
  {
    file: 'src/billing/leans-on-a-spec.ts',
    breaks: 'not-to-tests',
    content: `import './domain/bill.spec.js';`,
  },
];

let folder: string;

function plant(project: string, files: Record<string, string>): string {
  const root = join(folder, project);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    copyFileSync(join(PROJECT, file), join(root, file));
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'), 'junction');
  return root;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-boundaries-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('The boundary check', () => {
  it('finds nothing in the real tree', async () => {
    expect(await check(PROJECT)).toEqual({ passes: true, violations: [] });
  });

  it('finds nothing in a tree that keeps the rules', async () => {
    expect(await check(plant('lawful', LAWFUL))).toEqual({ passes: true, violations: [] });
  });

  it('finds every planted violation, and those only', async () => {
    const planted = Object.fromEntries(PLANTED.map(({ file, content }) => [file, content]));
    const { passes, violations } = await check(plant('unlawful', { ...LAWFUL, ...OTHER_HALF, ...planted }));
    const expected = PLANTED.map(({ file, breaks }) => ({ rule: breaks, from: file }));
    const byFile = (a: Violation, b: Violation) => (a.from < b.from ? -1 : 1);
    expect(violations.sort(byFile)).toEqual(expected.sort(byFile));
    expect(passes).toBe(false);
  });
});
