import { expect, it } from 'vitest';
import { RollUp } from '../../energy/rollup.ts';
import { RecentBuckets } from './recent-buckets.ts';

const bucket = () => new RollUp('live');

it('gives what was kept last of a battery and a start', () => {
  const recent = new RecentBuckets(5);
  const [one, other, later] = [bucket(), bucket(), bucket()];
  recent.keep(1, 60, one);
  recent.keep(2, 60, other);
  expect([recent.get(1, 60), recent.get(2, 60), recent.get(1, 0)]).toEqual([one, other, undefined]);
  recent.keep(1, 60, later);
  expect(recent.get(1, 60)).toBe(later);
  recent.drop(1, 60);
  expect([recent.get(1, 60), recent.get(2, 60)]).toEqual([undefined, other]);
  recent.clear();
  expect([recent.count, recent.get(1, 60)]).toEqual([0, undefined]);
});

it('never keeps more than it may, and always the last', () => {
  const recent = new RecentBuckets(3);
  const counts: number[] = [];
  for (let n = 1; n <= 7; n++) {
    const last = bucket();
    recent.keep(1, n * 60, last);
    expect(recent.get(1, n * 60)).toBe(last);
    counts.push(recent.count);
  }
  expect(counts).toEqual([1, 2, 3, 1, 2, 3, 1]);
});
