/**
 * The configuration: what the battery tells of itself in 1,1,4 (`config`) and what a server answers in 1,2,3
 * (`config_reply`). “As reported” in a note means: to be sent back as the battery gave it, never a default.
 */

import { CONTROL_FIELDS, DRY_CONTACT_FIELDS, GENERATOR_FIELDS } from './control-settings.ts';
import type { Field } from './field.ts';
import {
  BOTH,
  CONFIG,
  type FieldGroup,
  IDENTITY_TEXT,
  number,
  numbers,
  REPLY,
  SETTING,
  SETTING_FLAG,
  SETTING_TEXT,
  text,
  VERSION_TEXT,
} from './table.ts';

// biome-ignore format: a table, a few lines an entry.
const OWNER_FIELDS: readonly Field[] = [
  { wire: ['Status'], name: 'reply_status', title: 'Status of the reply', ...text('state'),
    panel: 'configuration', in: REPLY,
    certainty: 'confirmed',
    note: '“Success”, before all else in the reply. From captures.' },
  { wire: ['CheckTime'], name: 'config_check_time', title: 'Last update at the server', ...text('time'),
    in: REPLY, certainty: 'confirmed',
    note: 'Not the current time: UTC on a 12-hour clock without AM or PM. What sets it is not certain. '
      + 'From captures and arithmetic.' },
  { wire: ['License'], name: 'license', title: 'Installer’s licence', ...IDENTITY_TEXT, in: BOTH,
    certainty: 'confirmed', private: true,
    note: 'From the vendor’s document.' },
  { wire: ['Country'], name: 'country', title: 'Country', ...IDENTITY_TEXT, in: BOTH, certainty: 'confirmed',
    note: 'Of the installation; a server likely may leave it blank. From captures.' },
  { wire: ['Address'], name: 'address', title: 'Owner’s address', ...IDENTITY_TEXT, in: BOTH,
    certainty: 'confirmed', private: true,
    note: 'The vendor sends it to the battery in clear; a server likely may leave it blank. From captures.' },
  { wire: ['ZipCode'], name: 'zip_code', title: 'Owner’s postcode', ...IDENTITY_TEXT, in: BOTH,
    certainty: 'confirmed', private: true,
    note: 'As the address. From captures.' },
  { wire: ['PhoneNumber'], name: 'phone_number', title: 'Owner’s telephone', ...IDENTITY_TEXT, in: BOTH,
    certainty: 'confirmed', private: true,
    note: 'As the address. From captures.' },
];

