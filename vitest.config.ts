import { defineConfig } from 'vitest/config';

/** What both projects share. They do not extend the root, which would run the global set-up twice. */
const shared = {
  // Processes rather than threads: node:sqlite, bcrypt and pdfium are native or heavy.
  pool: 'forks' as const,
  // One PostgreSQL cluster serves a run; it starts when a test first asks for it.
  globalSetup: ['packages/testing/src/global-setup.ts'],
  retry: 0,
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

const oxc = { jsx: { runtime: 'automatic' as const, importSource: 'preact' } };

export default defineConfig({
  test: {
    maxWorkers: 2,
    teardownTimeout: 20_000,
    // The order of the files is shuffled: a file that needs another one to have run first must fail.
    sequence: { shuffle: { files: true, tests: false } },
    projects: [
      {
        oxc,
        test: {
          ...shared,
          name: 'unit',
          // Loading the modules anew for each file took a third of the time; what a test changes it puts back.
          isolate: false,
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'apps/*/src/**/*.test.{ts,tsx}',
            'scripts/**/*.test.ts',
          ],
        },
      },
      {
        oxc,
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
