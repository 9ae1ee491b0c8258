/** A hundred thousand frames of whole sessions, with kills between: what was acknowledged can be read back, by content. */
import { expect, it } from 'vitest';
import { runTrial } from '../acknowledged/trial.ts';
import { temporaryFolder } from '../records.ts';

const FRAMES = 10_000;

it.each(Array.from({ length: 10 }, (_, n) => `long ${n}`))('nothing acknowledged is lost or doubled (%s)', (seed) => {
  const verdict = runTrial({ seed, frames: FRAMES, folder: temporaryFolder() });
  expect(verdict).toMatchObject({ lost: [], doubled: [], unanswered: 0 });
  expect(verdict.acknowledged).toBeGreaterThan(0.9 * FRAMES);
});
