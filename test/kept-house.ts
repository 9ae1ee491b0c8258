/**
 * A data folder with a house in it, ways to damage it, and what is to be the same after it was brought back.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import { OTHER, reading, SERIAL, T, temporaryFolder } from './records.ts';

export const PASSWORDS = 'web-password.json';

/** Two batteries with `rows` live readings each, and a file of passwords; nobody has it open. */
export function keptHouse(rows = 500, folder = temporaryFolder()): string {
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  for (const serial of [SERIAL, OTHER]) {
    store.commit(Array.from({ length: rows }, (_, n) => reading('live', T + 10 * n, { soc: n % 100 }, { serial })));
  }
  store.close();
  writeFileSync(join(folder, PASSWORDS), '{"version":1,"passwords":{},"tokens":[]}\n', { mode: 0o600 });
  return folder;
}

export function databaseOf(folder: string): string {
  return join(folder, DATABASE_FILE);
}

/** All that makes it the same house: ids, readings, passwords. */
export function told(folder: string): unknown {
  const reader = new SqliteReader(folder);
  try {
    const readings = Array.from(reader.readings('live'), ({ owner, time, values }) => [owner.id, time, values]);
    const ids = reader.owners().map(({ id, serial }) => [id, serial.reveal()]);
    const passwords = join(folder, PASSWORDS);
    return { ids, readings, passwords: existsSync(passwords) ? readFileSync(passwords, 'utf8') : null };
  } finally {
    reader.close();
  }
}

/** Frames of 2 kB each: a database as large as a test wants it. */
export function addFrames(db: DatabaseSync, rows: number): void {
  db.exec(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${rows})
    INSERT INTO frame (kept, connection, received_at, direction, frame_type, command, reason, bytes)
    SELECT 'unknown', 1, 0, 'from_battery', 1, 7, 'x', randomblob(2000) FROM n`);
}

export type Damage = (file: string) => void;

/** Writes nonsense over a part of a file, from a share of its length on. */
export function scribble(file: string, share: number, bytes = 20_000): void {
  const descriptor = openSync(file, 'r+');
  const from = Math.floor((statSync(file).size * share) / 4096) * 4096;
  writeSync(descriptor, Buffer.alloc(bytes, 'Dear diary, '), 0, bytes, from);
  closeSync(descriptor);
}

/** Nonsense over most of a database, so that pages in use are hit; its beginning is as it was. */
export function ruin(file: string): void {
  scribble(file, 0.1, Math.floor(statSync(file).size * 0.85));
}

/** What can become of the file of a database. */
export const DAMAGES: readonly (readonly [what: string, damage: Damage])[] = [
  ['overwritten at its beginning', (file) => scribble(file, 0)],
  ['overwritten in its midst', ruin],
  ['cut in half', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
  ['cut to no bytes', (file) => truncateSync(file, 0)],
  ['replaced by a text', (file) => writeFileSync(file, 'Dear diary, '.repeat(5000))],
  ['removed', (file) => rmSync(file)],
];
