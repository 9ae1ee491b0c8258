/** Twelve batteries at once on one server, each with misbehaviour of its own: none takes what is another's, and none is dated otherwise for another. */
import { expect, it } from 'vitest';
import { expectNoHarm, tryTogether } from '../clock-together.ts';
import { temporaryFolder } from '../records.ts';

const HOUR = 3600;
/** `CLOCK_TOGETHER_SEEDS=100:110` runs ten others. */
const [FROM = 0, TO = 0] = (process.env.CLOCK_TOGETHER_SEEDS ?? '2:3').split(':').map(Number);
const SEEDS = Array.from({ length: TO - FROM }, (_, index) => FROM + index);

it.each(SEEDS)(
  'twelve batteries, seed %i: what is answered is there once, of whom it is, as if each were alone',
  {
    timeout: 600_000,
  },
  (seed) => {
    const tried = tryTogether(seed, HOUR, temporaryFolder);
    expectNoHarm(tried);
    expect(tried.every(({ together }) => together.acknowledged > 0)).toBe(true);
  },
);
