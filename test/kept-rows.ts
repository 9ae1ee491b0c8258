/**
 * All that a database keeps, table by table as its shape has them, by content: so that two can be compared, and so that
 * nobody's rows are overlooked in a table that is added later.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DATABASE_FILE } from '../src/store/store.ts';

type Row = Readonly<Record<string, unknown>>;

/** Numbers that the store gives, and ids, which another store would give otherwise. */
const GIVEN = ['key', 'seq', 'id', 'up_to'];
/** Of the store itself, or of all batteries together. */
const OF_THE_STORE = ['meta', 'outbox', 'outbox_cursor', 'blank', 'wire_form', 'journal'];
/** What stands for a battery's key where there is none. */
const NOBODY: Readonly<Record<string, string>> = { '-1': 'all', '0': 'nobody', null: 'nobody' };

/** Whether a column says the same whatever came between two strokes. */
function isTold(table: string, name: string, { what }: Row): boolean {
  // Of an hour the least may be that of a minute before live readings took its place.
  if (/^rollup_(hour|day)$/.test(table) && /_(min|max)$/.test(name)) return false;
  return !GIVEN.includes(name) && !(name === 'bytes' && what === 'undated');
}

/** What a look at the database gives; it is opened for reading alone. */
export function look<R>(folder: string, ask: (db: DatabaseSync) => R): R {
  const db = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
  try {
    return ask(db);
  } finally {
    db.close();
  }
}

function tablesIn(db: DatabaseSync): string[] {
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
  return tables.map(({ name }) => String(name));
}

/** Tables whose rows are of a battery, with the column that says of which. */
export function tablesOfBatteries(db: DatabaseSync): Map<string, 'battery' | 'serial' | 'job'> {
  const found = new Map<string, 'battery' | 'serial' | 'job'>();
  for (const table of tablesIn(db)) {
    const names = db
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => name);
    const column = (['battery', 'serial', 'job'] as const).find((one) => names.includes(one));
    if (column !== undefined) found.set(table, column);
  }
  return found;
}

/** Each row of each table of batteries as one text, with serial numbers in the place of keys; sorted. */
export function rowsOfBatteries(folder: string): Record<string, string[]> {
  return look(folder, (db) => {
    const batteries = db.prepare('SELECT key, serial FROM battery').all();
    const serials = new Map(batteries.map(({ key, serial }) => [String(key), String(serial)]));
    const whose = (key: unknown) => serials.get(String(key)) ?? NOBODY[String(key)] ?? `forgotten ${key}`;
    const told = (name: string, value: unknown) => {
      if (name === 'battery') return whose(value);
      // As the journal writes them: the key stands first.
      if (typeof value === 'number') return Number(value.toFixed(6));
      return name === 'reading' ? String(value).replace(/^\[(\d+)/, (_, key) => `[${whose(key)}`) : value;
    };
    const textOf = (table: string) => (row: Row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([name]) => isTold(table, name, row))
          .map(([name, value]) => [name, told(name, value)]),
      );
    const tables = [...tablesOfBatteries(db).keys()].filter((table) => !OF_THE_STORE.includes(table));
    return Object.fromEntries(
      tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all().map(textOf(table)).sort()]),
    );
  });
}

/** Everything in the database, in each table and column, as one text. */
export function textOf(folder: string): string {
  return look(folder, (db) =>
    tablesIn(db)
      .flatMap((table) => db.prepare(`SELECT * FROM ${table}`).all())
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
      .join('\n'),
  );
}
