import { defineConfig } from 'vitest/config';

/** Unit tests stand beside what they prove; integration tests use real files, databases and processes. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // Only what hangs is to fail, also on a machine that is busy with other work.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['core/**/*.test.ts', 'electron/**/*.test.ts', 'renderer/**/*.test.ts'],
          globalSetup: 'test/support/property-settings.ts',
          setupFiles: 'test/support/property-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          globalSetup: 'test/e2e/support/build-window.ts',
          setupFiles: 'test/support/say-what-is-shown.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'electron',
          include: ['test/electron/**/*.spec.ts'],
          globalSetup: 'test/support/electron/set-up.ts',
          setupFiles: 'test/support/say-what-is-shown.ts',
        },
      },
    ],
  },
});
