/**
 * Records into rows, inside one transaction. What it learns on the way (a new battery's key, a new form's) counts only
 * after `settle`; after a rollback `drop` forgets it.
 */
import type { DatabaseSync } from 'node:sqlite';
import {
  type BytesRecord,
  type ClockCorrection,
  type ClockRecord,
  type ConfigurationRecord,
  type EventRecord,
  type Gap,
  type GapRecord,
  type IdentityRecord,
  type KnownTrust,
  type KnownVendor,
  Private,
  READING_KINDS,
  type ReadingRecord,
  type StoreRecord,
  type WireForm,
} from '../../model.ts';
import { ControlChanges } from './control-changes.ts';
import type { ForgetWork } from './forgetting/forgetting.ts';
import { isConcerned, redated } from './jobs/correction.ts';
import { EventTimes } from './jobs/event-times.ts';
import type { CorrectWork, DateWork, Jobs, NameWork } from './jobs/jobs.ts';
import { ConnectionNaming } from './jobs/naming.ts';
import { type KeyedReading, toLine } from './journal.ts';
import { KeptSchedules } from './kept-schedules.ts';
import { KnownBatteries } from './known-batteries.ts';
import { contentOf, digestOf } from './places/places.ts';
import { toGap } from './reading/rows.ts';
import { commitSql } from './record-sql.ts';
import { TransactionalMap } from './transactional-map.ts';
import type { HeldReadings } from './trust/held.ts';
import { Peers } from './trust/peers.ts';
import { VendorConfigurations } from './vendor-configurations.ts';

/** What a commit leaves to do, in its order: a job (decision 0021). */
export type LeftToDo =
  | { readonly kind: 'date'; readonly battery: number; readonly work: DateWork }
  | { readonly kind: 'correct'; readonly battery: number; readonly work: Omit<CorrectWork, 'seq' | 'takenUpTo'> }
  | { readonly kind: 'name'; readonly battery: number; readonly work: NameWork };

/** So many events and frames are named at once: what a battery says before its name is little. */
const NAMED_AT_ONCE = 100;
/** Records of which as many come as a peer likes; of readings those that wait for a clock, until the others are folded. */
const HAVE_QUOTA: readonly StoreRecord['type'][] = ['event', 'configuration', 'clock', 'gap'];

/** Of all forms of messages: ten times as many as a run takes in at most. A battery has a handful in its life. */
const MOST_FORM_LETTERS = 80_000_000;

export class RecordWriter {
  readonly batteries: KnownBatteries;
  readonly #forms = new TransactionalMap<string, number>();
  readonly #formKeys = new WeakMap<WireForm, number>();
  /** Of forms that were rolled back it counts the letters, too, until the next start. */
  #formLetters = 0;
  readonly #jobs: Jobs;
  readonly #naming: ConnectionNaming;
  readonly #eventTimes: EventTimes;
  readonly #held: HeldReadings;
  readonly #peers: Peers;
  readonly #vendor: VendorConfigurations;
  readonly control: ControlChanges;
  readonly schedules: KeptSchedules;
  readonly #sql: ReturnType<typeof commitSql>;
  #readings: KeyedReading[] = [];
  #leftToDo: LeftToDo[] = [];
  #rawBytes = 0;
  #hasQuota = false;

  constructor(db: DatabaseSync, idKey: string, jobs: Jobs, held: HeldReadings) {
    this.batteries = new KnownBatteries(db, idKey);
    this.#jobs = jobs;
    this.#naming = new ConnectionNaming(db, (battery) => this.batteries.epochsOf(battery).at(-1) ?? null);
    this.#eventTimes = new EventTimes(db);
    this.#held = held;
    this.#peers = new Peers(db);
    this.#vendor = new VendorConfigurations(db);
    this.control = new ControlChanges(db);
    this.schedules = new KeptSchedules(db);
    this.#sql = commitSql(db);
    this.#load(db);
  }

