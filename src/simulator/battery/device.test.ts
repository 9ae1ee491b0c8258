/** A device alone, and the transfer of what it remembers. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { SimulatedDevice } from './device.ts';
import { SimulatedTransfer } from './transfer.ts';

const START = Date.UTC(2021, 2, 24, 0, 0, 35);

function device(minutes: number, options: { memoryRows?: number; clockOffsetSeconds?: number } = {}): SimulatedDevice {
  const one = new SimulatedDevice(
    { seed: 'alone', startMs: START, historySeconds: 0, ...options },
    new Random('alone'),
  );
  for (let i = 0; i < minutes; i++) one.remember();
  return one;
}

test('remembers minute by minute, by its own clock, and knows the truth', () => {
  const one = device(3, { clockOffsetSeconds: 3600 });
  expect(one.minutes([0, 1, 2, 3]).map(({ clock, utcMs }) => [clock, utcMs - START])).toEqual([
    ['2021/03/24 11:00:35', 0],
    ['2021/03/24 11:01:35', 60_000],
    ['2021/03/24 11:02:35', 120_000],
  ]);
  expect(one.nextMinuteMs).toBe(START + 180_000);
  one.setClock(-3600);
  one.remember();
  expect(one.minutes([3])[0]?.clock).toBe('2021/03/24 10:03:35');
});

test('history that is no whole number of minutes still meets the start', () => {
  const one = new SimulatedDevice({ seed: 1, startMs: START, historySeconds: 150 }, new Random(1));
  expect(one.nextMinuteMs).toBe(START - 120_000);
});

test('a transfer has all that was asked for, three to a packet, then nothing', () => {
  const transfer = new SimulatedTransfer(device(10));
  expect(transfer.next()).toEqual([]);
  expect(transfer.ask(Date.UTC(2021, 2, 24, 10, 5, 35) / 1000, 60)).toBe(4);
  expect(transfer.next().map((minute) => minute.clock.slice(11))).toEqual(['10:06:35', '10:07:35', '10:08:35']);
  expect(transfer.next()).toHaveLength(1);
  expect(transfer.next()).toEqual([]);
  transfer.ask(0, 60);
  transfer.forget();
  expect(transfer.next()).toEqual([]);
});
