import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { Calendar } from '../../energy/calendar.ts';
import { migrate } from '../file/schema.ts';
import { type KeyedReading, toLine } from '../journal.ts';
import { contentOf, digestOf } from '../places/places.ts';
import { ReadingPlacer } from '../places/reading-placer.ts';
import { Dating } from './dating.ts';
import type { Job } from './jobs.ts';

const waiting = (after: number, soc: number, change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind: 'history',
  time: null,
  batteryTime: T + after,
  receivedMs: T * 1000,
  form: null,
  rest: null,
  values: valuesOf(change.kind ?? 'history', { soc }),
  ...change,
});

function made(readings: readonly KeyedReading[]) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const insert = db.prepare('INSERT INTO undated (battery, kind, battery_time, said, reading) VALUES (?, ?, ?, ?, ?)');
  for (const reading of readings) {
    const kind = ['live', 'detail', 'history'].indexOf(reading.kind);
    insert.run(
      reading.battery,
      kind,
      reading.batteryTime,
      digestOf(contentOf(reading)),
      JSON.stringify(toLine(reading)),
    );
  }
  const event = db.prepare(
    `INSERT INTO event (source, battery, connection, battery_time, received_at, name, code, text, occurrence)
     VALUES ('battery', 1, 1, ?, ${T * 1000}, 'EventLog', 41, '', 0)`,
  );
  const rows = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row));
  return {
    dating: new Dating(db, new ReadingPlacer(db, new Calendar('UTC'))),
    event: (after: number) => void event.run(T + after),
    events: () => rows(`SELECT time - ${T} FROM event ORDER BY key`).flat(),
    left: () => rows('SELECT count(*) FROM undated').flat()[0],
    placed: (kind = 'history') => rows(`SELECT time - ${T}, ordinal, soc FROM reading_${kind} ORDER BY time, ordinal`),
    minutes: () => rows(`SELECT start - ${T}, soc_n, soc_sum FROM rollup_minute ORDER BY start`),
  };
}

const job = (progress: Job<'date'>['progress'] = null, lastEvent = 100): Job<'date'> => {
  return { number: 1, battery: 1, kind: 'date', work: { offsetSeconds: 3600, lastEvent }, after: 0, progress };
};

describe('what waited for a clock', () => {
  it('gets its time and its place a few at a time, and is told to outputs', () => {
    const { dating, left, placed, minutes } = made([0, 60, 120].map((after) => waiting(after, after + 1)));
    const first = dating.stroke(job(), 2);
    expect(first.progress).toEqual({ event: null });
    expect(first.outgoing).toEqual([0, 60].map((after) => ({ ...waiting(after, after + 1), time: T + after - 3600 })));
    expect([left(), placed()]).toEqual([
      1,
      [
        [-3600, 0, 1],
        [-3540, 0, 61],
      ],
    ]);
    expect(minutes()).toEqual([
      [-3600, 1, 1],
      [-3540, 1, 61],
    ]);
    const second = dating.stroke(job(first.progress), 2);
    expect([second.progress, second.outgoing.length, left()]).toEqual([{ event: 0 }, 1, 0]);
    expect(dating.stroke(job(second.progress), 2)).toEqual({ progress: null, outgoing: [] });
  });

  it('has events as well, which follow, up to the newest there was', () => {
    const { dating, event, events } = made([]);
    for (const after of [1, 2, 3, 4]) event(after);
    const first = dating.stroke(job(null, 3), 2);
    expect(first.progress).toEqual({ event: 0 });
    const second = dating.stroke(job(first.progress, 3), 2);
    expect([second.progress, events()]).toEqual([{ event: 2 }, [1 - 3600, 2 - 3600, null, null]]);
    expect(dating.stroke(job(second.progress, 3), 2).progress).toBeNull();
    expect(events()).toEqual([1 - 3600, 2 - 3600, 3 - 3600, null]);
  });

  it('of one moment is placed in the order it came, though its strokes be small', () => {
    const readings = [60, 0, 0, 0].map((after, n) => waiting(after, 9 - n));
    const { dating, placed } = made(readings);
    let progress: Job<'date'>['progress'] = null;
    do progress = dating.stroke(job(progress), 4).progress;
    while (progress?.event === null);
    expect(placed().map(([time, ordinal, soc]) => [time, ordinal, soc])).toEqual([
      [-3600, 0, 8],
      [-3600, 1, 7],
      [-3600, 2, 6],
      [-3540, 0, 9],
    ]);
  });

  it('goes on though of one moment more waits than a stroke has', () => {
    const { dating, left, placed } = made([1, 2, 3, 4, 5].map((soc) => waiting(0, soc)));
    let progress: Job<'date'>['progress'] = null;
    for (let n = 0; n < 3; n++) progress = dating.stroke(job(progress), 2).progress;
    expect([left(), placed().length, progress]).toEqual([0, 5, { event: 0 }]);
  });

  it('is that of one battery, of all kinds', () => {
    const { dating, left, placed } = made([
      waiting(0, 1),
      waiting(0, 2, { kind: 'detail' }),
      waiting(0, 3, { battery: 2 }),
    ]);
    dating.stroke(job(), 10);
    expect([left(), placed(), placed('detail')]).toEqual([1, [[-3600, 0, 1]], [[-3600, 0, 2]]]);
  });
});
