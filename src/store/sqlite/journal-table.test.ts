import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { T, valuesOf } from '../../../test/records.ts';
import type { KeyedReading } from './journal.ts';
import { JournalTable } from './journal-table.ts';
import { LAYOUT } from './layout.ts';
import { base } from './migrations/0001-base.ts';

const one = (time: number): KeyedReading => ({
  battery: 1,
  kind: 'live',
  time,
  batteryTime: time,
  receivedMs: time * 1000,
  form: null,
  values: valuesOf('live', { soc: 5 }),
  rest: null,
});

it('gives back what was appended, the oldest first and a few at a time, until it is deleted', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  const table = new JournalTable(db);
  const rows = [4, 5, 7].map((seq) => table.append({ seq, readings: [one(T + seq), one(T)] }));
  expect(rows[0]?.bytes).toBe(String(db.prepare('SELECT readings FROM journal').get()?.readings).length);
  expect(table.oldest(2, LAYOUT)).toEqual(rows.slice(0, 2));
  table.deleteUpTo(5);
  expect(table.oldest(2, LAYOUT)).toEqual(rows.slice(2));
});
