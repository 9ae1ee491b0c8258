import { expect, it } from 'vitest';
import { CLASSES, course } from './clock-courses.ts';
import { Trial } from './clock-trial.ts';
import { offlineTimes } from './offline-times.ts';
import { temporaryFolder } from './records.ts';

const TIMEOUT = { timeout: 60_000 };

it.each(Object.keys(CLASSES))('one pass over how readings came says what the server came to: %s', TIMEOUT, (name) => {
  const outcome = new Trial(course(name, 2), temporaryFolder()).run();
  const { epochs, times } = outcome;
  const arrivals = outcome.arrivals.filter(({ kind }) => kind !== 'history');
  const live = Object.fromEntries(arrivals.map((arrival) => [arrival.name, times.get(arrival.name)]));
  expect(Object.fromEntries(offlineTimes(arrivals, epochs))).toEqual(live);
});
