import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { FaultsFirst } from './test/support/faults-first.js';
import { makeScratchFolder } from './test/support/scratch-folder.js';

// Workers inherit it; this process starts the database.
process.env['TMPDIR'] = makeScratchFolder();

export default defineConfig({
  test: {
    // One server for all files and often an application per file: a third worker on two cores costs more than it does.
    maxWorkers: 2,
    // Files of a worker share the program's modules: loading those anew for each took a third of the whole run.
    isolate: false,
    sequence: { sequencer: FaultsFirst },
    restoreMocks: true,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What comes by itself comes sooner or later; its second of patience is too short for a busy machine.
    expect: { poll: { timeout: 20_000 } },
    setupFiles: ['test/support/setup.ts'],
    // Tests start the built program more than a hundred times; it need not be compiled anew each time.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/tributary') },
    projects: [
      // Pure rules: no database, so nothing to set up.
      { extends: true, test: { name: 'rules', include: ['src/**/*.spec.ts'] } },
      {
        extends: true,
        test: {
          name: 'program',
          include: ['test/**/*.spec.ts', 'test/**/*.e2e-spec.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          setupFiles: ['test/support/quick-passwords.ts'],
        },
      },
      // The main roads once more. (The README's session starts the program as it comes, with its own server.)
      {
        extends: true,
        test: {
          name: 'oldest-postgres',
          include: ['test/e2e/**/*.e2e-spec.ts'],
          exclude: ['test/e2e/readme.e2e-spec.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          setupFiles: ['test/support/quick-passwords.ts'],
        },
      },
    ],
  },
});
