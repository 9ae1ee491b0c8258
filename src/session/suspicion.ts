/**
 * Samples that may tell of another clock than the one believed in: three in normal cadence do. Normal cadence means that
 * battery time and arrival advance together, whatever the interval; late, bunched and repeated frames do not keep it.
 */
import type { Instant } from '../model.ts';

/** What one live frame says: the battery's time, its arrival, and the seconds between. */
export interface Sample extends Instant {
  /** Seconds as if UTC. */
  readonly batteryTime: number;
  /** Battery time − arrival, in seconds: at most what the battery's clock is ahead of UTC. */
  readonly offset: number;
}

/** What agreed: the first sample of that clock, and the greatest offset. */
export interface Agreement {
  readonly first: Sample;
  readonly greatest: number;
}

const ENOUGH = 3;
/** Samples of one clock, none late, differ by the cut-off second and by little more. */
const TOGETHER_SECONDS = 1.5;
/** A sample so late is of the same clock; one further away is not. */
const LATEST_SECONDS = 150;
/** After so many that seem late, over longer than a delay lasts, it is the greatest that was wrong. */
const MOST_LATE = 6;
const LATE_MS = 90_000;
/** To settle, the three must span this: samples that were held up together keep no cadence for so long. */
const SETTLED_MS = 15_000;
/** Or so many were heard, over longer than a delay lasts, and the greatest of them must do. */
const ENOUGH_TO_SETTLE = 30;
const REMEMBERED = 64;

export class Suspicion {
  #heard: Sample[] = [];
  #firstHeardMono = 0;
  #heardMono = 0;
  /** The last that was in cadence, and the arrival of the first of those. */
  #last: Sample | null = null;
  #sinceMono = 0;
  #greatest = 0;
  #count = 0;
  #late = 0;

  /** How many samples have agreed, one after another. */
  get count(): number {
    return this.#count;
  }

  get confirmed(): boolean {
    return this.#count >= ENOUGH;
  }

  /** Whether they are enough to begin with, where nothing else is known. */
  get settled(): boolean {
    const spanMs = (this.#last?.monoMs ?? 0) - this.#sinceMono;
    const heardMs = this.#heardMono - this.#firstHeardMono;
    const enough = this.#heard.length >= ENOUGH_TO_SETTLE && heardMs >= LATE_MS;
    return (this.confirmed && spanMs >= SETTLED_MS) || enough;
  }

  clear(): void {
    if (this.#heard.length > 0) this.#heard = [];
    this.#last = null;
    this.#count = 0;
    this.#late = 0;
  }

  /** A sample of so great an offset is of no clock that is further behind: what seemed to tell of one was late. */
  disproveBelow(offset: number): void {
    if (this.#count > 0 && this.#greatest < offset - TOGETHER_SECONDS) this.clear();
  }

  /** @returns what the samples say if they are right */
  consider(sample: Sample): Agreement {
    if (this.#heard.length === 0) this.#firstHeardMono = sample.monoMs;
    this.#heardMono = sample.monoMs;
    this.#heard = [...this.#heard.slice(1 - REMEMBERED), sample];
    const last = this.#last;
    if (last === null || sample.offset > this.#greatest + TOGETHER_SECONDS || this.#isWrong(last, sample))
      this.#begin(sample);
    else if (sample.offset < this.#greatest - TOGETHER_SECONDS) this.#late++;
    else if (inCadence(last, sample)) this.#continue(sample);
    return { first: this.#first(), greatest: this.#greatest };
  }

  #isWrong(last: Sample, sample: Sample): boolean {
    return this.#late >= MOST_LATE && sample.monoMs - last.monoMs >= LATE_MS;
  }

  #begin(sample: Sample): void {
    this.#last = sample;
    this.#sinceMono = sample.monoMs;
    this.#greatest = sample.offset;
    this.#count = 1;
    this.#late = 0;
  }

  #continue(sample: Sample): void {
    this.#last = sample;
    this.#greatest = Math.max(this.#greatest, sample.offset);
    this.#count++;
    this.#late = 0;
  }

  /** The first of this clock, be it a late one. */
  #first(): Sample {
    const ofThisClock = (one: Sample) =>
      one.offset <= this.#greatest + TOGETHER_SECONDS && one.offset > this.#greatest - LATEST_SECONDS;
    return this.#heard.find(ofThisClock) ?? (this.#last as Sample);
  }
}

function inCadence(one: Sample, next: Sample): boolean {
  const told = next.batteryTime - one.batteryTime;
  const passed = (next.monoMs - one.monoMs) / 1000;
  return told > 0 && passed >= told / 2;
}
