import { defineConfig } from 'vitest/config';
import { propertySeed } from './test/property-seed.ts';

const seed = propertySeed(process.env.PROPERTY_SEED, (line) => process.stderr.write(line));

/** These measure time, or take what others need: file descriptors, connections, the processor. */
const ALONE = ['descriptors', 'floods', 'log', 'neighbour', 'upgrade'].map((name) => `test/faults/${name}.test.ts`);

/** `npm run test:faults`: real processes, killed, cut off, filled up. Two files at a time: most of them wait most of the time. */
export default defineConfig({
  test: {
    env: { PROPERTY_SEED: String(seed) },
    setupFiles: ['test/setup.ts'],
    // A second try, where whoever runs them asks for it; the report names what needed one.
    retry: Number(process.env.TEST_RETRIES ?? 0),
    testTimeout: 300_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'two at a time',
          include: ['test/faults/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
