import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { bytes, clock, event, identity, OTHER, reading, SERIAL, T } from '../../../test/records.ts';
import { migrate } from './file/schema.ts';
import { Jobs } from './jobs/jobs.ts';
import { RecordWriter } from './record-writer.ts';
import { HeldReadings } from './trust/held.ts';

function bench(db = new DatabaseSync(':memory:')): { db: DatabaseSync; commit: RecordWriter } {
  migrate(db);
  return { db, commit: new RecordWriter(db, 'a key', new Jobs(db), new HeldReadings(db, 1e6)) };
}

const form = { keys: ['Ppv1'], shapes: [0] };

describe('what a commit has added', () => {
  it('is taken once', () => {
    const { commit } = bench();
    commit.add(reading('live', T, { soc: 50 }));
    commit.add(bytes({ bytes: new Uint8Array(7) }));
    commit.add(bytes({ bytes: new Uint8Array(5) }));
    expect(commit.takeReadings()).toMatchObject([{ battery: 1, kind: 'live', time: T, form: null }]);
    expect(commit.takeReadings()).toEqual([]);
    expect([commit.takeRawBytes(), commit.takeRawBytes()]).toEqual([12, 0]);
  });

  it('counts only when it is settled', () => {
    const { commit } = bench();
    commit.add(identity());
    commit.add(clock(3600));
    commit.settle();
    commit.drop();
    expect(commit.batteries.get(SERIAL)).toMatchObject({ key: 1, firstSeenMs: T * 1000 });
    expect(commit.batteries.epochsOf(1)).toMatchObject([{ offsetSeconds: 3600 }]);
  });

  it('is forgotten when it is dropped, as the rollback undoes it in the file', () => {
    const { db, commit } = bench();
    db.exec('BEGIN');
    for (const record of [identity(OTHER), reading('live', T, {}, { form }), bytes(), clock(5)]) commit.add(record);
    db.exec('ROLLBACK');
    commit.drop();
    expect(commit.takeReadings()).toEqual([]);
    expect(commit.takeRawBytes()).toBe(0);
    commit.add(reading('live', T, {}, { form }));
    commit.settle();
    expect(commit.batteries.get(SERIAL)).toMatchObject({ key: 1 });
    expect(commit.batteries.get(OTHER)).toBeUndefined();
    expect(commit.batteries.epochsOf(1)).toEqual([]);
    expect(db.prepare('SELECT key FROM wire_form').all()).toHaveLength(1);
  });

  it('is known to the next one that is opened', () => {
    const { db, commit } = bench();
    for (const record of [clock(60, 1000), clock(120, 2000, SERIAL, 2), reading('live', T, {}, { form })])
      commit.add(record);
    commit.settle();
    const next = bench(db).commit;
    expect(next.batteries.get(SERIAL)).toEqual(commit.batteries.get(SERIAL));
    expect(next.batteries.epochsOf(1)).toEqual(commit.batteries.epochsOf(1));
    next.add(reading('live', T + 10, {}, { form: { ...form } }));
    expect(next.takeReadings()[0]?.form).toBe(commit.takeReadings()[0]?.form);
  });
});

