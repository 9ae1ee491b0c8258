/**
 * Roll-ups: least, mean and greatest of each field per minute, hour and day. Arithmetic only; folder.ts reads and writes.
 *
 * A minute is made of samples. An hour and a day are made of minutes, each counting once, so that six samples in one
 * minute weigh no more than one in the next: their mean is a mean over time.
 */
import type { ReadingKind, Value } from '../../model.ts';
import { columnsOf, READING_FIELDS } from '../../protocol/fields/fields.ts';

/** The fields that are rolled up, by name. */
export const ROLLED_UP: readonly string[] = READING_FIELDS.filter((field) => field.rollUp).map((field) => field.name);

/** Where they stand in a row of each kind; -1 where the kind has none. */
const COLUMNS: Readonly<Record<ReadingKind, readonly number[]>> = {
  live: placesIn('live'),
  detail: placesIn('detail'),
  history: placesIn('history'),
};

function placesIn(kind: ReadingKind): number[] {
  const names = columnsOf(kind).map((field) => field.name);
  return ROLLED_UP.map((name) => names.indexOf(name));
}

const WIDTH = 4;
const N = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;

/** Statistics of all rolled-up fields over one stretch of time. */
export class RollUp {
  /** What it is made of; a minute known from live rows is not changed by history. */
  source: 'live' | 'history';
  /** n, sum, min, max of each field in turn. */
  readonly numbers: Float64Array;

  constructor(source: 'live' | 'history', numbers = emptyNumbers()) {
    this.source = source;
    this.numbers = numbers;
  }

  /** Takes one reading in. */
  add(kind: ReadingKind, values: readonly Value[]): void {
    const columns = COLUMNS[kind];
    for (let field = 0; field < columns.length; field++) {
      const value = values[columns[field] as number];
      if (typeof value === 'number') this.#merge(field, 1, value, value, value);
    }
  }

  /**
   * Replaces what a finer bucket contributed before by what it contributes now. Least and greatest only widen here: where
   * other values took the place of those that it had, {@link keepsExtremeOf} tells.
   * @param before null where it contributed nothing yet
   */
  update(before: RollUp | null, after: RollUp): void {
    for (let field = 0; field < ROLLED_UP.length; field++) {
      const old = before?.mean(field) ?? null;
      const mean = after.mean(field);
      if (old !== null) this.#merge(field, -1, -old, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
      if (mean !== null) this.#merge(field, 1, mean, after.min(field), after.max(field));
    }
  }

  /**
   * Whether the least or the greatest of this may be one that a finer bucket had and has no more: then this is to be made
   * anew of all that it is made of.
   */
  keepsExtremeOf(before: RollUp, after: RollUp): boolean {
    return ROLLED_UP.some(
      (_, field) =>
        (before.min(field) < after.min(field) && before.min(field) <= this.min(field)) ||
        (before.max(field) > after.max(field) && before.max(field) >= this.max(field)),
    );
  }

  /** Takes in another of the same size of parts: the minutes of an hour into those of its day. */
  include(other: RollUp): void {
    for (let field = 0; field < ROLLED_UP.length; field++) {
      const at = field * WIDTH;
      const [n, sum] = [other.numbers[at + N] as number, other.numbers[at + SUM] as number];
      this.#merge(field, n, sum, other.min(field), other.max(field));
    }
  }

  #merge(field: number, n: number, sum: number, min: number, max: number): void {
    const numbers = this.numbers;
    const at = field * WIDTH;
    (numbers[at + N] as number) += n;
    (numbers[at + SUM] as number) += sum;
    if (min < (numbers[at + MIN] as number)) numbers[at + MIN] = min;
    if (max > (numbers[at + MAX] as number)) numbers[at + MAX] = max;
  }

  /** The mean of a field, by its place in {@link ROLLED_UP}; null where it has no value. */
  mean(field: number): number | null {
    const n = this.numbers[field * WIDTH + N] as number;
    return n === 0 ? null : (this.numbers[field * WIDTH + SUM] as number) / n;
  }

  min(field: number): number {
    return this.numbers[field * WIDTH + MIN] as number;
  }

  max(field: number): number {
    return this.numbers[field * WIDTH + MAX] as number;
  }

  copy(): RollUp {
    return new RollUp(this.source, this.numbers.slice());
  }

  /** As columns: n, sum, min, max of each field; null for what no value gave. */
  toColumns(): (number | null)[] {
    const columns: (number | null)[] = [];
    for (const number of this.numbers) columns.push(Number.isFinite(number) ? number : null);
    return columns;
  }

  static fromColumns(source: 'live' | 'history', columns: readonly (number | null)[]): RollUp {
    const numbers = emptyNumbers();
    columns.forEach((number, index) => {
      if (number !== null) numbers[index] = number;
    });
    return new RollUp(source, numbers);
  }
}

function emptyNumbers(): Float64Array {
  const numbers = new Float64Array(ROLLED_UP.length * WIDTH);
  for (let at = 0; at < numbers.length; at += WIDTH) {
    numbers[at + MIN] = Number.POSITIVE_INFINITY;
    numbers[at + MAX] = Number.NEGATIVE_INFINITY;
  }
  return numbers;
}
