import { describe, expect, it } from 'vitest';
import { DISCOVERY, type Discovery } from '../../../test/home-assistant-rules.ts';
import { columnsOf, FIELDS } from '../../protocol/fields/fields.ts';
import { shownAs } from '../../protocol/fields/shown.ts';
import { readCommand } from './commands.ts';
import { type DiscoveredDevice, type DiscoverySetting, discoveryOf, discoveryTopic } from './homeassistant.ts';

const SETTING: DiscoverySetting = {
  base: 'alphaess',
  prefix: 'homeassistant',
  version: '1.2.3',
  pageUrl: null,
  staleSeconds: 90,
  control: false,
};
const DEVICE: DiscoveredDevice = {
  id: 'b3f1c2',
  name: null,
  first: true,
  threePhases: false,
  settings: {},
  unknown: {},
  least: { chargeLimit: 10, lowestCharge: 10 },
};

/** As Home Assistant reads it. */
function discovery(device: Partial<DiscoveredDevice> = {}, setting: Partial<DiscoverySetting> = {}): Discovery {
  const body = discoveryOf({ ...DEVICE, ...device }, { ...SETTING, ...setting });
  return DISCOVERY.parse(JSON.parse(JSON.stringify(body)));
}

/** One component as it is sent. */
function component(key: string, device: Partial<DiscoveredDevice> = {}): Readonly<Record<string, unknown>> {
  return (discovery(device).components[key] ?? expect.unreachable(`there is no ${key}`)) as Record<string, unknown>;
}

const keys = (all: Discovery, fits: (component: Record<string, unknown>) => boolean) =>
  Object.entries(all.components)
    .filter(([, one]) => fits(one as Record<string, unknown>))
    .map(([key]) => key);

describe('the discovery of a battery', () => {
  it('keeps to Home Assistant’s rules, whatever is known', () => {
    discovery();
    discovery({
      name: 'Garage 2',
      first: false,
      threePhases: true,
      settings: { ems_version: 'V1', inverter_model: 'M', ems_hardware_version: 'V2' },
      unknown: { Xyz: 'state', 'a b': 'detail' },
    });
  });

  it('stands under the battery’s short id', () => {
    expect(discoveryTopic('homeassistant', 'b3f1c2')).toBe('homeassistant/device/alphaess_b3f1c2/config');
    expect(discovery().device.identifiers).toEqual(['alphaess_b3f1c2']);
  });

  it('tells model and versions as far as they are known, and where the page is', () => {
    expect(discovery().device).toEqual({
      identifiers: ['alphaess_b3f1c2'],
      name: 'AlphaESS',
      manufacturer: 'AlphaESS',
    });
    const settings = { ems_version: 'V1.01.05', ems_hardware_version: 'V1.02', inverter_model: 'SMILE5' };
    expect(discovery({ settings }, { pageUrl: 'http://server.lan:7780/' }).device).toMatchObject({
      model: 'SMILE5',
      sw_version: 'EMS V1.01.05',
      hw_version: 'V1.02',
      configuration_url: 'http://server.lan:7780/',
    });
  });

  it('is available while both this server and the battery are', () => {
    expect(discovery()).toMatchObject({
      availability: [{ topic: 'alphaess/bridge/state' }, { topic: 'alphaess/b3f1c2/availability' }],
      availability_mode: 'all',
      state_topic: 'alphaess/b3f1c2/state',
      qos: 1,
      origin: { name: 'alphaess-local', sw_version: '1.2.3' },
    });
  });

  it.each([
    [{ first: true }, 'AlphaESS', 'sensor.alphaess_soc'],
    [{ first: false }, 'AlphaESS b3f1c2', 'sensor.alphaess_b3f1c2_soc'],
    [{ name: 'Garage' }, 'Garage', 'sensor.alphaess_garage_soc'],
    [{ name: 'Größe – “2”' }, 'Größe – “2”', 'sensor.alphaess_gro_e_2_soc'],
    [{ name: 'AlphaESS cellar' }, 'AlphaESS cellar', 'sensor.alphaess_cellar_soc'],
    [{ name: '电池', first: false }, '电池', 'sensor.alphaess_b3f1c2_soc'],
  ])('of %j is %j with %s', (device, name, entityId) => {
    const all = discovery(device);
    expect(all.device.name).toBe(name);
    expect(all.components.soc).toMatchObject({ default_entity_id: entityId, unique_id: 'alphaess_b3f1c2_soc' });
  });

  it('says no name of the device within those of its entities', () => {
    for (const one of Object.values(discovery().components))
      expect(JSON.stringify(one)).not.toContain('"name":"AlphaESS');
  });
});