// biome-ignore format: a table, a few lines an entry.
const EQUIPMENT_FIELDS: readonly Field[] = [
  { wire: ['Minv'], name: 'inverter_model', title: 'Inverter model', ...IDENTITY_TEXT, in: BOTH, certainty: 'confirmed',
    note: 'From the vendor’s document and captures.' },
  { wire: ['Mbat'], name: 'battery_model', title: 'Battery model', ...IDENTITY_TEXT, in: BOTH, certainty: 'confirmed',
    note: 'From the vendor’s document and captures.' },
  { wire: ['Mmeter'], name: 'grid_meter_model', title: 'Grid meter model', ...IDENTITY_TEXT, in: BOTH,
    certainty: 'confirmed',
    note: 'From the vendor’s document and captures.' },
  { wire: ['PVMeterMode'], name: 'pv_meter_model', title: 'PV meter model', ...IDENTITY_TEXT, in: CONFIG,
    certainty: 'confirmed',
    note: 'A model, despite the “Mode”; 0 where there is none. From captures.' },
  { wire: ['BMUModel'], name: 'bmu_model', title: 'Control box model', ...IDENTITY_TEXT, in: CONFIG,
    certainty: 'confirmed',
    note: 'From the vendor’s document.' },
  { wire: ['INVtype'], name: 'inverter_type', title: 'Inverter type', ...IDENTITY_TEXT, in: CONFIG, certainty: 'likely',
    note: 'Newer models only. From another implementation.' },
  { wire: ['EMSPlatform'], name: 'ems_platform', title: 'EMS generation', ...IDENTITY_TEXT, in: CONFIG,
    certainty: 'likely',
    note: 'Newer models only. From another implementation.' },
  { wire: ['NetType'], name: 'network_type', title: 'Network module type', ...IDENTITY_TEXT, in: BOTH,
    certainty: 'likely',
    note: 'From a capture.' },
  { wire: ['Popv'], name: 'pv_size', title: 'PV size', ...number('setting', 'kWp'), in: BOTH, certainty: 'confirmed',
    note: 'Rated; about OnGridCap + StorageCap. From the vendor’s document and arithmetic.' },
  { wire: ['OnGridCap'], name: 'pv_size_ac_coupled', title: 'PV size, AC-coupled', ...number('setting', 'W'), in: BOTH,
    certainty: 'confirmed',
    note: 'Watts on the wire, though the vendor’s document says kilowatts. '
      + 'From captures and the vendor’s Modbus list.' },
  { wire: ['StorageCap'], name: 'pv_size_hybrid', title: 'PV size, on the storage inverter', ...number('setting', 'W'),
    in: BOTH, certainty: 'confirmed',
    note: 'Watts on the wire. From captures and the vendor’s Modbus list.' },
  { wire: ['Poinv'], name: 'inverter_rating', title: 'Inverter rating', ...number('setting', 'kW'), in: BOTH,
    certainty: 'confirmed',
    note: 'Rated output. From the vendor’s document.' },
  { wire: ['Cobat'], name: 'battery_capacity', title: 'Battery capacity', ...number('setting', 'kWh'), in: BOTH,
    certainty: 'confirmed', show: 'detail',
    note: 'From the vendor’s document and the name of the model.' },
  { wire: ['Uscapacity'], name: 'battery_usable_share', title: 'Usable share of the battery', ...number('setting', '%'),
    in: BOTH, certainty: 'confirmed', show: 'detail',
    note: 'From the vendor’s document.' },
  { wire: ['ACDC'], name: 'coupling', title: 'Coupling of the PV', ...SETTING, in: BOTH, certainty: 'confirmed',
    words: { 1: 'AC', 2: 'DC', 3: 'hybrid' },
    note: 'From the vendor’s document; the captured 3 has both kinds of PV.' },
  { wire: ['BatReady'], name: 'no_battery_mode', title: 'Runs without a battery', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed',
    note: 'The wire name misleads: 0 is a system with a battery, 1 one without. Never default to 1; as reported. '
      + 'From the vendor’s texts and a capture.' },
  { wire: ['BackUpBox'], name: 'backup_box_fitted', title: 'Backup box fitted', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed',
    note: 'From the vendor’s document.' },
  { wire: ['Fan'], name: 'fan_control', title: 'Fan control', ...SETTING_FLAG, in: BOTH, certainty: 'confirmed',
    note: 'From the vendor’s document.' },
  { wire: ['InstallModule'], name: 'install_module', title: 'Install module, raw', ...SETTING, in: REPLY,
    certainty: 'unknown',
    note: '0 in the only capture.' },
  ...['A', 'B', 'C'].map((letter): Field => ({
    wire: [`String${letter}E`], name: `string_${letter.toLowerCase()}e`, title: `String ${letter}, raw`, ...SETTING,
    in: REPLY, certainty: 'unknown',
    note: '0 in the only capture. By its name perhaps whether a PV string is enabled.',
  })),
];

