import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrate } from './schema.ts';
import type { Retention } from './store.ts';
import { Trimmer } from './trimmer.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1000 * DAY_MS;
/** What a row counts besides its bytes. */
const ROW = 100;

function bench(retention: Partial<Retention> = {}) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const trimmer = new Trimmer(db, { liveDays: 90, rawDays: 30, rawBytes: 1000 + 10 * ROW, ...retention });
  const frame = (length: number, receivedMs = NOW_MS) => {
    db.prepare(
      `INSERT INTO frame (kept, connection, received_at, direction, reason, bytes)
       VALUES ('unknown', 1, ?, 'from_battery', 'COMMAND_UNKNOWN', ?)`,
    ).run(receivedMs, new Uint8Array(length));
  };
  const frames = () =>
    db
      .prepare('SELECT key FROM frame ORDER BY key')
      .all()
      .map((row) => row.key);
  const live = (battery: number, ...times: number[]) => {
    db.prepare('INSERT OR IGNORE INTO battery VALUES (?, ?, ?, 0)').run(battery, `id ${battery}`, `serial ${battery}`);
    const insert = db.prepare('INSERT INTO reading_live (battery, time, received_at) VALUES (?, ?, 0)');
    for (const time of times) insert.run(battery, time);
  };
  const count = (battery: number) =>
    db.prepare('SELECT count(*) AS n FROM reading_live WHERE battery = ?').get(battery)?.n;
  return { db, trimmer, frame, frames, live, count };
}

/** A second before what is kept of live rows, in Unix seconds. */
const TOO_OLD = 910 * 86_400 - 1;

describe('the quota of bytes', () => {
  it('is not looked at where no bytes came', () => {
    const { trimmer, frame, frames } = bench();
    frame(2000);
    trimmer.keepWithinQuota(0);
    expect(frames()).toEqual([1]);
  });

  it('counts what is there the first time, and goes on from it', () => {
    const { trimmer, frame, frames } = bench();
    frame(900);
    frame(100);
    trimmer.keepWithinQuota(100);
    expect(frames()).toEqual([1, 2]);
    frame(1);
    trimmer.keepWithinQuota(1);
    expect(frames()).toEqual([2, 3]);
    frame(800);
    trimmer.keepWithinQuota(800);
    expect(frames()).toEqual([2, 3, 4]);
  });

  it('reached exactly is not exceeded', () => {
    const { trimmer, frame, frames } = bench();
    frame(1000);
    trimmer.keepWithinQuota(1000);
    expect(frames()).toEqual([1]);
  });

  it('of nothing keeps nothing', () => {
    const { trimmer, frame, frames } = bench({ rawBytes: 0 });
    frame(1);
    frame(1);
    trimmer.keepWithinQuota(2);
    expect(frames()).toEqual([]);
  });

  it('is counted anew after a rollback', () => {
    const { db, trimmer, frame, frames } = bench();
    frame(600);
    trimmer.keepWithinQuota(600);
    db.exec('BEGIN');
    frame(400);
    trimmer.keepWithinQuota(400);
    db.exec('ROLLBACK');
    trimmer.forget();
    frame(300);
    trimmer.keepWithinQuota(300);
    expect(frames()).toEqual([1, 2]);
  });
});

describe('trimming', () => {
  it('removes live rows older than they are kept, to the second', () => {
    const { trimmer, live, count } = bench();
    live(1, TOO_OLD - 5, TOO_OLD, TOO_OLD + 1, TOO_OLD + 2);
    live(2, TOO_OLD);
    expect(trimmer.trim(NOW_MS)).toBe(false);
    expect([count(1), count(2)]).toEqual([2, 0]);
  });

  it('removes bytes older than they are kept, to the millisecond', () => {
    const { trimmer, frame, frames } = bench();
    for (const age of [30 * DAY_MS + 1, 30 * DAY_MS, 0]) frame(1, NOW_MS - age);
    expect(trimmer.trim(NOW_MS)).toBe(false);
    expect(frames()).toEqual([2, 3]);
  });

  it('removes the oldest first, at most 2,000 rows at a time, and says that there is more', () => {
    const { db, trimmer, live, count } = bench();
    live(1, ...Array.from({ length: 1500 }, (_, n) => n));
    live(2, ...Array.from({ length: 1500 }, (_, n) => n));
    expect(trimmer.trim(NOW_MS)).toBe(true);
    expect([count(1), count(2)]).toEqual([0, 1000]);
    expect(db.prepare('SELECT min(time) AS oldest FROM reading_live').get()?.oldest).toBe(500);
    expect(trimmer.trim(NOW_MS)).toBe(false);
    expect(count(2)).toBe(0);
  });

  it('says that there is more of either', () => {
    const { trimmer, frame, live } = bench();
    for (let n = 0; n < 2001; n++) frame(1, 0);
    live(1, TOO_OLD);
    expect(trimmer.trim(NOW_MS)).toBe(true);
    expect(trimmer.trim(NOW_MS)).toBe(false);
  });

  it('never touches what is kept for ever', () => {
    const { trimmer, frame, frames, live, count } = bench({ liveDays: null, rawDays: null });
    frame(1, 0);
    live(1, 0);
    expect(trimmer.trim(NOW_MS)).toBe(false);
    expect([frames(), count(1)]).toEqual([[1], 1]);
  });

  it('of what is kept for no time at all leaves the present', () => {
    const { trimmer, live, count } = bench({ liveDays: 0 });
    live(1, 1000 * 86_400 - 1, 1000 * 86_400);
    trimmer.trim(NOW_MS);
    expect(count(1)).toBe(1);
  });
});
