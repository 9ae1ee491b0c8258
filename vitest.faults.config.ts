import { defineConfig } from 'vitest/config';
import { propertySeed } from './test/property-seed.ts';

const seed = propertySeed(process.env.PROPERTY_SEED, (line) => process.stderr.write(line));

/** `npm run test:faults`: real processes, killed, cut off, filled up. One file at a time: each wants the machine for itself. */
export default defineConfig({
  test: {
    env: { PROPERTY_SEED: String(seed) },
    setupFiles: ['test/setup.ts'],
    include: ['test/faults/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 150_000,
    hookTimeout: 30_000,
  },
});
