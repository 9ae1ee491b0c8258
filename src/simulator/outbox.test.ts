/** Writes go out in their order, each at its time. */
import { expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('undisturbed writes go out at once', () => {
  const outbox = new Outbox({ delayMs: () => 0, pieces: (whole) => [{ bytes: whole, pauseMs: 0 }] });
  expect(outbox.nextMs).toBe(Number.POSITIVE_INFINITY);
  outbox.write(5, bytes(1));
  outbox.write(5, bytes(2));
  expect(outbox.nextMs).toBe(5);
  expect(outbox.take(4)).toEqual([]);
  expect(outbox.take(5)).toEqual([bytes(1), bytes(2)]);
  expect(outbox.take(5)).toEqual([]);
});

test('a write held up holds up what is behind it, piece by piece', () => {
  const delays = [100, 0, 0];
  const outbox = new Outbox({
    delayMs: () => delays.shift() ?? 0,
    pieces: (whole) => Array.from(whole, (value, i) => ({ bytes: bytes(value), pauseMs: i * 10 })),
  });
  outbox.write(0, bytes(1, 2));
  outbox.write(1, bytes(3));
  expect(outbox.take(99)).toEqual([]);
  expect(outbox.take(100)).toEqual([bytes(1)]);
  expect(outbox.nextMs).toBe(110);
  expect(outbox.take(110)).toEqual([bytes(2), bytes(3)]);
  outbox.write(1000, bytes(4));
  outbox.clear();
  expect(outbox.take(5000)).toEqual([]);
});
