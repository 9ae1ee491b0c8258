/**
 * Samples that may tell of another clock than the one believed in: three in normal cadence do, over 15 s of arrival. Normal
 * cadence means that battery time and arrival advance together, whatever the interval; late, bunched and repeated frames do not
 * keep it, nor do frames that say more time than passes.
 */
import type { Instant } from '../../model.ts';

/** What one live frame says: the battery's time, its arrival, and the seconds between. */
export interface ClockSample extends Instant {
  /** Seconds as if UTC. */
  readonly batteryTime: number;
  /** Battery time − arrival, in seconds: at most what the battery's clock is ahead of UTC. */
  readonly offset: number;
}

/** What agreed: the first sample of that clock, and the greatest offset. */
export interface Agreement {
  readonly first: ClockSample;
  readonly greatest: number;
}

/** The greatest offset of three seconds of arrival, from then on: of frames that come together only one counts. */
interface GreatestOffset {
  readonly monoMs: number;
  readonly offset: number;
}

const ENOUGH = 3;
/** What comes within less is of one moment: one stall, or one burst. */
export const APART_MS = 15_000;
/** Samples of one clock, none late, differ by the cut-off second and by little more. */
export const TOGETHER_SECONDS = 1.5;
/** A sample so late is of the same clock; one further away is not. */
const LATEST_SECONDS = 150;
/** After so many that seem late, over longer than a delay lasts, it is the greatest that was wrong. */
const MOST_LATE = 6;
const LATE_MS = 90_000;
/** Or so many moments were heard, over longer than a delay lasts: the greatest offset that two of them reached must do. */
const ENOUGH_TO_SETTLE = 30;
const MOMENT_MS = 3000;
const REMEMBERED = 64;

export class Suspicion {
  #heard: ClockSample[] = [];
  #moments: GreatestOffset[] = [];
  /** The first and the last of those in cadence. */
  #base: ClockSample | null = null;
  #last: ClockSample | null = null;
  #greatest = 0;
  #count = 0;
  #late = 0;

  /** How many samples have agreed, one after another. */
  get count(): number {
    return this.#count;
  }

  /** The offset that the samples tell, whether they are right or not; null where there are none. */
  get offset(): number | null {
    return this.#count > 0 ? this.#greatest : null;
  }

  get confirmed(): boolean {
    return this.#count >= ENOUGH && spanOf(this.#base as ClockSample, this.#last as ClockSample) >= APART_MS;
  }

  /** Whether they are enough to begin with, where nothing else is known. */
  get settled(): boolean {
    return this.confirmed || this.#heardEnough;
  }

  get #heardEnough(): boolean {
    if (this.#moments.length < ENOUGH_TO_SETTLE) return false;
    return spanOf(this.#moments[0] as GreatestOffset, this.#moments.at(-1) as GreatestOffset) >= LATE_MS;
  }

  clear(): void {
    if (this.#heard.length > 0) this.#heard = [];
    if (this.#moments.length > 0) this.#moments = [];
    this.#base = null;
    this.#last = null;
    this.#count = 0;
    this.#late = 0;
  }

  /** A sample of so great an offset is of no clock that is further behind: what seemed to tell of one was late. */
  disproveBelow(offset: number): void {
    if (this.#count > 0 && this.#greatest < offset - TOGETHER_SECONDS) this.clear();
  }

  consider(sample: ClockSample): void {
    this.#remember(sample);
    const [base, last] = [this.#base, this.#last];
    if (base === null || last === null || isOther(base, sample) || this.#isWrong(last, sample)) this.#begin(sample);
    else if (sample.offset < this.#greatest - TOGETHER_SECONDS) this.#late++;
    else if (inCadence(last, sample)) this.#continue(sample);
  }

  /** What the samples say if they are right; only where there are some. */
  get agreement(): Agreement {
    const greatest = this.#heardEnough && !this.confirmed ? reachedTwice(this.#moments) : this.#greatest;
    return { first: this.#first(greatest), greatest };
  }

  #remember(sample: ClockSample): void {
    this.#heard = [...this.#heard.slice(1 - REMEMBERED), sample];
    const { monoMs, offset } = sample;
    const newest = this.#moments.at(-1);
    if (newest === undefined || monoMs - newest.monoMs >= MOMENT_MS)
      this.#moments = [...this.#moments.slice(1 - REMEMBERED), { monoMs, offset }];
    else if (offset > newest.offset) this.#moments[this.#moments.length - 1] = { monoMs: newest.monoMs, offset };
  }

  #isWrong(last: ClockSample, sample: ClockSample): boolean {
    return this.#late >= MOST_LATE && sample.monoMs - last.monoMs >= LATE_MS;
  }

  #begin(sample: ClockSample): void {
    this.#base = sample;
    this.#last = sample;
    this.#greatest = sample.offset;
    this.#count = 1;
    this.#late = 0;
  }

  #continue(sample: ClockSample): void {
    this.#last = sample;
    this.#greatest = Math.max(this.#greatest, sample.offset);
    this.#count++;
    this.#late = 0;
  }

  /** The first of this clock, be it a late one. */
  #first(greatest: number): ClockSample {
    const ofThisClock = ({ offset }: ClockSample) =>
      offset <= greatest + TOGETHER_SECONDS && offset > greatest - LATEST_SECONDS;
    return this.#heard.find(ofThisClock) ?? (this.#last as ClockSample);
  }
}

function spanOf(first: Pick<Instant, 'monoMs'>, last: Pick<Instant, 'monoMs'>): number {
  return last.monoMs - first.monoMs;
}

/** No delay explains it: it is of another clock. */
function isOther(base: ClockSample, { offset }: ClockSample): boolean {
  return offset > base.offset + TOGETHER_SECONDS || offset < base.offset - LATEST_SECONDS;
}

function inCadence(one: ClockSample, next: ClockSample): boolean {
  const told = next.batteryTime - one.batteryTime;
  const passed = (next.monoMs - one.monoMs) / 1000;
  return told > 0 && passed >= told / 2;
}

/** The greatest offset that was reached at two moments apart: a burst alone reaches any. */
function reachedTwice(moments: readonly GreatestOffset[]): number {
  const reached = moments.map(({ monoMs, offset }) => {
    const others = moments.filter((other) => Math.abs(other.monoMs - monoMs) >= APART_MS);
    return Math.min(offset, Math.max(...others.map((other) => other.offset)));
  });
  return Math.max(...reached);
}
