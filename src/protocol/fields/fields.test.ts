import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Field, READING_KINDS, type ReadingKind } from './field.ts';
import {
  columnsOf,
  FIELDS,
  fieldByName,
  fieldsOnWire,
  isMeasuredName,
  looksPrivate,
  READING_FIELDS,
  READING_GROUPS,
} from './fields.ts';
import { SETTING_FIELDS } from './settings.ts';

const SAMPLES = new URL('../../../../shared/samples/', import.meta.url);
const HAVE_SAMPLES = existsSync(SAMPLES);

/** The list at the end of protocol.md, but `UserName` and `Password`, which are in the login only. */
const PRIVATE_IN_TABLE = [
  ...['SN', 'InvSN', 'WifiSN', 'BakBoxSN', 'SCBSN', 'License', 'Address', 'ZipCode', 'PhoneNumber'],
  ...Array.from({ length: 18 }, (_, index) => `BatterySN${index + 1}`),
];

const named = (name: string): Field => fieldByName(name) ?? expect.unreachable(`no field ${name}`);
const namesOf = (fields: readonly Field[]) => fields.map((field) => field.name);
const withoutRepeats = <T>(items: readonly T[]) => [...new Set(items)];

/** The same name in another case, as chance will have it. */
const anyCase = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((raised) => [...name].map((c, i) => (raised[i] ? c.toUpperCase() : c.toLowerCase())).join(''));

