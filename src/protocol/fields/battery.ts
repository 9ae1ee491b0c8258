/**
 * Fields of the readings that tell of the battery and of states: cells, packs, faults, links.
 */
import type { Field } from './field.ts';
import { family } from './metrics.ts';
import { DETAIL, DETAIL_HISTORY, FAULT, LIVE, number, numbers, READINGS, STATE, text, VOLTAGE } from './table.ts';

const CELL_VOLTAGE = family('cell_voltage', 'which', 'Lowest and highest cell voltage.');
const CELL_TEMPERATURE = family('cell_temperature', 'which', 'Lowest and highest cell temperature.');

/** One packed number holds a pack, a position in it and a value: three fields, all in the messages that give cells. */
function packed(
  wire: string,
  name: string,
  title: string,
  value: Pick<
    Field,
    'unit' | 'kind' | 'read' | 'value' | 'range' | 'panel' | 'decimals' | 'metric' | 'certainty' | 'note'
  >,
  where: readonly [which: 'lowest' | 'highest' | 'coldest' | 'hottest', position: 'cell' | 'sensor'],
): readonly Field[] {
  const [which, position] = where;
  const part = {
    wire: [wire],
    ...number('position'),
    in: DETAIL_HISTORY,
    certainty: 'confirmed',
    show: 'hidden',
  } as const;
  const note = `Packed with the value in ${wire}. From the vendor’s document and arithmetic.`;
  return [
    { wire: [wire], name, title, in: DETAIL_HISTORY, show: 'detail', ...value },
    { ...part, name: `${name}_pack`, title: `Pack of the ${which} ${position}`, read: 'packed_pack', note },
    {
      ...part,
      name: `${name}_${position}`,
      title: `Number of the ${which} ${position}`,
      read: 'packed_position',
      note,
    },
  ];
}

const MILLIVOLTS = {
  ...VOLTAGE,
  read: 'packed_millivolts',
  range: { min: 1, max: 5 },
  panel: 'cells',
  decimals: 3,
  certainty: 'confirmed',
  note: 'Packed: pack × 2²⁴ + cell × 2¹⁶ + millivolts. From the vendor’s document and arithmetic.',
} as const;

const CELSIUS = {
  ...number('temperature', '°C'),
  read: 'packed_celsius',
  panel: 'cells',
  certainty: 'confirmed',
  note:
    'Packed: pack × 2²⁴ + sensor × 2¹⁶ + whole degrees. Below zero never captured, and −1 not told from none; newer BMS may use tenths. ' +
    'From the vendor’s document and arithmetic.',
} as const;

const ALARMS: readonly (readonly [wire: string, name: string, what: string])[] = [
  ['IdTempelover', 'id_temp_low', 'low temperature'],
  ['IdTempEover', 'id_temp_high', 'high temperature'],
  ['IdTempediffe', 'id_temp_delta', 'temperature difference'],
  ['IdChargcurre', 'id_charge_current', 'charge over-current'],
  ['IdDischcurre', 'id_discharge_current', 'discharge over-current'],
  ['IdCellvolover', 'id_cell_voltage_high', 'cell over-voltage'],
  ['IdCellvollower', 'id_cell_voltage_low', 'cell under-voltage'],
  ['IdSoclower', 'id_soc_low', 'low state of charge'],
  ['IdCellvoldiffe', 'id_cell_voltage_delta', 'cell voltage difference'],
];

/** 0 is none. */
const A_PACK = { min: 0, max: 254 };

