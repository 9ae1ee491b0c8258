/**
 * How much is kept of what a peer can make grow, by battery. The database counts itself, by triggers, so that no way to
 * write a row is forgotten: an insert, a battery named late, readings that are moved, retention.
 */
import type { DatabaseSync } from 'node:sqlite';
import { READING_KINDS } from '../../../model.ts';
import type { Growing } from '../../store.ts';

/** What is counted: rows of a table, or one column of them. */
export interface CountedUse {
  readonly name: string;
  readonly what: Exclude<Growing, 'raw'>;
  readonly table: string;
  /** Columns that grow from the oldest row to the newest, within its battery: one, or two that are compared together. */
  readonly place: readonly [string, string?];
  /** Which rows it is about, as SQL with `row.` before each column: what an index finds. */
  readonly among: string;
  /** Which of those count, likewise. */
  readonly counts: string;
  /** What one takes in the file, about, likewise. */
  readonly bytes: string;
  /** Columns by which that may change. */
  readonly changes: string;
  /** How those up to a place are removed, before WHERE. */
  readonly removal: string;
}

/** A row in the file besides its texts, about: its other columns, and its entries in indexes. */
const ROW_BYTES = 100;

export const USES: readonly CountedUse[] = [
  ...['battery', 'server'].map((source) =>
    rows('events', `event_${source}`, {
      table: 'event',
      place: ['key'],
      among: `row.source = '${source}'`,
      counts: 'true',
      bytes: `octet_length(row.name) + octet_length(row.text) + ${ROW_BYTES}`,
      changes: 'battery',
    }),
  ),
  rows('configurations', 'configuration', {
    table: 'configuration',
    place: ['key'],
    among: 'true',
    counts: 'true',
    bytes: `octet_length(row.text) + coalesce(length(row.bytes), 0) + ${ROW_BYTES}`,
    changes: 'text, bytes',
  }),
  rows('undated', 'undated', {
    table: 'undated',
    place: ['key'],
    among: 'true',
    counts: 'true',
    bytes: `octet_length(row.reading) + ${ROW_BYTES}`,
    changes: 'reading',
  }),
  ...READING_KINDS.map((kind): CountedUse => {
    const table = `reading_${kind}`;
    return {
      name: `rest_${kind}`,
      what: 'unknownFields',
      table,
      place: ['time', 'ordinal'],
      among: 'true',
      counts: 'row.rest IS NOT NULL',
      bytes: 'octet_length(row.rest)',
      changes: 'rest',
      removal: `UPDATE ${table} SET rest = NULL`,
    };
  }),
  rows('clock', 'clock_epoch', {
    table: 'clock_epoch',
    place: ['number'],
    among: 'true',
    counts: 'true',
    bytes: `${ROW_BYTES}`,
    changes: 'number',
  }),
  rows('gaps', 'gap', {
    table: 'gap',
    place: ['number'],
    among: 'true',
    // The others are still to be asked for.
    counts: "row.state NOT IN ('open', 'asked')",
    bytes: `${ROW_BYTES}`,
    changes: 'state',
  }),
];

function rows(what: CountedUse['what'], name: string, use: Omit<CountedUse, 'name' | 'what' | 'removal'>): CountedUse {
  return { name, what, ...use, removal: `DELETE FROM ${use.table}` };
}

/** Who stands for all batteries together, and for connections that have named none: a battery’s own key is 1 or more. */
export const ALL = -1;
export const NAMELESS = 0;

/**
 * Sets up what counts, as this version does it; what was never counted before is counted now. Where all is set up it writes
 * nothing; where there is something to count each use is a transaction of its own.
 */
export function ensureUsage(db: DatabaseSync, transaction: (work: () => void) => void): void {
  const isNew = db.prepare('SELECT 1 FROM usage LIMIT 1').get() === undefined && isEmpty(db);
  if (isNew) transaction(() => setUp(db, (work) => work()));
  else setUp(db, transaction);
}

function isEmpty(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM battery LIMIT 1').get() === undefined;
}

