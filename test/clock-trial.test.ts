import { expect, it } from 'vitest';
import { CLASSES, course, expectGood, tallyOf } from './clock-courses.ts';
import { tryCourse } from './clock-trial.ts';
import { temporaryFolder } from './records.ts';

/** Some courses are of a frame each second. */
const TIMEOUT = { timeout: 60_000 };

it.each(Object.keys(CLASSES))('a clock: %s: none lost, none twice, all but a few at their time', TIMEOUT, (name) => {
  expectGood(name, tallyOf(name, [1], temporaryFolder));
});

it('a course is the same again with the same seed', () => {
  const name = 'set in an outage';
  expect(JSON.stringify(course(name, 7))).toBe(JSON.stringify(course(name, 7)));
  expect(course(name, 7)).not.toEqual(course(name, 8));
});

it('asks for nothing by a clock that may be wrong, but half an hour later, or once it was set', () => {
  const behind = (minutes: number) =>
    tryCourse(
      {
        ...{ cadence: 10, seconds: 9000 },
        happenings: [
          { at: 1800, what: 'server stops' },
          { at: 3000, what: 'server starts', off: -7200 },
          { at: 3000 + minutes * 60, what: 'server off by', seconds: 0 },
        ],
      },
      temporaryFolder(),
    ).orders;
  expect(behind(5)).toEqual([3320]);
  // Nothing is missing as it seems, while the clock is behind the run before.
  expect(behind(90)).toEqual([8420]);
});

it('asks for nothing for half an hour where the system says that its clock is not synchronised', () => {
  const saying = (word: 'synchronised' | 'unsynchronised' | 'unknown') =>
    tryCourse(
      {
        ...{ cadence: 10, seconds: 6000 },
        happenings: [
          { at: 0, what: 'system says', word },
          { at: 1800, what: 'server stops' },
          { at: 3000, what: 'server starts' },
        ],
      },
      temporaryFolder(),
    ).orders;
  expect(saying('synchronised')).toEqual([3000]);
  expect(saying('unknown')).toEqual([3000]);
  expect(saying('unsynchronised')).toEqual([4800]);
});
