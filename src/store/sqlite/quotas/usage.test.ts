import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrate } from '../file/schema.ts';
import { ALL, condition, ensureUsage, NAMELESS, sql, USES } from './usage.ts';

function made(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  return db;
}

/** As if nothing had ever been counted. */
function uncounted(db: DatabaseSync): void {
  for (const { name } of db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).all())
    db.exec(`DROP TRIGGER ${name}`);
  db.exec('DELETE FROM usage');
}

const plainly = (work: () => void) => work();

/** What the table says, without what is nothing. */
function told(db: DatabaseSync): unknown[][] {
  return db
    .prepare('SELECT what, battery, rows, bytes FROM usage WHERE rows <> 0 OR bytes <> 0 ORDER BY what, battery')
    .all()
    .map((row) => Object.values(row));
}

/** What is there, added up one by one. */
function counted(db: DatabaseSync): unknown[][] {
  const found = new Map<string, [what: string, battery: number, rows: number, bytes: number]>();
  for (const use of USES) {
    const bytes = sql(use.bytes, 'kept');
    const kept = `FROM ${use.table} AS kept WHERE ${condition(use, 'kept')}`;
    for (const row of db.prepare(`SELECT kept.battery, ${bytes} AS bytes ${kept}`).all()) {
      for (const owner of [ALL, row.battery === null ? NAMELESS : Number(row.battery)]) {
        const sum = found.get(`${use.name} ${owner}`) ?? [use.name, owner, 0, 0];
        sum[2]++;
        sum[3] += Number(row.bytes);
        found.set(`${use.name} ${owner}`, sum);
      }
    }
  }
  return [...found.values()].sort((one, other) =>
    one[0] === other[0] ? one[1] - other[1] : one[0] < other[0] ? -1 : 1,
  );
}

const TEXT = ['', 'ä', 'x'.repeat(50)];

/** Each step is SQL about batteries 1 and 2, or none, and small places, so that rows meet. */
const battery = fc.constantFrom('1', '2');
const owner = fc.constantFrom('1', '2', 'NULL');
const place = fc.nat(4);
const text = fc.constantFrom(...TEXT);
const step = fc.oneof(
  fc.tuple(owner, fc.constantFrom('battery', 'server'), place, text).map(
    ([who, source, time, said]) =>
      `INSERT OR IGNORE INTO event (source, battery, connection, battery_time, received_at, name, code, text, occurrence)
       VALUES ('${source}', ${who}, ${time}, ${time}, 0, 'n${said}', ${time % 2 ? 41 : 'NULL'}, '${said}', 0)`,
  ),
  fc
    .tuple(battery, place)
    .map(
      ([who, connection]) =>
        `UPDATE OR IGNORE event SET battery = ${who} WHERE connection = ${connection} AND battery IS NULL`,
    ),
  fc.tuple(owner, place).map(([who, time]) => `DELETE FROM event WHERE battery IS ${who} AND battery_time = ${time}`),
  fc
    .tuple(battery, text)
    .map(
      ([who, said]) =>
        `INSERT INTO configuration (battery, received_at, last_received_at, text) VALUES (${who}, 0, 0, '${said}')`,
    ),
  fc.constant('UPDATE configuration SET last_received_at = 7'),
  fc.constant('DELETE FROM configuration WHERE key = (SELECT min(key) FROM configuration)'),
  fc
    .tuple(battery, place, place, text)
    .map(
      ([who, kind, time, said]) =>
        `INSERT OR IGNORE INTO undated (battery, kind, battery_time, said, reading) VALUES (${who}, ${kind % 3}, ${time}, '', '[${said}]')`,
    ),
  fc.tuple(battery, text).map(([who, said]) => `UPDATE undated SET reading = '${said}' WHERE battery = ${who}`),
  battery.map((who) => `DELETE FROM undated WHERE battery = ${who}`),
  fc
    .tuple(fc.constantFrom('live', 'detail', 'history'), battery, place, fc.constantFrom('NULL', `'{"a":"b"}'`, `'{}'`))
    .map(
      ([kind, who, time, rest]) =>
        `INSERT OR IGNORE INTO reading_${kind} (battery, time, received_at, rest) VALUES (${who}, ${time}, 0, ${rest})`,
    ),
  fc
    .tuple(battery, place)
    .map(([who, time]) => `UPDATE reading_live SET rest = NULL WHERE battery = ${who} AND time <= ${time}`),
  fc
    .tuple(battery, place)
    .map(([who, time]) => `UPDATE reading_live SET rest = '{"c":"d"}' WHERE battery = ${who} AND time <= ${time}`),
  fc.tuple(battery, place).map(([who, time]) => `DELETE FROM reading_live WHERE battery = ${who} AND time = ${time}`),
  fc
    .tuple(battery, place)
    .map(([who, number]) => `INSERT OR IGNORE INTO clock_epoch VALUES (${who}, ${number}, 0, 0, 0, 0, 'jump', 0)`),
  fc
    .tuple(battery, place)
    .map(([who, number]) => `DELETE FROM clock_epoch WHERE battery = ${who} AND number >= ${number}`),
  fc.tuple(battery, place, fc.constantFrom('open', 'asked', 'filled', 'refused')).map(
    ([who, number, state]) =>
      `INSERT INTO gap VALUES (${who}, ${number}, 0, 600, 0, '${state}', NULL)
       ON CONFLICT (battery, number) DO UPDATE SET state = excluded.state`,
  ),
);

