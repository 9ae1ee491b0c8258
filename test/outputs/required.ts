/**
 * Tests that need a server of another project, as Debian packages it: skipped, with the reason, where it is not installed;
 * failing where it must be.
 */
import { existsSync } from 'node:fs';
import { describe, it } from 'vitest';

/** Set by .ci/run. Not named ALPHAESS_LOCAL_…: the server refuses settings it does not know. */
const IS_REQUIRED = process.env.REQUIRE_OUTPUT_SERVERS === '1';

/** @param from its Debian package */
export function needing(binary: string, from: string, what: string, tests: () => void): void {
  const missing = `there is no ${binary}: apt-get install ${from}`;
  if (existsSync(binary)) describe(what, tests);
  else if (IS_REQUIRED) {
    it(what, () => {
      throw new Error(missing);
    });
  } else describe.skip(`${what} (skipped: ${missing})`, tests);
}
