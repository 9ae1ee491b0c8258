/**
 * Fields of the readings that are flows: power, energy, and the electrical state of the grid and the inverter.
 */
import type { Field } from './field.ts';
import { family } from './metrics.ts';
import {
  AC_VOLTAGE,
  DETAIL,
  DETAIL_HISTORY,
  ENERGY,
  flag,
  LIVE,
  LIVE_DETAIL,
  number,
  numbers,
  POWER,
  READINGS,
  text,
  VOLTAGE,
} from './table.ts';

const GRID_SIGN = '+ import, − export';
const INVERTER_SIGN = '+ feeds the house, − draws from it';
const BATTERY_SIGN = '+ discharging, − charging';
const PHASES = [1, 2, 3] as const;
/** Of the phases of voltages on the wire. */
const LETTERS = { 1: 'a', 2: 'b', 3: 'c' } as const;

const PV_POWER = family('pv_power', 'input', 'PV power of each string, and of an AC-coupled inverter (ac).');
const GRID_POWER = family('grid_power', 'phase', 'Grid power: + import, - export.');
const INVERTER_POWER = family(
  'inverter_power',
  'phase',
  'Inverter power on the AC side: + feeds the house, - draws from it.',
);
const GRID_VOLTAGE = family('grid_voltage', 'phase', 'Grid voltage; 0 on a phase that is not there.');
/** The parts of it are told: a sum beside them would be counted twice. */
const BY_ITS_PARTS = null;

