/**
 * The shape of the database: numbered migrations, and the columns that the field table asks for. Nothing here ever drops a
 * column.
 */
import type { DatabaseSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../../../model.ts';
import { columnsOf } from '../../../protocol/fields/fields.ts';
import { MINUTE_COLUMNS } from '../../energy/minute.ts';
import { ROLLED_UP } from '../../energy/rollup.ts';
import { type RollUpSize, SPANS } from '../../energy/span.ts';
import { StoreError } from '../../store.ts';
import { base } from '../migrations/0001-base.ts';
import { clockAndGaps } from '../migrations/0002-clock-and-gaps.ts';
import { energy } from '../migrations/0003-energy.ts';
import { outbox } from '../migrations/0004-outbox.ts';
import { ordinals } from '../migrations/0005-ordinals.ts';
import { configurationBytes } from '../migrations/0006-configuration-bytes.ts';
import { trust } from '../migrations/0007-trust.ts';
import { usage } from '../migrations/0008-usage.ts';
import { jobs } from '../migrations/0009-jobs.ts';
import { incompleteEnergy } from '../migrations/0010-incomplete-energy.ts';
import { blank } from '../migrations/0011-blank.ts';
import { vendorConfigurations } from '../migrations/0012-vendor-configurations.ts';
import { unconfirmedEpochs } from '../migrations/0013-unconfirmed-epochs.ts';
import { control } from '../migrations/0014-control.ts';
import { schedules } from '../migrations/0015-schedules.ts';
import { prices } from '../migrations/0016-prices.ts';
import { ensureUsage } from '../quotas/usage.ts';

export interface Migration {
  /** 1, 2, 3 …, without gaps; what has been released is never changed. */
  readonly number: number;
  /**
   * A bounded part of it, in a transaction of its own: called until nothing is left, and after a kill again. What has been
   * done it reads from the database alone.
   * @returns whether more is to be done
   */
  readonly stroke: (db: DatabaseSync) => boolean;
}

/** One that is small enough to be whole in one transaction. */
export interface SqlMigration {
  readonly number: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  ...[base, clockAndGaps, energy, outbox].map(inOneStroke),
  ordinals,
  ...[
    configurationBytes,
    trust,
    usage,
    jobs,
    incompleteEnergy,
    blank,
    vendorConfigurations,
    unconfirmedEpochs,
    control,
    schedules,
    prices,
  ].map(inOneStroke),
];

function inOneStroke({ number, sql }: SqlMigration): Migration {
  return {
    number,
    stroke: (db) => {
      db.exec(sql);
      return false;
    },
  };
}

/** What is kept of each rolled-up field in a bucket: how many, their sum, the least and the greatest. */
const STATISTICS = ['n', 'sum', 'min', 'max'] as const;

/** The columns of a roll-up table for the rolled-up fields, in the order of {@link ROLLED_UP} and {@link STATISTICS}. */
export const ROLL_UP_COLUMNS: readonly string[] = ROLLED_UP.flatMap((name) =>
  STATISTICS.map((what) => `${name}_${what}`),
);

/** All columns of a roll-up table but its key and source. */
export function rollUpColumns(span: RollUpSize): readonly string[] {
  return span === 'minute' ? [...ROLL_UP_COLUMNS, ...MINUTE_COLUMNS] : ROLL_UP_COLUMNS;
}

/** Writes a row of a roll-up table: battery, start, source, then {@link rollUpColumns}. */
export function saveRollUpSql(span: RollUpSize): string {
  const columns = ['battery', 'start', 'source', ...rollUpColumns(span)];
  return `INSERT OR REPLACE INTO rollup_${span} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
}

/** The columns of a table of readings for the fields of its kind. */
export function readingColumns(kind: ReadingKind): readonly string[] {
  return columnsOf(kind).map((field) => field.name);
}

/** An upgrade that has begun and is not finished; kept in `meta`, so that no other program works on half of it. */
interface UnfinishedUpgrade {
  /** The migration to be run next, or to go on with. */
  readonly next: number;
  /** The last one that the program which began it knows. */
  readonly to: number;
}

const UPGRADE = 'upgrade';

/** A transaction of a migration that is on disk. */
export interface MigrationStroke {
  readonly migration: number;
  /** Of this migration, by this run, from 1 on. */
  readonly count: number;
}

/**
 * Brings a database to the present shape. Each migration is whole or not at all, but for one in strokes, which goes on where
 * it was killed.
 * @throws StoreError STORE_NEWER if a later version of this program made it
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void {
  for (const _stroke of migrationStrokes(db, migrations));
}

/**
 * As {@link migrate}, and hands over after each transaction. From the first one on, the database has the number of the
 * migration that is under way: a program that does not know it refuses the database instead of working on half of it.
 * @throws StoreError STORE_NEWER
 */
export function* migrationStrokes(
  db: DatabaseSync,
  migrations: readonly Migration[] = MIGRATIONS,
): Generator<MigrationStroke, void, void> {
  const pending = pendingMigrations(db, migrations);
  const isNew = versionOf(db) === 0;
  for (const { number, stroke } of pending) {
    let more = true;
    for (let count = 1; more; count++) {
      inTransaction(db, () => {
        more = stroke(db);
        db.exec(`PRAGMA user_version = ${number}`);
        if (!isNew) noteUpgrade(db, { next: more ? number : number + 1, to: migrations.length });
      });
      yield { migration: number, count };
    }
  }
  inTransaction(db, () => addFieldColumns(db));
  ensureUsage(db, (work) => inTransaction(db, work));
}

/**
 * Migrations that are to be run, or to be gone on with, on a database.
 * @throws StoreError STORE_NEWER if it has had one that is not known
 */
export function pendingMigrations(
  db: DatabaseSync,
  migrations: readonly Migration[] = MIGRATIONS,
): readonly Migration[] {
  const version = versionOf(db);
  if (version > migrations.length) throw newer();
  const upgrade = upgradeOf(db);
  if (upgrade === null) return migrations.slice(version);
  if (upgrade.to > migrations.length) throw newer();
  return migrations.slice(upgrade.next - 1);
}

function newer(): StoreError {
  return new StoreError(
    'STORE_NEWER',
    'the data folder was written by a newer version of alphaess-local: update this one',
  );
}

/** Whether an upgrade of the database has begun and is not finished. */
export function isHalfUpgraded(db: DatabaseSync): boolean {
  return upgradeOf(db) !== null;
}

/** The number of the last migration that a database has had, or is having; 0 for one without a shape. */
export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}

function upgradeOf(db: DatabaseSync): UnfinishedUpgrade | null {
  if (versionOf(db) === 0) return null;
  const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(UPGRADE);
  return row === undefined ? null : JSON.parse(String(row.value));
}

function noteUpgrade(db: DatabaseSync, upgrade: UnfinishedUpgrade): void {
  if (upgrade.next > upgrade.to) db.prepare('DELETE FROM meta WHERE key = ?').run(UPGRADE);
  else db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(UPGRADE, JSON.stringify(upgrade));
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function addFieldColumns(db: DatabaseSync): void {
  for (const kind of READING_KINDS) {
    const types = columnsOf(kind).map((field) => (field.value === 'text' ? 'TEXT' : 'REAL'));
    addColumns(db, `reading_${kind}`, readingColumns(kind), (index) => types[index] as string);
  }
  for (const span of SPANS) addColumns(db, `rollup_${span}`, rollUpColumns(span), () => 'REAL');
}

function addColumns(db: DatabaseSync, table: string, names: readonly string[], type: (index: number) => string): void {
  const present = new Set(
    db
      .prepare(`SELECT name FROM pragma_table_info('${table}')`)
      .all()
      .map((row) => row.name),
  );
  const added = names.flatMap((name, index) => (present.has(name) ? [] : [`${name} ${type(index)}`]));
  if (added.length === 0) return;
  const isEmpty = db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined;
  if (isEmpty) makeAnew(db, table, added);
  else for (const column of added) db.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
}

/**
 * Makes an empty table anew with columns behind those it has. SQLite reads the whole schema again after each ALTER TABLE: one
 * by one, the columns of a new database took nine tenths of the time that it takes to make it.
 */
function makeAnew(db: DatabaseSync, table: string, columns: readonly string[]): void {
  const made = db.prepare('SELECT type, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL').all(table);
  const statements = made.map(({ type, sql }) =>
    type === 'table'
      ? String(sql).replace(/,\s*PRIMARY KEY \(/, (key) => `, ${columns.join(', ')}${key}`)
      : String(sql),
  );
  db.exec([`DROP TABLE ${table}`, ...statements].join(';\n'));
}
