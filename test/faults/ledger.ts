/**
 * What the batteries were told is kept, noted on their side, and the one question that ends every scenario: is the store
 * whole? The simulated batteries know the true time of everything they send; the store is only read, by `export`.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { SampleStamp, SimulatedKind } from '../../src/simulator/battery/acknowledgements.ts';
import { exported, type Row } from '../server.ts';

const KINDS: readonly SimulatedKind[] = ['live', 'detail', 'history'];
const MINUTE_MS = 60_000;
/** The store may be so far from the truth: whole seconds on both sides, and the way of the first frame. */
const WITHIN_MS = 3000;
/** A clock that is set tells the same time again, but never so soon. */
const TWICE_MS = 300_000;

/** One reading that was acknowledged. */
interface Entry {
  readonly serial: string;
  readonly kind: SimulatedKind;
  /** The battery's words, as an export writes them. */
  readonly clock: string;
  /** When it really was; null where the sender has no notion of it. */
  readonly utcMs: number | null;
}

/** What a fleet names a battery by its index. */
export function serialOf(index: number): string {
  return `ALSIM${String(index + 1).padStart(7, '0')}`;
}

/** `2024/06/12 12:04:10` as an export writes it. */
function iso(clock: string): string {
  return clock.replaceAll('/', '-').replace(' ', 'T');
}

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #told = { live: 0, detail: 0, history: 0 };

  /** The server has acknowledged this reading. */
  note(serial: string, { kind, clock, utcMs }: Omit<SampleStamp, 'utcMs'> & { readonly utcMs: number | null }): void {
    this.#told[kind]++;
    this.#entries.set(`${serial} ${kind} ${clock} ${utcMs}`, { serial, kind, clock: iso(clock), utcMs });
  }

  /** How many acknowledgements came; of one reading there may be several. */
  get told(): Readonly<Record<SimulatedKind, number>> {
    return { ...this.#told };
  }

  /** As it is now. */
  copy(): Ledger {
    const copy = new Ledger();
    for (const [key, entry] of this.#entries) copy.#entries.set(key, entry);
    return copy;
  }

  /** Readings that were acknowledged, each once, in the order in which they were. */
  get entries(): Entry[] {
    return [...this.#entries.values()];
  }

  /** How many readings of that kind, of one battery or of all. */
  count(kind: SimulatedKind, serial?: string): number {
    return this.entries.filter((one) => one.kind === kind && (serial === undefined || one.serial === serial)).length;
  }
}

/** A stretch of true time in which a battery was not heard; it remembers the minutes. */
export interface Outage {
  readonly battery: { readonly sn: string; remembered(): Iterable<SampleStamp> };
  readonly fromMs: number;
  readonly toMs: number;
}

interface Wholeness {
  readonly outages?: readonly Outage[];
  /** How far from the truth a row may be; infinite where the time of a battery cannot be known by then. */
  readonly withinMs?: number;
}

interface Kept {
  readonly clock: string;
  readonly utcMs: number | null;
}
/** Rows by `serial kind`. */
type Rows = ReadonlyMap<string, readonly Kept[]>;

/**
 * All that was acknowledged before is there, once, at the right time; every minute of the outages is there, once; the file
 * is sound. May be asked while the server runs, and when it is gone.
 */
export async function isWhole(data: string, ledger: Ledger, { outages = [], withinMs = WITHIN_MS }: Wholeness = {}) {
  const entries = ledger.entries;
  const rows = await rowsIn(data);
  expect(entries.filter((entry) => !hasOne(rows, entry, withinMs)).map(words), 'acknowledged and not kept').toEqual([]);
  expect(keptTwice(rows), 'kept twice').toEqual([]);
  for (const outage of outages) coversOnce(rows, outage, withinMs);
  isSound(data);
}

async function rowsIn(data: string): Promise<Rows> {
  const rows = new Map<string, Kept[]>();
  const seen = new Set<string>();
  for (const kind of KINDS) {
    for (const row of await exported(data, kind, '--private')) {
      const key = `${row.serial} ${kind}`;
      // Another reading of the same time, which says otherwise: a battery that reconnects tells its detail anew.
      const said = `${key} ${row.battery_time} ${row.time}`;
      if (row.ordinal !== undefined && seen.has(said)) continue;
      seen.add(said);
      const all = rows.get(key) ?? [];
      all.push({ clock: String(row.battery_time), utcMs: timeOf(row) });
      rows.set(key, all);
    }
  }
  return rows;
}

function timeOf(row: Row): number | null {
  return row.time === null ? null : Date.parse(String(row.time));
}

function words({ serial, kind, clock, utcMs }: Entry): string {
  return `${serial} ${kind} ${clock}${utcMs === null ? '' : ` (${new Date(utcMs).toISOString()})`}`;
}

const indexes = new WeakMap<Rows, Map<string, Kept[]>>();

/** By `serial kind clock`. */
function indexOf(rows: Rows): Map<string, Kept[]> {
  const known = indexes.get(rows);
  if (known !== undefined) return known;
  const index = new Map<string, Kept[]>();
  for (const [key, all] of rows) {
    for (const row of all) {
      const same = index.get(`${key} ${row.clock}`);
      if (same === undefined) index.set(`${key} ${row.clock}`, [row]);
      else same.push(row);
    }
  }
  indexes.set(rows, index);
  return index;
}

function hasOne(rows: Rows, { serial, kind, clock, utcMs }: Entry, withinMs: number): boolean {
  const same = indexOf(rows).get(`${serial} ${kind} ${clock}`) ?? [];
  return same.filter((row) => isNear(row.utcMs, utcMs, withinMs)).length === 1;
}

/**
 * For a store that has lost its end: what is kept of the live readings of a battery is all up to one of them.
 * @returns how many readings are lost
 */
export async function holdsBeginning(data: string, ledger: Ledger): Promise<number> {
  const rows = await rowsIn(data);
  const live = Map.groupBy(
    ledger.entries.filter(({ kind }) => kind === 'live'),
    ({ serial }) => serial,
  );
  for (const entries of live.values()) {
    const kept = entries.map((entry) => hasOne(rows, entry, WITHIN_MS));
    const first = kept.indexOf(false);
    expect(first < 0 ? -1 : kept.indexOf(true, first), 'kept behind what is lost').toBe(-1);
  }
  expect(keptTwice(rows), 'kept twice').toEqual([]);
  isSound(data);
  return ledger.entries.filter((entry) => !hasOne(rows, entry, WITHIN_MS)).length;
}

/** What is not known on one side contradicts nothing. */
function isNear(one: number | null, other: number | null, withinMs: number): boolean {
  return one === null || other === null || Math.abs(one - other) <= withinMs;
}

/** One reading, told once, in two rows. */
function keptTwice(rows: Rows): string[] {
  return [...indexOf(rows)].flatMap(([key, same]) => {
    const times = same.map((row) => row.utcMs ?? 0).sort((a, b) => a - b);
    return times.some((time, n) => n > 0 && time - (times[n - 1] as number) < TWICE_MS) ? [key] : [];
  });
}

function minuteOf(utcMs: number): number {
  return Math.floor(utcMs / MINUTE_MS);
}

/** Each minute that the battery remembers of the outage is one row of history; or it is of a minute with live rows. */
function coversOnce(rows: Rows, { battery, fromMs, toMs }: Outage, withinMs: number): void {
  const within = (utcMs: number) => utcMs > fromMs && utcMs < toMs;
  const minutes = [...battery.remembered()].filter(({ utcMs }) => within(utcMs));
  expect(minutes.length, 'minutes of the outage').toBeGreaterThanOrEqual(Math.floor((toMs - fromMs) / MINUTE_MS) - 1);
  const history = rows.get(`${battery.sn} history`) ?? [];
  const lively = new Set((rows.get(`${battery.sn} live`) ?? []).map((row) => minuteOf(row.utcMs ?? 0)));
  const found = minutes.map(({ utcMs, clock }) => {
    const own = history.filter((row) => row.utcMs !== null && Math.abs(row.utcMs - utcMs) < MINUTE_MS / 2);
    const wrong = own.filter((row) => row.clock !== iso(clock) || !isNear(row.utcMs, utcMs, withinMs));
    const enough = own.length === 1 || (own.length === 0 && lively.has(minuteOf(utcMs)));
    return enough && wrong.length === 0 ? null : `${clock} (${new Date(utcMs).toISOString()}): ${JSON.stringify(own)}`;
  });
  expect(
    found.filter((finding) => finding !== null),
    `${battery.sn}: minutes not there once`,
  ).toEqual([]);
  const strange = history.filter((row) => {
    const { utcMs } = row;
    return utcMs !== null && within(utcMs) && !minutes.some((minute) => Math.abs(minute.utcMs - utcMs) < MINUTE_MS / 2);
  });
  expect(strange, `${battery.sn}: rows that are no minute of the outage`).toEqual([]);
}

/** The file is sound, and once everything is in its place the roll-ups are of exactly the minutes that rows are of. */
function isSound(data: string): void {
  const database = new DatabaseSync(join(data, 'alphaess-local.db'), { readOnly: true, timeout: 5000 });
  try {
    // One snapshot for all questions, and no helping hand: what reads only does not tidy up after a crash.
    database.exec('BEGIN');
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    if (Number(database.prepare('SELECT count(*) AS n FROM journal').get()?.n) > 0) return;
    const readings = KINDS.map((kind) => `SELECT battery, time FROM reading_${kind}`).join(' UNION ALL ');
    const ofRows = `SELECT DISTINCT battery, time - time % 60 AS start FROM (${readings})`;
    const ofRollUps = 'SELECT battery, start FROM rollup_minute';
    const differences = `SELECT * FROM (${ofRows} EXCEPT ${ofRollUps}) UNION ALL SELECT * FROM (${ofRollUps} EXCEPT ${ofRows})`;
    expect(database.prepare(differences).all(), 'minutes of rows and of roll-ups').toEqual([]);
  } finally {
    database.close();
  }
}
