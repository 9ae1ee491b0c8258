import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import type { ClockCorrection } from '../../../model.ts';
import { migrate } from '../file/schema.ts';
import { type EventPosition, EventTimes } from './event-times.ts';

function made() {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const insert = db.prepare(
    `INSERT INTO event (source, battery, connection, time, battery_time, received_at, name, code, text, occurrence)
     VALUES ('battery', ?, 1, ?, ?, ?, 'EventLog', 41, '', ?)`,
  );
  let occurrence = 0;
  const add = (time: number | null, batteryTime: number | null, battery = 1, receivedMs = T * 1000) => {
    insert.run(battery, time, batteryTime, receivedMs, occurrence++);
  };
  const times = () =>
    db
      .prepare('SELECT time FROM event ORDER BY key')
      .all()
      .map(({ time }) => (time === null ? null : Number(time) - T));
  return { add, times, events: new EventTimes(db) };
}

describe('events without a time', () => {
  it('get it, up to a number of them and the newest that is concerned, of that battery alone', () => {
    const { add, times, events } = made();
    for (const after of [1, 2, 3, 4]) add(null, T + after);
    add(null, T + 5, 2);
    add(T + 60, T + 6);
    add(null, T + 7);
    expect([events.newest, events.hasUndated(1), events.hasUndated(3)]).toEqual([7, true, false]);
    const first = events.date(1, 3600, 0, 6, 3) as number;
    expect([first, times()]).toEqual([3, [-3599, -3598, -3597, null, null, 60, null]]);
    expect(events.date(1, 3600, first, 6, 3)).toBeNull();
    expect(times()).toEqual([-3599, -3598, -3597, -3596, null, 60, null]);
  });

  it('are of when they came where they would be of a time to come', () => {
    const { add, times, events } = made();
    for (const after of [0, 60, 61, 41_836]) add(null, T + 3600 + after);
    expect([events.date(1, 3600, 0, 9, 9), times()]).toEqual([null, [0, 60, 0, 0]]);
  });

  it('that the battery did not tell either are passed by', () => {
    const { add, times, events } = made();
    for (const batteryTime of [null, null, T]) add(null, batteryTime);
    expect(events.date(1, 0, 0, 9, 2)).toBe(2);
    expect([events.date(1, 0, 2, 9, 2), times()]).toEqual([null, [null, null, 0]]);
  });
});

describe('events of a clock that was wrong', () => {
  const correction: ClockCorrection = {
    kinds: ['live'],
    fromBatteryTime: T,
    toBatteryTime: T + 60,
    receivedSinceMs: T * 1000,
    oldOffsetSeconds: 0,
    newOffsetSeconds: 10,
  };

  it.each([1, 2, 3, 100])('are corrected, and no others, looking at %i at a time', (rows) => {
    const { add, times, events } = made();
    for (const after of [0, 0, 10, 60, 61, -1]) add(T + after, T + after);
    add(T + 3, T + 4);
    add(T + 5, T + 5, 2);
    add(T + 6, T + 6, 1, T * 1000 - 1);
    const upTo = events.newest;
    add(T + 7, T + 7);
    let at: EventPosition | null = null;
    do at = events.correct(1, correction, at, upTo, rows);
    while (at !== null);
    expect(times()).toEqual([-10, -10, 0, 50, 61, -1, 3, 5, 6, 7]);
  });
});
