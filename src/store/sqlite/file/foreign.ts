/**
 * Whether a database is this program's, before anything is written to it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../store.ts';

/** Made with the first migration, in one transaction. */
const OWN_TABLES = ['meta', 'journal'];

/** @throws StoreError STORE_FOREIGN for a database with tables of another program; SQLite's error where it is none */
export function refuseForeign(db: DatabaseSync, file: string): void {
  const tables = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
    .all()
    .map(({ name }) => String(name));
  if (tables.length === 0 || OWN_TABLES.every((name) => tables.includes(name))) return;
  throw new StoreError(
    'STORE_FOREIGN',
    `${file} is a database of another program, and was left as it is: give --data another folder`,
  );
}
