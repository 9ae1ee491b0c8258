/**
 * Several readings at one second (decision 0013): the tables of readings are made anew with an ordinal in their key, a portion
 * of rows in each stroke; what stood in `surplus` gets a place among them.
 *
 * A portion leaves the old table in the transaction that adds it to the new one, so that what is left there is what is to be
 * done, and the file grows by little.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../../../model.ts';
import type { Migration } from '../file/schema.ts';
import { digestOfLine, type LineLayout, valuesOfLine } from './0005-lines.ts';

/** Rows in one stroke: some megabytes. */
const STROKE = 5000;

export const ordinals: Migration = {
  number: 5,
  stroke: (db) => {
    for (const kind of READING_KINDS) if (!isNumbered(db, kind)) return number(db, kind);
    if (!has(db, 'repetition')) return addTables(db);
    if (has(db, 'undated_4')) return moveUndated(db);
    return has(db, 'surplus') && placeSurplus(db);
  },
};

function has(db: DatabaseSync, table: string): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
}

function columnsIn(db: DatabaseSync, table: string): { name: string; type: string }[] {
  return db
    .prepare(`SELECT name, type FROM pragma_table_info('${table}') ORDER BY cid`)
    .all()
    .map(({ name, type }) => ({ name: String(name), type: String(type) }));
}

function isNumbered(db: DatabaseSync, kind: ReadingKind): boolean {
  return columnsIn(db, `reading_${kind}`).some(({ name }) => name === 'ordinal') && !has(db, `reading_${kind}_4`);
}

/** @returns true: there is always more to be done after this */
function number(db: DatabaseSync, kind: ReadingKind): true {
  const old = `reading_${kind}_4`;
  if (!has(db, old)) begin(db, kind, old);
  const names = columnsIn(db, old).map(({ name }) => name);
  const portion = `SELECT battery, time FROM ${old} ORDER BY battery, time LIMIT ${STROKE}`;
  const last = db.prepare(`SELECT battery, time FROM (${portion}) ORDER BY battery DESC, time DESC LIMIT 1`).get();
  if (last === undefined) {
    db.exec(`DROP TABLE ${old}`);
    return true;
  }
  const upTo = `(battery, time) <= (${Number(last.battery)}, ${Number(last.time)})`;
  db.exec(`
    INSERT INTO reading_${kind} (${names.join()}, ordinal) SELECT ${names.join()}, 0 FROM ${old} WHERE ${upTo};
    DELETE FROM ${old} WHERE ${upTo}`);
  return true;
}

function begin(db: DatabaseSync, kind: ReadingKind, old: string): void {
  const added = columnsIn(db, `reading_${kind}`).slice(OWN_COLUMNS);
  db.exec(`
    ALTER TABLE reading_${kind} RENAME TO ${old};
    CREATE TABLE reading_${kind} (
      battery INTEGER NOT NULL,
      time INTEGER NOT NULL,
      -- 0: the value of its second. 1, 2 …: others of the same second, in the order they came.
      ordinal INTEGER NOT NULL DEFAULT 0,
      battery_time INTEGER,
      received_at INTEGER NOT NULL,
      form INTEGER,
      rest TEXT,
      -- A digest of what it says, where it did not come first.
      said TEXT,
      ${added.map(({ name, type }) => `${name} ${type},`).join(' ')}
      PRIMARY KEY (battery, time, ordinal)) WITHOUT ROWID;
    CREATE INDEX reading_${kind}_other ON reading_${kind} (battery, time, said) WHERE ordinal > 0`);
}
/** battery, time, battery_time, received_at, form, rest: those of the field table follow. */
const OWN_COLUMNS = 6;

/** @returns true: there is always more to be done after this */
function addTables(db: DatabaseSync): true {
  db.exec(`
    CREATE TABLE repetition (
      key INTEGER PRIMARY KEY, battery INTEGER NOT NULL, kind INTEGER NOT NULL, battery_time INTEGER NOT NULL,
      time INTEGER NOT NULL, arrival INTEGER NOT NULL, said TEXT NOT NULL, received_at INTEGER NOT NULL,
      reading TEXT NOT NULL, UNIQUE (battery, kind, time, said, arrival));
    CREATE INDEX repetition_by_arrival ON repetition (received_at);

    ALTER TABLE undated RENAME TO undated_4;
    CREATE TABLE undated (
      key INTEGER PRIMARY KEY, battery INTEGER NOT NULL, kind INTEGER NOT NULL, battery_time INTEGER NOT NULL,
      said TEXT NOT NULL, reading TEXT NOT NULL, UNIQUE (battery, kind, battery_time, said));
    CREATE INDEX undated_by_arrival ON undated (battery);

    DROP INDEX event_once;
    CREATE UNIQUE INDEX event_once ON event (battery, battery_time, code, occurrence, text)
      WHERE source = 'battery' AND code IS NOT NULL`);
  return true;
}

/** @returns true: there is always more to be done after this */
function moveUndated(db: DatabaseSync): true {
  const rows = db.prepare(`SELECT * FROM undated_4 ORDER BY battery, kind, battery_time LIMIT ${STROKE}`).all();
  const insert = db.prepare(
    'INSERT OR IGNORE INTO undated (battery, kind, battery_time, said, reading) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM undated_4 WHERE battery = ? AND kind = ? AND battery_time = ?');
  for (const row of rows) {
    const place = [Number(row.battery), Number(row.kind), Number(row.battery_time)];
    insert.run(...place, digestOfLine(String(row.reading)), String(row.reading));
    remove.run(...place);
  }
  if (rows.length === 0) db.exec('DROP TABLE undated_4');
  return true;
}

/** @returns whether more is left */
function placeSurplus(db: DatabaseSync): boolean {
  const layout = layoutOf(db);
  const rows = db.prepare(`SELECT key, reading FROM surplus ORDER BY key LIMIT ${STROKE}`).all();
  for (const row of rows) {
    const text = String(row.reading);
    insertBehind(db, valuesOfLine(text, layout), digestOfLine(text));
    db.prepare('DELETE FROM surplus WHERE key = ?').run(Number(row.key));
  }
  if (rows.length > 0) return true;
  db.exec('DROP TABLE surplus');
  return false;
}

/** The order of columns in which the lines were written; none where no server of that version ever ran. */
function layoutOf(db: DatabaseSync): LineLayout | null {
  const row = db.prepare(`SELECT value FROM meta WHERE key = 'journal_layout'`).get();
  return row === undefined ? null : JSON.parse(String(row.value));
}

function insertBehind(
  db: DatabaseSync,
  { kind, columns }: { kind: ReadingKind; columns: ReadonlyMap<string, SQLInputValue> },
  said: string,
): void {
  const table = `reading_${kind}`;
  const present = new Set(columnsIn(db, table).map(({ name }) => name));
  const known = [...columns].filter(([name]) => present.has(name));
  const last = db
    .prepare(`SELECT coalesce(max(ordinal), -1) AS ordinal FROM ${table} WHERE battery = ? AND time = ?`)
    .get(columns.get('battery') as number, columns.get('time') as number);
  const names = [...known.map(([name]) => name), 'ordinal', 'said'];
  db.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`).run(
    ...known.map(([, value]) => value),
    Number(last?.ordinal) + 1,
    said,
  );
}
