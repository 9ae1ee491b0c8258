/**
 * What a store was told, kept the plain way: every reading, with the time it has by all that is known, at once. And what may be
 * told to it, at random.
 */
import fc from 'fast-check';
import {
  type ClockCorrection,
  type ClockRecord,
  type EventRecord,
  Private,
  READING_KINDS,
  type ReadingKind,
  type ReadingRecord,
  type StoreRecord,
} from '../src/model.ts';
import { event, OTHER, reading, SERIAL, T } from './records.ts';

/** One time that a reading was told. */
interface Told {
  readonly serial: string;
  readonly kind: ReadingKind;
  readonly batteryTime: number;
  readonly receivedMs: number;
  /** What it says: its charge. */
  readonly soc: number;
  time: number | null;
}

/** Which reading it is, apart from its time. */
export interface Content {
  readonly serial: string;
  readonly kind: ReadingKind;
  readonly batteryTime: number;
  readonly soc: number;
}

export function contentName({ serial, kind, batteryTime, soc }: Content): string {
  return `${serial === SERIAL ? 'one' : 'other'} ${kind} ${batteryTime - T} ${soc}`;
}

/** An entry of the battery's own log; its code tells it apart. */
interface Logged {
  readonly serial: string;
  readonly code: number;
  readonly batteryTime: number;
  readonly receivedMs: number;
  time: number | null;
}

/** Readings and events as they are, without any stroke. */
export class Truth {
  readonly #told: Told[] = [];
  readonly #log: Logged[] = [];

  commit(records: readonly StoreRecord[]): void {
    for (const record of records) {
      if (record.type === 'reading') this.#tell(record);
      if (record.type === 'event') this.#note(record);
      if (record.type === 'clock') this.#take(record);
    }
  }

  /** Nothing that was told of a battery counts any more. */
  forget(serial: string): void {
    for (const list of [this.#told, this.#log] as { serial: string }[][]) {
      const others = list.filter((one) => one.serial !== serial);
      list.splice(0, list.length, ...others);
    }
  }

  #tell(record: ReadingRecord): void {
    const { kind, time, receivedMs } = record;
    const soc = record.values.find((value) => typeof value === 'number') as number;
    const told = {
      serial: record.battery.reveal(),
      kind,
      batteryTime: record.batteryTime as number,
      receivedMs,
      soc,
      time,
    };
    const same = (one: Told) => one.time === null && contentName(one) === contentName(told);
    // Of what waits for a date each is kept once.
    if (time !== null || !this.#told.some(same)) this.#told.push(told);
  }

  #note({ battery, time, batteryTime, receivedMs, code }: EventRecord): void {
    const serial = (battery as Private<string>).reveal();
    this.#log.push({ serial, code: code as number, batteryTime: batteryTime as number, receivedMs, time });
  }

  #take({ battery, corrections, epochs }: ClockRecord): void {
    const readings = this.#told.filter(({ serial }) => serial === battery.reveal());
    const events = this.#log.filter(({ serial }) => serial === battery.reveal());
    for (const correction of corrections) {
      const meant = [
        ...readings.filter((one) => correction.kinds.includes(one.kind) && isMeant(one, correction)),
        ...events.filter((one) => correction.kinds.includes('live') && isMeant(one, correction)),
      ];
      for (const one of meant) one.time = one.batteryTime - correction.newOffsetSeconds;
    }
    const offset = epochs.at(-1)?.offsetSeconds;
    for (const one of [...readings, ...events]) {
      if (one.time === null && offset !== undefined) one.time = firstTime(one, one.batteryTime - offset);
    }
  }

  /** The time of each event, by its code. */
  events(): Map<number, number | null> {
    return new Map(this.#log.map(({ code, time }) => [code, time]));
  }

  /** The times at which each reading is, by its name. */
  times(): Map<string, Set<number | null>> {
    const times = new Map<string, Set<number | null>>();
    for (const told of this.#told) {
      const name = contentName(told);
      times.set(name, (times.get(name) ?? new Set()).add(told.time));
    }
    return times;
  }
}

/** What waited is of no time to come; details are of no long ago either. */
function firstTime(one: Told | Logged, told: number): number {
  const arrived = Math.floor(one.receivedMs / 1000);
  const isDetail = 'kind' in one && one.kind === 'detail';
  return told - arrived > 60 || (isDetail && arrived - told > 7200) ? arrived : told;
}

function isMeant({ time, batteryTime, receivedMs }: Told | Logged, correction: ClockCorrection): boolean {
  const { fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds } = correction;
  const isOfThem = batteryTime >= fromBatteryTime && batteryTime <= toBatteryTime && receivedMs >= receivedSinceMs;
  return isOfThem && time === batteryTime - oldOffsetSeconds;
}

