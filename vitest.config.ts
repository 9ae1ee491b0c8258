import { defineConfig } from 'vitest/config';
import { propertySeed } from './test/property-seed.ts';

const seed = propertySeed(process.env.PROPERTY_SEED, (line) => process.stderr.write(line));

export default defineConfig({
  test: {
    env: { PROPERTY_SEED: String(seed) },
    setupFiles: ['test/seed-properties.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts', 'dashboard/src/**/*.test.ts'],
    exclude: ['test/faults/**', 'test/browser/**'],
    testTimeout: 120_000,
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
