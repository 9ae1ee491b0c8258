import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { READING_KINDS } from '../../../model.ts';
import { Calendar } from '../../energy/calendar.ts';
import { FileShape } from '../file/file-shape.ts';
import { migrate } from '../file/schema.ts';
import { Jobs } from '../jobs/jobs.ts';
import { type KeyedReading, toJournal, toLine } from '../journal.ts';
import { contentOf, digestOf } from './places.ts';
import { ReadingPlacer } from './reading-placer.ts';
import { byPlace, Unplaced } from './unplaced.ts';

const said = (after: number, soc: number, change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind: 'history',
  time: T + after,
  batteryTime: T + after,
  receivedMs: T * 1000,
  form: null,
  rest: null,
  values: valuesOf('history', { soc }),
  ...change,
});

function made() {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  return {
    db,
    jobs: new Jobs(db),
    folder: new ReadingPlacer(db, new Calendar('UTC')),
    journal: (seq: number, ...readings: KeyedReading[]) =>
      void db.prepare('INSERT INTO journal VALUES (?, ?)').run(seq, toJournal(readings)),
    wait: (reading: KeyedReading) =>
      void db
        .prepare('INSERT INTO undated (battery, kind, battery_time, said, reading) VALUES (?, ?, ?, ?, ?)')
        .run(
          reading.battery,
          READING_KINDS.indexOf(reading.kind),
          reading.batteryTime,
          digestOf(contentOf(reading)),
          JSON.stringify(toLine(reading)),
        ),
    unplaced: new Unplaced(db, new FileShape(db)),
  };
}

describe('readings of the journal', () => {
  it('come by battery and by place, behind what is in its place, and without what repeats it', () => {
    const { folder, journal, unplaced } = made();
    folder.settle(said(0, 1));
    journal(1, said(60, 5), said(0, 2), said(0, 1), said(0, 3, { battery: 2 }), said(0, 9, { kind: 'live' }));
    journal(2, said(0, 2), said(0, 4));
    const places = [...unplaced.ofJournal('history')].map(([battery, readings]) => [
      battery,
      readings.map(({ time, ordinal }) => [(time as number) - T, ordinal]),
    ]);
    expect(places).toEqual([
      [
        1,
        [
          [0, 1],
          [0, 2],
          [60, 0],
        ],
      ],
      [2, [[0, 0]]],
    ]);
  });

  it('are where they will be while a correction is under way', () => {
    const { jobs, folder, journal, unplaced } = made();
    const span = { fromBatteryTime: 0, toBatteryTime: 1e12, receivedSinceMs: 0 };
    const correction = { kinds: READING_KINDS, ...span, oldOffsetSeconds: 0, newOffsetSeconds: 60 };
    folder.settle(said(60, 1));
    jobs.add(1, 'correct', { correction, lastEvent: 0, takenUpTo: null, seq: 1 }, 1);
    // The same by the right clock: what is to be moved there. And one of another moment that looks like it.
    journal(2, said(0, 1, { batteryTime: T + 60 }), said(60, 1, { receivedMs: 5 }));
    expect(
      unplaced
        .ofJournal('history')
        .get(1)
        ?.map(({ time, ordinal }) => [(time as number) - T, ordinal]),
    ).toEqual([[60, 1]]);
  });
});

describe('readings that wait for a date', () => {
  it('come by the time of their battery', () => {
    const { wait, unplaced } = made();
    for (const after of [60, 0]) wait(said(after, after, { time: null }));
    wait(said(0, 1, { time: null, battery: 2 }));
    wait(said(0, 1, { time: null, kind: 'detail', values: valuesOf('detail', {}) }));
    expect([...unplaced.undated(1, 'history')]).toEqual(
      [0, 60].map((n) => ({ ...said(n, n, { time: null }), ordinal: 0 })),
    );
  });
});

it('the forms are those of both', () => {
  const { journal, wait, unplaced } = made();
  journal(1, said(0, 1, { form: 3 }), said(1, 1, { form: 4, kind: 'live', values: valuesOf('live', {}) }));
  [5, 5, null].forEach((form, n) => void wait(said(n, 1, { time: null, form })));
  expect(unplaced.forms('history')).toEqual(new Set([3, 5, null]));
});

it('places are in order by second and ordinal', () => {
  const places = [said(1, 0), said(0, 0), said(0, 1)].map((reading, n) => ({ ...reading, ordinal: 2 - n }));
  expect(places.sort(byPlace).map(({ time, ordinal }) => [(time as number) - T, ordinal])).toEqual([
    [0, 0],
    [0, 1],
    [1, 2],
  ]);
});
