import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { type KeyedReading, toJournal } from '../journal.ts';
import { readingsIn, shrink } from './row.ts';

const of = (battery: number): KeyedReading => ({
  battery,
  kind: 'live',
  time: T,
  batteryTime: T,
  receivedMs: T * 1000,
  form: null,
  values: valuesOf('live', { soc: battery }),
  rest: { Größe: 'ü' },
});

function outboxWith(text: string) {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE outbox (seq INTEGER PRIMARY KEY, rows INTEGER, readings TEXT)');
  db.prepare('INSERT INTO outbox VALUES (7, 3, ?)').run(text);
  const sql = {
    shrink: db.prepare(
      'UPDATE outbox SET rows = ?, readings = ? WHERE seq = ? RETURNING octet_length(readings) AS bytes',
    ),
  };
  const kept = () => db.prepare('SELECT rows, readings FROM outbox').get() as { rows: number; readings: string };
  return { sql, kept };
}

it('that is damaged has no readings', () => {
  expect([readingsIn('[[1,'), readingsIn(toJournal([of(1)]))]).toEqual([null, [of(1)]]);
});

it('becomes smaller by the readings of one battery, and keeps its place', () => {
  const [before, after] = [toJournal([of(1), of(2), of(1)]), toJournal([of(2)])];
  const { sql, kept } = outboxWith(before);
  expect(shrink(sql, 1, 7, before)).toEqual({
    seq: 7,
    rows: 2,
    bytes: Buffer.byteLength(before) - Buffer.byteLength(after),
  });
  expect(kept()).toEqual({ rows: 1, readings: after });
  expect(shrink(sql, 2, 7, after)).toMatchObject({ rows: 1 });
  expect(kept()).toEqual({ rows: 0, readings: '[]' });
});

it.each([['[[1,'], [toJournal([of(2)])]])('stays as it is where it has none of it, or is damaged', (text) => {
  const { sql, kept } = outboxWith(text);
  expect(shrink(sql, 1, 7, text)).toBeNull();
  expect(kept()).toEqual({ rows: 3, readings: text });
});
