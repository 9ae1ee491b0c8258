/** The trial of clocks (test/clock-trial.ts) in the soak: many courses of each class. */
import { ALL_CLASSES, isGood, tallyOf } from '../test/clock-courses.ts';
import { temporaryFolder } from './process.ts';

/** Other courses each time, which their seeds run again. */
const SEEDS = 1_000_000;

/** @returns whether all that was answered is there once, and all but one of a hundred at its time */
export function trySeeds(count: number, say: (line: string) => void): boolean {
  const first = Math.floor(Math.random() * SEEDS);
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const good = Object.keys(ALL_CLASSES).map((name) => {
    const data = temporaryFolder();
    let number = 0;
    const tally = tallyOf(name, seeds, () => `${data.path}/${number++}`);
    data.remove();
    const { acknowledged, lost, doubled, misdated, wrong } = tally;
    say(`clocks, ${name}: ${acknowledged} acknowledged, ${lost} lost, ${doubled} twice, ${misdated} off`);
    if (!isGood(tally)) say(wrong.join('; '));
    return isGood(tally);
  });
  return good.every(Boolean);
}