// biome-ignore format: a table, a few lines an entry.
export const BATTERY_FIELDS: readonly Field[] = [
  { wire: ['SOC'], name: 'soc', title: 'State of charge', ...number('state_of_charge', '%'), in: READINGS,
    certainty: 'confirmed', rollUp: true, show: 'main', brief: { label: '', thing: 'battery' },
    metric: { name: 'battery_soc', label: null, help: 'State of charge, 0 to 1.' },
    note: 'Of the whole battery, in steps of 0.4 %. From the vendor’s document and captures.' },
  { wire: ['BatV'], name: 'battery_voltage', title: 'Battery voltage', ...VOLTAGE, in: DETAIL_HISTORY,
    certainty: 'confirmed', show: 'detail',
    note: 'By the BMS. From the vendor’s document and arithmetic.' },
  { wire: ['BatC'], name: 'battery_current', title: 'Battery current', ...number('current', 'A'), in: DETAIL_HISTORY,
    certainty: 'confirmed', sign: '+ discharging, − charging', show: 'detail',
    note: 'By the BMS. From the vendor’s document and arithmetic.' },
  { wire: ['InvBatV'], name: 'inverter_battery_voltage', title: 'Battery voltage at the inverter', ...VOLTAGE,
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: 'As the inverter samples it: 0.3 to 1.5 V above the BMS’s in captures, so not for energy. '
      + 'From the vendor’s document.' },
  { wire: ['BmsNum'], name: 'pack_count', title: 'Battery packs', ...number('count'), in: DETAIL_HISTORY,
    certainty: 'confirmed', show: 'hidden',
    note: 'Number of battery modules. From the vendor’s document and Modbus list.' },
  ...numbers(1, 6).map((n): Field => ({
    wire: [`SOC${n}`], name: `pack${n}_soc`, title: `Pack ${n} state of charge`, ...number('state_of_charge', '%'),
    panel: 'packs', in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: '0 where no pack is fitted. From the vendor’s document and captures.',
  })),
  ...numbers(1, 6).map((n): Field => ({
    wire: [`BatC${n}`], name: `pack${n}_current`, title: `Pack ${n} current`, ...number('current', 'A'),
    panel: 'packs', in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: 'Coarser and slower than BatC, and its sign is unknown: it contradicted BatC in captures. '
      + 'From the vendor’s document.',
  })),
  ...packed('VcellLow', 'cell_voltage_min', 'Lowest cell voltage', { ...MILLIVOLTS, metric: CELL_VOLTAGE('min') }, ['lowest', 'cell']),
  ...packed('VcellHigh', 'cell_voltage_max', 'Highest cell voltage', { ...MILLIVOLTS, metric: CELL_VOLTAGE('max') }, ['highest', 'cell']),
  { wire: [], name: 'cell_voltage_delta', title: 'Cell voltage spread', ...VOLTAGE, read: 'derived', in: DETAIL_HISTORY,
    range: { min: 0, max: 4 }, panel: 'cells', decimals: 3, certainty: 'confirmed', show: 'detail',
    note: 'Highest less lowest cell. From arithmetic.' },
  ...packed('TcellLow', 'cell_temp_min', 'Lowest cell temperature', { ...CELSIUS, metric: CELL_TEMPERATURE('min') }, ['coldest', 'sensor']),
  ...packed('TcellHigh', 'cell_temp_max', 'Highest cell temperature', { ...CELSIUS, metric: CELL_TEMPERATURE('max') }, ['hottest', 'sensor']),
  { wire: ['BmsWork'], name: 'bms_state', title: 'BMS state', ...STATE, in: DETAIL_HISTORY, certainty: 'confirmed', show: 'detail',
    words: { 0: 'standby', 1: 'work', 2: 'paralleling', 4: 'maintenance' },
    note: 'From the vendor’s documents.' },
  { wire: ['FlagBms'], name: 'flag_bms', title: 'Charge and discharge permission', ...STATE, in: DETAIL_HISTORY,
    certainty: 'likely',
    note: 'Likely two bytes: the high one for charging (0 forbidden, 1 allowed, 2 forced), the low one for discharging '
      + '(0 or 1); 257 in every capture. From the vendor’s Modbus list.' },
  { wire: ['BmsRelay'], name: 'bms_relay', title: 'Battery relays', ...STATE, in: DETAIL_HISTORY, certainty: 'likely',
    note: 'Likely 0 both open, 1 only discharge closed, 2 only charge closed, 3 both closed (vendor’s Modbus list); '
      + 'another document of the vendor speaks of three relays. 3 in every capture.' },
  { wire: ['BmuRelay'], name: 'bmu_relay', title: 'SuperCableBox relay', ...STATE, in: DETAIL_HISTORY,
    certainty: 'confirmed',
    note: 'Its codes are unknown; 0 in captures. Meaning from the vendor’s document.' },
  ...numbers(1, 3).map((n): Field => ({
    wire: [`BmsHardVer${n}`], name: `bms_hardware_version_${n}`, title: `Battery hardware, group ${n}`,
    ...number('version'), panel: 'packs', in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: 'Packed: 4 bits for each of 6 batteries; 0 in captures. From the vendor’s document.',
  })),
];

