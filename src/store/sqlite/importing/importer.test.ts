import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { valuesOf } from '../../../../test/records.ts';
import { migrate } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { Importer } from './importer.ts';

const reading: KeyedReading = {
  ...{ battery: 1, kind: 'history', time: 600, batteryTime: 700, receivedMs: 650_000, form: null },
  ...{ values: valuesOf('history', { soc: 5 }), rest: null },
};

it('hands what is not there to who puts it in its place', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const placed: KeyedReading[] = [];
  const importer = new Importer(db, { fold: (readings) => placed.push(...readings) });
  expect(importer.reading(reading, null)).toBe(true);
  expect(placed).toEqual([reading]);
});

it('takes the nearest of the times that a clock set back gives', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const placed: KeyedReading[] = [];
  const importer = new Importer(db, { fold: (readings) => placed.push(...readings) });
  const epoch = (number: number, since: number, offsetSeconds: number) => ({
    ...{ number, sinceMs: since * 1000, possibleSinceMs: since * 1000, offsetSeconds, driftPpm: 0 },
    reason: 'jump' as const,
  });
  // At 700 by its clock it is 600, or 660 after it was set back a minute at 650.
  const epochs = [epoch(1, 0, 100), epoch(2, 650, 40)];
  for (const time of [610, 655]) importer.reading({ ...reading, time }, { epochs });
  expect(placed.map(({ time }) => time)).toEqual([600, 660]);
});
