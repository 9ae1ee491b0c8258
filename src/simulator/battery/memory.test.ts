/** The memory of minutes: exact, in order, bounded. */
import { expect, test } from 'vitest';
import { SimulatedHouse } from '../house/house.ts';
import { SimulatedMemory } from './memory.ts';
import { csvRow } from './messages.ts';

const START = Date.UTC(2021, 2, 24) / 1000;

function filled(capacity: number, rows: number): SimulatedMemory {
  const house = new SimulatedHouse({ seed: 'memory', startSeconds: START });
  const memory = new SimulatedMemory(capacity);
  for (let i = 0; i < rows; i++) {
    const clock = START + 60 * (i + 1);
    memory.add({ clock, utcMs: clock * 1000 + 123, sample: house.advance(clock) });
  }
  return memory;
}

test('gives back every digit of every row', () => {
  const house = new SimulatedHouse({ seed: 'digits', startSeconds: START });
  const memory = new SimulatedMemory();
  const rows: string[] = [];
  for (let i = 1; i <= 2000; i++) {
    const sample = house.advance(START + 60 * i);
    rows.push(csvRow('SN', 'D T', sample));
    memory.add({ clock: START + 60 * i, utcMs: (START + 60 * i) * 1000, sample });
  }
  expect(rows.map((_, i) => csvRow('SN', 'D T', memory.row(i)?.sample as never))).toEqual(rows);
});

test('keeps both times of a row', () => {
  const row = filled(10, 5).row(4);
  expect(row?.clock).toBe(START + 300);
  expect(row?.utcMs).toBe((START + 300) * 1000 + 123);
});

test('forgets the oldest, and its bytes stay bounded', () => {
  const memory = filled(300, 2000);
  expect(memory.length).toBe(300);
  expect(memory.range).toEqual([1700, 2000]);
  expect(memory.row(1699)).toBeNull();
  expect(memory.row(0)).toBeNull();
  expect(memory.row(2000)).toBeNull();
  expect(memory.row(1700)?.clock).toBe(START + 60 * 1701);
  for (const rows of [2100, 2200, 20_000]) expect(filled(300, rows).bytes).toBeLessThanOrEqual(3 * 256 * 128);
  expect(new SimulatedMemory().bytes).toBe(0);
});

test('finds what is after a time of the clock, up to a number', () => {
  const memory = filled(1000, 50);
  expect(memory.after(START + 60 * 47, 100)).toEqual([47, 48, 49]);
  expect(memory.after(START + 60 * 47, 2)).toEqual([47, 48]);
  expect(memory.after(START + 60 * 47 + 59, 2)).toEqual([47, 48]);
  expect(memory.after(START + 60 * 50, 100)).toEqual([]);
});

test('keeps the order of what happened where a clock was set back', () => {
  const house = new SimulatedHouse({ seed: 'back', startSeconds: START });
  const memory = new SimulatedMemory();
  for (const [i, clock] of [100, 160, 100, 160, 220].entries()) {
    memory.add({ clock, utcMs: i * 60_000, sample: house.advance(START + 60 * i) });
  }
  expect(memory.after(120, 9)).toEqual([1, 3, 4]);
});
