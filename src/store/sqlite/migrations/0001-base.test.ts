import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { base } from './0001-base.ts';

function made(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  return db;
}

/** What has been released is never changed: a later shape is a later migration. */
const TABLES = {
  battery: 'key id serial first_seen',
  clock_epoch: 'battery since offset_seconds drift_ppm reason',
  configuration: 'key battery received_at last_received_at text',
  event: 'key source battery connection time battery_time received_at name code text occurrence',
  frame: 'key kept battery connection received_at direction frame_type command reason bytes',
  journal: 'seq readings',
  meta: 'key value',
  reading_detail: 'battery time battery_time received_at form rest',
  reading_history: 'battery time battery_time received_at form rest',
  reading_live: 'battery time battery_time received_at form rest',
  rollup_day: 'battery start source',
  rollup_hour: 'battery start source',
  rollup_minute: 'battery start source',
  undated: 'battery kind battery_time reading',
  wire_form: 'key form',
};

describe('the first shape', () => {
  it('is number 1', () => {
    expect(base.number).toBe(1);
  });

  it('has these tables with these columns', () => {
    const db = made();
    const names = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
    const columns = db.prepare('SELECT name FROM pragma_table_info(?) ORDER BY cid');
    const shape = names.map(({ name }) => [
      name,
      columns
        .all(name ?? null)
        .map((row) => row.name)
        .join(' '),
    ]);
    expect(Object.fromEntries(shape)).toEqual(TABLES);
  });

  it.each(['live', 'detail', 'history'])('takes one row of %s a battery and second, found by both', (kind) => {
    const db = made();
    const insert = `INSERT INTO reading_${kind} (battery, time, received_at) VALUES`;
    db.exec(`${insert} (1, 60, 0), (1, 61, 0), (2, 60, 0)`);
    expect(() => db.exec(`${insert} (1, 60, 0)`)).toThrow('UNIQUE');
    const plan = db.prepare(`EXPLAIN QUERY PLAN SELECT * FROM reading_${kind} WHERE battery = 1 AND time > 5`).get();
    expect(plan?.detail).toMatch(/^SEARCH .* PRIMARY KEY \(battery=\? AND time>\?\)/);
  });

  it('takes an event of the battery’s log once, any other as often as it comes', () => {
    const db = made();
    const insert = (source: string, battery: number | null, code: number | null) =>
      db
        .prepare(
          `INSERT INTO event (source, battery, connection, battery_time, received_at, name, code, text, occurrence)
           VALUES (?, ?, 1, 60, 0, 'n', ?, 't', 0)`,
        )
        .run(source, battery, code);
    insert('battery', 1, 41);
    expect(() => insert('battery', 1, 41)).toThrow('UNIQUE');
    for (const [source, battery, code] of [
      ['battery', 2, 41],
      ['battery', 1, 42],
      ['battery', 1, null],
      ['battery', null, 41],
      ['server', 1, 41],
    ] as const) {
      insert(source, battery, code);
      if (source === 'server' || battery === null || code === null) insert(source, battery, code);
    }
  });

  it('takes a battery and an id once', () => {
    const db = made();
    db.exec(`INSERT INTO battery (id, serial, first_seen) VALUES ('b3f1c2', 'A', 0)`);
    expect(() => db.exec(`INSERT INTO battery (id, serial, first_seen) VALUES ('b3f1c2', 'B', 0)`)).toThrow('UNIQUE');
    expect(() => db.exec(`INSERT INTO battery (id, serial, first_seen) VALUES ('c3f1c2', 'A', 0)`)).toThrow('UNIQUE');
  });
});
