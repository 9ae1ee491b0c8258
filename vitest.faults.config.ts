import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: real processes, killed, cut off, filled up. One file at a time: each wants the machine for itself. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 150_000,
    hookTimeout: 30_000,
  },
});
