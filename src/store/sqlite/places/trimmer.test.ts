import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { RETENTION, type Retention } from '../../store.ts';
import { migrate } from '../file/schema.ts';
import { Trimmer } from './trimmer.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1000 * DAY_MS;

function bench(retention: Partial<Retention> = {}) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const trimmer = new Trimmer(db, {
    liveDays: 90,
    rawDays: 30,
    rawBytes: 2000,
    quotas: RETENTION.quotas,
    ...retention,
  });
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
  const live = (battery: number, ...times: number[]) => lateLive(battery, 0, ...times);
  /** Live rows that came at a moment other than long ago. */
  const lateLive = (battery: number, receivedMs: number, ...times: number[]) => {
    db.prepare('INSERT OR IGNORE INTO battery VALUES (?, ?, ?, 0)').run(battery, `id ${battery}`, `serial ${battery}`);
    const insert = db.prepare('INSERT INTO reading_live (battery, time, received_at) VALUES (?, ?, ?)');
    for (const time of times) insert.run(battery, time, receivedMs);
  };
  const count = (battery: number) =>
    db.prepare('SELECT count(*) AS n FROM reading_live WHERE battery = ?').get(battery)?.n;
  return { db, trimmer, frame, frames, live, lateLive, count };
}

/** A second before what is kept of live rows, in Unix seconds. */
const TOO_OLD = 910 * 86_400 - 1;