describe('what is kept of each battery', () => {
  it('is counted as it comes, changes and goes, and where it was there before', () => {
    const db = made();
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(39), fc.boolean(), (steps, at, late) => {
        if (db.isTransaction) db.exec('ROLLBACK');
        db.exec('BEGIN');
        uncounted(db);
        const hear = (id: string) =>
          db.exec(`INSERT INTO battery (id, serial, first_seen) VALUES ('${id}', '${id}', 0)`);
        hear('a');
        if (!late) hear('b');
        for (const [index, statement] of steps.entries()) {
          if (index === (late ? 0 : Math.min(at, steps.length - 1))) {
            ensureUsage(db, plainly);
            if (late) hear('b');
          }
          db.exec(statement);
        }
        expect(told(db)).toEqual(counted(db));
        // A second start counts nothing twice.
        ensureUsage(db, plainly);
        expect(told(db)).toEqual(counted(db));
      }),
    );
  });

  it('is not counted where a transaction is rolled back', () => {
    const db = made();
    ensureUsage(db, plainly);
    db.exec(
      `BEGIN; INSERT INTO configuration (battery, received_at, last_received_at, text) VALUES (1, 0, 0, 'x'); ROLLBACK`,
    );
    expect(told(db)).toEqual([]);
  });
});

it('nothing is written where all is set up, and what an earlier version counted is not', () => {
  const db = made();
  const transactions: number[] = [];
  const counting = (work: () => void) => {
    transactions.push(1);
    work();
  };
  ensureUsage(db, counting);
  expect(transactions).toEqual([]);
  db.exec(`
    DROP TRIGGER usage_gap_insert;
    CREATE TRIGGER usage_gap_insert AFTER INSERT ON gap BEGIN SELECT 1; END;
    CREATE TRIGGER usage_old AFTER INSERT ON gap BEGIN UPDATE usage SET rows = 7; END`);
  ensureUsage(db, counting);
  expect(transactions).toEqual([1, 1]);
  db.exec(`INSERT INTO battery (id, serial, first_seen) VALUES ('a', 'A', 0)`);
  db.exec(`INSERT INTO gap VALUES (1, 1, 0, 600, 0, 'filled', NULL)`);
  expect(told(db)).toEqual([
    ['gap', -1, 1, 100],
    ['gap', 1, 1, 100],
  ]);
});

it('a row counts what its texts take, and a hundred bytes more', () => {
  const db = made();
  db.exec(`
    INSERT INTO battery (id, serial, first_seen) VALUES ('a', 'A', 0);
    INSERT INTO event (source, battery, connection, received_at, name, text, occurrence) VALUES ('server', 1, 1, 0, 'name', 'äö', 0);
    INSERT INTO configuration (battery, received_at, last_received_at, text, bytes) VALUES (1, 0, 0, 'äöü', x'e4f6fc');
    INSERT INTO undated (battery, kind, battery_time, said, reading) VALUES (1, 2, 0, '', '[1]');
    INSERT INTO reading_detail (battery, time, received_at, rest) VALUES (1, 0, 0, '{"ä":"b"}')`);
  expect(told(db).filter(([, battery]) => battery === 1)).toEqual([
    ['configuration', 1, 1, 109],
    ['event_server', 1, 1, 108],
    ['rest_detail', 1, 1, 10],
    ['undated', 1, 1, 103],
  ]);
});
