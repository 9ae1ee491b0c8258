/**
 * A reading as a line of InfluxDB's line protocol, version 2: `alphaess,battery=b3f1c2 pv_power=1250,soc=33.6 1616540512`.
 *
 * Every number is a float, because the first type written for a field is its type for ever. Live, detail and history of
 * one second are one point; written again, it is overwritten.
 */
import type { ReadingKind, Value } from '../../model.ts';
import { columnsOf } from '../../protocol/fields/fields.ts';

export interface LineReading {
  /** The short id of its battery. */
  readonly battery: string;
  readonly kind: ReadingKind;
  /** UTC, Unix seconds. */
  readonly time: number;
  /** In the order of `columnsOf(kind)`. */
  readonly values: readonly Value[];
}

/** Names by column; null where a value is private. Our names need no escaping (a test compares). */
const NAMES: Readonly<Record<ReadingKind, readonly (string | null)[]>> = {
  live: namesOf('live'),
  detail: namesOf('detail'),
  history: namesOf('history'),
};

function namesOf(kind: ReadingKind): (string | null)[] {
  return columnsOf(kind).map((field) => (field.private === true ? null : field.name));
}

/** Of batteries, by their short ids. */
export type BatteryNames = Readonly<Record<string, string>>;

/**
 * Makes what writes lines, without a line break at their end; null for a reading without a number.
 * @param measurement without line breaks
 * @param names become the tag `name`; a battery without one has no such tag
 */
export function lineOf(measurement: string, names: BatteryNames = {}): (reading: LineReading) => string | null {
  const start = startOf(measurement);
  return ({ battery, kind, time, values }) => {
    const columns = NAMES[kind];
    const fields: string[] = [];
    values.forEach((value, index) => {
      const name = columns[index] ?? null;
      if (name !== null && typeof value === 'number' && Number.isFinite(value)) fields.push(`${name}=${value}`);
    });
    return fields.length === 0 ? null : `${start}${tagsOf(battery, names)} ${fields.join(',')} ${time}`;
  };
}

/** Energy since this server first heard a battery, kWh by the names of flows: finer than its counters. */
export interface LineTotals {
  readonly battery: string;
  /** UTC, Unix seconds. */
  readonly time: number;
  readonly total: Readonly<Record<string, number | null>>;
}

/** Makes what writes totals, each as a field of its name and `_integrated`; null where nothing is known. */
export function totalsLineOf(measurement: string, names: BatteryNames = {}): (totals: LineTotals) => string | null {
  const start = startOf(measurement);
  return ({ battery, time, total }) => {
    const known = Object.entries(total).filter(([, energy]) => energy !== null);
    const fields = known.map(([name, energy]) => `${name}_integrated=${Number((energy as number).toFixed(6))}`);
    return fields.length === 0 ? null : `${start}${tagsOf(battery, names)} ${fields.join(',')} ${time}`;
  };
}

function startOf(measurement: string): string {
  return `${measurement.replace(/[, ]/g, '\\$&')},battery=`;
}

function tagsOf(battery: string, names: BatteryNames): string {
  const name = Object.hasOwn(names, battery) ? tagValue(names[battery] as string) : '';
  return name === '' ? tagValue(battery) : `${tagValue(battery)},name=${name}`;
}

/** A line break or a backslash cannot be escaped; an empty value is none. */
function tagValue(text: string): string {
  const plain = text.replace(/[\p{C}\\]+/gu, ' ').trim();
  return plain.replace(/[,= ]/g, '\\$&');
}
