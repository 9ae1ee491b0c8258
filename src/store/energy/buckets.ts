/**
 * Buckets of a line: round steps of the house's clock and calendar, so that the same hour of each day is in the same bucket.
 */
import type { Calendar } from './calendar.ts';

/** How long a bucket can be, the shortest first. */
export const BUCKET_STEPS = [
  '1 s',
  '2 s',
  '5 s',
  '10 s',
  '15 s',
  '30 s',
  '1 min',
  '2 min',
  '5 min',
  '10 min',
  '15 min',
  '30 min',
  '1 h',
  '3 h',
  '6 h',
  '1 day',
  '1 week',
  '1 month',
] as const;
export type BucketStep = (typeof BUCKET_STEPS)[number];

const UNIT_SECONDS = { s: 1, min: 60, h: 3600, day: 86_400, week: 604_800, month: 31 * 86_400 } as const;

/** A month of the house, with the hour that comes twice where summer time ends. */
const LONGEST_MONTH_SECONDS = 31 * 86_400 + 3600;

/** How long a bucket is as a rule; of months the longest. */
export function stepSeconds(step: BucketStep): number {
  const [count, unit] = step.split(' ') as [string, keyof typeof UNIT_SECONDS];
  return Number(count) * UNIT_SECONDS[unit];
}

/**
 * The shortest step that makes no more buckets than that. Beyond a month whole days: shorter ones would show day and night as
 * a pattern of its own.
 */
export function stepFor(seconds: number, most: number): BucketStep {
  const wanted = Math.max(seconds / most, seconds > LONGEST_MONTH_SECONDS ? UNIT_SECONDS.day : 0);
  return BUCKET_STEPS.find((step) => stepSeconds(step) >= wanted) ?? '1 month';
}

export class Buckets {
  readonly step: BucketStep;
  readonly #calendar: Calendar;
  readonly #seconds: number;
  /** The bucket asked for last: moments come in order. */
  #last = { start: 0, end: 0 };

  constructor(step: BucketStep, calendar: Calendar) {
    this.step = step;
    this.#calendar = calendar;
    this.#seconds = stepSeconds(step);
  }

  /** When the bucket of that moment begins. Whole Unix seconds, as all here. */
  startOf(time: number): number {
    return this.#of(time).start;
  }

  /** When the next bucket begins. */
  endOf(time: number): number {
    return this.#of(time).end;
  }

  #of(time: number) {
    if (time < this.#last.start || time >= this.#last.end) {
      const start = this.#workOut(time);
      // Where the clock is set back a bucket may be longer than its step.
      let end = start;
      for (let later = start + this.#seconds; end === start; later += this.#seconds) end = this.#workOut(later);
      // Where it is set forward it may be shorter, and that moment in another bucket than the next.
      for (let before = this.#workOut(end - 1); before > start; before = this.#workOut(end - 1)) end = before;
      this.#last = { start, end };
    }
    return this.#last;
  }

  #workOut(time: number): number {
    if (this.step === '1 month') return this.#calendar.monthStart(time);
    if (this.step === '1 week') return this.#calendar.weekStart(time);
    if (this.step === '1 day') return this.#calendar.dayStart(time);
    return this.#calendar.stepStart(time, this.#seconds);
  }
}
