import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Quotas, RETENTION } from '../../store.ts';
import { migrate } from '../file/schema.ts';
import { QuotaKeeper } from './quotas.ts';
import { ALL } from './usage.ts';

let db: DatabaseSync;

beforeEach(() => {
  db = new DatabaseSync(':memory:');
  migrate(db);
  for (const id of ['a', 'b', 'c'])
    db.exec(`INSERT INTO battery (id, serial, first_seen) VALUES ('${id}', '${id}', 0)`);
});

const quotas = (bytes: Partial<Quotas>, batteries = 100) =>
  new QuotaKeeper(db, { ...RETENTION.quotas, ...bytes, batteries });

/** What one takes: its name and text are 100 bytes, and so is the rest of its row. */
const EVENT_BYTES = 200;

function events(battery: number | null, count: number, source = 'battery', letters = 99): void {
  const insert = db.prepare(
    `INSERT INTO event (source, battery, connection, received_at, name, text, occurrence) VALUES (?, ?, 1, 0, 'n', ?, 0)`,
  );
  for (let n = 0; n < count; n++) insert.run(source, battery, 'x'.repeat(letters));
}

const keys = (where: string) =>
  db
    .prepare(`SELECT key FROM event WHERE ${where} ORDER BY key`)
    .all()
    .map(({ key }) => key);
const used = (what: string, battery = ALL) =>
  Number(db.prepare('SELECT bytes FROM usage WHERE what = ? AND battery = ?').get(what, battery)?.bytes);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('events of one battery', () => {
  it('up to the quota stay all', () => {
    const one = quotas({ events: 10 * EVENT_BYTES });
    events(1, 10);
    one.enforce();
    one.settle();
    expect([keys('true'), one.take()]).toEqual([range(1, 10), []]);
  });

  it('beyond it lose the oldest, and so few that the quota is kept', () => {
    const one = quotas({ events: 10 * EVENT_BYTES });
    events(2, 3);
    events(1, 12);
    one.enforce();
    one.settle();
    expect(keys('battery = 2')).toEqual([1, 2, 3]);
    // Three, since a hundredth of the quota more than what is too much is freed.
    expect(keys('battery = 1')).toEqual(range(7, 15));
    expect(one.take()).toEqual([{ what: 'events', battery: 1, rows: 3, bytes: 3 * EVENT_BYTES }]);
    expect(one.take()).toEqual([]);
  });

  it('of its own do not cost those of this server, nor these those', () => {
    const one = quotas({ events: 5 * EVENT_BYTES });
    events(1, 3, 'server');
    events(1, 100);
    one.enforce();
    expect(keys(`source = 'server'`)).toEqual([1, 2, 3]);
    events(1, 100, 'server');
    one.enforce();
    expect(used('event_battery')).toBeLessThanOrEqual(5 * EVENT_BYTES);
    expect(used('event_server')).toBeLessThanOrEqual(5 * EVENT_BYTES);
  });

  it('that no connection has named are bounded, too', () => {
    const one = quotas({ events: 5 * EVENT_BYTES });
    events(null, 50);
    one.enforce();
    one.settle();
    expect(used('event_battery', 0)).toBeLessThanOrEqual(5 * EVENT_BYTES);
    expect(one.take()).toMatchObject([{ battery: null }]);
  });
});

describe('events of all batteries', () => {
  it('beyond the quota of so many lose the oldest of whoever has most', () => {
    const one = quotas({ events: 10 * EVENT_BYTES }, 2);
    events(1, 6);
    events(2, 9);
    events(3, 7);
    for (let time = 0; time < 3; time++) one.enforce();
    expect(used('event_battery')).toBeLessThanOrEqual(20 * EVENT_BYTES);
    expect([keys('battery = 1').length, keys('battery = 2').length, keys('battery = 3').length]).toEqual([6, 6, 7]);
  });
});

describe('a flood', () => {
  it.each([1, 70, 6000])('of %i events in a transaction never stands above the quota', (count) => {
    const one = quotas({ events: 200_000 });
    one.enforce();
    for (let time = 0; time < 5; time++) {
      events(1, count);
      one.enforce();
      expect(used('event_battery')).toBeLessThanOrEqual(200_000);
    }
  });

  it('that was there before is removed a part at a time', () => {
    events(1, 5000);
    const one = quotas({ events: EVENT_BYTES });
    one.enforce();
    expect(keys('true')).toHaveLength(3000);
    events(1, 1);
    one.enforce();
    expect(keys('true')).toHaveLength(1000);
  });
});

describe('what cannot be kept', () => {
  it('is not removed where its transaction is rolled back', () => {
    const one = quotas({ events: 5 * EVENT_BYTES });
    events(1, 5);
    one.enforce();
    db.exec('BEGIN');
    events(1, 5);
    one.enforce();
    db.exec('ROLLBACK');
    one.drop();
    one.settle();
    expect([keys('true'), one.take()]).toEqual([range(1, 5), []]);
  });
});

describe('configurations', () => {
  it('lose the oldest', () => {
    const one = quotas({ configurations: 1000 });
    const insert = db.prepare(
      'INSERT INTO configuration (battery, received_at, last_received_at, text) VALUES (?, 0, 0, ?)',
    );
    for (let n = 0; n < 9; n++) insert.run(1, 'x'.repeat(100));
    one.enforce();
    expect(
      db
        .prepare('SELECT key FROM configuration')
        .all()
        .map(({ key }) => key),
    ).toEqual([6, 7, 8, 9]);
  });
});