// biome-ignore format: a table, a few lines an entry.
const SERIAL_FIELDS: readonly Field[] = [
  { wire: ['InvSN'], name: 'inverter_serial', title: 'Inverter serial number', ...IDENTITY_TEXT, in: CONFIG,
    certainty: 'confirmed', private: true,
    note: 'From the vendor’s document.' },
  { wire: ['WifiSN'], name: 'wifi_serial', title: 'Network module serial number', ...IDENTITY_TEXT, in: BOTH,
    certainty: 'confirmed', private: true,
    note: 'From captures and the vendor’s texts.' },
  { wire: ['BakBoxSN'], name: 'backup_box_serial', title: 'Backup box serial number', ...IDENTITY_TEXT, in: CONFIG,
    certainty: 'confirmed', private: true,
    note: 'From the vendor’s document.' },
  { wire: ['SCBSN'], name: 'scb_serial', title: 'SuperCableBox serial number', ...IDENTITY_TEXT, in: CONFIG,
    certainty: 'confirmed', private: true,
    note: 'From the vendor’s document.' },
  ...numbers(1, 18).map((n): Field => ({
    wire: [`BatterySN${n}`], name: `pack${n}_serial`, title: `Pack ${n} serial number`, ...IDENTITY_TEXT, in: CONFIG,
    certainty: 'confirmed', private: true,
    note: '0 or empty where there is no pack. From the vendor’s document.',
  })),
];

// biome-ignore format: a table, a few lines an entry.
const VERSION_FIELDS: readonly Field[] = [
  { wire: ['EMSVersion'], name: 'ems_version', title: 'EMS firmware', ...VERSION_TEXT,
    in: CONFIG, certainty: 'confirmed',
    note: 'From the vendor’s document and captures.' },
  { wire: ['FirmwareVersion'], name: 'ems_hardware_version', title: 'EMS hardware version', ...VERSION_TEXT, in: CONFIG,
    certainty: 'confirmed',
    note: 'Hardware or operating system of the EMS, despite its name. From the vendor’s document.' },
  { wire: ['BMSVersion'], name: 'bms_version', title: 'BMS firmware', ...VERSION_TEXT,
    in: CONFIG, certainty: 'confirmed',
    note: 'From the vendor’s document and captures.' },
  { wire: ['InvVersion'], name: 'inverter_version', title: 'Inverter firmware', ...VERSION_TEXT, in: CONFIG,
    certainty: 'confirmed',
    note: 'From the vendor’s document and captures.' },
  { wire: ['SlaveVersion'], name: 'slave_version', title: 'Slave firmware',
    ...VERSION_TEXT,
    in: BOTH, certainty: 'confirmed',
    note: 'Of which device it is a part is not said. From the vendor’s document and captures.' },
  { wire: ['InvHWVersion'], name: 'inverter_hardware_version', title: 'Inverter hardware version', ...VERSION_TEXT,
    in: BOTH, certainty: 'confirmed',
    note: 'From the vendor’s document and captures.' },
  { wire: ['BakBoxVer'], name: 'backup_box_version', title: 'Backup box version', ...VERSION_TEXT, in: CONFIG,
    certainty: 'confirmed',
    note: 'From the vendor’s document.' },
  { wire: ['SCBVer'], name: 'scb_version', title: 'SuperCableBox version', ...VERSION_TEXT, in: CONFIG,
    certainty: 'confirmed',
    note: 'From the vendor’s document.' },
  { wire: ['WifiSW'], name: 'wifi_version', title: 'Network module firmware', ...VERSION_TEXT, in: BOTH,
    certainty: 'confirmed',
    note: 'From captures and the vendor’s texts.' },
  { wire: ['WifiHW'], name: 'wifi_hardware_version', title: 'Network module hardware version', ...VERSION_TEXT,
    in: BOTH,
    certainty: 'confirmed',
    note: 'From captures and the vendor’s texts.' },
];

