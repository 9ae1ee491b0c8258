/** Ten thousand frames of whole sessions, ten times over, with kills between: what was acknowledged can be read back, by content. */
import { expect, it } from 'vitest';
import { runTrial } from '../acknowledged/trial.ts';
import { timesOf } from '../quick.ts';
import { temporaryFolder } from '../records.ts';

const FRAMES = 10_000;
const SEEDS = Array.from({ length: timesOf(10) }, (_, n) => `long ${n}`);

it.each(SEEDS)('nothing acknowledged is lost or doubled (%s)', (seed) => {
  const verdict = runTrial({ seed, frames: FRAMES, folder: temporaryFolder() });
  expect(verdict).toMatchObject({ lost: [], doubled: [], unanswered: 0 });
  expect(verdict.acknowledged).toBeGreaterThan(0.9 * FRAMES);
});
