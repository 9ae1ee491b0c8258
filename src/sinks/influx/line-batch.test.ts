import { expect, it } from 'vitest';
import { LineBatch } from './line-batch.ts';

const lines = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

it('nothing waits where there are no lines', () => {
  const batch = new LineBatch([]);
  batch.begin();
  batch.doubt([]);
  batch.keep([]);
  expect([batch.waiting, batch.next(5), batch.newest()]).toEqual([0, null, null]);
});

it('lines come in their order, so many at once, and those that are kept come again first', () => {
  const batch = new LineBatch(lines(5));
  expect(batch.next(2)).toEqual(['0', '1']);
  expect(batch.waiting).toBe(3);
  batch.keep(['0', '1']);
  expect([batch.next(9), batch.next(9), batch.next(9)]).toEqual([['0', '1'], ['2', '3', '4'], null]);
});

it('halves come one after the other, the earlier first and larger', () => {
  const batch = new LineBatch([]);
  batch.halve(lines(3));
  expect([batch.next(9), batch.next(9)]).toEqual([['0', '1'], ['2']]);
});

it('the newest is taken out', () => {
  const batch = new LineBatch(lines(2));
  batch.keep(['first']);
  expect([batch.newest(), batch.newest(), batch.newest(), batch.newest()]).toEqual(['1', '0', 'first', null]);
});

it('what is doubtful waits behind all others, for another attempt', () => {
  const batch = new LineBatch(lines(3));
  batch.doubt(batch.next(2) ?? []);
  expect(batch.begin()).toBe(false);
  expect([batch.waiting, batch.next(9), batch.next(9)]).toEqual([3, ['2'], null]);
  expect(batch.begin()).toBe(true);
  expect([batch.next(9), batch.waiting]).toEqual([['0', '1'], 0]);
});

it('knows a line that was taken', () => {
  const batch = new LineBatch(lines(1));
  expect(batch.taken).toBeNull();
  batch.took('0');
  expect(batch.taken).toBe('0');
});
