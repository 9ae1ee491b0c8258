/**
 * What is in a copy of a database: whether it is sound, of which version and house it is, and that every table can be read.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { toStoreError } from '../sqlite/errors.ts';
import { pendingMigrations, versionOf } from '../sqlite/file/schema.ts';
import { StoreError } from '../store.ts';

export interface Contents {
  readonly version: number;
  readonly house: string;
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Opens a database that nobody else has open, without leaving a file beside it.
 * @throws StoreError
 */
export function openCopy(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  // What a log beside it holds belongs to it; without one nothing need be written to read it.
  if (!existsSync(`${file}-wal`)) url.search = '?immutable=1';
  try {
    return new DatabaseSync(url, { readOnly: true });
  } catch (error) {
    throw toStoreError(error);
  }
}

/**
 * Reads all of a copy.
 * @throws StoreError STORE_CORRUPT if it is damaged, STORE_NEWER if it is of a later version of this program
 */
export function inspect(file: string): Contents {
  const db = openCopy(file);
  try {
    refuseDamaged(db);
    pendingMigrations(db);
    const house = houseOf(db);
    return { version: versionOf(db), house, rows: rowsOf(db) };
  } catch (error) {
    throw toStoreError(error);
  } finally {
    db.close();
  }
}

/** @throws StoreError STORE_CORRUPT if it is not sound; reads all of it */
export function refuseDamaged(db: DatabaseSync): void {
  const finding = String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check);
  if (finding === 'ok') return;
  const where = finding.replace('*** in database main ***', '').trim().replaceAll(/\s+/g, ' ');
  throw new StoreError('STORE_CORRUPT', `the database file is damaged (${where})`);
}

/** A word for the house that tells nothing of its key. @throws StoreError STORE_CORRUPT if it is no database of ours */
export function houseOf(db: DatabaseSync): string {
  const key = tablesOf(db).includes('meta') ? metaOf(db).get('id_key') : undefined;
  if (key === undefined) throw new StoreError('STORE_CORRUPT', 'the file is not a database of this program');
  return digest(`backup ${key}`).slice(0, 16);
}

/**
 * A digest of what changes whenever a server has run on a database: its version, its size, and what `meta` holds, such as
 * the next number of a connection.
 */
export function stateOf(db: DatabaseSync): string {
  const pages = db.prepare('PRAGMA page_count').get()?.page_count;
  return digest(JSON.stringify([versionOf(db), pages, [...metaOf(db)]]));
}

function rowsOf(db: DatabaseSync): Record<string, number> {
  const counts = tablesOf(db).map((table): [string, number] => {
    const row = db.prepare(`SELECT count(*) AS n FROM "${table}"`).get();
    return [table, Number(row?.n)];
  });
  return Object.fromEntries(counts);
}

/** What a store notes of itself before anything came. */
const OWN_NOTES: readonly string[] = ['meta', 'usage'];

/** Whether anything is kept in a database besides what every new one has. */
export function hasData(db: DatabaseSync): boolean {
  return tablesOf(db).some(
    (table) => !OWN_NOTES.includes(table) && db.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() !== undefined,
  );
}

/** Bytes of a database as this connection sees it, what is still in the log included. */
export function sizeOfDatabase(db: DatabaseSync): number {
  const { pages, size } = db
    .prepare('SELECT page_count AS pages, page_size AS size FROM pragma_page_count, pragma_page_size')
    .get() as { pages: number; size: number };
  return pages * size;
}

function tablesOf(db: DatabaseSync): string[] {
  return db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
    .all()
    .map(({ name }) => String(name));
}

function metaOf(db: DatabaseSync): Map<string, string> {
  const rows = db.prepare('SELECT key, value FROM meta ORDER BY key').all();
  return new Map(rows.map(({ key, value }) => [String(key), String(value)]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
