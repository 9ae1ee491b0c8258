/**
 * Reading what SQLite keeps, from any process while the server runs: on a connection of its own, read-only, in one snapshot.
 * Streams, so that a year does not fill the memory. Synchronous; {@link PromisedReader} is what the house sees of it.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import {
  type BytesRecord,
  Private,
  type ReadingKind,
  type Value,
  type WireDirection,
  type WireForm,
} from '../../../model.ts';
import { newCalendar } from '../../energy/calendar.ts';
import { ENERGIES } from '../../energy/energy.ts';
import type { RollUpSize } from '../../energy/span.ts';
import { isImported, OWN_BATTERIES, saidSerial } from '../../imported.ts';
import type {
  Extent,
  HeldCount,
  Owner,
  Position,
  Selection,
  Series,
  SeriesQuery,
  StoredConfiguration,
  StoredEnergy,
  StoredEpoch,
  StoredEvent,
  StoredFrame,
  StoredGap,
  StoredHeld,
  StoredReading,
  Whose,
} from '../../stored.ts';
import { toStoreError } from '../errors.ts';
import { FileShape } from '../file/file-shape.ts';
import { openSnapshot } from '../file/snapshot.ts';
import { numberedEpochs } from '../migrations/0002-clock-and-gaps.ts';
import { byPlace, type PlacedReading, Unplaced } from '../places/unplaced.ts';
import { type CalendarFor, calendarOf, EnergyReader } from './energy-reader.ts';
import { extentsOf } from './extent.ts';
import { HeldReader } from './held-reader.ts';
import { toEpoch, toGap } from './rows.ts';
import { readingSeries, series } from './series.ts';

type ReaderRow = Record<string, SQLOutputValue>;

type ReadingRow = [
  time: number,
  ordinal: number,
  batteryTime: number | null,
  receivedMs: number,
  form: number | null,
  rest: string | null,
  ...values: Value[],
];

const NOT_FORGOTTEN = `(battery IS NULL OR battery IN (SELECT key FROM battery WHERE ${OWN_BATTERIES}))`;

export class SqliteReader {
  readonly #db: DatabaseSync;
  readonly #calendarFor: CalendarFor;
  readonly #shape: FileShape;
  readonly #unplaced: Unplaced;
  /** All of them once they were asked for; of ten thousand that takes longer than most questions. */
  #owners: ReadonlyMap<number, Owner> | null = null;
  /** By the store's own key; null where there is none. */
  readonly #metOwners = new Map<number, Owner | null>();
  readonly #metForms = new Map<number, WireForm | null>();
  readonly #sql: ReturnType<typeof statements>;

  /**
   * Opens the store of a data folder as it is at this moment; what comes later is not seen.
   * @param calendarFor remembers days that were worked out before, where readers are opened again and again
   * @throws StoreError as {@link openSnapshot} does
   */
  constructor(folder: string, calendarFor: CalendarFor = newCalendar) {
    this.#calendarFor = calendarFor;
    this.#db = openSnapshot(folder);
    this.#shape = new FileShape(this.#db);
    this.#unplaced = new Unplaced(this.#db, this.#shape);
    try {
      this.#sql = statements(this.#db);
    } catch (error) {
      this.#db.close();
      throw toStoreError(error);
    }
  }

  #all(): ReadonlyMap<number, Owner> {
    this.#owners ??= new Map(this.#sql.owners.all().map((row) => [Number(row.key), toOwner(row)]));
    return this.#owners;
  }

  #formOf(key: number | null): WireForm | null {
    if (key === null) return null;
    let form = this.#metForms.get(key);
    if (form === undefined) {
      const row = this.#sql.form.get(key);
      const [keys, shapes] = row === undefined ? [] : JSON.parse(String(row.form));
      form = row === undefined ? null : { keys, shapes };
      this.#metForms.set(key, form);
    }
    return form;
  }

  close(): void {
    this.#db.close();
  }

  /** The batteries there are, in the order they were first heard. */
  owners(which: Whose = 'own'): Owner[] {
    return [...this.#all().values()].filter((owner) => which === 'all' || owner.isImported !== true);
  }

  /**
   * Readings by battery, time and ordinal; those not dated yet come last of their battery, and only if no time is asked for.
   * @param after goes on behind that one, as another reader of the same store has left off
   */
  *readings(kind: ReadingKind, selection: Selection = {}, after: Position | null = null): Generator<StoredReading> {
    const statement = this.#rowsOf(kind);
    const waiting = this.#unplaced.ofJournal(kind);
    const selected = this.#selected(selection);
    const begin = Math.max(
      0,
      selected.findIndex(([, { id }]) => id === after?.battery),
    );
    for (const [key, owner] of selected.slice(begin)) {
      const last = owner.id === after?.battery ? after : null;
      const rest = last === null ? selection : { ...selection, fromMs: last.time * 1000 };
      const inRange = (waiting.get(key) ?? []).filter((reading) => within(reading.time, rest));
      for (const reading of merged(rowsWithin(statement, key, kind, rest), inRange)) {
        if (last === null || isBehind(reading, last)) yield this.#stored(reading, owner);
      }
      if (isBounded(selection)) continue;
      for (const reading of this.#unplaced.undated(key, kind)) yield this.#stored(reading, owner);
    }
  }

  #rowsOf(kind: ReadingKind): StatementSync {
    const ordinal = this.#shape.isNumbered(kind) ? 'ordinal' : '0 AS ordinal';
    const statement = this.#db.prepare(
      `SELECT time, ${ordinal}, battery_time, received_at, form, rest, ${this.#shape.columns(kind).join()} FROM reading_${kind}
       WHERE battery = ? AND time >= ? AND time < ? ORDER BY time, ordinal`,
    );
    statement.setReturnArrays(true);
    return statement;
  }

  /** Lines for a chart, from the roll-ups or from readings; null where there is no such battery. */
  series(source: RollUpSize | 'live' | 'detail', query: SeriesQuery): Series | null {
    const [key] = this.#selected(query)[0] ?? [];
    if (key === undefined) return null;
    const asked = { ...query, battery: key };
    const calendar = calendarOf(this.#db, this.#calendarFor) ?? this.#calendarFor('UTC');
    if (source === 'live' || source === 'detail') return readingSeries(this.#db, source, asked, calendar);
    return series(this.#db, source, asked, calendar);
  }

  /** How much is kept of a battery; nothing where there is no such battery. */
  extents(battery: string): Extent[] {
    const [key] = this.#selected({ battery })[0] ?? [];
    return key === undefined ? [] : extentsOf(this.#db, this.#unplaced, key);
  }

  /** The newest reading of a kind that is in its place; null where there is none. */
  newest(kind: ReadingKind, battery: string): StoredReading | null {
    const [entry] = this.#selected({ battery });
    if (entry === undefined) return null;
    const statement = this.#db.prepare(`SELECT max(time) AS time FROM reading_${kind} WHERE battery = ?`);
    const time = numberOrNull(statement.get(entry[0])?.time ?? null);
    return time === null ? null : (this.readings(kind, { battery, fromMs: time * 1000 }).next().value ?? null);
  }

  /** The vendor's names that occur in readings of a kind, in the order of the messages. */
  wireKeys(kind: ReadingKind): string[] {
    const placed = this.#db.prepare(`SELECT DISTINCT form FROM reading_${kind}`).all();
    const forms = new Set([...placed.map((row) => numberOrNull(row.form)), ...this.#unplaced.forms(kind)]);
    return [...new Set([...forms].flatMap((form) => this.#formOf(form)?.keys ?? []))];
  }

  #stored(reading: PlacedReading, owner: Owner): StoredReading {
    const { kind, time, ordinal, batteryTime, receivedMs, values, rest, form } = reading;
    return {
      owner,
      kind,
      time,
      ordinal,
      batteryTime,
      receivedMs,
      values,
      rest,
      form: this.#formOf(form),
    };
  }

  /** Events by when they happened; where that is not known, by when they came. */
  *events(selection: Selection = {}): Generator<StoredEvent> {
    const when = 'coalesce(time * 1000, received_at)';
    for (const row of this.#select('event', when, selection)) {
      yield {
        owner: this.#ownerOf(row),
        source: row.source as StoredEvent['source'],
        time: numberOrNull(row.time),
        batteryTime: numberOrNull(row.battery_time),
        receivedMs: Number(row.received_at),
        name: String(row.name),
        code: numberOrNull(row.code),
        text: String(row.text),
      };
    }
  }

  *configurations(selection: Selection = {}): Generator<StoredConfiguration> {
    for (const row of this.#select('configuration', 'received_at', selection)) {
      const owner = this.#ownerOf(row) as Owner;
      yield {
        owner,
        receivedMs: Number(row.received_at),
        lastReceivedMs: Number(row.last_received_at),
        text: String(row.text),
        bytes: row.bytes instanceof Uint8Array ? row.bytes : null,
      };
    }
  }

  *frames(kept: BytesRecord['kept'], selection: Selection = {}): Generator<StoredFrame> {
    for (const row of this.#select('frame', 'received_at', selection, `kept = '${kept}'`)) {
      yield {
        owner: this.#ownerOf(row),
        receivedMs: Number(row.received_at),
        direction: String(row.direction) as WireDirection,
        frameType: numberOrNull(row.frame_type),
        command: numberOrNull(row.command),
        reason: String(row.reason),
        bytes: row.bytes as Uint8Array,
      };
    }
  }

  *epochs(selection: Selection = {}): Generator<StoredEpoch> {
    // Gaps and the numbers of epochs came with the same shape.
    const table = this.#shape.has('gap') ? 'clock_epoch' : `(${numberedEpochs('clock_epoch')})`;
    for (const row of this.#select(table, 'since', selection)) {
      yield { owner: this.#ownerOf(row) as Owner, ...toEpoch(row) };
    }
  }

  /** Gaps by when they began. */
  *gaps(selection: Selection = {}): Generator<StoredGap> {
    if (!this.#shape.has('gap')) return;
    for (const row of this.#select('gap', 'from_time * 1000', selection)) {
      yield { owner: this.#ownerOf(row) as Owner, ...toGap(row) };
    }
  }

  /** Readings that are kept apart, by arrival. */
  *held(selection: Selection = {}): Generator<StoredHeld> {
    if (!this.#shape.has('held')) return;
    const rows = new HeldReader(this.#db, this.owners()).rows(selection, this.#shape.writtenLayout);
    for (const { owner, why, peer, reading } of rows)
      yield { ...this.#stored({ ...reading, ordinal: 0 }, owner), why, peer };
  }

  /** Of whom how many are kept apart; at most so many, those with the newest first. */
  heldCounts(most: number): HeldCount[] {
    return this.#shape.has('held') ? new HeldReader(this.#db, this.owners()).counts(most) : [];
  }

  /** Energy by battery and then time, as of the last fold. */
  *energy(span: RollUpSize, selection: Selection = {}): Generator<StoredEnergy> {
    const energies = EnergyReader.of(this.#db, this.#calendarFor);
    const from = secondsFrom(selection.fromMs, Number.MIN_SAFE_INTEGER);
    const to = secondsFrom(selection.toMs, Number.MAX_SAFE_INTEGER);
    for (const [key, owner] of this.#selected(selection)) {
      for (const row of energies?.rows(span, key, { from, to }) ?? []) yield { owner, ...row };
    }
  }

  /** Energy of all days together, kWh in the order of `ENERGIES`, as of the last fold; null where nothing is known. */
  energyTotal(battery: string): readonly (number | null)[] {
    const [key] = this.#selected({ battery })[0] ?? [];
    return (
      (key === undefined ? undefined : EnergyReader.of(this.#db, this.#calendarFor)?.total(key)) ??
      ENERGIES.map(() => null)
    );
  }

  /** What is left of a battery that is being forgotten is nobody's. */
  *#select(table: string, when: string, selection: Selection, also = 'true'): Generator<ReaderRow> {
    const battery = selection.battery === undefined ? NOT_FORGOTTEN : 'battery = ?';
    const keys = selection.battery === undefined ? [] : this.#selected(selection).map(([key]) => key);
    if (keys.length === 0 && selection.battery !== undefined) return;
    const order = selection.newest === undefined ? '' : ` DESC LIMIT ${Math.trunc(selection.newest)}`;
    const statement = this.#db.prepare(
      `SELECT * FROM ${table} WHERE ${also} AND ${battery} AND ${when} >= ? AND ${when} < ? ORDER BY ${when}${order}`,
    );
    const bounds = [selection.fromMs ?? Number.MIN_SAFE_INTEGER, selection.toMs ?? Number.MAX_SAFE_INTEGER];
    yield* statement.iterate(...keys, ...bounds) as Iterable<ReaderRow>;
  }

  #selected(selection: Selection): [number, Owner][] {
    const { battery } = selection;
    if (battery === undefined) return [...this.#all()].filter(([, owner]) => owner.isImported !== true);
    const row = this.#sql.ownerOfId.get(battery);
    return row === undefined ? [] : [[Number(row.key), toOwner(row)]];
  }

  #ownerOf(row: ReaderRow): Owner | null {
    if (row.battery === null) return null;
    const key = Number(row.battery);
    let owner = this.#metOwners.get(key);
    if (owner === undefined) {
      const found = this.#sql.ownerOfKey.get(key);
      owner = found === undefined ? null : toOwner(found);
      this.#metOwners.set(key, owner);
    }
    return owner;
  }
}

function statements(db: DatabaseSync) {
  const owner = 'SELECT key, id, serial FROM battery';
  return {
    owners: db.prepare(`${owner} ORDER BY key`),
    ownerOfId: db.prepare(`${owner} WHERE id = ?`),
    ownerOfKey: db.prepare(`${owner} WHERE key = ?`),
    form: db.prepare('SELECT form FROM wire_form WHERE key = ?'),
  };
}

function toOwner(row: ReaderRow): Owner {
  const kept = String(row.serial);
  const owner = { id: String(row.id), serial: new Private(saidSerial(kept)) };
  return isImported(kept) ? { ...owner, isImported: true } : owner;
}

function* rowsWithin(
  statement: StatementSync,
  battery: number,
  kind: ReadingKind,
  selection: Selection,
): Generator<PlacedReading> {
  const from = secondsFrom(selection.fromMs, Number.MIN_SAFE_INTEGER);
  const to = secondsFrom(selection.toMs, Number.MAX_SAFE_INTEGER);
  for (const row of statement.iterate(battery, from, to) as Iterable<unknown>) {
    const [time, ordinal, batteryTime, receivedMs, form, restText, ...values] = row as ReadingRow;
    const rest = restText === null ? null : JSON.parse(restText);
    yield { battery, kind, time, ordinal, batteryTime, receivedMs, form, values, rest };
  }
}

/** Rows in their place and those still in the journal, in the order of their places. */
function* merged(rows: Iterable<PlacedReading>, waiting: readonly PlacedReading[]): Generator<PlacedReading> {
  let next = 0;
  for (const row of rows) {
    for (; next < waiting.length && byPlace(waiting[next] as PlacedReading, row) < 0; next++) {
      yield waiting[next] as PlacedReading;
    }
    yield row;
  }
  yield* waiting.slice(next);
}

function isBehind({ time, ordinal }: PlacedReading, last: Position): boolean {
  return (time as number) > last.time || ordinal > last.ordinal;
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function secondsFrom(ms: number | undefined, otherwise: number): number {
  return ms === undefined ? otherwise : Math.ceil(ms / 1000);
}

function isBounded(selection: Selection): boolean {
  return selection.fromMs !== undefined || selection.toMs !== undefined;
}

function within(time: number | null, selection: Selection): boolean {
  const ms = (time as number) * 1000;
  return ms >= (selection.fromMs ?? Number.NEGATIVE_INFINITY) && ms < (selection.toMs ?? Number.POSITIVE_INFINITY);
}
