/**
 * The part of the configuration that says what the battery does and when: charging, generator, dry contacts.
 */
import type { Field } from './field.ts';
import { BOTH, number, numbers, REPLY, SETTING, SETTING_FLAG, SETTING_TEXT } from './table.ts';

const HOUR = number('setting', 'h');
const MINUTES = number('setting', 'min');
const PERCENT = number('setting', '%');

const DIRECTIONS = [
  ['Cha', 'charge'],
  ['Dis', 'discharge'],
] as const;
const EDGES = [
  ['F', 'start'],
  ['E', 'end'],
] as const;

/** The ends of the two charge and the two discharge windows: wire letters, our name, a title. */
const WINDOW_ENDS = DIRECTIONS.flatMap(([direction, does]) =>
  [1, 2].flatMap((n) =>
    EDGES.map(([edge, which]) => ({
      direction,
      edge,
      n,
      name: `${does}_window_${n}_${which}`,
      title: `${does === 'charge' ? 'Charge' : 'Discharge'} window ${n}, ${which}`,
    })),
  ),
);

// biome-ignore format: a table, a few lines an entry.
export const CONTROL_FIELDS: readonly Field[] = [
  { wire: ['GridCharge'], name: 'grid_charge_enabled', title: 'Charge windows in force', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed', show: 'detail',
    note: 'Inside a charge window the battery is charged, from PV first and then from the grid, and does not '
      + 'discharge. From the vendor’s document and a working implementation.' },
  { wire: ['CtrDis'], name: 'discharge_control_enabled', title: 'Discharge windows in force', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed', show: 'detail',
    note: 'The battery discharges only inside a discharge window; where the two overlap, charging wins. '
      + 'From the vendor’s document and a working implementation.' },
  { wire: ['BatHighCap'], name: 'charge_stop_soc', title: 'Grid charging stops at', ...PERCENT, in: BOTH,
    certainty: 'confirmed', show: 'detail',
    note: 'State of charge. From the vendor’s document and a working implementation.' },
  { wire: ['BatUseCap'], name: 'discharge_stop_soc', title: 'Discharging stops at', ...PERCENT, in: BOTH,
    certainty: 'confirmed', show: 'detail',
    note: 'State of charge kept in reserve. From the vendor’s document and a working implementation.' },
  ...WINDOW_ENDS.map(({ direction, edge, n, name, title }): Field => ({
    wire: [`Time${direction}${edge}${n}`], name, title, ...HOUR, in: BOTH, certainty: 'confirmed',
    show: 'hidden',
    note: 'Whole hours of the battery’s clock on the models known; only 0 was captured. Equal ends seem to mean '
      + 'no window. From a working implementation; one vendor document speaks of minutes.',
  })),
  ...WINDOW_ENDS.map(({ direction, edge, n, name, title }): Field => ({
    wire: [`Time${direction}${edge}M${n}`], name: `${name}_minute`, title: `${title}, minute`, ...MINUTES, in: BOTH,
    certainty: 'likely',
    note: 'Newer models; never captured, and in which message it comes is not known. From the vendor’s app kit.',
  })),
  { wire: ['ChargeWorkDays'], name: 'workday_mask', title: 'Days of the first scheme', ...SETTING_TEXT, in: REPLY,
    certainty: 'confirmed',
    note: 'Seven characters, Monday first, such as 1111100; 0 when unused. From the vendor’s document.' },
  { wire: ['ChargeWeekend'], name: 'weekend_mask', title: 'Days of the weekend scheme', ...SETTING_TEXT, in: REPLY,
    certainty: 'confirmed',
    note: 'Seven characters, Monday first, such as 0000011; 0 when unused. From the vendor’s document.' },
  { wire: ['GridChargeWE'], name: 'weekend_grid_charge_enabled', title: 'Weekend: charge windows in force',
    ...SETTING_FLAG, in: REPLY, certainty: 'confirmed',
    note: 'GridCharge of the second scheme. From the vendor’s document.' },
  { wire: ['CtrDisWE'], name: 'weekend_discharge_control_enabled', title: 'Weekend: discharge windows in force',
    ...SETTING_FLAG, in: REPLY, certainty: 'confirmed',
    note: 'CtrDis of the second scheme. From the vendor’s document.' },
  { wire: ['BatHighCapWE'], name: 'weekend_charge_stop_soc', title: 'Weekend: grid charging stops at', ...PERCENT,
    in: REPLY, certainty: 'confirmed',
    note: 'BatHighCap of the second scheme. From the vendor’s document.' },
  { wire: ['BatUseCapWE'], name: 'weekend_discharge_stop_soc', title: 'Weekend: discharging stops at', ...PERCENT,
    in: REPLY, certainty: 'confirmed',
    note: 'BatUseCap of the second scheme. From the vendor’s document.' },
  ...WINDOW_ENDS.map(({ direction, edge, n, name, title }): Field => ({
    wire: [`Time${direction}${edge}WE${n}`], name: `weekend_${name}`,
    title: `Weekend: ${title.charAt(0).toLowerCase()}${title.slice(1)}`, ...HOUR, in: REPLY, certainty: 'confirmed',
    note: 'The window of the second scheme; that it is in hours is likely. From the vendor’s document.',
  })),
  ...numbers(1, 28).map((n): Field => ({
    wire: [`TIMEChaDis${n}`], name: `weekly_plan_${n}`, title: `Weekly plan, part ${n}, raw`, ...SETTING_TEXT, in: BOTH,
    certainty: 'unknown',
    note: 'Newer models; never captured, layout and message unknown. Named in the vendor’s app kit.',
  })),
  { wire: ['MaxGridCharge'], name: 'grid_charge_power_max', title: 'Forced charging, most power',
    ...number('setting', 'kW'), in: REPLY, certainty: 'confirmed',
    note: 'On the AC side, for all forced charging; 0 seems to mean no limit. From the vendor’s document.' },
];

