import { defineConfig } from 'vitest/config';

/** The page in a real browser, one file after another: each has a browser, a server and a battery. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: 'test/browser/build.ts',
    fileParallelism: false,
    // A second try, where whoever runs them asks for it; the report names what needed one.
    retry: Number(process.env.TEST_RETRIES ?? 0),
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
