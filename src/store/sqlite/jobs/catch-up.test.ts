import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { Calendar } from '../../energy/calendar.ts';
import { migrate } from '../file/schema.ts';
import type { Layout } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { Meta } from '../meta.ts';
import { Outboxes } from '../outbox/outboxes.ts';
import { ReadingPlacer } from '../places/reading-placer.ts';
import { HeldReadings } from '../trust/held.ts';
import { catchUp } from './catch-up.ts';

const WRITTEN: Layout = { ...LAYOUT, history: ['pv1_power', 'soc'] };
const LINE = JSON.stringify([1, 2, T, T, 5000, null, null, 900, 30]);

function made(db = new DatabaseSync(':memory:')) {
  migrate(db);
  const meta = new Meta(db);
  const folder = new ReadingPlacer(db, new Calendar('UTC'));
  const outboxes = new Outboxes(db, [{ name: 'one', bytes: 1e9 }]);
  const parts = { db, meta, folder, held: new HeldReadings(db, 1e6), outboxes };
  const broken = { at: Number.POSITIVE_INFINITY };
  let count = 0;
  const run = (written: Layout, timeZone = 'UTC') =>
    catchUp(parts, written, timeZone, (work) => {
      db.exec('BEGIN');
      work();
      if (++count >= broken.at) {
        db.exec('ROLLBACK');
        throw new Error('power cut');
      }
      db.exec('COMMIT');
    });
  return { db, meta, folder, outboxes, broken, run };
}

const valuesIn = (db: DatabaseSync, table: string) => {
  const [line] = JSON.parse(String(db.prepare(`SELECT readings FROM ${table}`).get()?.readings));
  return line.slice(7);
};

describe('lines of another order of columns', () => {
  it('are put into the present one, all or none', () => {
    const { db, meta, outboxes, broken, run } = made();
    db.prepare('INSERT INTO outbox VALUES (1, 1, ?)').run(`[${LINE}]`);
    db.prepare(`INSERT INTO undated VALUES (1, 1, 2, ?, '', ?)`).run(T, LINE);
    outboxes.load();
    broken.at = 1;
    expect(() => run(WRITTEN)).toThrow('power cut');
    expect([meta.get('journal_layout'), valuesIn(db, 'outbox')]).toEqual([null, [900, 30]]);
    broken.at = Number.POSITIVE_INFINITY;
    run(WRITTEN);
    const values = valuesOf('history', { pv1_power: 900, soc: 30 });
    expect(valuesIn(db, 'outbox')).toEqual(values);
    expect(JSON.parse(String(db.prepare('SELECT reading FROM undated').get()?.reading)).slice(7)).toEqual(values);
    expect(JSON.parse(meta.get('journal_layout') as string)).toEqual(LAYOUT);
  });
});

describe('a time zone', () => {
  it('is that of the first start, and followed where it has changed, also after a start that was cut short', () => {
    const { db, meta, folder, broken, run } = made();
    const days = () =>
      db
        .prepare('SELECT start FROM rollup_day')
        .all()
        .map(({ start }) => Number(start) - T);
    const said = { battery: 1, kind: 'live' as const, time: T, batteryTime: T, receivedMs: 0, form: null, rest: null };
    folder.fold([{ ...said, values: valuesOf('live', { soc: 1 }) }]);
    run(LAYOUT);
    expect([meta.get('time_zone'), days()]).toEqual(['UTC', [-(T % 86_400)]]);
    const before = days();
    const sydney = new ReadingPlacer(db, new Calendar('Australia/Sydney'));
    const again = made(db);
    again.broken.at = 2;
    expect(() => again.run(LAYOUT, 'Australia/Sydney')).toThrow('power cut');
    expect([meta.get('time_zone'), days()]).toEqual(['UTC', before]);
    broken.at = Number.POSITIVE_INFINITY;
    catchUp(
      { db, meta, folder: sydney, held: new HeldReadings(db, 1e6), outboxes: new Outboxes(db, []) },
      LAYOUT,
      'Australia/Sydney',
      (work) => work(),
    );
    // 21:04 there: their day began 14 hours before noon UTC.
    expect([meta.get('time_zone'), days()]).toEqual(['Australia/Sydney', [-(21 * 3600 + 4 * 60)]]);
  });
});
