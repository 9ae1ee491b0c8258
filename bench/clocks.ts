/** The trial of clocks (test/clock-trial.ts) in the soak: many courses of each class, and twelve batteries at once on one server. */
import { ALL_CLASSES, isGood, tallyOf } from '../test/clock-courses.ts';
import { harmOf, tryTogether } from '../test/clock-together.ts';
import { temporaryFolder } from './process.ts';

/** Other courses each time, which their seeds run again. */
const SEEDS = 1_000_000;
/** One trial of twelve batteries for so many courses of each class: it is as long as they are. */
const COURSES_A_SHARED_TRIAL = 10;
const DAY_AND_A_HALF_SECONDS = 36 * 3600;

/** @returns whether all that was answered is there once, all but one of a hundred at its time, and no battery harmed another */
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
  const shared = Array.from({ length: Math.ceil(count / COURSES_A_SHARED_TRIAL) }, (_, index) => first + index);
  return [...good, ...shared.map((seed) => trySharedSeed(seed, say))].every(Boolean);
}

function trySharedSeed(seed: number, say: (line: string) => void): boolean {
  const data = temporaryFolder();
  let number = 0;
  const tried = tryTogether(seed, DAY_AND_A_HALF_SECONDS, () => `${data.path}/${number++}`);
  data.remove();
  const [acknowledged, off, offAlone] = [
    tried.map(({ together }) => together.acknowledged),
    tried.map(({ together }) => together.misdated.length),
    tried.map(({ alone }) => alone.misdated.length),
  ].map((counts) => counts.reduce((all, one) => all + one, 0));
  const harm = tried.flatMap((one, battery) => harmOf(one).map((what) => `battery ${battery}: ${what}`));
  say(
    `clocks, twelve batteries at once, seed ${seed}: ${acknowledged} acknowledged, ${off} off, ${offAlone} off where each is alone`,
  );
  if (harm.length > 0) say(harm.join('; '));
  return harm.length === 0;
}
