/**
 * The roll-up of one minute: what every roll-up keeps, and what energy is worked out from. Arithmetic only.
 *
 * The mean of a power that changes its sign hides how much went each way, so the share above zero is summed apart; the
 * share below follows from the mean. Lifetime counters come in details and history only, and are taken from them
 * whichever rows the powers are of.
 */
import type { ReadingKind, Value } from '../../model.ts';
import { columnsOf, READING_FIELDS } from '../../protocol/fields/fields.ts';
import { COUNTERS } from './energy.ts';
import { RollUp } from './rollup.ts';

/** A power with a sign, which way of it is summed, and where that sum stands. */
export const ONE_WAY = [
  { power: 'grid_power', sign: 1, column: 'grid_import_power_sum' },
  { power: 'battery_power', sign: -1, column: 'battery_charge_power_sum' },
] as const;

/**
 * The columns that only minutes have: sums in W over as many samples as the power has, null in minutes from before they
 * were kept; then the counters in kWh.
 */
export const MINUTE_COLUMNS: readonly string[] = [
  ...ONE_WAY.map(({ column }) => column),
  ...COUNTERS.map((name) => `${name}_last`),
];

const COUNTERS_FROM = ONE_WAY.length;
const POWERS = ONE_WAY.map(({ power }) => power);
const SIGNS = ONE_WAY.map(({ sign }) => sign);
const ROLLED_UP_WIDTH = -MINUTE_COLUMNS.length;

type PlacesByKind = Readonly<Record<ReadingKind, readonly number[]>>;
const POWER_PLACES = placesOf(POWERS);
const COUNTER_PLACES = placesOf(COUNTERS);

/** Where fields stand in a row of each kind; -1 where the kind has none. */
function placesOf(names: readonly string[]): PlacesByKind {
  const known = new Set(READING_FIELDS.map((field) => field.name));
  for (const name of names) if (!known.has(name)) throw new Error(`the field table has no ${name}`);
  const places = (kind: ReadingKind) => {
    const columns = columnsOf(kind).map((field) => field.name);
    return names.map((name) => columns.indexOf(name));
  };
  return { live: places('live'), detail: places('detail'), history: places('history') };
}

/** Whether a reading has a counter at all: details without are no part of a minute. */
export function hasCounter(kind: ReadingKind, values: readonly Value[]): boolean {
  return COUNTER_PLACES[kind].some((place) => isCount(values[place]));
}

function isCount(value: Value | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

export class MinuteBucket extends RollUp {
  /** In the order of {@link MINUTE_COLUMNS}; NaN is what is not known. */
  readonly #extra: Float64Array;

  constructor(source: 'live' | 'history', numbers?: Float64Array, extra = emptyExtra()) {
    super(source, numbers);
    this.#extra = extra;
  }

  override add(kind: ReadingKind, values: readonly Value[]): void {
    super.add(kind, values);
    const places = POWER_PLACES[kind];
    for (let index = 0; index < SIGNS.length; index++) {
      const power = values[places[index] as number];
      if (typeof power === 'number') (this.#extra[index] as number) += Math.max(0, (SIGNS[index] as number) * power);
    }
  }

  /** Takes the counters of a reading. They only rise: the greatest is the last, in whatever order readings come. */
  count(kind: ReadingKind, values: readonly Value[]): void {
    COUNTER_PLACES[kind].forEach((place, counter) => {
      const value = values[place];
      const last = this.#extra[COUNTERS_FROM + counter] as number;
      if (isCount(value) && !(value <= last)) this.#extra[COUNTERS_FROM + counter] = value;
    });
  }

  /**
   * A minute that takes in a reading: live rows take the place of history's powers, history changes none of live rows, and of
   * details only the counters are taken.
   * @param minute what there is of it; null: nothing yet. Changed, unless live rows take its place
   */
  static taking(minute: MinuteBucket | null, kind: ReadingKind, values: readonly Value[]): MinuteBucket | null {
    if (kind === 'detail' && !hasCounter(kind, values)) return minute;
    const source = kind === 'live' ? 'live' : 'history';
    let taking = minute ?? new MinuteBucket(source);
    if (kind !== 'live') taking.count(kind, values);
    if (kind === 'detail' || (taking.source === 'live' && source === 'history')) return taking;
    if (taking.source === 'history' && source === 'live') taking = taking.giveWay();
    taking.add(kind, values);
    return taking;
  }

  /** An empty minute of live rows with the counters of this one: live powers take the place of history's. */
  giveWay(): MinuteBucket {
    const extra = emptyExtra();
    extra.set(this.#extra.subarray(COUNTERS_FROM), COUNTERS_FROM);
    return new MinuteBucket('live', undefined, extra);
  }

  /** The same powers without counters. */
  uncounted(): MinuteBucket {
    return new MinuteBucket(this.source, this.numbers.slice(), this.#extra.slice().fill(Number.NaN, COUNTERS_FROM));
  }

  override copy(): MinuteBucket {
    return new MinuteBucket(this.source, this.numbers.slice(), this.#extra.slice());
  }

  override toColumns(): (number | null)[] {
    const columns = super.toColumns();
    for (const number of this.#extra) columns.push(Number.isNaN(number) ? null : number);
    return columns;
  }

  static override fromColumns(source: 'live' | 'history', columns: readonly (number | null)[]): MinuteBucket {
    const { numbers } = RollUp.fromColumns(source, columns.slice(0, ROLLED_UP_WIDTH));
    const extra = Float64Array.from(columns.slice(ROLLED_UP_WIDTH), (number) => number ?? Number.NaN);
    return new MinuteBucket(source, numbers, extra);
  }
}

function emptyExtra(): Float64Array {
  return new Float64Array(MINUTE_COLUMNS.length).fill(Number.NaN, COUNTERS_FROM);
}
