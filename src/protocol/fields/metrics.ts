/**
 * What a field is called in Prometheus: one word in front, the base unit in the plural at the end, `_total` for counters and
 * nothing else, ratios from 0 to 1, joules. Several fields may be one metric, told apart by a label.
 */
import type { Field, FieldMetric, Unit } from './field.ts';
import { shownAs } from './shown.ts';

export interface Metric {
  /** The whole of it, such as `alphaess_grid_power_watts`. */
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** Which reading it is taken from. */
  readonly kind: 'live' | 'detail';
  readonly label: FieldMetric['label'];
  readonly help: string;
}

/** How a name ends, by the unit of its field. Other units are of settings. */
const ENDINGS: Partial<Readonly<Record<Unit, string>>> = {
  W: '_watts',
  VA: '_voltamperes',
  var: '_vars',
  kWh: '_joules_total',
  V: '_volts',
  A: '_amperes',
  Hz: '_hertz',
  '°C': '_celsius',
  '%': '_ratio',
  dBm: '_dbm',
  '': '',
};

/** Fields that are one metric: makes the part of each, by the value of its label. */
export function family(name: string, label: string, help: string): (value: string | number) => FieldMetric {
  return (value) => ({ name, label: [label, String(value)], help });
}

/** The code of each, by the name it has in docs/fields.md. */
const FAULTS = family('faults', 'kind', 'The code of each fault, warning and alarm; 0: none.');

/**
 * The metric of a field; null where it has none. By itself every number with a unit has one that is not hidden and tells what is
 * now; every counter and every fault has one.
 */
export function metricOf(field: Field): Metric | null {
  const { in: sources, unit, kind } = field;
  const ending = ENDINGS[unit];
  const part = partOf(field);
  const reading = sources.includes('live') ? 'live' : sources.includes('detail') ? 'detail' : null;
  if (part === null || ending === undefined || reading === null) return null;
  const { name, label, help } = part;
  const type = kind === 'energy' ? 'counter' : 'gauge';
  return { name: `alphaess_${name}${ending}`, type, kind: reading, label, help };
}

function partOf(field: Field): FieldMetric | null {
  const { name, kind, unit, value } = field;
  const show = shownAs(field);
  if (show === null || value === 'text') return null;
  if (field.metric !== undefined) return field.metric;
  if (kind === 'fault') return FAULTS(name);
  const isTold = kind === 'energy' || show !== 'hidden';
  return isTold && unit !== '' ? { name, label: null, help: helpOf(field) } : null;
}

function helpOf({ title, sign, kind }: Field): string {
  if (kind === 'energy') return `${title}, by the battery’s lifetime counter, held from falling.`;
  return sign === undefined ? `${title}.` : `${title}: ${sign.replaceAll('−', '-')}.`;
}