// biome-ignore format: a table, a few lines an entry.
export const POWER_FIELDS: readonly Field[] = [
  { wire: [], name: 'pv_power', title: 'PV power', ...POWER, read: 'derived', in: READINGS,
    certainty: 'confirmed', rollUp: true, show: 'main', metric: BY_ITS_PARTS, brief: { label: 'PV', thing: 'sun' },
    note: 'All PV: the strings and the AC-coupled inverter (PmeterDC); never below 0. From arithmetic.' },
  ...numbers(1, 2).map((n): Field => ({
    wire: [`Ppv${n}`], name: `pv${n}_power`, title: `PV string ${n} power`, ...POWER, in: READINGS,
    certainty: 'confirmed', rollUp: true, show: 'main', metric: PV_POWER(n),
    note: 'DC input of the storage inverter; 0 on a purely AC-coupled system. From captures and the vendor’s document.',
  })),
  ...numbers(3, 6).map((n): Field => ({
    wire: [`Ppv${n}`], name: `pv${n}_power`, title: `PV string ${n} power`, ...POWER, in: LIVE_DETAIL,
    certainty: n <= 4 ? 'confirmed' : 'likely', show: 'hidden', metric: PV_POWER(n),
    note: 'Newer models only. Strings 3 and 4 from a capture, 5 and 6 only from the vendor’s app kit.',
  })),
  { wire: ['PmeterDC'], name: 'pv_ac_power', title: 'AC-coupled PV power', ...POWER, in: READINGS,
    certainty: 'confirmed', sign: '+ producing', rollUp: true, show: 'main', metric: PV_POWER('ac'),
    note: 'AC power of a separate PV inverter at the second meter, despite the “DC”; the sum of its three phases. '
      + 'From captures and arithmetic.' },
  ...PHASES.map((n): Field => ({
    wire: [`PMeterDCL${n}`, `PmeterDCL${n}`], name: `pv_ac_power_l${n}`, title: `AC-coupled PV power, phase ${n}`,
    ...POWER, in: LIVE_DETAIL, certainty: 'confirmed', show: 'hidden', sign: '+ producing', phase: n,
    note: 'One phase of PmeterDC; in the live message on newer models only. The spelling differs by year. '
      + 'From captures.',
  })),
  { wire: [], name: 'grid_power', title: 'Grid power', ...POWER, read: 'derived', in: READINGS,
    certainty: 'confirmed', sign: GRID_SIGN, rollUp: true, show: 'main', metric: BY_ITS_PARTS,
    brief: { label: 'grid', thing: 'grid', ways: ['import', 'export'] },
    note: 'The sum of the three phases at the grid meter. From arithmetic.' },
  ...PHASES.map((n): Field => ({
    wire: [`PmeterL${n}`], name: `grid_power_l${n}`, title: `Grid power, phase ${n}`, ...POWER, in: READINGS,
    certainty: 'confirmed', show: 'hidden', sign: GRID_SIGN, phase: n, metric: GRID_POWER(n),
    note: 'Grid meter or CT at the connection point. From captures, arithmetic and the vendor’s Modbus list.',
  })),
  { wire: [], name: 'inverter_power', title: 'Inverter power', ...POWER, read: 'derived', in: READINGS,
    certainty: 'confirmed', sign: INVERTER_SIGN, rollUp: true, show: 'main', metric: BY_ITS_PARTS,
    note: 'The sum of the three phases on the AC side of the storage inverter. From arithmetic.' },
  ...PHASES.map((n): Field => ({
    wire: [`PrealL${n}`], name: `inverter_power_l${n}`, title: `Inverter power, phase ${n}`, ...POWER, in: READINGS,
    certainty: 'confirmed', show: 'hidden', sign: INVERTER_SIGN, phase: n, metric: INVERTER_POWER(n),
    note: 'Real AC power of the inverter; steps of 10 W on some makes. From the vendor’s document and arithmetic.',
  })),
  { wire: ['Pbat'], name: 'battery_power', title: 'Battery power', ...POWER, in: READINGS,
    certainty: 'confirmed', sign: BATTERY_SIGN, rollUp: true, show: 'main',
    brief: { label: 'battery', thing: 'battery', ways: ['discharge', 'charge'] },
    note: 'DC side; exactly BatV × BatC in every captured row. From captures and arithmetic.' },
  { wire: [], name: 'load_power', title: 'House load', ...POWER, read: 'derived', in: READINGS,
    certainty: 'confirmed', rollUp: true, show: 'main', brief: { label: 'load', thing: 'house' },
    note: 'Inverter + AC-coupled PV + grid, all on the AC side; where the inverter reports no AC power, the customary '
      + 'PV + battery + grid, which includes the conversion loss. From arithmetic.' },
  { wire: [], name: 'load_power_method', title: 'How the load was worked out', ...text('state'), read: 'derived',
    in: READINGS, certainty: 'confirmed', show: 'hidden', texts: ['ac_side', 'customary'],
    note: 'Text: ac_side (the physical load) or customary (PV + battery + grid, 70 to 190 W too high in captures).' },
  { wire: ['Sva'], name: 'apparent_power', title: 'Inverter apparent power', ...number('apparent_power', 'VA'),
    in: LIVE,
    certainty: 'confirmed', show: 'hidden',
    note: 'Of the inverter: not the house load, for which it is easily taken. '
      + 'From the vendor’s document and arithmetic.' },
  { wire: ['VarAC'], name: 'reactive_power_grid', title: 'Reactive power at the grid meter',
    ...number('reactive_power', 'var'), in: LIVE, certainty: 'confirmed', show: 'hidden',
    note: 'At the grid meter, not the inverter’s. Signed, but what the sign means is unknown. '
      + 'From the vendor’s document.' },
  { wire: ['VarDC'], name: 'reactive_power_pv', title: 'Reactive power at the PV meter',
    ...number('reactive_power', 'var'), in: LIVE, certainty: 'likely', show: 'hidden',
    note: 'At the meter of the AC-coupled PV. Signed, but what the sign means is unknown. '
      + 'From the vendor’s document.' },
  { wire: ['GCPower'], name: 'generator_power', title: 'Generator power', ...POWER, in: LIVE, certainty: 'likely', show: 'hidden',
    note: 'Newer models only; 0 in the only capture, sign unknown. From a capture and the vendor’s app kit.' },
];

