/** Run before each test file. */
import fc from 'fast-check';
import { afterAll, vi } from 'vitest';

/** Every property draws from the seed of this run (property-seed.ts). */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED) });

/** The next file has the same worker: what this one replaced must not answer there. */
afterAll(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** How long what is waited for may take, ms. A machine may be slow; nobody waits so long unless a test fails. */
const PATIENCE_MS = 60_000;

const { waitFor } = vi;
/** Files share a worker, and what was set by the one before. */
if (waitFor.name !== 'waitPatiently') {
  vi.waitFor = function waitPatiently(condition, options) {
    const wanted = typeof options === 'number' ? { timeout: options } : options;
    return waitFor(condition, { ...wanted, timeout: Math.max(PATIENCE_MS, wanted?.timeout ?? 0) });
  };
}
