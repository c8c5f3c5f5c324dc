import { defineConfig } from 'vitest/config';

/** Benchmarks: `npm run bench [name]`, one after the other, each printing its figures. */
export default defineConfig({
  test: {
    include: ['test/bench/*.bench.ts'],
    setupFiles: ['test/support/setup.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 300_000,
    disableConsoleIntercept: true,
  },
});