// biome-ignore format: a table, a few lines an entry.
export const LIMIT_FIELDS: readonly Field[] = [
  { wire: ['Pcharge'], name: 'charge_limit', title: 'Charge power allowed', ...number('limit', 'W'), in: DETAIL_HISTORY,
    certainty: 'confirmed', show: 'detail',
    note: 'What the BMS allows at the moment, not a flow. From the vendor’s document and arithmetic.' },
  { wire: ['Pdischarge'], name: 'discharge_limit', title: 'Discharge power allowed', ...number('limit', 'W'),
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'detail',
    note: 'What the BMS allows at the moment, not a flow. From the vendor’s document and arithmetic.' },
  ...PHASES.map((n): Field => ({
    wire: [`PacL${n}`], name: `pac_l${n}`, title: `EMS power command, slot ${n}`, ...number('setpoint', 'W'),
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: 'A command of the EMS, not AC power. What each slot means depends on the model (likely: on a single-phase '
      + 'Ginlong 2 is the battery’s, with the sign opposite to Pbat). From the vendor’s document and captures.',
  })),
  { wire: ['DispatchSwitch'], name: 'dispatch_active', title: 'Remote dispatch active', ...flag('state'),
    panel: 'limits', in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: 'Whether somebody dispatches the battery from afar. From the vendor’s document and Modbus list.' },
  { wire: ['Pdispatch'], name: 'dispatch_power', title: 'Remote dispatch power', ...number('setpoint', 'W'),
    in: DETAIL_HISTORY, certainty: 'likely', show: 'hidden',
    note: 'Only 0 was captured; elsewhere the vendor adds 32000 to it, and whether this value has that is unknown. '
      + 'From the vendor’s document.' },
  { wire: ['DispatchSoc'], name: 'dispatch_soc', title: 'Remote dispatch SOC target', ...number('setpoint'),
    in: DETAIL_HISTORY, certainty: 'likely', show: 'hidden',
    note: 'Only 0 was captured; the scale is unknown (0.4 % a step on Modbus). From the vendor’s document.' },
  { wire: ['DispatchMode'], name: 'dispatch_mode', title: 'Remote dispatch mode', ...number('state'),
    panel: 'limits',
    in: DETAIL_HISTORY,
    certainty: 'likely', show: 'hidden',
    words: {
      0: 'none', 1: 'battery only from PV', 2: 'SOC control', 3: 'load following', 4: 'maximise output', 5: 'normal',
      6: 'optimise consumption', 7: 'maximise consumption', 8: 'ECO', 9: 'FCAS', 10: 'PV power setting',
    },
    note: 'Only 0 was captured; the other codes are those of the vendor’s Modbus list.' },
];

// biome-ignore format: a table, a few lines an entry.
export const ENERGY_FIELDS: readonly Field[] = [
  { wire: ['EpvTotal'], name: 'pv_energy', title: 'PV energy', ...ENERGY, in: DETAIL_HISTORY, certainty: 'confirmed', show: 'main',
    note: 'Lifetime counter. Likely includes AC-coupled PV; comes in whole-kWh jumps on some inverters. '
      + 'From the vendor’s document and arithmetic.' },
  { wire: ['Einput'], name: 'grid_import_energy', title: 'Energy from the grid', ...ENERGY, in: DETAIL_HISTORY,
    certainty: 'confirmed', show: 'main',
    note: 'Lifetime counter; its step follows the CT ratio (1.2 kWh at 120). '
      + 'From the vendor’s document and arithmetic.' },
  { wire: ['Eoutput'], name: 'grid_export_energy', title: 'Energy to the grid', ...ENERGY, in: DETAIL_HISTORY,
    certainty: 'confirmed', show: 'main',
    note: 'Lifetime counter; its step follows the CT ratio (1.2 kWh at 120). '
      + 'From the vendor’s document and arithmetic.' },
  { wire: ['Echarge'], name: 'battery_charge_energy', title: 'Energy into the battery', ...ENERGY, in: DETAIL_HISTORY,
    certainty: 'confirmed', show: 'main',
    note: 'Lifetime counter, DC side; agrees with Pbat over time. From the vendor’s document and arithmetic.' },
  { wire: ['EDischarge'], name: 'battery_discharge_energy', title: 'Energy out of the battery', ...ENERGY,
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'main',
    note: 'Lifetime counter. From the vendor’s document and arithmetic.' },
  { wire: ['EGridCharge'], name: 'grid_charge_energy', title: 'Energy into the battery from the grid', ...ENERGY,
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'main',
    note: 'Lifetime counter; a part of Echarge, not to be added to it. From the vendor’s document and arithmetic.' },
  { wire: ['EGCoutput'], name: 'generator_energy', title: 'Energy from the generator', ...ENERGY, in: DETAIL,
    certainty: 'likely', show: 'hidden',
    note: 'Newer models; never captured, and in which message it comes is not known. From the vendor’s app kit.' },
];