describe('an entity', () => {
  it('of a power is one that the Energy page takes', () => {
    expect(component('battery_power')).toEqual({
      platform: 'sensor',
      unique_id: 'alphaess_b3f1c2_battery_power',
      default_entity_id: 'sensor.alphaess_battery_power',
      name: 'Battery power',
      device_class: 'power',
      state_class: 'measurement',
      unit_of_measurement: 'W',
      suggested_display_precision: 0,
      value_template: '{{ value_json.battery_power }}',
      expire_after: 90,
    });
  });

  it('that packs a number with a voltage is no voltage', () => {
    expect(component('cell_voltage_min')).toMatchObject({ suggested_display_precision: 3 });
    expect(component('cell_voltage_min_pack')).not.toHaveProperty('suggested_display_precision');
  });

  it('of a lifetime counter neither expires nor goes with the battery', () => {
    expect(component('grid_import_energy')).toEqual({
      platform: 'sensor',
      unique_id: 'alphaess_b3f1c2_grid_import_energy',
      default_entity_id: 'sensor.alphaess_grid_import_energy',
      name: 'Energy from the grid',
      device_class: 'energy',
      state_class: 'total_increasing',
      unit_of_measurement: 'kWh',
      suggested_display_precision: 1,
      value_template: '{{ value_json.grid_import_energy }}',
      state_topic: 'alphaess/b3f1c2/energy',
      availability: [{ topic: 'alphaess/bridge/state' }],
    });
  });

  it('of finer energy, and of today', () => {
    expect(component('load_energy_integrated')).toMatchObject({
      name: 'House load energy, integrated',
      state_class: 'total_increasing',
      suggested_display_precision: 3,
    });
    expect(component('load_energy_today')).toMatchObject({
      name: 'House load energy today',
      state_class: 'total',
      last_reset_value_template: '{{ value_json.day_start }}',
    });
  });

  it('of what is stored is no energy that flowed', () => {
    expect(component('stored_energy')).toMatchObject({
      device_class: 'energy_storage',
      state_class: 'measurement',
      unit_of_measurement: 'kWh',
      expire_after: 90,
    });
    expect(component('battery_capacity')).toMatchObject({ device_class: 'energy_storage', unit_of_measurement: 'kWh' });
    expect(component('battery_capacity')).not.toHaveProperty('state_class');
  });

  it('of a charge window is its times', () => {
    expect(component('charge_window_1')).toEqual({
      platform: 'sensor',
      unique_id: 'alphaess_b3f1c2_charge_window_1',
      default_entity_id: 'sensor.alphaess_charge_window_1',
      name: 'Charge window 1',
      value_template: '{{ value_json.charge_window_1 }}',
      entity_category: 'diagnostic',
      state_topic: 'alphaess/b3f1c2/configuration',
      availability: [{ topic: 'alphaess/bridge/state' }],
    });
  });

  it('of the state of charge is one that the Energy page takes', () => {
    expect(component('soc')).toMatchObject({
      device_class: 'battery',
      state_class: 'measurement',
      unit_of_measurement: '%',
    });
  });

  it('with words has all of them, and one for codes nobody knows', () => {
    expect(component('bms_state')).toMatchObject({
      device_class: 'enum',
      options: ['standby', 'work', 'paralleling', 'maintenance', 'unknown'],
      value_template:
        "{{ {0: 'standby', 1: 'work', 2: 'paralleling', 4: 'maintenance'}.get(value_json.bms_state, 'unknown') }}",
      entity_category: 'diagnostic',
      state_topic: 'alphaess/b3f1c2/detail',
      expire_after: 900,
    });
  });

  it('that says whether the battery is there does not go when it goes', () => {
    for (const key of ['connected', 'last_data', 'last_event', 'event']) {
      expect(component(key)).toMatchObject({ availability: [{ topic: 'alphaess/bridge/state' }] });
      expect(component(key)).not.toHaveProperty('expire_after');
    }
    expect(component('connected')).toMatchObject({
      platform: 'binary_sensor',
      device_class: 'connectivity',
      value_template: "{{ 'ON' if value_json.connected and not value_json.stale else 'OFF' }}",
    });
  });

  it('of a setting is for looking at: nothing is sent to a battery', () => {
    expect(component('charge_stop_soc')).toMatchObject({
      platform: 'sensor',
      unit_of_measurement: '%',
      state_topic: 'alphaess/b3f1c2/configuration',
    });
    expect(JSON.stringify(discovery())).not.toContain('command_topic');
  });

  it('says how sure it is what it means', () => {
    expect(component('wifi_signal').name).toBe('Wi-Fi signal (likely)');
    expect(component('sys_mode').name).toBe('System mode, raw (meaning unknown)');
  });

  it('of an unknown field is raw and hidden', () => {
    expect(component('other_Xyz', { unknown: { Xyz: 'detail' } })).toMatchObject({
      name: 'Xyz (meaning unknown)',
      value_template: "{{ value_json.other['Xyz'] | default(None) }}",
      enabled_by_default: false,
    });
    expect(keys(discovery({ unknown: { "x'] }}": 'state' } }), () => true).some((key) => key.startsWith('other'))).toBe(
      false,
    );
  });

  it('expires no sooner than after a minute', () => {
    expect(discovery({}, { staleSeconds: 20 }).components.soc).toMatchObject({ expire_after: 60 });
  });
});