// biome-ignore format: a table, a few lines an entry.
export const GENERATOR_FIELDS: readonly Field[] = [
  { wire: ['Generator'], name: 'generator_enabled', title: 'Generator control', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed',
    note: 'The battery sends this key twice in one message. From captures and the vendor’s document.' },
  { wire: ['GeneratorMode'], name: 'generator_mode', title: 'Generator mode', ...SETTING, in: BOTH,
    certainty: 'confirmed',
    words: { 1: 'by state of charge', 2: 'by time', 4: 'by hand' },
    note: 'From the vendor’s document.' },
  { wire: ['GCSOCStart'], name: 'generator_start_soc', title: 'Generator starts at', ...PERCENT, in: BOTH,
    certainty: 'confirmed',
    note: 'State of charge. From the vendor’s document.' },
  { wire: ['GCSOCEnd'], name: 'generator_stop_soc', title: 'Generator stops at', ...PERCENT, in: BOTH,
    certainty: 'confirmed',
    note: 'State of charge. From the vendor’s document.' },
  { wire: ['GCTimeStart'], name: 'generator_start_hour', title: 'Generator starts at hour', ...HOUR, in: BOTH,
    certainty: 'confirmed',
    note: 'Whole hours. From the vendor’s document.' },
  { wire: ['GCTimeEnd'], name: 'generator_stop_hour', title: 'Generator stops at hour', ...HOUR, in: BOTH,
    certainty: 'confirmed',
    note: 'Whole hours. From the vendor’s document.' },
  { wire: ['GCOutputMode'], name: 'generator_output_mode', title: 'Generator output mode', ...SETTING, in: BOTH,
    certainty: 'confirmed',
    words: { 1: 'charge power', 2: 'rated power' },
    note: 'From the vendor’s document.' },
  { wire: ['GCChargePower'], name: 'generator_charge_power', title: 'Generator charge power', ...SETTING, in: BOTH,
    certainty: 'confirmed',
    note: 'Whether in watts or kilowatts is unknown. Meaning from the vendor’s document.' },
  { wire: ['GCRatedPower'], name: 'generator_rated_power', title: 'Generator rated power', ...SETTING, in: BOTH,
    certainty: 'confirmed',
    note: 'Whether in watts or kilowatts is unknown. Meaning from the vendor’s document.' },
  { wire: ['DG_Cap'], name: 'dg_cap', title: 'Diesel generator capacity, raw', ...SETTING,
    in: REPLY, certainty: 'likely',
    note: 'Meaning inferred from its name and neighbours; 0 in the only capture.' },
  ...numbers(1, 3).map((n): Field => ({
    wire: [`L${n}Priority`], name: `l${n}_priority`, title: `Strategy L${n}, priority`, ...SETTING, in: BOTH,
    certainty: 'confirmed',
    note: '1 to 3, all different. From the vendor’s document.',
  })),
  ...numbers(1, 3).map((n): Field => ({
    wire: [`L${n}SocLimit`], name: `l${n}_soc_limit`, title: `Strategy L${n}, lowest SOC`, ...PERCENT, in: BOTH,
    certainty: 'confirmed',
    note: 'Below it the strategy does not run; a higher priority has a lower value. From the vendor’s document.',
  })),
];