describe('the quota of bytes', () => {
  it('is not looked at where no bytes came', () => {
    const { trimmer, frame, frames } = bench();
    frame(3000);
    trimmer.keepWithinQuota(0);
    expect(frames()).toEqual([1]);
  });

  it('counts what is there the first time, and goes on from it; a row counts 100 bytes more than it holds', () => {
    const { trimmer, frame, frames } = bench();
    frame(1500);
    frame(300);
    trimmer.keepWithinQuota(300);
    expect(frames()).toEqual([1, 2]);
    frame(1);
    trimmer.keepWithinQuota(1);
    expect(frames()).toEqual([2, 3]);
    frame(1399);
    trimmer.keepWithinQuota(1399);
    expect(frames()).toEqual([2, 3, 4]);
    frame(0);
    frame(1);
    trimmer.keepWithinQuota(1);
    expect(frames()).toEqual([4, 5, 6]);
  });

  it('reached exactly is not exceeded', () => {
    const { trimmer, frame, frames } = bench();
    frame(1900);
    trimmer.keepWithinQuota(1900);
    expect(frames()).toEqual([1]);
  });

  it('of nothing keeps nothing', () => {
    const { trimmer, frame, frames } = bench({ rawBytes: 0 });
    for (let round = 0; round < 2; round++) {
      frame(1);
      frame(1);
      trimmer.keepWithinQuota(2);
      expect(frames()).toEqual([]);
    }
  });

  it('is come back to over some commits, also those without bytes', () => {
    const { trimmer, frame, frames } = bench({ rawBytes: 100_000 });
    for (let n = 0; n < 5500; n++) frame(0);
    frame(1);
    trimmer.keepWithinQuota(1);
    expect([frames().length, frames()[0]]).toEqual([3501, 2001]);
    trimmer.keepWithinQuota(0);
    expect(frames()).toHaveLength(1501);
    trimmer.keepWithinQuota(0);
    expect(frames()).toHaveLength(899);
    trimmer.keepWithinQuota(0);
    expect(frames()).toHaveLength(899);
  });

  it('is not outrun by a flood of tiny frames', () => {
    const { trimmer, frame, frames } = bench({ rawBytes: 100_000 });
    for (let turn = 0; turn < 5; turn++) {
      for (let n = 0; n < 5000; n++) frame(0);
      trimmer.keepWithinQuota(5000);
    }
    expect(frames().length).toBeLessThan(5000);
  });

  it('is counted anew after a rollback', () => {
    const { db, trimmer, frame, frames } = bench();
    frame(1000);
    trimmer.keepWithinQuota(1000);
    db.exec('BEGIN');
    frame(500);
    trimmer.keepWithinQuota(500);
    db.exec('ROLLBACK');
    trimmer.forget();
    frame(800);
    trimmer.keepWithinQuota(800);
    expect(frames()).toEqual([1, 2]);
  });

  it('goes on from what trimming has left', () => {
    const { trimmer, frame, frames } = bench();
    frame(900, 0);
    frame(300);
    trimmer.keepWithinQuota(1200);
    // Not counted yet.
    frame(0, 0);
    trimmer.trim(NOW_MS);
    expect(frames()).toEqual([2]);
    frame(1500);
    trimmer.keepWithinQuota(1500);
    expect(frames()).toEqual([2, 3]);
    frame(1);
    trimmer.keepWithinQuota(1);
    expect(frames()).toEqual([3, 4]);
  });

  it('goes on where trimming has left nothing, and keys begin anew', () => {
    const { trimmer, frame, frames } = bench();
    frame(1900, 0);
    trimmer.keepWithinQuota(1900);
    trimmer.trim(NOW_MS);
    frame(1900);
    trimmer.keepWithinQuota(1900);
    expect(frames()).toEqual([1]);
    frame(1);
    trimmer.keepWithinQuota(1);
    expect(frames()).toEqual([2]);
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

  it('spares live rows that came of late, however old their battery thinks they are', () => {
    const { trimmer, live, lateLive, count } = bench();
    const kept = 910 * DAY_MS;
    lateLive(1, kept, 0);
    lateLive(1, kept - 1, 1);
    live(1, TOO_OLD, TOO_OLD + 1);
    expect(trimmer.trim(NOW_MS)).toBe(false);
    expect(count(1)).toBe(2);
  });

  it('looks at a bounded part where nothing is to be removed, and gets behind it', () => {
    const { trimmer, live, lateLive, count } = bench();
    lateLive(1, NOW_MS, ...Array.from({ length: 4500 }, (_, n) => n));
    live(1, 5000);
    live(2, 1);
    expect([trimmer.trim(NOW_MS), trimmer.trim(NOW_MS), count(1)]).toEqual([true, true, 4501]);
    expect(trimmer.trim(NOW_MS)).toBe(false);
    expect([count(1), count(2)]).toEqual([4500, 0]);
    // The next time begins at the oldest again, and so it does after a rollback.
    live(1, -5);
    expect(trimmer.trim(NOW_MS)).toBe(true);
    expect(count(1)).toBe(4500);
    live(1, -5);
    trimmer.forget();
    trimmer.trim(NOW_MS);
    expect(count(1)).toBe(4500);
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

describe('what arrived by a clock that was behind', () => {
  const YEAR_MS = 365 * DAY_MS;
  const SPARED = [
    { fromMs: NOW_MS - 2 * YEAR_MS, toMs: NOW_MS - 2 * YEAR_MS + 600_000 },
    { fromMs: NOW_MS - YEAR_MS, toMs: NOW_MS - YEAR_MS },
  ];

  it('stays, although it looks old, and what is old beside it goes', () => {
    const { trimmer, frame, frames } = bench({ rawBytes: 1e9 });
    for (const { fromMs, toMs } of SPARED) for (const ms of [fromMs - 1, fromMs, toMs, toMs + 1]) frame(10, ms);
    expect(trimmer.trim(NOW_MS, SPARED)).toBe(false);
    expect(frames()).toEqual([2, 3, 6, 7]);
    // Once no more is spared, it is as old as it looks.
    trimmer.trim(NOW_MS);
    expect(frames()).toEqual([]);
  });

  it('stays of live rows, too', () => {
    const { trimmer, lateLive, count } = bench();
    lateLive(1, NOW_MS - YEAR_MS, TOO_OLD - 2);
    lateLive(1, NOW_MS - YEAR_MS - 1, TOO_OLD - 1);
    expect(trimmer.trim(NOW_MS, SPARED)).toBe(false);
    expect(count(1)).toBe(1);
  });
});
