/** Spans of a day: summed while they hold, the same for every step width. */
import { expect, test } from 'vitest';
import { Random } from './random.ts';
import { DAY_SECONDS, DayPlan } from './timeline.ts';

test('spans count from their start until their end, and overlap adds up', () => {
  const timeline = new DayPlan(() => [
    { start: 100, end: 200, value: 5 },
    { start: 50, end: 150, value: 2 },
  ]);
  expect([0, 50, 99, 100, 149, 150, 199, 200].map((second) => timeline.at(second))).toEqual([0, 2, 2, 7, 7, 5, 5, 0]);
});

test('each day has its own plan', () => {
  const timeline = new DayPlan((day) => [{ start: 0, end: DAY_SECONDS, value: day }]);
  expect([3, 4, 5].map((day) => timeline.at(day * DAY_SECONDS + 7))).toEqual([3, 4, 5]);
});

test('a wide step sees what a narrow one sees', () => {
  const plan = (day: number) => {
    const random = new Random(day);
    return Array.from({ length: 40 }, () => {
      const start = random.uniform(0, DAY_SECONDS - 3000);
      return { start, end: start + random.uniform(1, 3000), value: random.whole(1, 9) };
    });
  };
  const narrow = new DayPlan(plan);
  const wide = new DayPlan(plan);
  for (let second = 0; second < 2 * DAY_SECONDS; second += 10) {
    const value = narrow.at(second);
    if (second % 600 === 0) expect(wide.at(second)).toBe(value);
  }
});