// ---- at random -----------------------------------------------------------------------------------------------------

/** Offsets of clocks: near each other, so that seconds are taken, and an hour apart. */
const OFFSETS = [0, 10, 20, 3600];
const anyOffset = fc.constantFrom(...OFFSETS);
const anySerial = fc.constantFrom(SERIAL, SERIAL, OTHER);
/** Few and near each other, so that the same is told twice, and other things of the same moment. */
const anySlot = fc.integer({ min: 0, max: 12 });

const anySaid = fc.record({
  what: fc.constant('reading' as const),
  serial: anySerial,
  kind: fc.constantFrom(...READING_KINDS, 'history' as const),
  slot: anySlot,
  offset: anyOffset,
  soc: fc.constantFrom(1, 2),
});
const anyEvent = fc.record({
  what: fc.constant('event' as const),
  serial: anySerial,
  slot: anySlot,
  offset: anyOffset,
});
const anyClock = fc.record({ what: fc.constant('clock' as const), serial: anySerial, offset: anyOffset });
const anyCorrection = fc.record({
  what: fc.constant('correction' as const),
  serial: anySerial,
  kinds: fc.constantFrom<readonly ReadingKind[]>(READING_KINDS, READING_KINDS, ['history']),
  from: fc.constantFrom(-1e9, 0, 30),
  to: fc.constantFrom(1e9, 60),
  /** How many of the last commits it is about. */
  back: fc.constantFrom(1e6, 1, 3),
  old: anyOffset,
  offset: anyOffset,
});

/** What may be committed together. */
export const anyWords = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: anySaid },
    { weight: 1, arbitrary: anyEvent },
    { weight: 1, arbitrary: anyClock },
    { weight: 2, arbitrary: anyCorrection },
  ),
  { minLength: 1, maxLength: 8 },
);
type Words = typeof anyWords extends fc.Arbitrary<infer W> ? W : never;

/** Makes records of words, as sessions would: what comes before a battery's clock is known has no time. */
export class Speaker {
  readonly #known = new Set<string>();
  #commits = 0;
  #events = 0;

  /** A battery speaks as one that was never heard. */
  forget(serial: string): void {
    this.#known.delete(serial);
  }

  records(words: Words): StoreRecord[] {
    const nowMs = this.#atMs(++this.#commits);
    return words.flatMap((word): StoreRecord[] => {
      const battery = new Private(word.serial);
      if (word.what === 'reading') return this.#reading(word, nowMs);
      if (word.what === 'event') return [this.#event(word, nowMs)];
      const isFirst = !this.#known.has(word.serial);
      this.#known.add(word.serial);
      const number = isFirst ? 1 : 1 + this.#commits;
      const epoch = { number, sinceMs: nowMs, possibleSinceMs: nowMs, offsetSeconds: word.offset, driftPpm: 0 };
      const epochs = [{ ...epoch, reason: isFirst ? ('first_frame' as const) : ('jump' as const) }];
      const clock = { type: 'clock' as const, battery, receivedMs: nowMs, epochs };
      if (word.what === 'clock' || isFirst) return [{ ...clock, corrections: [] }];
      if (word.old === word.offset) return [];
      const correction = {
        kinds: word.kinds,
        fromBatteryTime: T + word.from,
        toBatteryTime: T + word.to,
        receivedSinceMs: this.#atMs(this.#commits - word.back),
        oldOffsetSeconds: word.old,
        newOffsetSeconds: word.offset,
      };
      return [{ ...clock, corrections: [correction] }];
    });
  }

  #reading(word: Extract<Words[number], { what: 'reading' }>, receivedMs: number): StoreRecord[] {
    const { serial, kind, slot, offset, soc } = word;
    const batteryTime = T + slot * 10;
    const isKnown = this.#known.has(serial);
    if (!isKnown && kind === 'live') return [];
    return [reading(kind, isKnown ? batteryTime - offset : null, { soc }, { serial, batteryTime, receivedMs })];
  }

  #event({ serial, slot, offset }: Extract<Words[number], { what: 'event' }>, receivedMs: number): StoreRecord {
    const batteryTime = T + slot * 10;
    const time = this.#known.has(serial) ? batteryTime - offset : null;
    return event({ serial, time, batteryTime, receivedMs, code: ++this.#events });
  }

  /** When the nth commit was received; each in a second of its own. */
  #atMs(commit: number): number {
    return (T + 7200 + commit) * 1000;
  }
}
