/**
 * Readings in the order in which they came, as bare numbers outside of the heap that V8 collects. Tens of thousands wait to be
 * folded: as objects each would be copied, marked and swept several times until then, and leave its room behind as garbage.
 */
import { READING_KINDS, type ReadingKind, type Value } from '../../../model.ts';
import type { JournalReading, KeyedReading } from '../journal.ts';

/** Numbers in one chunk: 128 KiB, some 400 live readings. */
const CHUNK = 16_384;
/**
 * Row of the journal, battery, kind, time, battery time, arrival, form, how many values, how many of them are words. Then
 * the values, null where one is a word; then of each word its column and its number.
 */
const HEAD = 9;
const BATTERY_AT = 1;
/** Words that are values: a few, such as how the load was worked out. More than so many are none. */
const MOST_WORDS = 1000;
/** Stands for null; no reading has it as a number. */
const NULL = Number.NaN;

export class PackedReadings {
  #chunks: Float64Array[] = [];
  /** Of the last chunk. */
  #used = CHUNK;
  /** Where each reading begins, counted through all chunks. */
  #begins: number[] = [];
  /** Words, each once, and the number of each. */
  readonly #words: string[] = [];
  readonly #numberOf = new Map<string, number>();
  /** Those that cannot be packed: few, since hardly a reading has a text that could not be read. */
  #others = new Map<number, JournalReading>();

  get count(): number {
    return this.#begins.length;
  }

  add(seq: number, reading: KeyedReading): void {
    const { values } = reading;
    const chunk = this.#chunkFor(HEAD + 3 * values.length);
    const begin = this.#used;
    let behind = begin + HEAD + values.length;
    let isPacked = reading.rest === null;
    for (let column = 0; column < values.length; column++) {
      const value = values[column] ?? NULL;
      const isWord = typeof value === 'string';
      chunk[begin + HEAD + column] = isWord ? NULL : value;
      if (!isWord) continue;
      const word = this.#numberOfWord(value);
      isPacked &&= word !== null;
      chunk[behind++] = column;
      chunk[behind++] = word ?? NULL;
    }
    writeHead(chunk, begin, seq, reading, (behind - begin - HEAD - values.length) / 2);
    if (!isPacked) this.#others.set(this.count, { seq, reading });
    this.#begins.push((this.#chunks.length - 1) * CHUNK + begin);
    this.#used = behind;
  }

  /** null where there are too many. */
  #numberOfWord(word: string): number | null {
    const known = this.#numberOf.get(word);
    if (known !== undefined) return known;
    if (this.#words.length >= MOST_WORDS) return null;
    this.#numberOf.set(word, this.#words.length);
    return this.#words.push(word) - 1;
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
    const [length, words] = [number(7), number(8)];
    const values: Value[] = [];
    for (let column = 0; column < length; column++) values.push(orNull(HEAD + column));
    const behind = HEAD + length;
    for (let word = 0; word < words; word++)
      values[number(behind + 2 * word)] = this.#words[number(behind + 2 * word + 1)] as string;
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

function writeHead(chunk: Float64Array, begin: number, seq: number, reading: KeyedReading, words: number): void {
  const { battery, kind, time, batteryTime, receivedMs, form, values } = reading;
  chunk[begin] = seq;
  chunk[begin + BATTERY_AT] = battery;
  chunk[begin + 2] = READING_KINDS.indexOf(kind);
  chunk[begin + 3] = time ?? NULL;
  chunk[begin + 4] = batteryTime ?? NULL;
  chunk[begin + 5] = receivedMs;
  chunk[begin + 6] = form ?? NULL;
  chunk[begin + 7] = values.length;
  chunk[begin + 8] = words;
}