describe('the table', () => {
  it('is the readings and then the settings', () => {
    expect(FIELDS).toEqual([...READING_FIELDS, ...SETTING_FIELDS]);
    expect(READING_FIELDS).toEqual(READING_GROUPS.flatMap((group) => group.fields));
  });

  it('has unique names in snake_case', () => {
    expect(withoutRepeats(namesOf(FIELDS))).toHaveLength(FIELDS.length);
    for (const { name } of FIELDS) expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
  });

  it('says of every field where it is, what it is called and what it is', () => {
    for (const field of FIELDS) {
      expect(field.in.length, field.name).toBeGreaterThan(0);
      expect(field.title, field.name).toMatch(/^[A-Z][^_|]*[^.]$/);
      expect(field.note, field.name).toMatch(/^[^|]{10,240}\.$/);
      expect(field.wire.length === 0, field.name).toBe(field.read === 'derived');
    }
  });

  it('rolls up what a chart is drawn of: main values that every reading has', () => {
    for (const { name, rollUp, show, in: sources, value } of READING_FIELDS) {
      const isDrawn = show === 'main' && READING_KINDS.every((kind) => sources.includes(kind));
      expect([name, rollUp === true]).toEqual([name, isDrawn]);
      if (rollUp) expect([name, value]).toEqual([name, 'number']);
    }
    expect(SETTING_FIELDS.filter((field) => field.rollUp)).toEqual([]);
  });

  it('never takes one key of one message for two fields, unless it is packed', () => {
    for (const wire of FIELDS.flatMap((field) => field.wire)) {
      const unpacked = fieldsOnWire(wire).filter((field) => !field.read.startsWith('packed_'));
      const messages = unpacked.flatMap((field) => field.in);
      expect(withoutRepeats(messages), wire).toHaveLength(messages.length);
    }
  });

  it('takes packed numbers apart into a value, a pack and a position', () => {
    const reads = (wire: string) => fieldsOnWire(wire).map(({ name, read, unit }) => [name, read, unit]);
    const three = (name: string, read: string, unit: string, position: string) => [
      [name, read, unit],
      [`${name}_pack`, 'packed_pack', ''],
      [`${name}_${position}`, 'packed_position', ''],
    ];
    expect(reads('VcellLow')).toEqual(three('cell_voltage_min', 'packed_millivolts', 'V', 'cell'));
    expect(reads('VcellHigh')).toEqual(three('cell_voltage_max', 'packed_millivolts', 'V', 'cell'));
    expect(reads('TcellLow')).toEqual(three('cell_temp_min', 'packed_celsius', '°C', 'sensor'));
    expect(reads('TcellHigh')).toEqual(three('cell_temp_max', 'packed_celsius', '°C', 'sensor'));
    expect(FIELDS.filter((field) => field.read.startsWith('packed_'))).toHaveLength(12);
  });

  it('marks the private list of the protocol as private, and nothing else', () => {
    const wires = FIELDS.filter((field) => field.private).flatMap((field) => field.wire);
    expect(wires.toSorted()).toEqual(PRIVATE_IN_TABLE.toSorted());
  });

  it('gives the signs that arithmetic on captures confirmed', () => {
    expect(named('battery_power').sign).toBe('+ discharging, − charging');
    expect(named('battery_current').sign).toBe('+ discharging, − charging');
    expect(named('grid_power').sign).toBe('+ import, − export');
    expect(named('grid_power_l3').sign).toBe('+ import, − export');
  });

  it.each([
    ['Ppv1', 'pv1_power'],
    ['Ppv6', 'pv6_power'],
    ['PmeterDC', 'pv_ac_power'],
    ['PMeterDCL1', 'pv_ac_power_l1'],
    ['PmeterL2', 'grid_power_l2'],
    ['PrealL3', 'inverter_power_l3'],
    ['Pbat', 'battery_power'],
    ['Sva', 'apparent_power'],
    ['VarAC', 'reactive_power_grid'],
    ['VarDC', 'reactive_power_pv'],
    ['SOC', 'soc'],
    ['EpvTotal', 'pv_energy'],
    ['Einput', 'grid_import_energy'],
    ['Eoutput', 'grid_export_energy'],
    ['Echarge', 'battery_charge_energy'],
    ['EDischarge', 'battery_discharge_energy'],
    ['EGridCharge', 'grid_charge_energy'],
    ['BatV', 'battery_voltage'],
    ['BatC', 'battery_current'],
    ['InvBatV', 'inverter_battery_voltage'],
    ['Tinv', 'inverter_temperature'],
    ['Ub', 'grid_voltage_l2'],
    ['MeterDCUc', 'pv_meter_voltage_l3'],
    ['Fac', 'grid_frequency'],
    ['Ubus', 'bus_voltage'],
    ['Upv1', 'pv1_voltage'],
    ['Vpv2', 'pv2_voltage'],
    ['Pcharge', 'charge_limit'],
    ['Pdischarge', 'discharge_limit'],
    ['BmsWork', 'bms_state'],
    ['Eirp', 'wifi_signal'],
    ['PacL1', 'pac_l1'],
    ['InvWorkMode', 'inv_work_mode'],
    ['FlagBms', 'flag_bms'],
    ['BmsRelay', 'bms_relay'],
  ])('calls %s %s', (wire, name) => {
    expect(namesOf(fieldsOnWire(wire))).toEqual([name]);
  });

  it('puts derived values into the messages that carry their parts', () => {
    const derived = FIELDS.filter((field) => field.read === 'derived').map((field) => [field.name, field.in]);
    expect(Object.fromEntries(derived)).toEqual({
      pv_power: READING_KINDS,
      grid_power: READING_KINDS,
      inverter_power: READING_KINDS,
      load_power: READING_KINDS,
      load_power_method: READING_KINDS,
      blackout: ['detail', 'history'],
      cell_voltage_delta: ['detail', 'history'],
    });
  });
});

describe.skipIf(!HAVE_SAMPLES)('the captured readings (skipped where ../shared/samples is absent)', () => {
  const text = (name: string) => readFileSync(new URL(name, SAMPLES), 'utf8');
  const keys = (name: string) => Object.keys(JSON.parse(text(name)));
  const cases: [ReadingKind, string, () => string[]][] = [
    ['live', '1-1-16.json', () => keys('1-1-16.json')],
    ['detail', '1-1-5.json', () => keys('1-1-5.json')],
    ['history', '1-1-12.csv', () => (text('1-1-12.csv').split('\n')[0] ?? '').split(',')],
  ];

  it.each(cases)('hold no key that is unknown in %s', (kind, _name, wires) => {
    const unknown = wires().filter((wire) => !fieldsOnWire(wire).some((field) => field.in.includes(kind)));
    expect(unknown).toEqual([]);
  });
});

