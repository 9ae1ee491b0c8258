import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { reading, T, temporaryFolder } from '../../../../test/records.ts';
import { DATABASE_FILE } from '../../store.ts';
import { SqliteReader } from '../reading/reader.ts';
import { SqliteStore } from '../sqlite-store.ts';
import { MIGRATIONS, type Migration, migrationStrokes } from './schema.ts';
import { openSnapshot } from './snapshot.ts';

/** The database of a folder with one reading, which nobody has open. */
function kept(): { folder: string; file: string } {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([reading('live', T)]);
  store.close();
  return { folder, file: join(folder, DATABASE_FILE) };
}

function changed(file: string, work: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(file);
  work(db);
  db.close();
}

const refusal = (code: string) => expect.objectContaining({ code, passing: false });

it('sees one moment', () => {
  const { folder, file } = kept();
  const db = openSnapshot(folder);
  const rows = () => db.prepare('SELECT count(*) AS n FROM reading_live').get()?.n;
  changed(file, (other) => other.exec('DELETE FROM reading_live'));
  expect(rows()).toBe(1);
  db.close();
});

it('is refused where there is no file, and makes none', () => {
  const folder = temporaryFolder();
  for (const where of [folder, join(folder, 'deeper')]) {
    expect(() => openSnapshot(where)).toThrow(refusal('STORE_ABSENT'));
    expect(() => openSnapshot(where)).toThrow(where);
  }
  expect(readdirSync(folder)).toEqual([]);
});

it('is refused where the file has no bytes', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, DATABASE_FILE), '');
  expect(() => openSnapshot(folder)).toThrow(refusal('STORE_ABSENT'));
});

it('is refused in one sentence where a newer version wrote it, and leaves it as it is', () => {
  const { folder, file } = kept();
  changed(file, (db) => db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`));
  for (const open of [openSnapshot, (where: string) => new SqliteReader(where)]) {
    expect(() => open(folder)).toThrow(refusal('STORE_NEWER'));
    expect(() => open(folder)).toThrow(/^[^\n]*newer version of alphaess-local: update this one$/);
  }
  expect(existsSync(file)).toBe(true);
});

it.each([
  ['to this version', MIGRATIONS.slice(0, -1), 'STORE_UPGRADING'],
  ['to a newer one', MIGRATIONS, 'STORE_NEWER'],
])('is refused half way %s', (_what, known, code) => {
  const { folder, file } = kept();
  const twoStrokes: Migration = { number: known.length + 1, stroke: () => true };
  changed(file, (db) => {
    db.exec(`PRAGMA user_version = ${known.length}`);
    migrationStrokes(db, [...known, twoStrokes]).next();
  });
  for (const open of [openSnapshot, (where: string) => new SqliteReader(where)]) {
    expect(() => open(folder)).toThrow(refusal(code));
  }
});

it('is of an older version, too', () => {
  const { folder, file } = kept();
  changed(file, (db) => db.exec('PRAGMA user_version = 1'));
  openSnapshot(folder).close();
});