describe('what a commit leaves to do', () => {
  const correction = {
    kinds: ['live' as const],
    fromBatteryTime: T,
    toBatteryTime: T,
    receivedSinceMs: 0,
    oldOffsetSeconds: 0,
    newOffsetSeconds: 3600,
  };

  it('is a correction, taken once, and forgotten when it is dropped', () => {
    const { commit } = bench();
    commit.add(clock(0));
    commit.add(event({ time: T, batteryTime: T }));
    commit.add({ ...clock(3600), corrections: [correction] });
    expect(commit.takeLeftToDo()).toEqual([{ kind: 'correct', battery: 1, work: { correction, lastEvent: 1 } }]);
    expect(commit.takeLeftToDo()).toEqual([]);
    commit.add({ ...clock(3600), corrections: [correction] });
    commit.drop();
    expect(commit.takeLeftToDo()).toEqual([]);
  });

  it('is to date what waits for a clock, where something does', () => {
    const { commit } = bench();
    commit.add(clock(7));
    expect(commit.takeLeftToDo()).toEqual([]);
    commit.add(reading('history', null, {}, { batteryTime: T }));
    commit.add(clock(8));
    expect(commit.takeLeftToDo()).toEqual([{ kind: 'date', battery: 1, work: { offsetSeconds: 8, lastEvent: 0 } }]);
    commit.add(event({ serial: OTHER }));
    commit.add(clock(9, T * 1000, OTHER));
    expect(commit.takeLeftToDo()).toEqual([{ kind: 'date', battery: 2, work: { offsetSeconds: 9, lastEvent: 1 } }]);
  });

  it('is to name what came without a name, where that is much, once', () => {
    const { db, commit } = bench();
    for (let n = 0; n < 100; n++) commit.add(event({ serial: null, batteryTime: T + n }));
    commit.add(identity());
    const work = { connection: 7, lastEvent: 100, lastFrame: 0 };
    expect(commit.takeLeftToDo()).toEqual([{ kind: 'name', battery: 1, work }]);
    for (let n = 0; n < 99; n++) commit.add(event({ serial: null, connection: 8, batteryTime: T + n }));
    commit.add(identity(OTHER, 8));
    expect(commit.takeLeftToDo()).toEqual([]);
    expect(db.prepare('SELECT count(*) AS n FROM event WHERE battery IS NULL').get()?.n).toBe(0);
  });

  it('leaves to the first who is named what came before, also while that is under way', () => {
    const { db, commit } = bench();
    for (let n = 0; n < 101; n++) commit.add(event({ serial: null, batteryTime: T + n }));
    commit.add(identity());
    commit.add(identity(OTHER));
    expect(commit.takeLeftToDo()).toMatchObject([{ kind: 'name', battery: 1 }]);
    const work = { connection: 7, lastEvent: 101, lastFrame: 0 };
    const jobs = new Jobs(db);
    jobs.add(1, 'name', work, 0);
    const next = new RecordWriter(db, 'a key', jobs, new HeldReadings(db, 1e6));
    next.add(identity(OTHER));
    expect(next.takeLeftToDo()).toEqual([]);
    expect(db.prepare('SELECT count(*) AS n FROM event WHERE battery IS NULL').get()?.n).toBe(1);
  });
});

describe('forms', () => {
  it('are no more than ten runs take in: beyond that a reading is kept without its own', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db);
    // 80,000,000 letters, but for twenty.
    db.exec(`INSERT INTO wire_form (form) VALUES ('[["' || hex(zeroblob(39999987)) || '"],[0]]')`);
    const { commit } = bench(db);
    commit.add(reading('live', T, {}, { form }));
    commit.add(reading('live', T + 1, {}, { form: { keys: ['Ppv2', 'Ppv1'], shapes: [0, 1] } }));
    expect(commit.takeReadings().map(({ time, form }) => [time, form])).toEqual([
      [T, 2],
      [T + 1, null],
    ]);
  });

  it('are one where they say the same, several times in a commit and after it', () => {
    const { db, commit } = bench();
    const same = () => ({ keys: ['Ppv1'], shapes: [0] });
    const other = { keys: ['Ppv1'], shapes: [1] };
    for (const one of [form, same(), other, form]) commit.add(reading('live', T, {}, { form: one }));
    commit.settle();
    for (const one of [form, form, same(), other, null]) commit.add(reading('live', T, {}, { form: one }));
    commit.settle();
    expect(commit.takeReadings().map((taken) => taken.form)).toEqual([1, 1, 2, 1, 1, 1, 1, 2, null]);
    expect(
      db
        .prepare('SELECT form FROM wire_form')
        .all()
        .map((row) => row.form),
    ).toEqual(['[["Ppv1"],[0]]', '[["Ppv1"],[1]]']);
  });
});

describe('forms of a commit that was rolled back', () => {
  it('get the key they have in the file, not the one they would have had', () => {
    const { db, commit } = bench();
    db.exec('BEGIN');
    for (const time of [T, T + 10, T + 20]) commit.add(reading('live', time, {}, { form }));
    db.exec('ROLLBACK');
    commit.drop();
    commit.add(reading('live', T, {}, { form: { keys: ['Pbat'], shapes: [4] } }));
    commit.add(reading('live', T + 10, {}, { form }));
    expect(commit.takeReadings().map((taken) => taken.form)).toEqual([1, 2]);
  });
});