describe('what is shown without being asked for', () => {
  it('has what people were promised', () => {
    const shown = keys(discovery(), (one) => one.enabled_by_default !== false);
    const main = shown.filter((key) => component(key).entity_category === undefined);
    const flows = ['pv', 'grid_import', 'grid_export', 'battery_charge', 'battery_discharge', 'grid_charge', 'load'];
    expect(main).toEqual(
      expect.arrayContaining([
        ...['pv_power', 'pv1_power', 'pv2_power', 'pv_ac_power', 'grid_power', 'battery_power', 'load_power'],
        ...['inverter_power', 'soc', 'blackout'],
        ...flows.filter((flow) => flow !== 'load').map((flow) => `${flow}_energy`),
        ...flows.flatMap((flow) => [`${flow}_energy_integrated`, `${flow}_energy_today`]),
      ]),
    );
    expect(shown.filter((key) => !main.includes(key))).toEqual(
      expect.arrayContaining([
        ...['battery_voltage', 'battery_current', 'cell_voltage_min', 'cell_voltage_max', 'cell_voltage_delta'],
        ...['cell_temp_min', 'cell_temp_max', 'inverter_temperature', 'grid_voltage_l1', 'grid_frequency'],
        ...['bus_voltage', 'charge_limit', 'discharge_limit', 'bms_state', 'problem', 'connected'],
        ...['wifi_signal', 'last_event'],
        ...['grid_charge_enabled', 'discharge_control_enabled', 'charge_stop_soc', 'discharge_stop_soc'],
        ...['battery_capacity', 'battery_usable_share', 'charge_window_1', 'discharge_window_2'],
      ]),
    );
    expect(main).toContain('stored_energy');
  });

  it('is nothing that changes with every reading only because time passes', () => {
    expect(component('last_data')).toMatchObject({ enabled_by_default: false });
  });

  it('is no field that the table hides', () => {
    const hidden = FIELDS.filter((field) => shownAs(field) === 'hidden').map(({ name }) => name);
    const shown = keys(discovery({ threePhases: true }), (one) => one.enabled_by_default !== false);
    expect(shown.filter((key) => hidden.includes(key))).toEqual([]);
  });

  it('has phases 2 and 3 where the house has them', () => {
    expect(component('grid_voltage_l2').enabled_by_default).toBe(false);
    expect(component('grid_voltage_l2', { threePhases: true })).not.toHaveProperty('enabled_by_default');
  });

  it('leaves no field of the table out but what is private, an identity or a time', () => {
    const all = new Set(Object.keys(discovery().components));
    const missing = [...columnsOf('live'), ...columnsOf('detail')].filter(({ name }) => !all.has(name));
    expect(missing).toEqual([]);
    const secret = FIELDS.filter((field) => field.private === true && all.has(field.name));
    expect(secret).toEqual([]);
  });
});

describe('the rules themselves', () => {
  const soc = () => component('soc');
  it.each([
    ['an option that was removed', { object_id: 'soc' }],
    ['an entity id without its domain', { default_entity_id: 'alphaess_soc' }],
    ['a unit that the class has not', { unit_of_measurement: 'V' }],
    ['a class without its unit', { unit_of_measurement: undefined }],
    ['a state class that the class has not', { state_class: 'total' }],
    ['a category that a sensor cannot have', { entity_category: 'config' }],
    ['options without the class enum', { options: ['a'] }],
    ['a last reset without a total', { last_reset_value_template: '{{ value_json.day_start }}' }],
    ['no unique id', { unique_id: undefined }],
  ])('refuse %s', (_what, change) => {
    const all = discovery();
    const changed = { ...all, components: { soc: { ...soc(), ...change } } };
    expect(DISCOVERY.safeParse({ ...all, components: { soc: soc() } }).success).toBe(true);
    expect(DISCOVERY.safeParse(changed).success).toBe(false);
  });

  it('refuse a device without an origin', () => {
    const { origin: _origin, ...rest } = discovery();
    expect(DISCOVERY.safeParse(rest).success).toBe(false);
  });
});

