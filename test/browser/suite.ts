/**
 * Tests in a browser: one for a file, skipped with a reason where the machine has none, failed where it must have one.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { endAll } from '../server.ts';
import { HAVE_CHROMIUM, launch, NO_CHROMIUM } from './chromium.ts';

/** Starting a browser, a server and a week takes seconds here, and longer where others work too. */
const START_MS = 180_000;
/** Set by .ci/run. Not named ALPHAESS_LOCAL_…: the server refuses settings it does not know. */
const IS_REQUIRED = process.env.REQUIRE_CHROMIUM === '1';

/**
 * @param prepare what the tests share, started once; ended when all have run
 * @param tests are given how to get at both
 */
export function inChromium<Shared>(
  what: string,
  prepare: () => Promise<Shared>,
  tests: (browser: () => Browser, shared: () => Shared) => void,
): void {
  if (!HAVE_CHROMIUM && !IS_REQUIRED) {
    describe.skip(`${what} (skipped: ${NO_CHROMIUM})`, () => tests(missing, missing));
    return;
  }
  describe(what, () => {
    let browser: Browser | null = null;
    let shared: { readonly value: Shared } | null = null;
    beforeAll(async () => {
      browser = await launch();
      shared = { value: await prepare() };
    }, START_MS);
    afterAll(async () => {
      await browser?.close();
      await endAll();
    }, START_MS);
    tests(
      () => browser ?? missing(),
      () => (shared ?? missing()).value,
    );
  });
}

function missing(): never {
  throw new Error('not started');
}
