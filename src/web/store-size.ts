/**
 * How large the store is, and by how much it grows a day, as far as that was seen since the start.
 */
import { statSync } from 'node:fs';

interface StoreSizeSample {
  readonly ms: number;
  readonly bytes: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A file grows in steps, and shrinks where something was trimmed: less tells nothing. */
const LEAST_MS = 6 * HOUR_MS;
const LONGEST_MS = 7 * DAY_MS;

export class StoreSize {
  readonly #file: string;
  readonly #samples: StoreSizeSample[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Bytes now, what waits beside the file included. */
  get bytes(): number {
    return [this.#file, `${this.#file}-wal`].reduce(
      (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  /** To be called now and then; takes one sample an hour. */
  tick(nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.ms < HOUR_MS) return;
    this.#samples.push({ ms: nowMs, bytes: this.bytes });
    while (nowMs - (this.#samples[0] as StoreSizeSample).ms > LONGEST_MS) this.#samples.shift();
  }

  /** Bytes a day; null while too little is known. */
  get bytesADay(): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.ms - first.ms < LEAST_MS) return null;
    return Math.round(((last.bytes - first.bytes) / (last.ms - first.ms)) * DAY_MS);
  }
}
