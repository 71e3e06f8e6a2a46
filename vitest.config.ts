import { defineConfig } from 'vitest/config';

/** What both projects share: forked processes, because node:sqlite, bcrypt and pdfium are native or heavy. */
const shared = {
  pool: 'forks' as const,
  retry: 0,
  testTimeout: 20_000,
  hookTimeout: 60_000,
  teardownTimeout: 20_000,
  // The order of the files is shuffled: a file that needs another one to have run first must fail.
  sequence: { shuffle: { files: true, tests: false } },
};

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    ...shared,
    maxWorkers: 2,
    // One lazily started PostgreSQL cluster serves the whole run, whatever projects are in it.
    globalSetup: ['packages/testing/src/global-setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          globalSetup: [],
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'apps/*/src/**/*.test.{ts,tsx}',
            'scripts/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'e2e',
          globalSetup: [],
          include: ['e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
