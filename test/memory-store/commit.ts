/**
 * Records into what is kept in memory.
 */
import { createHash } from 'node:crypto';
import type {
  AdoptionRecord,
  BytesRecord,
  ClockCorrection,
  ClockRecord,
  ConfigurationRecord,
  EventRecord,
  IdentityRecord,
  ReadingRecord,
  StoreRecord,
} from '../../src/model.ts';
import { StoreError } from '../../src/store/store.ts';
import { dateOfWaiting } from '../../src/store/waiting-date.ts';
import type { Kept, KeptBattery, KeptReading } from './kept.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What is kept after a commit. @throws StoreError where there is something no store can take */
export function committed(before: Kept, records: readonly StoreRecord[], rawBytes: number): Kept {
  const commit = new MemoryCommit(before, rawBytes);
  for (const record of records) commit.add(record);
  return commit.kept;
}

/** The same without anything of a battery. */
export function without(kept: Kept, serial: string): Kept {
  const isOther = (one: { readonly serial: string | null }) => one.serial !== serial;
  return {
    ...kept,
    batteries: new Map([...kept.batteries].filter(([one]) => one !== serial)),
    readings: kept.readings.filter(isOther),
    events: kept.events.filter(isOther),
    frames: kept.frames.filter(isOther),
    configurations: kept.configurations.filter(isOther),
    held: kept.held.filter(({ reading }) => reading.battery.reveal() !== serial),
    outboxes: new Map(Array.from(kept.outboxes, ([name, queue]) => [name, queue.filter(isOther)])),
  };
}

export function idIn(idKey: string, serial: string): string {
  return createHash('sha256').update(`${idKey} ${serial}`).digest('hex').slice(0, 6);
}

class MemoryCommit {
  readonly kept: Writable<Kept>;
  readonly #rawBytes: number;

  constructor(before: Kept, rawBytes: number) {
    this.kept = { ...before, batteries: new Map(before.batteries) };
    this.#rawBytes = rawBytes;
  }

  add(record: StoreRecord): void {
    switch (record.type) {
      case 'reading':
        this.#place(record);
        break;
      case 'event':
        this.#event(record.battery?.reveal() ?? null, record);
        break;
      case 'configuration':
        this.#configuration(record);
        break;
      case 'control': {
        const control = new Map(this.#battery(record).control).set(record.change.number, record.change);
        this.#change(record, { control });
        break;
      }
      case 'schedule':
        this.#change(record, { schedules: record.text });
        break;
      case 'vendor_configuration': {
        const vendor = new Map(this.#battery(record).vendor);
        if (record.configuration === null) vendor.delete(record.role);
        else vendor.set(record.role, record.configuration);
        this.#change(record, { vendor });
        break;
      }
      case 'bytes':
        this.#frame(record);
        break;
      case 'clock':
        this.#clock(record);
        break;
      case 'gap': {
        const gaps = new Map(this.#battery(record).gaps).set(record.gap.number, record.gap);
        this.#change(record, { gaps });
        break;
      }
      case 'identity':
        this.#name(record);
        break;
      case 'held':
        this.kept.held = [...this.kept.held, record];
        break;
      case 'adoption':
        this.#adopt(record);
        break;
      case 'peer': {
        const peers = new Map(this.#battery(record).peers);
        if (record.forgotten) peers.delete(record.peer.number);
        else peers.set(record.peer.number, record.peer);
        this.#change(record, { peers });
        break;
      }
    }
  }

  #battery({ battery, receivedMs }: { battery: ReadingRecord['battery']; receivedMs: number }): KeptBattery {
    const serial = battery.reveal();
    const known = this.kept.batteries.get(serial);
    if (known !== undefined) return known;
    const id = idIn(this.kept.idKey, serial);
    const nothing = {
      epochs: [],
      gaps: new Map(),
      peers: new Map(),
      vendor: new Map(),
      control: new Map(),
      schedules: null,
    };
    const added = { serial, id, firstSeenMs: receivedMs, ...nothing };
    this.kept.batteries = new Map(this.kept.batteries).set(serial, added);
    return added;
  }

  #change(of: { battery: ReadingRecord['battery']; receivedMs: number }, change: Partial<KeptBattery>): void {
    const battery = this.#battery(of);
    this.kept.batteries = new Map(this.kept.batteries).set(battery.serial, { ...battery, ...change });
  }

  /** A reading told again is one; another of its second is kept behind it (decision 0013). */
  #place(reading: ReadingRecord): void {
    const { serial } = this.#battery(reading);
    const there = this.kept.readings.filter((one) => one.serial === serial && isBeside(one.reading, reading));
    if (reading.batteryTime !== null && there.some((one) => isSame(one.reading, reading))) return;
    this.kept.readings = [...this.kept.readings, { serial, ordinal: there.length, reading }];
    if (reading.time !== null) this.#handOut(serial, reading);
  }

  #handOut(serial: string, reading: ReadingRecord): void {
    this.kept.lastSeq++;
    const waiting = { seq: this.kept.lastSeq, serial, reading };
    this.kept.outboxes = new Map(Array.from(this.kept.outboxes, ([name, queue]) => [name, [...queue, waiting]]));
  }

