/**
 * Readings in the order in which they came, as bare numbers outside of the heap that V8 collects. Tens of thousands wait to be
 * folded: as objects each would be copied, marked and swept several times until then, and leave its room behind as garbage.
 */
import { READING_KINDS, type ReadingKind, type Value } from '../../../model.ts';
import type { JournalReading, KeyedReading } from '../journal.ts';

/** Numbers in one chunk: 128 KiB, some 400 live readings. */
const CHUNK = 16_384;
/** Row of the journal, battery, kind, time, battery time, arrival, form, how many values; then the values. */
const HEAD = 8;
const BATTERY_AT = 1;
/** Stands for null; no reading has it as a number. */
const NULL = Number.NaN;

export class PackedReadings {
  #chunks: Float64Array[] = [];
  /** Of the last chunk. */
  #used = CHUNK;
  /** Where each reading begins, counted through all chunks. */
  #begins: number[] = [];
  /** Those that are not of numbers alone: few, since a reading has a text where something in it could not be read. */
  #others = new Map<number, JournalReading>();

  get count(): number {
    return this.#begins.length;
  }

  add(seq: number, reading: KeyedReading): void {
    const { battery, kind, time, batteryTime, receivedMs, form, values } = reading;
    const index = this.#begins.length;
    const chunk = this.#chunkFor(HEAD + values.length);
    let at = this.#used;
    this.#begins.push((this.#chunks.length - 1) * CHUNK + at);
    chunk[at++] = seq;
    chunk[at++] = battery;
    chunk[at++] = READING_KINDS.indexOf(kind);
    chunk[at++] = time ?? NULL;
    chunk[at++] = batteryTime ?? NULL;
    chunk[at++] = receivedMs;
    chunk[at++] = form ?? NULL;
    chunk[at++] = values.length;
    let isOfNumbers = reading.rest === null;
    for (const value of values) {
      if (typeof value === 'string') isOfNumbers = false;
      else chunk[at++] = value ?? NULL;
    }
    this.#used = at;
    if (!isOfNumbers) this.#others.set(index, { seq, reading });
  }

  #chunkFor(length: number): Float64Array {
    if (this.#used + length > CHUNK) {
      this.#chunks.push(new Float64Array(CHUNK));
      this.#used = 0;
    }
    return this.#chunks.at(-1) as Float64Array;
  }

  /** @param index from 0, in the order in which they came */
  at(index: number): JournalReading {
    const other = this.#others.get(index);
    if (other !== undefined) return other;
    const { chunk, begin } = this.#placeOf(index);
    const number = (place: number) => chunk[begin + place] as number;
    const orNull = (place: number) => (Number.isNaN(number(place)) ? null : number(place));
    const values: Value[] = [];
    const end = HEAD + number(7);
    for (let place = HEAD; place < end; place++) values.push(orNull(place));
    const kind = READING_KINDS[number(2)] as ReadingKind;
    const [time, batteryTime, receivedMs, form] = [orNull(3), orNull(4), number(5), orNull(6)];
    const reading = { battery: number(BATTERY_AT), kind, time, batteryTime, receivedMs, form, rest: null, values };
    return { seq: number(0), reading };
  }

  /** Their indexes by battery, so that what is near each other in the file is written together; of each in its order. */
  byBattery(): Uint32Array {
    const ofBattery = new Map<number, number[]>();
    for (let index = 0; index < this.count; index++) {
      const { chunk, begin } = this.#placeOf(index);
      const battery = chunk[begin + BATTERY_AT] as number;
      const indexes = ofBattery.get(battery);
      if (indexes === undefined) ofBattery.set(battery, [index]);
      else indexes.push(index);
    }
    const order = new Uint32Array(this.count);
    let at = 0;
    for (const battery of [...ofBattery.keys()].sort((one, other) => one - other)) {
      for (const index of ofBattery.get(battery) as number[]) order[at++] = index;
    }
    return order;
  }

  #placeOf(index: number): { readonly chunk: Float64Array; readonly begin: number } {
    const begin = this.#begins[index] as number;
    return { chunk: this.#chunks[Math.floor(begin / CHUNK)] as Float64Array, begin: begin % CHUNK };
  }

  /** Forgets them all, and gives the memory back now: until V8 collects it, as much may come again. */
  clear(): void {
    for (const { buffer } of this.#chunks) (buffer as ArrayBuffer).transfer(0);
    this.#chunks = [];
    this.#used = CHUNK;
    this.#begins = [];
    this.#others = new Map();
  }
}