// biome-ignore format: a table, a few lines an entry.
export const STATE_FIELDS: readonly Field[] = [
  { wire: ['InvWorkMode'], name: 'inv_work_mode', title: 'Inverter state, raw', ...STATE, in: DETAIL_HISTORY,
    certainty: 'likely',
    note: 'The codes depend on the make of the inverter: three lists contradict each other, so it stays a number. '
      + 'On Ginlong likely Solis’s, where 3 is on-grid. From captures and vendors’ documents.' },
  { wire: ['EmsStatus'], name: 'ems_status', title: 'EMS state', ...text('state'),
    in: DETAIL_HISTORY, certainty: 'confirmed', show: 'hidden',
    note: '“Normal” in every capture; other texts are unknown. From the vendor’s document.' },
  { wire: ['SYSMode'], name: 'sys_mode', title: 'System mode, raw', ...STATE, in: LIVE, certainty: 'unknown',
    note: 'Newer models only; 11 in the only capture.' },
  { wire: ['UPSModel'], name: 'ups_model', title: 'UPS mode, raw', ...STATE, in: LIVE, certainty: 'unknown',
    note: 'Newer models only; 0 in the only capture. By its name perhaps whether backup is active.' },
  { wire: ['EVCGunLockFlag'], name: 'ev_charger_plug_lock', title: 'EV charger plug lock', ...STATE, in: LIVE,
    certainty: 'likely',
    note: 'Newer models only; 0 in the only capture. Meaning inferred from its name.' },
  { wire: ['ErrInv'], name: 'err_inv', title: 'Inverter fault', ...FAULT, in: DETAIL_HISTORY, certainty: 'confirmed',
    note: '0 means none. The other codes are unknown and differ by inverter. '
      + 'From the vendor’s document and captures.' },
  { wire: ['WarInv'], name: 'war_inv', title: 'Inverter warning', ...FAULT, in: DETAIL_HISTORY, certainty: 'confirmed',
    note: '0 means none. The other codes are unknown and differ by inverter. From the vendor’s document.' },
  { wire: ['ErrEms'], name: 'err_ems', title: 'EMS fault', ...FAULT, in: DETAIL_HISTORY, certainty: 'confirmed',
    note: '0 means none. Bits likely as in the vendor’s Modbus list: 4 grid meter lost, 5 PV meter lost, 6 BMS lost '
      + 'and more.' },
  { wire: ['ErrBms'], name: 'err_bms', title: 'BMS fault', ...FAULT, in: DETAIL_HISTORY, certainty: 'confirmed',
    note: '0 means none. Bits likely as in the vendor’s Modbus list: 2 cell temperature difference, 8 cell '
      + 'over-voltage, 12 cell under-voltage and more.' },
  { wire: ['ErrMeter'], name: 'err_meter', title: 'Meter fault', ...FAULT, in: DETAIL_HISTORY, certainty: 'confirmed',
    note: '0 means none. The other codes are unknown. From the vendor’s document.' },
  { wire: ['ErrBackupBox'], name: 'err_backup_box', title: 'Backup box fault', ...FAULT, in: DETAIL_HISTORY,
    certainty: 'confirmed',
    note: '0 means none. The other codes are unknown. From the vendor’s document.' },
  { wire: ['BmsShutdown'], name: 'bms_shutdown', title: 'Battery shutdown fault', ...FAULT, in: DETAIL_HISTORY,
    certainty: 'confirmed',
    note: '0 means none. The other codes are unknown. From the vendor’s document.' },
  ...ALARMS.map(([wire, name, what]): Field => ({
    wire: [wire], name, title: `Pack with the alarm: ${what}`, ...FAULT, range: A_PACK, in: DETAIL_HISTORY, certainty: 'confirmed',
    note: 'Number of the battery that raised the alarm; 0 means none, as in every capture. From the vendor’s document.',
  })),
  { wire: ['Eirp'], name: 'wifi_signal', title: 'Wi-Fi signal', ...number('signal', 'dBm'), in: DETAIL,
    certainty: 'likely', show: 'detail',
    note: 'By its range the received level; the name would mean radiated power. From captures.' },
  { wire: ['CSQ'], name: 'cellular_signal', title: 'Cellular signal', ...text('signal'), in: DETAIL,
    certainty: 'confirmed', show: 'hidden',
    note: 'A modem’s “rssi,ber”: dBm = 2 × rssi − 113; 99,99 means no modem or not known. '
      + 'From captures and the modem standard.' },
];