describe('readings', () => {
  const insert = (kind: string, battery: number, time: number, rest: string | null) =>
    db
      .prepare(`INSERT INTO reading_${kind} (battery, time, received_at, rest, soc) VALUES (?, ?, 0, ?, 50)`)
      .run(battery, time, rest);
  const withRest = (kind = 'live') =>
    db
      .prepare(`SELECT time FROM reading_${kind} WHERE rest IS NOT NULL ORDER BY battery, time`)
      .all()
      .map(({ time }) => time);
  const REST = JSON.stringify({ Odd: 'x'.repeat(90) });

  it('lose their unknown fields, the oldest first, and nothing else', () => {
    const one = quotas({ unknownFields: 5 * REST.length });
    for (const time of range(1, 8)) insert('live', 1, time, time % 4 === 0 ? null : REST);
    insert('live', 2, 1, REST);
    insert('detail', 1, 1, REST);
    one.enforce();
    expect(withRest()).toEqual([3, 5, 6, 7, 1]);
    expect(withRest('detail')).toEqual([1]);
    expect(db.prepare('SELECT count(*) AS n FROM reading_live WHERE soc = 50').get()?.n).toBe(9);
  });

  it('of one second lose only as many as are too much, the first that came first', () => {
    const one = quotas({ unknownFields: 6 * REST.length });
    const at = db.prepare(
      'INSERT INTO reading_live (battery, time, ordinal, received_at, rest, soc) VALUES (1, ?, ?, 0, ?, 50)',
    );
    for (const time of [100, 101]) for (const ordinal of range(0, 4)) at.run(time, ordinal, REST);
    one.enforce();
    one.settle();
    const left = () =>
      db.prepare('SELECT time, ordinal FROM reading_live WHERE rest IS NOT NULL ORDER BY time, ordinal').all();
    // Five, since a hundredth of the quota more than what is too much is freed.
    expect(left().map(({ time, ordinal }) => [time, ordinal])).toEqual(range(0, 4).map((ordinal) => [101, ordinal]));
    expect(one.take()).toEqual([{ what: 'unknownFields', battery: 1, rows: 5, bytes: 5 * REST.length }]);
    for (const ordinal of range(5, 8)) at.run(101, ordinal, REST);
    one.enforce();
    one.settle();
    expect(left().map(({ ordinal }) => ordinal)).toEqual(range(4, 8));
    expect(one.take()).toEqual([{ what: 'unknownFields', battery: 1, rows: 4, bytes: 4 * REST.length }]);
    expect(db.prepare('SELECT count(*) AS n FROM reading_live WHERE soc = 50').get()?.n).toBe(14);
  });

  it('of long ago that come late lose theirs, too', () => {
    const one = quotas({ unknownFields: 2 * REST.length });
    for (const time of range(100, 103)) insert('live', 1, time, REST);
    one.enforce();
    for (const time of range(1, 4)) insert('live', 1, time, REST);
    for (let time = 0; time < 4; time++) one.enforce();
    expect(used('rest_live')).toBeLessThanOrEqual(2 * REST.length);
  });

  it('without unknown fields are looked through a part at a time', () => {
    const one = quotas({ unknownFields: REST.length });
    for (const time of range(1, 45_000)) insert('live', 1, time, null);
    for (const time of range(45_001, 45_003)) insert('live', 1, time, REST);
    const after = range(1, 3).map(() => {
      one.enforce();
      return withRest().length;
    });
    // 20,000 rows each time.
    expect(after).toEqual([3, 3, 0]);
  });

  it('that wait for a clock lose the oldest', () => {
    const one = quotas({ undated: 1000 });
    const put = db.prepare(`INSERT INTO undated (battery, kind, battery_time, said, reading) VALUES (?, ?, ?, '', ?)`);
    // The last that came is of long ago.
    for (const time of [2, 3, 4, 5, 6, 7, 8, 9, 1]) put.run(1, 2, time, 'x'.repeat(100));
    put.run(1, 1, 1, 'x');
    one.enforce();
    const left = db.prepare('SELECT kind, battery_time FROM undated ORDER BY key').all();
    expect(left.map((row) => Object.values(row))).toEqual([
      [2, 7],
      [2, 8],
      [2, 9],
      [2, 1],
      [1, 1],
    ]);
  });
});

describe('epochs and gaps', () => {
  const numbers = (table: string) =>
    db
      .prepare(`SELECT number FROM ${table} WHERE battery = 1`)
      .all()
      .map(({ number }) => Number(number));

  it('lose the oldest beyond what any clock needs, but no gap that may still be filled', () => {
    const one = quotas({});
    const epoch = db.prepare(`INSERT INTO clock_epoch VALUES (1, ?, 0, 0, 0, 0, 'jump', 0)`);
    for (const number of range(1, 10_005)) epoch.run(number);
    const gap = db.prepare('INSERT INTO gap VALUES (1, ?, 0, 600, 0, ?, NULL)');
    for (const number of range(1, 100_005)) gap.run(number, number === 1 ? 'open' : 'filled');
    one.enforce();
    // A hundredth more than what is too much.
    expect([numbers('clock_epoch')[0], numbers('gap').slice(0, 2)]).toEqual([106, [1, 1006]]);
    expect([numbers('clock_epoch').at(-1), numbers('gap').at(-1)]).toEqual([10_005, 100_005]);
  });
});