describe('control', () => {
  const controlled = (least = { chargeLimit: 10, lowestCharge: 10 }) => discovery({ least }, { control: true });
  const one = (key: string) => controlled().components[key] as Record<string, unknown>;
  const OWN = ['mode', 'set_charge_limit', 'set_lowest_charge', 'set_grid_charge', 'mode_until', 'last_change', 'undo'];

  it('is not offered where it is not configured', () => {
    for (const key of OWN) expect(discovery().components[key]).toBeUndefined();
  });

  it('is a mode, two numbers, a switch, a button, and two sensors that say how it went', () => {
    const { components } = controlled();
    expect(OWN.map((key) => `${(components[key] as { default_entity_id: string }).default_entity_id}`)).toEqual([
      'select.alphaess_mode',
      'number.alphaess_charge_limit',
      'number.alphaess_lowest_charge',
      'switch.alphaess_grid_charging',
      'sensor.alphaess_mode_until',
      'sensor.alphaess_last_change',
      'button.alphaess_undo',
    ]);
    const ids = Object.values(components).map((component) => (component as { unique_id: string }).unique_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows what the battery told, not what was asked of it, and sends to topics of its own', () => {
    for (const [key, topic] of [
      ['mode', 'mode'],
      ['set_charge_limit', 'charge_limit'],
      ['set_lowest_charge', 'lowest_charge'],
      ['set_grid_charge', 'grid_charge'],
    ] as const)
      expect(one(key)).toMatchObject({
        optimistic: false,
        retain: false,
        state_topic: 'alphaess/b3f1c2/control',
        command_topic: `alphaess/b3f1c2/set/${topic}`,
      });
    expect(one('mode').options).toEqual(['hold', 'charge', 'normal']);
    expect(one('undo')).toMatchObject({ command_topic: 'alphaess/b3f1c2/set', payload_press: '{"undo": true}' });
  });

  it('is unavailable while this server or the battery is away, or nothing can be changed; what was last changed is not', () => {
    for (const key of ['mode', 'set_charge_limit', 'set_lowest_charge', 'set_grid_charge', 'undo'])
      expect(one(key)).toMatchObject({
        availability: [
          { topic: 'alphaess/bridge/state' },
          { topic: 'alphaess/b3f1c2/availability' },
          { topic: 'alphaess/b3f1c2/control/availability' },
        ],
        availability_mode: 'all',
      });
    for (const key of ['mode_until', 'last_change'])
      expect(one(key).availability).toEqual([{ topic: 'alphaess/bridge/state' }]);
  });

  it('shows numbers that are lower than an owner may set them', () => {
    const { components } = controlled({ chargeLimit: 0, lowestCharge: 4 });
    expect(components.set_charge_limit).toMatchObject({ min: 0, max: 100, step: 1 });
    expect(components.set_lowest_charge).toMatchObject({ min: 4, max: 100 });
  });

  it('is sent with the time it was sent at, as commands.ts reads it', () => {
    // What Home Assistant makes of its templates.
    const rendered = (template: unknown, value: string) =>
      String(template)
        .replace('{{ value }}', value)
        .replace('{{ utcnow().isoformat() }}', '2026-11-27T06:00:00.123456+00:00');
    const sent = '2026-11-27T06:00:00.123456+00:00';
    for (const [key, value, expected] of [
      ['mode', 'hold', { value: 'hold', sent }],
      ['set_charge_limit', '80', { value: 80, sent }],
      ['set_lowest_charge', '20', { value: 20, sent }],
      ['set_grid_charge', 'ON', { value: 'ON', sent }],
      ['undo', 'PRESS', { undo: true, sent }],
    ] as const)
      expect(JSON.parse(rendered(one(key).command_template, value))).toEqual(expected);
    const payload = rendered(one('mode').command_template, 'hold');
    const heard = { topic: 'alphaess/b3f1c2/set/mode', payload, isRetained: false };
    expect(readCommand('alphaess', heard, Date.parse('2026-11-27T06:00:05Z'))).toEqual({
      battery: 'b3f1c2',
      body: { verb: 'hold' },
    });
  });
});
