/** What was acknowledged can be read back, by content; test/faults and the soak do it at length. */
import { expect, it } from 'vitest';
import { temporaryFolder } from '../records.ts';
import { runTrial } from './trial.ts';

it.each(['first', 'second', 'third'])('nothing acknowledged is lost or doubled (%s seed)', (seed) => {
  const verdict = runTrial({ seed, frames: 1500, folder: temporaryFolder() });
  expect(verdict).toMatchObject({ lost: [], doubled: [], unanswered: 0 });
  expect(verdict.acknowledged).toBeGreaterThan(1200);
});
