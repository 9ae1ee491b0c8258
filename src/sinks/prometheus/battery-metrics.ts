/**
 * What Prometheus is told of a battery: the metrics of the field table, each with the fields that are told by it.
 */
import type { Values } from '../../now/state.ts';
import type { Unit } from '../../protocol/fields/field.ts';
import { READING_FIELDS } from '../../protocol/fields/fields.ts';
import { type Metric, metricOf } from '../../protocol/fields/metrics.ts';

/** One line for each battery: a field, and what distinguishes it from others of the same metric. */
interface MetricSample {
  readonly field: string;
  /** The value of the metric's own label; null where it has none. */
  readonly which: string | null;
}

export interface BatteryMetric {
  readonly name: string;
  readonly help: string;
  readonly type: Metric['type'];
  readonly kind: Metric['kind'];
  /** The name of the label besides `battery`; null where there is none. */
  readonly label: string | null;
  readonly samples: readonly MetricSample[];
  /** From the unit of the field to that of the metric. */
  readonly convert: (value: number) => number;
}

const JOULES_A_KWH = 3_600_000;
const same = (value: number) => value;
const CONVERSIONS: Partial<Readonly<Record<Unit, BatteryMetric['convert']>>> = {
  // The charge has steps of 0.4 %: what is finer is arithmetic.
  '%': (percent) => Math.round(percent * 1000) / 100_000,
  // Counters have two decimals: what is finer than a joule is arithmetic.
  kWh: (kilowattHours) => Math.round(kilowattHours * JOULES_A_KWH),
};

export const BATTERY_METRICS: readonly BatteryMetric[] = metricsOf();

function metricsOf(): readonly BatteryMetric[] {
  const metrics = new Map<string, BatteryMetric>();
  for (const field of READING_FIELDS) {
    const metric = metricOf(field);
    if (metric === null) continue;
    const { name, help, type, kind, label } = metric;
    const samples = [...(metrics.get(name)?.samples ?? []), { field: field.name, which: label?.[1] ?? null }];
    const convert = CONVERSIONS[field.unit] ?? same;
    metrics.set(name, { name, help, type, kind, label: label?.[0] ?? null, samples, convert });
  }
  return [...metrics.values()];
}

/** The fields of a kind that metrics are made of: {@link numbersOf} has them in this order. */
const FIELDS = { live: fieldsOf('live'), detail: fieldsOf('detail') } as const;

function fieldsOf(kind: BatteryMetric['kind']): readonly string[] {
  const wanted = BATTERY_METRICS.filter((metric) => metric.kind === kind);
  return [...new Set(wanted.flatMap(({ samples }) => samples.map(({ field }) => field)))];
}

/** Of a reading only what is reported, since a fleet has thousands of them; NaN where there is no value. */
export function numbersOf(kind: BatteryMetric['kind'], values: Values): Float64Array {
  return Float64Array.from(FIELDS[kind], (field) => {
    const value = values[field];
    return typeof value === 'number' ? value : Number.NaN;
  });
}

/** Where {@link numbersOf} has the field of a sample. */
export function placeOf({ kind }: BatteryMetric, { field }: MetricSample): number {
  return FIELDS[kind].indexOf(field);
}
