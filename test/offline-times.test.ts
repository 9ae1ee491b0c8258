import { expect, it } from 'vitest';
import { CLASSES, course } from './clock-courses.ts';
import { tryCourse } from './clock-trial.ts';
import { derivedTimes } from './offline/derived-times.ts';
import { temporaryFolder } from './records.ts';

const TIMEOUT = { timeout: 60_000 };

it.each(Object.keys(CLASSES))('one pass over how readings came says what the server came to: %s', TIMEOUT, (name) => {
  const { arrivals, epochs, times } = tryCourse(course(name, 2), temporaryFolder());
  const derived = derivedTimes(arrivals, epochs);
  const kept = arrivals.map((arrival) => ({ ...arrival, time: times.get(arrival.name) }));
  expect(arrivals.map((arrival, index) => ({ ...arrival, time: derived[index] }))).toEqual(kept);
});

it('of live readings, details and history', () => {
  const { arrivals } = tryCourse(course('set in an outage', 2), temporaryFolder());
  expect(new Set(arrivals.map(({ kind }) => kind))).toEqual(new Set(['live', 'detail', 'history']));
});
