import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import type { ClockEpoch } from '../../../model.ts';
import { migrate } from '../file/schema.ts';
import type { Job } from './jobs.ts';
import { ConnectionNaming } from './naming.ts';

const epoch: ClockEpoch = {
  number: 1,
  sinceMs: 0,
  possibleSinceMs: 0,
  offsetSeconds: 3600,
  driftPpm: 0,
  reason: 'first_frame',
};

function made(known: ClockEpoch | null = epoch) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const insert = db.prepare(
    `INSERT INTO event (source, battery, connection, battery_time, received_at, name, code, text, occurrence)
     VALUES ('battery', ?, ?, ?, 0, 'EventLog', 41, '', 0)`,
  );
  const frame = db.prepare(
    `INSERT INTO frame (kept, connection, received_at, direction, reason, bytes) VALUES ('unknown', ?, 0, 'from_battery', '', x'')`,
  );
  const rows = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row));
  return {
    event: (after: number, connection = 7, battery: number | null = null) =>
      void insert.run(battery, connection, T + after),
    frame: (connection = 7) => void frame.run(connection),
    events: () => rows(`SELECT battery, time - ${T}, battery_time - ${T} FROM event ORDER BY key`),
    frames: () => rows('SELECT battery FROM frame ORDER BY key').flat(),
    naming: new ConnectionNaming(db, () => known),
  };
}

describe('what came on a connection without a name', () => {
  it('gets it a few at a time, with the time that its clock gives', () => {
    const { event, frame, events, frames, naming } = made();
    for (const after of [1, 2, 3]) event(after);
    for (let n = 0; n < 3; n++) frame();
    const work = naming.workOf(7);
    expect(work).toEqual({ connection: 7, lastEvent: 3, lastFrame: 3 });
    expect(naming.name(1, work, 2)).toBe(true);
    expect([events().map(([battery]) => battery), frames()]).toEqual([
      [1, 1, null],
      [1, 1, null],
    ]);
    expect(naming.name(1, work, 2)).toBe(false);
    expect(events()).toEqual([1, 2, 3].map((after) => [1, after - 3600, after]));
    expect(frames()).toEqual([1, 1, 1]);
  });

  it('has no time where the clock is not known', () => {
    const { event, events, naming } = made(null);
    event(1);
    naming.name(1, naming.workOf(7), 10);
    expect(events()).toEqual([[1, null, 1]]);
  });

  it('vanishes where it repeats what is known of the battery', () => {
    const { event, events, naming } = made();
    event(1, 6, 1);
    event(1);
    event(2);
    naming.name(1, naming.workOf(7), 10);
    expect(events()).toEqual([
      [1, null, 1],
      [1, 2 - 3600, 2],
    ]);
  });

  it('is left to others where it came on another connection, or afterwards', () => {
    const { event, frame, events, frames, naming } = made();
    event(1, 8);
    frame(8);
    const work = naming.workOf(7);
    event(2);
    frame();
    expect(naming.name(1, work, 10)).toBe(false);
    expect([events().map(([battery]) => battery), frames()]).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('is named by a job as well, stroke by stroke', () => {
    const { event, events, naming } = made();
    for (const after of [1, 2, 3]) event(after);
    const job: Job<'name'> = { number: 1, battery: 5, kind: 'name', work: naming.workOf(7), after: 0, progress: null };
    expect(naming.stroke(job, 2)).toEqual({ progress: true, outgoing: [] });
    expect(naming.stroke({ ...job, progress: true }, 2)).toEqual({ progress: null, outgoing: [] });
    expect(events().map(([battery]) => battery)).toEqual([5, 5, 5]);
  });
});