function dryContact(n: number): readonly Field[] {
  const name = `dry_contact_${n}`;
  const title = `Dry contact ${n}`;
  const common = { in: BOTH, certainty: 'confirmed' } as const;
  // biome-ignore format: a table, a few lines an entry.
  return [
    { ...common, wire: [`Channel${n}`], name: `${name}_enabled`, title: `${title} enabled`, ...SETTING_FLAG,
      note: 'Empty when unused. From the vendor’s document.' },
    { ...common, wire: [`ControlMode${n}`], name: `${name}_mode`, title: `${title}, mode`, ...SETTING_TEXT,
      note: 'Closed inside the times, open inside them, or automatic; which code is which is unknown. '
        + 'From the vendor’s document.' },
    ...['A', 'B'].flatMap((letter) => ['Start', 'End'].map((edge): Field => ({
      ...common, wire: [`${edge}Time${n}${letter}`],
      name: `${name}_window_${letter.toLowerCase()}_${edge.toLowerCase()}`,
      title: `${title}, window ${letter}, ${edge.toLowerCase()}`, ...SETTING_TEXT,
      note: 'How the time is written is unknown. Meaning from the vendor’s document.',
    }))),
    { ...common, wire: [`Date${n}`], name: `${name}_days`, title: `${title}, weekdays`, ...SETTING,
      note: 'Bit 0 is Monday, bit 6 Sunday. From the vendor’s document.' },
    { ...common, wire: [`ChargeSOC${n}`], name: `${name}_soc`, title: `${title}, SOC threshold`, ...PERCENT,
      note: 'From the vendor’s document.' },
    { ...common, wire: [`ChargeMode${n}`], name: `${name}_soc_condition`, title: `${title}, SOC condition`, ...SETTING,
      certainty: 'likely',
      words: { 1: 'at least', 2: 'at most', 3: 'disabled' },
      note: 'The numbers are likely, from the vendor’s texts; 0 in captures.' },
    { ...common, wire: [`UPS${n}`], name: `${name}_ups`, title: `${title}, UPS function`, ...SETTING_FLAG,
      note: 'From the vendor’s document.' },
    { ...common, wire: [`SwitchOn${n}`], name: `${name}_on_power`, title: `${title}, feed-in power to switch on`,
      ...SETTING,
      note: 'Above the one to switch off; in watts by inference. From the vendor’s document.' },
    { ...common, wire: [`SwitchOff${n}`], name: `${name}_off_power`, title: `${title}, feed-in power to switch off`,
      ...SETTING,
      note: 'Below the one to switch on; in watts by inference. From the vendor’s document.' },
    { ...common, wire: [`Delay${n}`], name: `${name}_delay`, title: `${title}, delay`, ...MINUTES,
      note: 'Before it acts. From the vendor’s document.' },
    { ...common, wire: [`Duration${n}`], name: `${name}_duration`, title: `${title}, shortest time on`, ...MINUTES,
      note: 'From the vendor’s document.' },
    { ...common, wire: [`Pause${n}`], name: `${name}_pause`, title: `${title}, shortest time off`, ...MINUTES,
      note: 'From the vendor’s document.' },
  ];
}

export const DRY_CONTACT_FIELDS: readonly Field[] = [1, 2].flatMap(dryContact);