// biome-ignore format: a table, a few lines an entry.
const METER_FIELDS: readonly Field[] = [
  { wire: ['InstallMeterOption'], name: 'meter_arrangement', title: 'Meters fitted', ...SETTING, in: BOTH,
    certainty: 'likely',
    words: { 0: 'CTs for grid and PV', 1: 'CT for grid, meter for PV', 2: 'meter for grid, CT for PV',
      3: 'meters for grid and PV' },
    note: 'Codes of the vendor’s Modbus list, which fit the captured 3. As reported.' },
  { wire: ['SetPhase'], name: 'meter_phase', title: 'Meter phase', ...SETTING, in: BOTH, certainty: 'confirmed',
    note: 'Its codes are unknown; 0 on a single-phase system. As reported. From the vendor’s document.' },
  { wire: ['CTRate'], name: 'grid_ct_ratio', title: 'Grid meter CT ratio', ...SETTING, in: BOTH, certainty: 'confirmed',
    note: 'As reported. From the vendor’s document; the step of the energy counters agrees.' },
  { wire: ['PVMeterCTRate'], name: 'pv_ct_ratio', title: 'PV meter CT ratio', ...SETTING, in: BOTH,
    certainty: 'confirmed',
    note: '0 means direct. As reported. From the vendor’s Modbus list.' },
  { wire: ['GridMeterCTE'], name: 'grid_ct_enabled', title: 'Grid meter uses CTs', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed',
    note: 'As reported. From the vendor’s Modbus list; agrees with the CT ratio.' },
  { wire: ['PVMeterCTE'], name: 'pv_ct_enabled', title: 'PV meter uses CTs', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed',
    note: 'As reported. From the vendor’s Modbus list; agrees with the CT ratio.' },
  { wire: ['MeterACNegate'], name: 'grid_meter_reversed', title: 'Grid meter reversed', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed',
    note: 'Likely applied by the EMS before it sends, so not to be turned round again. As reported. '
      + 'From the vendor’s document.' },
  { wire: ['MeterDCNegate'], name: 'pv_meter_reversed', title: 'PV meter reversed', ...SETTING_FLAG, in: BOTH,
    certainty: 'confirmed',
    note: 'Likely applied by the EMS before it sends, so not to be turned round again. As reported. '
      + 'From the vendor’s document.' },
  { wire: ['POCMeterEnable'], name: 'poc_meter_enabled', title: 'Point-of-connection meter', ...SETTING_FLAG, in: REPLY,
    certainty: 'likely',
    note: 'Meaning inferred from its name; 0 in the only capture.' },
  { wire: ['PmeterOffset'], name: 'grid_power_offset', title: 'Grid power target', ...SETTING, in: REPLY,
    certainty: 'likely',
    note: 'What the EMS aims for at the grid meter; the unit is unseen, perhaps watts. From the vendor’s texts.' },
  { wire: ['PmeterMax'], name: 'grid_power_max', title: 'Grid power limit', ...SETTING, in: REPLY, certainty: 'likely',
    note: 'The most to take from the grid; kilowatts in the vendor’s app, on the wire unseen. '
      + 'From the vendor’s texts.' },
];

// biome-ignore format: a table, a few lines an entry.
const PROTECTION_FIELDS: readonly Field[] = [
  { wire: ['Safe'], name: 'grid_code', title: 'Grid code', ...SETTING, in: BOTH, certainty: 'confirmed',
    words: {
      0: 'VDE0126', 1: 'ARN4105', 2: 'AS4777.2', 3: 'G83/2', 4: 'C10/C11', 5: 'TOR D4', 6: 'EN50438_NL',
      7: 'EN50438_DK', 8: 'CEB', 9: 'CEI 0-21', 10: 'NRS097', 11: 'VDE0126_GR', 12: 'UTE', 13: 'IEC61727', 14: 'G59/3',
      15: 'RD1699', 16: 'G99', 17: 'Philippines', 18: 'Tahiti', 19: 'AS4777.2-SA', 20: 'G98', 21: 'EN50549',
      31: 'AS4777.2-NZ', 33: 'G98/G99-IE',
    },
    note: 'A safety setting: never change it; as reported. Code 2 from a capture, the others likely, from the vendor’s '
      + 'Modbus list.' },
  { wire: ['SafeSub'], name: 'grid_code_variant', title: 'Grid code, variant', ...SETTING,
    in: REPLY, certainty: 'likely',
    note: 'Never change it; as reported. From the vendor’s texts and a capture.' },
  ...([
    ['PowerFact', 'power_factor_setting', 'Power factor setting'],
    ['Volt5MinAvg', 'voltage_limit_5min', 'Voltage limit, 5-minute mean'],
    ['Volt10MinAvg', 'voltage_limit_10min', 'Voltage limit, 10-minute mean'],
    ['TempThreshold', 'temperature_limit', 'Over-temperature limit'],
    ['OutCurProtect', 'output_current_limit', 'Output over-current limit'],
    ['DCI', 'dc_injection_limit', 'DC injection limit'],
    ['RCD', 'residual_current_protection', 'Residual current protection'],
    ['PvISO', 'pv_insulation_limit', 'PV insulation limit'],
    ['ChargeBoostCur', 'charge_boost_current', 'Charge boost current'],
  ] as const).map(([wire, name, title]): Field => ({
    wire: [wire], name, title, ...SETTING, in: BOTH, certainty: 'confirmed',
    note: 'Never change it; as reported. Scale and codes are unknown. Meaning from the vendor’s document.',
  })),
];

