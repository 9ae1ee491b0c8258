/**
 * What Prometheus is told of a battery: the names and base units of its conventions, and the fields each is made of. One
 * word in front, the unit in the plural at the end, `_total` for counters and nothing else, ratios from 0 to 1, joules.
 */
import { columnsOf } from '../../protocol/fields/fields.ts';
import type { Values } from '../sink.ts';

/** One line for each battery: a field, and what distinguishes it from others of the same metric. */
interface Sample {
  readonly field: string;
  /** The value of the metric's own label; null where it has none. */
  readonly which: string | null;
}

export interface BatteryMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly kind: 'live' | 'detail';
  /** The name of the label besides `battery`; null where there is none. */
  readonly label: string | null;
  readonly samples: readonly Sample[];
  /** From the unit of the field to that of the metric. */
  readonly convert: (value: number) => number;
}

const JOULES_A_KWH = 3_600_000;
const same = (value: number) => value;
/** The charge has steps of 0.4 %: what is finer is arithmetic. */
const toRatio = (percent: number) => Math.round(percent * 1000) / 100_000;
/** Counters have two decimals: what is finer than a joule is arithmetic. */
const toJoules = (kilowattHours: number) => Math.round(kilowattHours * JOULES_A_KWH);

const alone = (field: string): Sample[] => [{ field, which: null }];
const phases = (field: string): Sample[] => ['1', '2', '3'].map((which) => ({ field: `${field}_l${which}`, which }));
const extremes = (field: string): Sample[] => ['min', 'max'].map((which) => ({ field: `${field}_${which}`, which }));

const PV_INPUTS: readonly Sample[] = [
  ...['1', '2', '3', '4', '5', '6'].map((which) => ({ field: `pv${which}_power`, which })),
  { field: 'pv_ac_power', which: 'ac' },
];

/** The code of each, by the name it has in docs/fields.md. */
const FAULTS: readonly Sample[] = columnsOf('detail')
  .filter(({ kind }) => kind === 'fault')
  .map(({ name }) => ({ field: name, which: name }));

type Row = readonly [name: string, label: string | null, samples: readonly Sample[], help: string];

const LIVE: readonly Row[] = [
  ['alphaess_pv_power_watts', 'input', PV_INPUTS, 'PV power of each string, and of an AC-coupled inverter (ac).'],
  ['alphaess_grid_power_watts', 'phase', phases('grid_power'), 'Grid power: + import, - export.'],
  ['alphaess_battery_power_watts', null, alone('battery_power'), 'Battery power: + discharging, - charging.'],
  [
    'alphaess_inverter_power_watts',
    'phase',
    phases('inverter_power'),
    'Inverter power on the AC side: + feeds the house, - draws from it.',
  ],
  ['alphaess_load_power_watts', null, alone('load_power'), 'Power that the house uses.'],
];

const DETAIL: readonly Row[] = [
  ['alphaess_battery_voltage_volts', null, alone('battery_voltage'), 'Battery voltage, by the BMS.'],
  ['alphaess_battery_current_amperes', null, alone('battery_current'), 'Battery current: + discharging, - charging.'],
  ['alphaess_cell_voltage_volts', 'which', extremes('cell_voltage'), 'Lowest and highest cell voltage.'],
  ['alphaess_cell_temperature_celsius', 'which', extremes('cell_temp'), 'Lowest and highest cell temperature.'],
  ['alphaess_inverter_temperature_celsius', null, alone('inverter_temperature'), 'Temperature of the inverter.'],
  ['alphaess_grid_voltage_volts', 'phase', phases('grid_voltage'), 'Grid voltage; 0 on a phase that is not there.'],
  ['alphaess_grid_frequency_hertz', null, alone('grid_frequency'), 'Grid frequency.'],
  ['alphaess_faults', 'kind', FAULTS, 'The code of each fault, warning and alarm; 0: none.'],
];

const ENERGY: Readonly<Record<string, string>> = {
  pv_energy: 'PV energy',
  grid_import_energy: 'Energy from the grid',
  grid_export_energy: 'Energy to the grid',
  battery_charge_energy: 'Energy into the battery',
  battery_discharge_energy: 'Energy out of the battery',
  grid_charge_energy: 'Energy into the battery from the grid, a part of what went into it',
  generator_energy: 'Energy from the generator',
};

function gauges(kind: BatteryMetric['kind'], rows: readonly Row[], convert = same): BatteryMetric[] {
  return rows.map(([name, label, samples, help]) => ({ name, help, type: 'gauge', kind, label, samples, convert }));
}

export const BATTERY_METRICS: readonly BatteryMetric[] = [
  ...gauges('live', LIVE),
  ...gauges('live', [['alphaess_battery_soc_ratio', null, alone('soc'), 'State of charge, 0 to 1.']], toRatio),
  ...gauges('detail', DETAIL),
  ...Object.entries(ENERGY).map(
    ([field, help]): BatteryMetric => ({
      name: `alphaess_${field}_joules_total`,
      help: `${help}, by the battery’s lifetime counter, held from falling.`,
      type: 'counter',
      kind: 'detail',
      label: null,
      samples: alone(field),
      convert: toJoules,
    }),
  ),
];

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
export function placeOf({ kind }: BatteryMetric, { field }: Sample): number {
  return FIELDS[kind].indexOf(field);
}
