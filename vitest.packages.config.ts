import { defineConfig } from 'vitest/config';

/** `npm run test:packages`: what reaches users is built and run as they run it; `TESTS=quick`: what needs npm alone. */
export default defineConfig({
  test: {
    include: process.env.TESTS === 'quick' ? ['test/packages/npm.test.ts'] : ['test/packages/**/*.test.ts'],
    fileParallelism: false,
    retry: Number(process.env.TEST_RETRIES ?? 0),
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