// biome-ignore format: a table, a few lines an entry.
export const ELECTRICAL_FIELDS: readonly Field[] = [
  ...numbers(1, 2).map((n): Field => ({
    wire: [`Upv${n}`, `Vpv${n}`], name: `pv${n}_voltage`, title: `PV string ${n} voltage`, ...VOLTAGE,
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: 'Upv in the detail message, Vpv in history; a few volts remain at night. From captures.',
  })),
  ...numbers(3, 6).map((n): Field => ({
    wire: [`Upv${n}`], name: `pv${n}_voltage`, title: `PV string ${n} voltage`, ...VOLTAGE, in: DETAIL,
    certainty: 'likely', show: 'hidden',
    note: 'Newer models only. From the vendor’s app kit.',
  })),
  ...PHASES.map((n): Field => ({
    wire: [`U${LETTERS[n]}`], name: `grid_voltage_l${n}`, title: `Grid voltage, phase ${n}`, ...AC_VOLTAGE,
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'detail', phase: n, metric: GRID_VOLTAGE(n),
    note: '0 on a phase that is not there. From the vendor’s document and captures.',
  })),
  { wire: [], name: 'blackout', title: 'Blackout', ...flag('state'), read: 'derived', in: DETAIL_HISTORY,
    certainty: 'likely', show: 'main',
    note: '1: no phase has grid voltage (below 50 V), nothing flows at the meter, and the inverter or the battery supplies '
      + 'the house. 0: a phase has. Not known where these contradict each other. Inferred; a blackout was never captured.' },
  { wire: ['Fac'], name: 'grid_frequency', title: 'Grid frequency', ...number('frequency', 'Hz'), in: DETAIL_HISTORY,
    certainty: 'confirmed', show: 'detail',
    note: 'In steps of 0.01 Hz. From the vendor’s document and captures.' },
  ...PHASES.map((n): Field => ({
    wire: [`MeterDCU${LETTERS[n]}`], name: `pv_meter_voltage_l${n}`,
    title: `Voltage at the PV meter, phase ${n}`, ...AC_VOLTAGE, in: DETAIL, certainty: 'confirmed', show: 'hidden', phase: n,
    note: 'An AC voltage, despite the “DC”: it follows the grid’s. From captures and arithmetic.',
  })),
  ...PHASES.map((n): Field => ({
    wire: [`InvGV${n}`], name: `inverter_grid_voltage_l${n}`, title: `Grid voltage at the inverter, phase ${n}`,
    ...AC_VOLTAGE, in: DETAIL, certainty: 'likely', show: 'hidden', phase: n,
    note: 'Newer models; never captured, and in which message it comes is not known. From the vendor’s app kit.',
  })),
  { wire: ['InvGF'], name: 'inverter_grid_frequency', title: 'Grid frequency at the inverter',
    ...number('frequency', 'Hz'), in: DETAIL, certainty: 'likely', show: 'hidden',
    note: 'Newer models; never captured, and in which message it comes is not known. From the vendor’s app kit.' },
  { wire: ['Ubus'], name: 'bus_voltage', title: 'DC bus voltage', ...VOLTAGE,
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'detail',
    note: 'The DC link inside the inverter. From the vendor’s document and captures.' },
  { wire: ['Tinv'], name: 'inverter_temperature', title: 'Inverter temperature', ...number('temperature', '°C'),
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'detail',
    note: 'In whole degrees. From the vendor’s document and captures.' },
];
