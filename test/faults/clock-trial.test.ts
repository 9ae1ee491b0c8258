/** Everything that may become of clocks, many times over: what is answered is there once, and at its time. */
import { expect, it } from 'vitest';
import { ALL_CLASSES, expectGood, tallyOf } from '../clock-courses.ts';
import { timesOf } from '../quick.ts';
import { temporaryFolder } from '../records.ts';

/** `CLOCK_TRIAL_SEEDS=100:400` runs three hundred others. */
const [FROM = 0, TO = 0] = (process.env.CLOCK_TRIAL_SEEDS ?? `2000:${2000 + timesOf(4)}`).split(':').map(Number);
const SEEDS = Array.from({ length: TO - FROM }, (_, index) => FROM + index);

it.each(Object.keys(ALL_CLASSES))('%s', { timeout: 1_200_000 }, (name) => {
  const tally = tallyOf(name, SEEDS, temporaryFolder);
  process.stdout.write(`${name}: ${tally.acknowledged} answered, ${tally.misdated} off\n`);
  expectGood(name, tally);
  expect(tally.acknowledged).toBeGreaterThan(0);
});
