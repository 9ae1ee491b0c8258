import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import { migrate } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { Exemptions } from './exemptions.ts';

const live = (change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind: 'live',
  time: T,
  batteryTime: T,
  receivedMs: T * 1000,
  form: null,
  rest: null,
  values: [],
  ...change,
});

it('know of each job its readings by kind, time and arrival, and are forgotten a few at a time', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const exemptions = new Exemptions(db);
  expect(exemptions.any(1)).toBe(false);
  for (const after of [0, 0, 1, 2]) exemptions.add(1, live({ receivedMs: T * 1000 + after }));
  exemptions.add(2, live({ time: T + 1 }));
  expect([exemptions.any(1), exemptions.has(1, live())]).toEqual([true, true]);
  const others: Partial<KeyedReading>[] = [{ kind: 'detail' }, { time: T + 1 }, { receivedMs: T * 1000 + 3 }];
  for (const other of others) expect(exemptions.has(1, live(other)), JSON.stringify(other)).toBe(false);
  expect(exemptions.has(2, live())).toBe(false);
  expect([exemptions.clear(1, 2), exemptions.any(1), exemptions.clear(1, 2)]).toEqual([true, true, false]);
  expect([exemptions.any(1), exemptions.any(2)]).toEqual([false, true]);
});