describe('lookups', () => {
  it('find every field by its name', () => {
    for (const field of FIELDS) expect(fieldByName(field.name)).toBe(field);
    expect(fieldByName('Pbat')).toBeUndefined();
  });

  it('find every field by each of its wire names, in any case, once', () => {
    const pairs = FIELDS.flatMap((field) => field.wire.map((wire) => ({ field, wire })));
    const disguised = fc
      .constantFrom(...pairs)
      .chain(({ field, wire }) => anyCase(wire).map((name) => ({ field, name })));
    fc.assert(
      fc.property(disguised, ({ field, name }) => {
        expect(fieldsOnWire(name).filter((found) => found === field)).toHaveLength(1);
      }),
    );
  });

  it('know nothing of names that are not in the table', () => {
    for (const name of ['', 'Nonsense', 'constructor', '__proto__', 'soc ']) expect(fieldsOnWire(name)).toEqual([]);
  });

  it.each(READING_KINDS)('give the columns of %s in table order, without time and serial', (kind) => {
    const columns = columnsOf(kind);
    expect(columnsOf(kind)).toBe(columns);
    expect(withoutRepeats(columns)).toHaveLength(columns.length);
    expect(columns).toEqual(FIELDS.filter((field) => columns.includes(field)));
    const missing = READING_FIELDS.filter((field) => field.in.includes(kind) && !columns.includes(field));
    expect(missing.map((field) => field.read).toSorted()).toEqual(
      kind === 'history' ? ['date', 'serial', 'time'] : ['serial', 'time'],
    );
  });
});

describe('looksPrivate', () => {
  const BAD = [
    ...PRIVATE_IN_TABLE,
    ...['UserName', 'Password', 'password', 'username', 'sn', 'sys_sn', 'BMUSN', 'LMUSN3', 'SNCode', 'Battery_SN_19'],
    ...['SerialNo', 'DeviceSerialNumber', 'WifiPwd', 'WIFIPWD', 'LoginPassword', 'ApiToken', 'LicNo', 'licence'],
    ...[
      'HomeAddress',
      'addr',
      'PostCode',
      'post_code',
      'Street',
      'City',
      'Latitude',
      'GPS',
      'Zip',
      'MobilePhone',
      'Tel',
    ],
    ...[
      'Email',
      'E-mail',
      'Name',
      'OwnerName',
      'first_name',
      'Surname',
      'Customer',
      'ContactName',
      'UserId',
      'Installer',
    ],
    ...[
      'MAC',
      'MacAddr',
      'EMSMAC',
      'wifimac',
      'IP',
      'ip',
      'IPAddr',
      'LocalIP',
      'wifi_ip',
      'WIFIIP',
      'IPv4',
      'WiFiSSID',
      'ESSID',
      'WifiName',
      'apName',
      'router_name',
    ],
    ...['SSID', 'IMEI', 'ICCID'],
  ];
  const GOOD = [
    ...['SOC', 'GCSOCStart', 'DispatchSoc', 'Safe', 'WifiSW', 'WifiHW', 'CompanyName', 'Country', 'Ipv1', 'Ipv4'],
    ...['TripTime', 'TripValue', 'Equip', 'Machine', 'TimeInterval', 'GridLossId', 'Capacity', 'BatCapacity', 'SNR'],
    ...['BypassWarn', 'BypassMode', 'DryContact', 'ContactorState', 'DeviceType', 'MsgType', 'Description', 'Status'],
    ...['PowerFactor', 'GridF', 'meter1.actpower', 'DSPDebug14', 'OVP Threshold', 'CmdIndex', 'Parameter1', '', '123'],
  ];

  it.each(BAD)('hides %j', (name) => expect(looksPrivate(name)).toBe(true));
  it.each(GOOD)('shows %j', (name) => expect(looksPrivate(name)).toBe(false));

  it('lets no field marked private escape, whatever its case and number', () => {
    const wires = FIELDS.filter((field) => field.private).flatMap((field) => field.wire);
    const names = fc.constantFrom(...wires, 'UserName', 'Password').chain(anyCase);
    fc.assert(
      fc.property(names, fc.constantFrom('', '1', '19', '_2'), (name, number) => {
        expect(looksPrivate(name + number)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('hides no field that is not private', () => {
    const wires = FIELDS.filter((field) => !field.private).flatMap((field) => field.wire);
    const names = wires.flatMap((wire) => [wire, wire.toLowerCase(), wire.toUpperCase()]);
    expect(names.filter(looksPrivate)).toEqual([]);
  });
});

it('knows which names are of what is measured', () => {
  expect(['soc', 'load_power', 'err_inv', 'ems_status', 'no_such_field'].map(isMeasuredName)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
