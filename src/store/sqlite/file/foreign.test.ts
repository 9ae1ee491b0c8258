import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/records.ts';
import { DATABASE_FILE } from '../../store.ts';
import { openAsFound } from '../as-found.ts';
import { SqliteStore } from '../sqlite-store.ts';
import { openSnapshot } from './snapshot.ts';

/** A folder in which a file of our name has these tables. */
function folderWith(sql: string): { folder: string; file: string } {
  const folder = temporaryFolder();
  const file = join(folder, DATABASE_FILE);
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
  return { folder, file };
}

const WAYS = [
  ['by a server', (folder: string) => SqliteStore.open({ folder, timeZone: 'UTC' })],
  ['by a command that reads', openSnapshot],
  ['by a command that works without a server', openAsFound],
] as const;

it.each(WAYS)('the database of another program is refused %s, and left as it was', (_who, open) => {
  const { folder, file } = folderWith('CREATE TABLE journal (a); CREATE TABLE t (a); PRAGMA user_version = 3');
  const before = readFileSync(file);
  const message = `${file} is a database of another program, and was left as it is: give --data another folder`;
  expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'STORE_FOREIGN', message }));
  expect(readFileSync(file).equals(before)).toBe(true);
});

it.each(WAYS)('a file that is no database is named %s', (_who, open) => {
  const folder = temporaryFolder();
  const file = join(folder, DATABASE_FILE);
  writeFileSync(file, 'hello');
  const named = `${file} is not a database of this program (file is not a database)`;
  const message = expect.stringContaining(named);
  expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT', message }));
});

it('an empty database is nobody’s', () => {
  const { folder } = folderWith('PRAGMA user_version = 0');
  SqliteStore.open({ folder, timeZone: 'UTC' }).close();
  openSnapshot(folder).close();
});
