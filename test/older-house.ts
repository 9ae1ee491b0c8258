/**
 * A data folder as an older version left it: written by the SQL of that version's migrations, and by no code of today.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { base } from '../src/store/sqlite/migrations/0001-base.ts';
import { clockAndGaps } from '../src/store/sqlite/migrations/0002-clock-and-gaps.ts';
import { energy } from '../src/store/sqlite/migrations/0003-energy.ts';
import { outbox } from '../src/store/sqlite/migrations/0004-outbox.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import { T } from './records.ts';

const SHAPES = [base, clockAndGaps, energy, outbox];
export type OlderVersion = 1 | 2 | 3 | 4;
const BATTERIES = 2;
/** From now, whatever the year, so that retention leaves them. */
const FROM = Math.floor(Date.now() / 1000) - 30 * 86_400;

/** Readings of three kinds of two batteries: live ones every ten seconds, the others every five minutes. */
export function olderHouse(folder: string, version: OlderVersion, rows: number): void {
  mkdirSync(folder, { recursive: true });
  const db = new DatabaseSync(join(folder, DATABASE_FILE));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  for (const { sql } of SHAPES.slice(0, version)) db.exec(sql);
  db.exec(`PRAGMA user_version = ${version}`);
  db.exec(
    `INSERT INTO meta (key, value) VALUES ('id_key', '${'ab'.repeat(32)}'), ('time_zone', 'UTC'), ('next_connection', '10001')`,
  );
  for (const kind of ['live', 'detail', 'history']) db.exec(`ALTER TABLE reading_${kind} ADD COLUMN soc REAL`);
  for (let battery = 1; battery <= BATTERIES; battery++) {
    db.exec(
      `INSERT INTO battery (key, id, serial, first_seen) VALUES (${battery}, 'old${battery}', '${serialOf(battery)}', ${FROM}000)`,
    );
    insert(db, battery, 'live', rows, 10);
    insert(db, battery, 'detail', Math.ceil(rows / 30), 300);
    insert(db, battery, 'history', Math.ceil(rows / 30), 300);
  }
  db.exec(`INSERT INTO event (source, battery, connection, received_at, name, text, occurrence)
    VALUES ('server', 1, 7, ${T}000, 'connected', 'kept', 0)`);
  db.close();
}

function serialOf(battery: number): string {
  return `AL200202101010${battery}`;
}

function insert(db: DatabaseSync, battery: number, kind: string, rows: number, seconds: number): void {
  db.exec(`WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ${rows - 1})
    INSERT INTO reading_${kind} (battery, time, battery_time, received_at, soc)
    SELECT ${battery}, ${FROM} + n * ${seconds}, ${FROM} + n * ${seconds} + 3600, (${FROM} + n * ${seconds}) * 1000, n % 100 FROM n`);
}

/** What must be found in such a house: battery, time, charge, in their order. */
export function expectedOf(rows: number, kind: 'live' | 'detail' | 'history'): string[] {
  const [count, seconds] = kind === 'live' ? [rows, 10] : [Math.ceil(rows / 30), 300];
  return Array.from({ length: BATTERIES }, (_, n) => n + 1).flatMap((battery) =>
    Array.from({ length: count }, (_, n) => {
      const time = new Date((FROM + n * seconds) * 1000).toISOString().slice(0, 19);
      return `old${battery} ${time}Z ${n % 100}`;
    }),
  );
}

/** The same of a folder, as any reader of it finds it. */
export function foundIn(folder: string, kind: 'live' | 'detail' | 'history'): string[] {
  const soc = columnsOf(kind).findIndex(({ name }) => name === 'soc');
  const reader = new SqliteReader(folder);
  try {
    return Array.from(reader.readings(kind), ({ owner, time, values }) => {
      const utc = time === null ? 'undated' : `${new Date(time * 1000).toISOString().slice(0, 19)}Z`;
      return `${owner.id} ${utc} ${values[soc]}`;
    });
  } finally {
    reader.close();
  }
}