// biome-ignore format: a table, a few lines an entry.
const MODE_FIELDS: readonly Field[] = [
  { wire: ['SetMode'], name: 'ems_mode', title: 'EMS mode', ...SETTING, in: BOTH, certainty: 'likely',
    note: 'The vendor knows “normal” and “ups”, but not by which number; 0 in captures. From the vendor’s document.' },
  { wire: ['SetFeed'], name: 'feed_in_limit', title: 'Feed-in limit', ...number('setting', '%'), in: BOTH,
    certainty: 'confirmed',
    note: 'Share of PV power that may be exported; 100 means no limit. From the vendor’s document and Modbus list.' },
  { wire: ['EmsLanguage'], name: 'ems_language', title: 'EMS display language', ...SETTING, in: BOTH,
    certainty: 'confirmed',
    note: 'Its codes are unknown; 0 in captures. From the vendor’s document.' },
  { wire: ['SelfUseOrEconomic'], name: 'self_use_or_economic', title: 'Self-use or economic, raw', ...SETTING,
    in: REPLY,
    certainty: 'unknown',
    note: '0 in the only capture; nothing but its name is known.' },
  { wire: ['ReliefMode'], name: 'relief_mode', title: 'Relief mode, raw', ...SETTING, in: REPLY, certainty: 'unknown',
    note: '0 in the only capture; nothing but its name is known.' },
  { wire: ['VPPMode'], name: 'vpp_mode', title: 'VPP mode, raw', ...SETTING, in: REPLY, certainty: 'unknown',
    note: '0 in the only capture; nothing but its name is known.' },
  { wire: ['FAAEnable'], name: 'faa_enable', title: 'FAA enable, raw', ...SETTING_TEXT, in: BOTH, certainty: 'unknown',
    note: 'Newer models; never captured, and in which message it comes is not known. Named in the vendor’s app kit.' },
];

/** The configuration, as a reader of the table wants it grouped. */
export const SETTING_GROUPS: readonly FieldGroup[] = [
  { title: 'Reply and owner', fields: OWNER_FIELDS },
  { title: 'Equipment', fields: EQUIPMENT_FIELDS },
  { title: 'Serial numbers', fields: SERIAL_FIELDS },
  { title: 'Versions', fields: VERSION_FIELDS },
  { title: 'Charging and discharging', fields: CONTROL_FIELDS },
  { title: 'Modes', fields: MODE_FIELDS },
  { title: 'Meters', fields: METER_FIELDS },
  { title: 'Grid code and protection', fields: PROTECTION_FIELDS },
  { title: 'Generator and priorities', fields: GENERATOR_FIELDS },
  { title: 'Dry contacts', fields: DRY_CONTACT_FIELDS },
];

/** Every field of the configuration but the serial number, which the readings have too (fields.ts). */
export const SETTING_FIELDS: readonly Field[] = SETTING_GROUPS.flatMap((group) => group.fields);
