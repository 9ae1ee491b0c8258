/** Writes go out in their order, each at its time. */
import { expect, test } from 'vitest';
import { SimulatedOutbox } from './outbox.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('undisturbed writes go out at once', () => {
  const outbox = new SimulatedOutbox({ delayMs: () => 0, pieces: (whole) => [{ bytes: whole, pauseMs: 0 }] });
  expect(outbox.nextMs).toBe(Number.POSITIVE_INFINITY);
  outbox.write(5, bytes(1));
  outbox.write(5, bytes(2));
  expect(outbox.nextMs).toBe(5);
  expect(outbox.take(4)).toEqual([]);
  expect(outbox.take(5)).toEqual([bytes(1), bytes(2)]);
  expect(outbox.take(5)).toEqual([]);
});

test('a write with a pause goes out so long after the one before it, sent or not, and at once where there is none', () => {
  const outbox = new SimulatedOutbox({ delayMs: () => 0, pieces: (whole) => [{ bytes: whole, pauseMs: 0 }] });
  outbox.write(0, bytes(1), 100);
  expect(outbox.take(0)).toEqual([bytes(1)]);
  outbox.write(10, bytes(2), 100);
  expect(outbox.nextMs).toBe(110);
  outbox.write(20, bytes(3), 50);
  outbox.write(30, bytes(4));
  expect(outbox.bytes).toBe(3);
  expect(outbox.take(110)).toEqual([bytes(2)]);
  expect(outbox.bytes).toBe(2);
  expect(outbox.take(159)).toEqual([]);
  expect(outbox.take(160)).toEqual([bytes(3), bytes(4)]);
  outbox.write(160, bytes(5), 100);
  outbox.clear();
  expect(outbox.bytes).toBe(0);
  outbox.write(161, bytes(5), 100);
  expect(outbox.nextMs).toBe(161);
});

test('a write held up holds up what is behind it, piece by piece', () => {
  const delays = [100, 0, 0];
  const outbox = new SimulatedOutbox({
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
