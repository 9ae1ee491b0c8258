/**
 * What a battery remembers: one row a minute, the newest 30 days, kept also while nobody is connected.
 *
 * A row is 32 whole numbers (the steps of the wire make them whole), so that a thousand batteries with days of history
 * fit in one process: 128 bytes a row, in blocks that come and go as a whole.
 */
import type { MinuteSample } from './messages.ts';

/** A row: the sample, when the battery's clock said it was, and when it really was. */
export interface SimulatedMinute {
  /** Seconds of the battery's own wall clock. */
  readonly clock: number;
  /** Unix milliseconds. */
  readonly utcMs: number;
  readonly sample: MinuteSample;
}

/** How many steps each value has to its unit: what makes it whole. */
const STEPS: Readonly<Record<keyof MinuteSample, number>> = {
  ...{ ppv1: 1, ppv2: 1, vpv1: 10, vpv2: 10, ua: 10, fac: 100, ubus: 1, preal: 1, tinv: 1, pacL2: 1 },
  ...{ epvTotal: 10, einput: 10, eoutput: 10, echarge: 10, eDischarge: 10, eGridCharge: 10 },
  ...{ pmeter: 1, pmeterDc: 1, pbat: 10_000, soc: 10, batV: 100, batC: 10, pcharge: 1, pdischarge: 1 },
  ...{ vcellLow: 1, vcellHigh: 1, tcellLow: 1, tcellHigh: 1, batC1: 10, invBatV: 10 },
};
const COLUMNS = Object.entries(STEPS) as [keyof MinuteSample, number][];
/** Clock and true time first. */
const WIDTH = COLUMNS.length + 2;
const BLOCK_ROWS = 256;
/** Thirty days. How far back a real battery remembers is unknown; more than ten hours were captured. */
export const MEMORY_ROWS = 30 * 1440;

export class SimulatedMemory {
  readonly #capacity: number;
  readonly #blocks = new Map<number, Int32Array>();
  #baseClock = 0;
  #baseUtcMs = 0;
  #oldest = 0;
  #next = 0;

  constructor(capacity: number = MEMORY_ROWS) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#next - this.#oldest;
  }

  /** Rows are numbered from 0 for ever; the oldest kept, and one past the newest. */
  get range(): readonly [oldest: number, end: number] {
    return [this.#oldest, this.#next];
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#blocks.size * BLOCK_ROWS * WIDTH * Int32Array.BYTES_PER_ELEMENT;
  }

  add(row: SimulatedMinute): void {
    if (this.#next === 0) {
      this.#baseClock = row.clock;
      this.#baseUtcMs = row.utcMs;
    }
    const block = this.#block(this.#next);
    let at = (this.#next % BLOCK_ROWS) * WIDTH;
    block[at++] = row.clock - this.#baseClock;
    block[at++] = Math.round((row.utcMs - this.#baseUtcMs) / 1000);
    for (const [key, steps] of COLUMNS) block[at++] = Math.round(row.sample[key] * steps);
    this.#next++;
    this.#forget();
  }

  /** The row with this number, or null when it is forgotten or not yet there. */
  row(number: number): SimulatedMinute | null {
    const block = this.#blocks.get(Math.floor(number / BLOCK_ROWS));
    if (block === undefined || number < this.#oldest || number >= this.#next) return null;
    let at = (number % BLOCK_ROWS) * WIDTH;
    const clock = this.#baseClock + (block[at++] as number);
    const utcMs = this.#baseUtcMs + (block[at++] as number) * 1000;
    const values = COLUMNS.map(([key, steps]) => [key, (block[at++] as number) / steps]);
    return { clock, utcMs, sample: Object.fromEntries(values) as MinuteSample };
  }

  /**
   * The numbers of up to `most` rows whose clock is after `clock`, in the order they were remembered, which a clock
   * that was set does not change.
   */
  after(clock: number, most: number): number[] {
    const found: number[] = [];
    for (let number = this.#oldest; number < this.#next && found.length < most; number++) {
      const block = this.#blocks.get(Math.floor(number / BLOCK_ROWS)) as Int32Array;
      if (this.#baseClock + (block[(number % BLOCK_ROWS) * WIDTH] as number) > clock) found.push(number);
    }
    return found;
  }

  #block(number: number): Int32Array {
    const index = Math.floor(number / BLOCK_ROWS);
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = new Int32Array(BLOCK_ROWS * WIDTH);
      this.#blocks.set(index, block);
    }
    return block;
  }

  #forget(): void {
    this.#oldest = Math.max(this.#oldest, this.#next - this.#capacity);
    for (const index of this.#blocks.keys()) {
      if ((index + 1) * BLOCK_ROWS > this.#oldest) return;
      this.#blocks.delete(index);
    }
  }
}
