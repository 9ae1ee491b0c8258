import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import { migrate } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { WaitingReadings } from './waiting-readings.ts';

const live = (change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind: 'live',
  time: T,
  batteryTime: T,
  receivedMs: T * 1000,
  form: null,
  rest: null,
  values: [1],
  ...change,
});

it('are known by what they say, wherever they stand and whenever they came, and forgotten a few at a time', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const waiting = new WaitingReadings(db);
  expect(waiting.any(1)).toBe(false);
  for (const value of [1, 1, 2, 3]) waiting.add(1, live({ values: [value] }));
  expect([waiting.any(1), waiting.any(2)]).toEqual([true, false]);
  expect(waiting.has(1, live({ time: T - 3600, receivedMs: 5, form: 9 }))).toBe(true);
  const others: Partial<KeyedReading>[] = [{ kind: 'detail' }, { batteryTime: T + 1 }, { values: [4] }];
  for (const other of others) expect(waiting.has(1, live(other)), JSON.stringify(other)).toBe(false);
  expect(waiting.has(2, live())).toBe(false);
  expect([waiting.clear(1, 2), waiting.any(1), waiting.clear(1, 2), waiting.any(1)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
