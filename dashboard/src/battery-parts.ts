/**
 * Which fields the battery view shows together, by their names in the field table.
 */
export const ELECTRIC = [
  'battery_voltage',
  'battery_current',
  'inverter_battery_voltage',
  'bus_voltage',
  'grid_frequency',
];
export const LIMITS = [
  'charge_limit',
  'discharge_limit',
  'pac_l1',
  'pac_l2',
  'pac_l3',
  'dispatch_active',
  'dispatch_power',
  'dispatch_soc',
  'dispatch_mode',
];
export const STATES = [
  'bms_state',
  'flag_bms',
  'bms_relay',
  'bmu_relay',
  'ems_status',
  'inv_work_mode',
  'sys_mode',
  'ups_model',
];
export const TEMPERATURES = ['inverter_temperature'];
export const CHARTED = [
  'cell_voltage_delta',
  'cell_voltage_min',
  'cell_voltage_max',
  'cell_temp_min',
  'cell_temp_max',
] as const;
export const MOST_PACKS = 6;