  #event(serial: string | null, record: EventRecord): void {
    if (record.battery !== null) this.#battery({ battery: record.battery, receivedMs: record.receivedMs });
    if (serial !== null && this.#isTold(serial, record)) return;
    this.kept.events = [...this.kept.events, { serial, record }];
  }

  /** Whether a battery repeats an entry of its log. */
  #isTold(serial: string, { code, batteryTime, occurrence }: EventRecord): boolean {
    if (code === null || batteryTime === null) return false;
    return this.kept.events.some(
      ({ serial: of, record: one }) =>
        of === serial && one.code === code && one.batteryTime === batteryTime && one.occurrence === occurrence,
    );
  }

  #configuration(record: ConfigurationRecord): void {
    const { serial } = this.#battery(record);
    const [text, bytes] = [record.text.reveal(), record.bytes?.reveal() ?? null];
    const { configurations: all } = this.kept;
    const at = all.findLastIndex((one) => one.serial === serial);
    const last = all[at];
    if (last !== undefined && last.text === text && isEqual(last.bytes, bytes)) {
      this.kept.configurations = all.with(at, { ...last, lastReceivedMs: record.receivedMs });
      return;
    }
    const { receivedMs } = record;
    this.kept.configurations = [...all, { serial, receivedMs, lastReceivedMs: receivedMs, text, bytes }];
  }

  #frame(record: BytesRecord): void {
    if (!(record.bytes instanceof Uint8Array)) throw new StoreError('STORE_REFUSED', 'these are no bytes');
    if (record.battery !== null) this.#battery({ battery: record.battery, receivedMs: record.receivedMs });
    const frames = [...this.kept.frames, { serial: record.battery?.reveal() ?? null, record }];
    let bytes = frames.reduce((sum, one) => sum + one.record.bytes.length, 0);
    while (bytes > this.#rawBytes) bytes -= frames.shift()?.record.bytes.length ?? 0;
    this.kept.frames = frames;
  }

  #clock(record: ClockRecord): void {
    const { serial, epochs } = this.#battery(record);
    const first = record.epochs[0]?.number ?? Number.POSITIVE_INFINITY;
    this.#change(record, { epochs: [...epochs.filter(({ number }) => number < first), ...record.epochs] });
    for (const correction of record.corrections) this.#correct(serial, correction);
    const newest = record.epochs.at(-1);
    if (newest !== undefined) this.#date(serial, newest.offsetSeconds);
  }

  #correct(serial: string, correction: ClockCorrection): void {
    const { oldOffsetSeconds, newOffsetSeconds } = correction;
    this.#move(
      (one) => one.serial === serial && isConcerned(one.reading, correction),
      ({ time }) => (time as number) + oldOffsetSeconds - newOffsetSeconds,
    );
  }

  #date(serial: string, offsetSeconds: number): void {
    this.#move(
      (one) => one.serial === serial && one.reading.time === null && one.reading.batteryTime !== null,
      (reading) => dateOfWaiting({ ...reading, batteryTime: reading.batteryTime as number }, offsetSeconds),
    );
    this.kept.events = this.kept.events.map((event) => {
      const { batteryTime, time } = event.record;
      if (event.serial !== serial || time !== null || batteryTime === null) return event;
      const waiting = { kind: 'event', batteryTime, receivedMs: event.record.receivedMs } as const;
      return { ...event, record: { ...event.record, time: dateOfWaiting(waiting, offsetSeconds) } };
    });
  }

  #move(isMoved: (one: KeptReading) => boolean, timeOf: (reading: ReadingRecord) => number): void {
    const moved = this.kept.readings.filter(isMoved);
    this.kept.readings = this.kept.readings.filter((one) => !moved.includes(one));
    for (const { serial, reading } of moved) {
      // What still waits has its new time alone.
      const isOther = (one: { serial: string; reading: ReadingRecord }) =>
        one.serial !== serial || one.reading !== reading;
      this.kept.outboxes = new Map(Array.from(this.kept.outboxes, ([name, all]) => [name, all.filter(isOther)]));
      this.#place({ ...reading, time: timeOf(reading) });
    }
  }

  /** What came on a connection before it named its battery is that battery's. */
  #name({ battery, connection, receivedMs }: IdentityRecord): void {
    const { serial, epochs } = this.#battery({ battery, receivedMs });
    const isNameless = (one: { serial: string | null; record: { connection: number } }) =>
      one.serial === null && one.record.connection === connection;
    this.kept.frames = this.kept.frames.map((one) => (isNameless(one) ? { ...one, serial } : one));
    const nameless = this.kept.events.filter(isNameless);
    this.kept.events = this.kept.events.filter((one) => !isNameless(one));
    for (const { record } of nameless) this.#event(serial, record);
    const offsetSeconds = epochs.at(-1)?.offsetSeconds;
    if (offsetSeconds !== undefined) this.#date(serial, offsetSeconds);
  }

  #adopt(record: AdoptionRecord): void {
    const serial = record.battery.reveal();
    const isAdopted = (one: Kept['held'][number]) =>
      one.reading.battery.reveal() === serial &&
      (record.peer === null || one.peer === record.peer) &&
      (record.run === null || one.run === record.run);
    const adopted = this.kept.held.filter(isAdopted);
    this.kept.held = this.kept.held.filter((one) => !isAdopted(one));
    for (const { reading } of adopted) {
      const offset = this.#battery(reading).epochs.at(-1)?.offsetSeconds;
      const told = reading.batteryTime === null || offset === undefined ? null : reading.batteryTime - offset;
      this.#place({ ...reading, time: reading.time ?? told });
    }
  }
}

/** Of the same place, but for their ordinals. */
function isBeside(one: ReadingRecord, other: ReadingRecord): boolean {
  if (one.kind !== other.kind || one.time !== other.time) return false;
  return one.time !== null || one.batteryTime === other.batteryTime;
}

function isSame(one: ReadingRecord, other: ReadingRecord): boolean {
  const said = ({ batteryTime, values, rest }: ReadingRecord) => JSON.stringify([batteryTime, values, rest]);
  return said(one) === said(other);
}

function isConcerned(reading: ReadingRecord, correction: ClockCorrection): boolean {
  const { kind, time, batteryTime, receivedMs } = reading;
  const { kinds, fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds } = correction;
  if (time === null || batteryTime === null || !kinds.includes(kind) || receivedMs < receivedSinceMs) return false;
  return batteryTime >= fromBatteryTime && batteryTime <= toBatteryTime && time === batteryTime - oldOffsetSeconds;
}

function isEqual(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}
