/**
 * Keeps what a peer can make grow within bounds, of each battery and of all together: the oldest goes first, of the battery
 * that has most where all have too much. No real battery comes near them.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Quotas, Removed } from '../../store.ts';
import { ALL, type CountedUse, condition, NAMELESS, sql, USES } from './usage.ts';

/** What was removed, of the battery with that key; null for connections that have named none. */
export type Removal = Omit<Removed, 'battery'> & { readonly battery: number | null };

/** 10,000 epochs of a clock, and 100,000 gaps that are closed: a battery has a few a month. */
const FIXED = { clock: 1e6, gaps: 10e6 };
/** Rows removed in one stroke, unless more have come since the last: a few milliseconds. */
const STROKE = 2000;
/** Rows looked at for that: not all of a table count. */
const LOOKED_AT = 10 * STROKE;
/** So much more is freed, so that the bound is not reached again by the next row. */
const FREED_SHARE = 0.01;

interface WatchedUse {
  readonly use: CountedUse;
  readonly oldest: StatementSync;
  readonly remove: StatementSync;
  /** How many rows there were when it was last looked at; null before that. */
  rows: number | null;
  /** Up to where nothing is left, by battery: what was looked through is not looked through again. */
  readonly cleared: Map<number, Place>;
}

/** Where a row stands among those of its battery; the second is 0 where one column tells. */
type Place = readonly [number, number];

const BEGINNING: Place = [Number.MIN_SAFE_INTEGER, 0];

export class QuotaKeeper {
  readonly #bytes: Readonly<Record<CountedUse['what'], number>>;
  readonly #batteries: number;
  readonly #largest: StatementSync;
  readonly #totals: StatementSync;
  readonly #watched: ReadonlyMap<string, WatchedUse>;
  #removed: Removal[] = [];
  /** In the transaction that is open. */
  #removing: Removal[] = [];

  constructor(db: DatabaseSync, { batteries, ...bytes }: Quotas) {
    this.#bytes = { ...FIXED, ...bytes };
    this.#batteries = batteries;
    this.#largest = db.prepare(
      `SELECT battery, bytes FROM usage WHERE what = ? AND battery <> ${ALL} ORDER BY bytes DESC LIMIT 1`,
    );
    this.#totals = db.prepare(`SELECT what, rows, bytes FROM usage WHERE battery = ${ALL}`);
    this.#watched = new Map(
      USES.map((use) => [use.name, { use, ...prepare(db, use), rows: null, cleared: new Map() }]),
    );
  }

  /** Within the caller’s transaction, after rows were written: removes a bounded part of what is too much. */
  enforce(): void {
    for (const { what, rows, bytes } of this.#totals.all()) {
      const watched = this.#watched.get(String(what));
      if (watched !== undefined) this.#enforce(watched, Number(rows), Number(bytes));
    }
  }

  /** The transaction is over. */
  settle(): void {
    if (this.#removing.length === 0) return;
    this.#removed.push(...this.#removing);
    this.#removing = [];
  }

  /** The transaction was rolled back. */
  drop(): void {
    this.#removing = [];
    for (const watched of this.#watched.values()) {
      watched.rows = null;
      watched.cleared.clear();
    }
  }

  /** What was removed since the last call. */
  take(): Removal[] {
    const sums = new Map<string, Removal>();
    for (const one of this.#removed) {
      const name = `${one.what} ${one.battery}`;
      const sum = sums.get(name);
      sums.set(name, { ...one, rows: one.rows + (sum?.rows ?? 0), bytes: one.bytes + (sum?.bytes ?? 0) });
    }
    this.#removed = [];
    return [...sums.values()];
  }

  #enforce(watched: WatchedUse, rows: number, bytes: number): void {
    const { use } = watched;
    const each = this.#bytes[use.what];
    // A flood must not come in faster than the oldest go; what was there at the start is no flood.
    const added = watched.rows === null ? 0 : Math.max(0, rows - watched.rows);
    watched.rows = rows;
    // Then no battery has more than that.
    if (bytes <= each) return;
    const largest = this.#largest.get(use.name) as { battery: number; bytes: number };
    const over = Math.max(largest.bytes - each, bytes - each * this.#batteries);
    if (over > 0) this.#remove(watched, largest.battery, over + each * FREED_SHARE, STROKE + added);
  }

  #remove(watched: WatchedUse, battery: number, bytes: number, most: number): void {
    const { use, oldest, remove, cleared } = watched;
    const key = battery === NAMELESS ? null : battery;
    const from = cleared.get(battery) ?? BEGINNING;
    let [rows, freed] = [0, 0];
    let last = from;
    for (const row of oldest.iterate(key, ...from, Math.max(LOOKED_AT, most))) {
      last = [Number(row.place), Number(row.ordinal)];
      if (row.counted !== 1) continue;
      rows++;
      freed += Number(row.bytes);
      if (freed >= bytes || rows >= most) break;
    }
    // Nothing is left from there on: what was cleared before has been filled again, by what came late or was moved.
    if (last === from) cleared.delete(battery);
    else cleared.set(battery, last);
    if (rows === 0) return;
    remove.run(key, ...last);
    watched.rows = (watched.rows ?? 0) - rows;
    this.#removing.push({ what: use.what, battery: key, rows, bytes: freed });
  }
}

function prepare(db: DatabaseSync, use: CountedUse): Pick<WatchedUse, 'oldest' | 'remove'> {
  const { table, place, among, counts, bytes, removal } = use;
  const [first, second] = place;
  const compared = (sign: '>' | '<=') =>
    second === undefined ? `${first} ${sign} ?2 AND ?3 = 0` : `(${first}, ${second}) ${sign} (?2, ?3)`;
  return {
    oldest: db.prepare(
      `SELECT ${first} AS place, ${second ?? '0'} AS ordinal, ${sql(counts, table)} AS counted, ${sql(bytes, table)} AS bytes
       FROM ${table} WHERE battery IS ?1 AND ${compared('>')} AND ${sql(among, table)}
       ORDER BY ${second === undefined ? first : `${first}, ${second}`} LIMIT ?4`,
    ),
    remove: db.prepare(`${removal} WHERE battery IS ?1 AND ${compared('<=')} AND ${condition(use, table)}`),
  };
}