  #load(db: DatabaseSync): void {
    for (const row of db.prepare('SELECT key, form FROM wire_form').all())
      this.#learn(String(row.form), Number(row.key));
    this.settle();
  }

  /** Readings added since the last call, for the journal. */
  takeReadings(): KeyedReading[] {
    const readings = this.#readings;
    this.#readings = [];
    return readings;
  }

  /** What the records since the last call leave to do, in their order. */
  takeLeftToDo(): LeftToDo[] {
    const left = this.#leftToDo;
    this.#leftToDo = [];
    return left;
  }

  /** Does what is left to do where a connection has named its battery. */
  get naming(): ConnectionNaming {
    return this.#naming;
  }

  /** Bytes of frames added since the last call. */
  takeRawBytes(): number {
    const bytes = this.#rawBytes;
    this.#rawBytes = 0;
    return bytes;
  }

  /** Whether something was added since the last call that has a quota, besides frames. */
  takeHasQuota(): boolean {
    const has = this.#hasQuota;
    this.#hasQuota = false;
    return has;
  }

  settle(): void {
    for (const drafted of [this.batteries, this.#forms]) drafted.settle();
  }

  drop(): void {
    for (const drafted of [this.batteries, this.#forms]) drafted.drop();
    this.#readings = [];
    this.#leftToDo = [];
    this.#rawBytes = 0;
    this.#hasQuota = false;
  }

  add(record: StoreRecord): void {
    this.#hasQuota ||= record.type === 'reading' ? record.time === null : HAVE_QUOTA.includes(record.type);
    switch (record.type) {
      case 'reading':
        this.#addReading(record);
        break;
      case 'event':
        this.#addEvent(record);
        break;
      case 'configuration':
        this.#addConfiguration(record);
        break;
      case 'control':
        this.control.keep(this.#keyOf(record.battery, record.receivedMs), record);
        break;
      case 'schedule':
        this.schedules.keep(this.#keyOf(record.battery, record.receivedMs), record);
        break;
      case 'vendor_configuration':
        this.#vendor.keep(this.#keyOf(record.battery, record.receivedMs), record);
        break;
      case 'bytes':
        this.#addBytes(record);
        break;
      case 'clock':
        this.#addClock(record);
        break;
      case 'gap':
        this.#addGap(record);
        break;
      case 'identity':
        this.#addIdentity(record);
        break;
      case 'held':
        this.#held.add(record, record.reading.form === null ? null : this.#formKey(record.reading.form));
        break;
      case 'adoption':
        this.#held.adopt(record);
        break;
      case 'peer':
        this.#peers.keep(this.#keyOf(record.battery, record.receivedMs), record);
        break;
    }
  }

  #addReading(record: ReadingRecord): void {
    this.#place(this.keyed(record, this.#keyOf(record.battery, record.receivedMs)));
  }

  /** A reading by the store's own keys. */
  keyed(reading: Omit<ReadingRecord, 'type' | 'battery'>, battery: number): KeyedReading {
    const { kind, time, batteryTime, receivedMs, values, rest } = reading;
    const form = reading.form === null ? null : this.#formKey(reading.form);
    return { battery, kind, time, batteryTime, receivedMs, form, values, rest };
  }

  #place(reading: KeyedReading): void {
    if (reading.time !== null) this.#readings.push(reading);
    else this.#addUndated(reading);
  }

  #addUndated(reading: KeyedReading): void {
    const { battery, kind, batteryTime } = reading;
    const place = [battery, READING_KINDS.indexOf(kind), batteryTime];
    this.#sql.insertUndated.run(...place, digestOf(contentOf(reading)), JSON.stringify(toLine(reading)));
  }

  /** Puts about `maxRows` readings that were adopted among those of this transaction. @returns whether there were any */
  placeAdopted(maxRows: number): boolean {
    const adopted = this.#held.take(maxRows, (serial) => this.#forgottenUpTo(serial));
    if (adopted === null) return false;
    for (const reading of adopted.readings) {
      const battery = this.#keyOf(new Private(adopted.serial), reading.receivedMs);
      const offset = this.batteries.epochsOf(battery).at(-1)?.offsetSeconds;
      const told = reading.batteryTime === null || offset === undefined ? null : reading.batteryTime - offset;
      this.#place({ ...reading, battery, time: reading.time ?? told });
    }
    return true;
  }

  /** Who has spoken for a battery, and the newest run of readings that is held of it. */
  trustOf(battery: number, serial: string): KnownTrust {
    return { peers: this.#peers.of(battery), lastRun: this.#held.lastRun(serial) };
  }

  /** What the vendor gave for a battery; undefined where it gave nothing. */
  vendorOf(battery: number): KnownVendor | undefined {
    return this.#vendor.of(battery);
  }

  #addEvent(record: EventRecord): void {
    const { source, connection, time, batteryTime, receivedMs, name, code, text, occurrence } = record;
    const battery = record.battery === null ? null : this.#keyOf(record.battery, receivedMs);
    this.#sql.insertEvent.run(source, battery, connection, time, batteryTime, receivedMs, name, code, text, occurrence);
  }

  /** A configuration that has not changed is one row with two times. */
  #addConfiguration(record: ConfigurationRecord): void {
    const battery = this.#keyOf(record.battery, record.receivedMs);
    const text = record.text.reveal();
    const bytes = record.bytes?.reveal() ?? null;
    const last = this.#sql.lastConfiguration.get(battery);
    if (last !== undefined && last.text === text && isSame(last.bytes, bytes)) {
      this.#sql.repeatConfiguration.run(record.receivedMs, Number(last.key));
    } else this.#sql.insertConfiguration.run(battery, record.receivedMs, record.receivedMs, text, bytes);
  }

  #addBytes(record: BytesRecord): void {
    const { kept, connection, receivedMs, direction, frameType, command, reason, bytes } = record;
    const battery = record.battery === null ? null : this.#keyOf(record.battery, receivedMs);
    this.#sql.insertFrame.run(kept, battery, connection, receivedMs, direction, frameType, command, reason, bytes);
    this.#rawBytes += bytes.length;
  }

  /** More is known of a clock: what waited for it is to get its time, what was dated wrongly another. */
  #addClock(record: ClockRecord): void {
    const battery = this.#keyOf(record.battery, record.receivedMs);
    this.batteries.replaceEpochs(battery, record.epochs);
    for (const correction of record.corrections) this.#correct(battery, correction);
    const newest = record.epochs.at(-1);
    if (newest !== undefined && this.#isAnyUndated(battery)) {
      const work = { offsetSeconds: newest.offsetSeconds, lastEvent: this.#eventTimes.newest };
      this.#leftToDo.push({ kind: 'date', battery, work });
    }
  }

  /** What this commit has brought is dated anew at once, for it has no place yet. */
  #correct(battery: number, correction: ClockCorrection): void {
    this.#readings = this.#readings.map((reading) =>
      reading.battery === battery && isConcerned(reading, correction) ? redated(reading, correction) : reading,
    );
    this.#leftToDo.push({ kind: 'correct', battery, work: { correction, lastEvent: this.#eventTimes.newest } });
  }

  #isAnyUndated(battery: number): boolean {
    return this.#sql.anyUndated.get(battery) !== undefined || this.#eventTimes.hasUndated(battery);
  }

  /**
   * From now on there is no such battery; of it nothing but its key is left to whoever removes its rows. A newcomer gets a key
   * for that.
   * @param id its short id
   * @returns null where there is none
   */
  forget(id: string): { readonly key: number; readonly serial: string } | null {
    const serial = this.serialOf(id);
    if (serial === null) return null;
    this.#sql.deleteNotes.run(id);
    return { key: this.batteries.forget(serial), serial };
  }

  /** The serial number of a battery, or of a newcomer of which something is held, by its short id; null where there is none. */
  serialOf(id: string): string | null {
    const isNewcomer = (serial: string) => !this.batteries.get(serial) && this.#forgottenUpTo(serial) === 0;
    const isMeant = (serial: string) => this.batteries.shortestId(serial) === id && isNewcomer(serial);
    return this.batteries.serialOfId(id) ?? this.#held.serials().find(isMeant) ?? null;
  }

  /** What is held of a serial number up to there was of a battery that is being forgotten; 0 where none is. */
  #forgottenUpTo(serial: string): number {
    const jobs = this.#jobs.all.filter(({ kind }) => kind === 'forget').map(({ work }) => work as ForgetWork);
    return Math.max(0, ...jobs.filter((work) => work.serial === serial).map(({ newest }) => newest.held));
  }

  #addGap(record: GapRecord): void {
    const battery = this.#keyOf(record.battery, record.receivedMs);
    const { number, from, to, filledMinutes, state, askedMs } = record.gap;
    this.#sql.insertGap.run(battery, number, from, to, filledMinutes, state, askedMs);
  }

  /** Gaps of a battery that are not closed, oldest first, and the number of its newest. */
  gapsOf(battery: number): { readonly open: Gap[]; readonly last: number } {
    const open = this.#sql.openGaps.all(battery).map(toGap);
    return { open, last: Number(this.#sql.lastGap.get(battery)?.number) };
  }

  /** A connection has named its battery: what it sent before is that battery's, once. */
  #addIdentity({ battery: serial, connection, receivedMs }: IdentityRecord): void {
    const battery = this.#keyOf(serial, receivedMs);
    // What is nameless there still is another battery's, named on it before.
    if (this.#isBeingNamed(connection)) return;
    const work = this.#naming.workOf(connection);
    if (this.#naming.name(battery, work, NAMED_AT_ONCE)) this.#leftToDo.push({ kind: 'name', battery, work });
  }

  #isBeingNamed(connection: number): boolean {
    const left = [...this.#jobs.all, ...this.#leftToDo];
    return left.some(({ kind, work }) => kind === 'name' && (work as NameWork).connection === connection);
  }

  #keyOf(serial: Private<string>, receivedMs: number): number {
    const text = serial.reveal();
    return (this.batteries.get(text) ?? this.batteries.add(text, receivedMs)).key;
  }

  #learn(form: string, key: number): void {
    this.#forms.set(form, key);
    this.#formLetters += form.length;
  }

  /** null where there is no room for more of them: the values are kept, how their texts were written is not. */
  #formKey(form: WireForm): number | null {
    const known = this.#formKeys.get(form);
    if (known !== undefined) return known;
    const text = JSON.stringify([form.keys, form.shapes]);
    let key = this.#forms.get(text);
    if (key === undefined) {
      if (this.#formLetters + text.length > MOST_FORM_LETTERS) return null;
      key = Number(this.#sql.insertForm.run(text).lastInsertRowid);
      this.#learn(text, key);
    } else if (this.#forms.settled().has(text)) this.#formKeys.set(form, key);
    return key;
  }
}

/** Whether the bytes kept last are these; null: there are none. */
function isSame(last: unknown, bytes: Uint8Array | null): boolean {
  return last instanceof Uint8Array && bytes !== null ? Buffer.compare(last, bytes) === 0 : last === bytes;
}