function setUp(db: DatabaseSync, transaction: (work: () => void) => void): void {
  const known = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'usage_*'`).all();
  const found = new Map(known.map(({ name, sql }) => [String(name), String(sql)]));
  const isSetUp = (triggers: readonly Trigger[]) => triggers.every(({ name, sql }) => found.get(name) === sql);
  const begin = [beginTrigger()];
  const wanted = new Set(begin.map(({ name }) => name));
  if (!isSetUp(begin)) transaction(() => create(db, begin));
  for (const use of USES) {
    const triggers = triggersOf(use);
    for (const { name } of triggers) wanted.add(name);
    const isCounted = db.prepare('SELECT 1 FROM usage WHERE battery = ? AND what = ?').get(ALL, use.name) !== undefined;
    if (isCounted && isSetUp(triggers)) continue;
    transaction(() => {
      if (!isCounted) count(db, use);
      create(db, triggers);
    });
  }
  const idle = [...found.keys()].filter((name) => !wanted.has(name));
  if (idle.length > 0) transaction(() => db.exec(idle.map((name) => `DROP TRIGGER ${name};`).join('')));
}

function count(db: DatabaseSync, use: CountedUse): void {
  const [what, bytes] = [quoted(use.name), sql(use.bytes, 'kept')];
  db.exec(`
    INSERT OR IGNORE INTO usage (battery, what) SELECT key, ${what} FROM battery;
    INSERT INTO usage (battery, what) VALUES (${ALL}, ${what}), (${NAMELESS}, ${what});
    UPDATE usage SET rows = found.rows, bytes = found.bytes FROM (
      SELECT coalesce(battery, ${NAMELESS}) AS battery, count(*) AS rows, sum(${bytes}) AS bytes
      FROM ${use.table} AS kept WHERE ${condition(use, 'kept')} GROUP BY 1) AS found
    WHERE usage.battery = found.battery AND what = ${what};
    UPDATE usage SET (rows, bytes) =
      (SELECT sum(rows), sum(bytes) FROM usage WHERE what = ${what} AND battery <> ${ALL})
    WHERE battery = ${ALL} AND what = ${what};
  `);
}

interface Trigger {
  readonly name: string;
  /** As the database keeps it. */
  readonly sql: string;
}

/** A battery begins with nothing of each, so that what counts need only change it. */
function beginTrigger(): Trigger {
  const names = USES.map(({ name }) => `(${quoted(name)})`).join();
  const body = `INSERT OR IGNORE INTO usage (battery, what) SELECT new.key, column1 FROM (VALUES ${names})`;
  return trigger('battery', `AFTER INSERT ON battery BEGIN ${body}; END`);
}

function triggersOf(use: CountedUse): Trigger[] {
  const { name, table, changes } = use;
  const one = (suffix: string, event: string, row: 'old' | 'new') =>
    trigger(
      `${name}_${suffix}`,
      `AFTER ${event} ON ${table} WHEN ${condition(use, row)} BEGIN ${change(use, row)} END`,
    );
  return [
    one('insert', 'INSERT', 'new'),
    one('delete', 'DELETE', 'old'),
    // Two, since only one of the two rows may count.
    one('update_old', `UPDATE OF ${changes}`, 'old'),
    one('update_new', `UPDATE OF ${changes}`, 'new'),
  ];
}

function change(use: CountedUse, row: 'old' | 'new'): string {
  const [sign, bytes] = [row === 'new' ? '+' : '-', sql(use.bytes, row)];
  const update = (battery: string | number) =>
    `UPDATE usage SET rows = rows ${sign} 1, bytes = bytes ${sign} (${bytes})
     WHERE battery = ${battery} AND what = ${quoted(use.name)};`;
  return update(`coalesce(${row}.battery, ${NAMELESS})`) + update(ALL);
}

function trigger(name: string, definition: string): Trigger {
  return { name: `usage_${name}`, sql: `CREATE TRIGGER usage_${name} ${definition}` };
}

function create(db: DatabaseSync, triggers: readonly Trigger[]): void {
  for (const { name, sql } of triggers) db.exec(`DROP TRIGGER IF EXISTS ${name}; ${sql}`);
}

/** Whether a row counts. */
export function condition({ among, counts }: CountedUse, row: string): string {
  return sql(`(${among}) AND (${counts})`, row);
}

/** The SQL of a use, about the row that has that name. */
export function sql(text: string, row: string): string {
  return text.replaceAll('row.', `${row}.`);
}

function quoted(text: string): string {
  return `'${text}'`;
}
