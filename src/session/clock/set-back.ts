/**
 * Whether a clock was set back by a little, which looks like lateness: it is believed when no sample was on time for half an
 * hour. Of samples that come together the first alone counts.
 */
import type { Agreement, ClockSample } from './suspicion.ts';

/** So long nothing on time, and so many late ones: then they are not late. */
const LOW_MS = 1_800_000;
const LOW_SAMPLES = 30;
const TOGETHER_MS = 10_000;
/** Frames that are late one after the other are on time again sooner. */
const SUSPECTED_MS = 180_000;
const SUSPECTED_SAMPLES = 4;

export class SetBack {
  #first: ClockSample | null = null;
  #last: ClockSample | null = null;
  #count = 0;
  /** The two greatest offsets, and of them the lesser counts: one alone may be anything. */
  #greatest = Number.NEGATIVE_INFINITY;
  #second = Number.NEGATIVE_INFINITY;

  /** A sample below what is believed in. @returns what it and those before it say, once that is believed; else null */
  consider(sample: ClockSample): Agreement | null {
    const first = this.#first ?? sample;
    this.#first = first;
    if (this.#last === null || sample.monoMs - this.#last.monoMs >= TOGETHER_MS) this.#take(sample);
    const believed = this.#count >= LOW_SAMPLES && sample.monoMs - first.monoMs >= LOW_MS;
    return believed ? { first, greatest: this.#second } : null;
  }

  /** Whether samples before that one tell of it: more, and for longer, than frames that are late would. */
  isSuspectedBefore({ monoMs }: ClockSample): boolean {
    return this.#count >= SUSPECTED_SAMPLES && monoMs - (this.#first as ClockSample).monoMs >= SUSPECTED_MS;
  }

  clear(): void {
    if (this.#first === null) return;
    this.#first = null;
    this.#last = null;
    this.#count = 0;
    this.#greatest = Number.NEGATIVE_INFINITY;
    this.#second = Number.NEGATIVE_INFINITY;
  }

  #take(sample: ClockSample): void {
    this.#last = sample;
    this.#count++;
    this.#second = Math.max(this.#second, Math.min(this.#greatest, sample.offset));
    this.#greatest = Math.max(this.#greatest, sample.offset);
  }
}
