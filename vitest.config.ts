import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { propertySeed } from './test/property-seed.ts';

const seed = propertySeed(process.env.PROPERTY_SEED, (line) => process.stderr.write(line));

/** These change modules that others share, so that they need workers of their own. */
const ALONE = ['test/one-table.test.ts'];

export default defineConfig({
  test: {
    env: {
      PROPERTY_SEED: String(seed),
      // Servers that tests start read what Node compiled at an earlier start: half their time.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/alphaess-local-tests', import.meta.url)),
    },
    setupFiles: ['test/setup.ts'],
    maxWorkers: '100%',
    // A second try, where whoever runs them asks for it; the report names what needed one.
    retry: Number(process.env.TEST_RETRIES ?? 0),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts', 'dashboard/src/**/*.test.ts'],
          exclude: ['test/faults/**', 'test/browser/**', 'test/packages/**', ...ALONE],
          // Modules hold no state: files share the workers, and what these have loaded.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        branches: 90,
        'src/protocol/**': { branches: 100 },
        'src/session/**': { branches: 100 },
      },
    },
  },
});
