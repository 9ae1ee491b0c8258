/**
 * What Home Assistant shows of a battery: one entry for each entity, most of them from the field table
 * (shared knowledge: Home Assistant's MQTT discovery as of late 2026, its sensor classes, and its Energy page).
 */
import type { Certainty } from '../../model.ts';
import type { Field, FieldKind } from '../../protocol/fields/field.ts';
import { columnsOf, FIELDS, fieldByName } from '../../protocol/fields/fields.ts';
import { COUNTERS } from '../totals.ts';

/** The last level of the topic that an entity reads; each holds one JSON object. */
export type EntityTopic = 'state' | 'detail' | 'energy' | 'status' | 'configuration' | 'event';

export interface Entity {
  /** Unique within a battery, and for ever: Home Assistant knows the entity by it. */
  readonly key: string;
  readonly platform: 'sensor' | 'binary_sensor' | 'event';
  readonly topic: EntityTopic;
  /** In sentence case, without the name of the battery. */
  readonly name: string;
  /** Jinja. An entity of the platform `event` has none. */
  readonly template?: string;
  readonly deviceClass?: string;
  readonly stateClass?: 'measurement' | 'total' | 'total_increasing';
  readonly unit?: string;
  /** Decimals to show. */
  readonly precision?: number;
  readonly diagnostic?: true;
  /** Shown without being asked for; `phases` only in a house with three. */
  readonly enabled: boolean | 'phases';
  /** Of a sensor whose values are words. */
  readonly options?: readonly string[];
  readonly eventTypes?: readonly string[];
  /** Begins anew at the time under this key. */
  readonly lastReset?: string;
  /** Says something also while the battery is away. */
  readonly always?: true;
}

/** Keys of the JSON objects that are worked out here. */
export const PROBLEM = 'problem';
const UNKNOWN = 'unknown';

/** What goes by its field's kind: Home Assistant's device class, state class and decimals. */
const CLASSES: Partial<Readonly<Record<FieldKind, Pick<Entity, 'deviceClass' | 'stateClass' | 'precision'>>>> = {
  power: { deviceClass: 'power', stateClass: 'measurement', precision: 0 },
  limit: { deviceClass: 'power', stateClass: 'measurement', precision: 0 },
  apparent_power: { deviceClass: 'apparent_power', stateClass: 'measurement', precision: 0 },
  reactive_power: { deviceClass: 'reactive_power', stateClass: 'measurement', precision: 0 },
  energy: { deviceClass: 'energy', stateClass: 'total_increasing', precision: 1 },
  state_of_charge: { deviceClass: 'battery', stateClass: 'measurement', precision: 1 },
  voltage: { deviceClass: 'voltage', stateClass: 'measurement', precision: 1 },
  current: { deviceClass: 'current', stateClass: 'measurement', precision: 1 },
  frequency: { deviceClass: 'frequency', stateClass: 'measurement', precision: 2 },
  temperature: { deviceClass: 'temperature', stateClass: 'measurement', precision: 0 },
  signal: { deviceClass: 'signal_strength', stateClass: 'measurement', precision: 0 },
};

/** The main measurements: neither diagnostic nor hidden. */
const MAIN: readonly string[] = [
  'pv_power',
  'pv1_power',
  'pv2_power',
  'pv_ac_power',
  'grid_power',
  'battery_power',
  'load_power',
  'inverter_power',
  'soc',
  ...COUNTERS.filter((name) => name !== 'generator_energy'),
];

/** Shown, as diagnostic. */
const DIAGNOSTIC: readonly string[] = [
  'battery_voltage',
  'battery_current',
  'cell_voltage_min',
  'cell_voltage_max',
  'cell_voltage_delta',
  'cell_temp_min',
  'cell_temp_max',
  'inverter_temperature',
  'grid_voltage_l1',
  'grid_frequency',
  'bus_voltage',
  'charge_limit',
  'discharge_limit',
  'bms_state',
  'wifi_signal',
  'grid_charge_enabled',
  'discharge_control_enabled',
  'charge_stop_soc',
  'discharge_stop_soc',
];

/** Shown, as diagnostic, in a house with three phases. */
const PHASES: readonly string[] = ['grid_voltage_l2', 'grid_voltage_l3'];

/** Settings worth knowing; nothing here changes them. */
const SETTING =
  /^(?:grid_charge_enabled|discharge_control_enabled|(?:dis)?charge_(?:stop_soc|window_[12]_(?:start|end)))$/;

const CELL_PRECISION = 3;
/** kWh: a watt-hour. */
const FINE_PRECISION = 3;

/** The flows that are worked out here: finer than the counters, and by the day. */
export const FLOWS: readonly string[] = [...COUNTERS.filter((name) => name !== 'generator_energy'), 'load_energy'];
export const INTEGRATED = '_integrated';
export const TODAY = '_today';
const FLOW_TITLES: Readonly<Record<string, string>> = { load_energy: 'House load energy' };

/** How sure it is what a field means goes with its name. */
const DOUBT: Readonly<Record<Certainty, string>> = {
  confirmed: '',
  likely: ' (likely)',
  unknown: ' (meaning unknown)',
};

const LOAD_METHODS: readonly string[] = ['ac_side', 'customary'];

/** What may be private is in no topic. */
const isShown = (field: Field) => field.private !== true && field.kind !== 'identity' && field.kind !== 'time';

export const STATE_FIELDS: readonly Field[] = columnsOf('live').filter(isShown);
export const DETAIL_FIELDS: readonly Field[] = columnsOf('detail').filter(isShown);
export const SETTING_FIELDS: readonly Field[] = FIELDS.filter(
  ({ name, in: sources }) => sources.includes('config') && SETTING.test(name),
);

/** Names of the fields that say that something is wrong where they are not 0: faults, warnings and alarms, as on the page. */
export const FAULTS: readonly string[] = DETAIL_FIELDS.filter(({ kind }) => kind === 'fault').map(({ name }) => name);

/** What this server notes of a battery, and what a battery tells of itself. */
const EVENT_TYPES: readonly string[] = [
  'connected',
  'disconnected',
  'login',
  'stale',
  'fresh',
  'peer_conflict',
  'EventLog',
  'System',
  'Socket',
];
const OTHER_EVENT = 'other';

/** The type of an event as Home Assistant knows it. */
export function eventType(name: string): string {
  return EVENT_TYPES.includes(name) ? name : OTHER_EVENT;
}

const TIMESTAMP = {
  platform: 'sensor',
  deviceClass: 'timestamp',
  diagnostic: true,
  enabled: true,
  always: true,
} as const;

/** Every entity a battery may have, but for fields nobody knows. */
export const ENTITIES: readonly Entity[] = [
  ...STATE_FIELDS.map((field) => ofField(field, 'state')),
  ...DETAIL_FIELDS.filter((field) => !STATE_FIELDS.includes(field)).map((field) =>
    ofField(field, COUNTERS.includes(field.name) ? 'energy' : 'detail'),
  ),
  ...FLOWS.flatMap(ofFlow),
  ...SETTING_FIELDS.map((field) => ofField(field, 'configuration')),
  {
    key: 'load_power_cloud',
    platform: 'sensor',
    topic: 'state',
    name: 'House load, PV + battery + grid',
    template: sumOf(['pv_power', 'grid_power', 'battery_power']),
    ...CLASSES.power,
    unit: 'W',
    enabled: false,
  },
  {
    key: PROBLEM,
    platform: 'binary_sensor',
    topic: 'detail',
    name: 'Problem',
    template: onOff(PROBLEM),
    deviceClass: 'problem',
    diagnostic: true,
    enabled: true,
  },
  {
    key: 'connected',
    platform: 'binary_sensor',
    topic: 'status',
    name: 'Connected',
    // A connection that says nothing is none.
    template: "{{ 'ON' if value_json.connected and not value_json.stale else 'OFF' }}",
    deviceClass: 'connectivity',
    diagnostic: true,
    enabled: true,
    always: true,
  },
  { ...TIMESTAMP, key: 'last_data', topic: 'state', name: 'Last data', template: plain('time') },
  { ...TIMESTAMP, key: 'last_event', topic: 'status', name: 'Last event', template: plain('last_event') },
  {
    key: 'clock_ahead',
    platform: 'sensor',
    topic: 'status',
    name: 'Clock ahead',
    template: plain('clock_ahead'),
    deviceClass: 'duration',
    stateClass: 'measurement',
    unit: 's',
    precision: 0,
    diagnostic: true,
    enabled: false,
    always: true,
  },
  {
    key: 'event',
    platform: 'event',
    topic: 'event',
    name: 'Event',
    eventTypes: [...EVENT_TYPES, OTHER_EVENT],
    diagnostic: true,
    enabled: false,
    always: true,
  },
];

/** A field that nobody knows, under the vendor's name: raw, and only for who asks for it. */
export function unknownEntity(wireName: string, topic: 'state' | 'detail'): Entity {
  return {
    key: `other_${wireName}`,
    platform: 'sensor',
    topic,
    name: `${wireName} (meaning unknown)`,
    template: `{{ value_json.other['${wireName}'] | default(None) }}`,
    diagnostic: true,
    enabled: false,
  };
}

/** Whether a vendor's name can stand in a template and a key as it is. */
export function isPlainName(wireName: string): boolean {
  return /^\w{1,40}$/.test(wireName);
}

function ofField(field: Field, topic: EntityTopic): Entity {
  const { name, title, certainty, unit, read } = field;
  const shared = {
    key: name,
    topic,
    name: `${title}${DOUBT[certainty]}`,
    ...(MAIN.includes(name) ? {} : { diagnostic: true as const }),
    enabled: PHASES.includes(name) ? ('phases' as const) : MAIN.includes(name) || DIAGNOSTIC.includes(name),
  };
  if (read === 'flag') return { ...shared, platform: 'binary_sensor', template: onOff(name) };
  if (name === 'load_power_method') return { ...shared, ...words(plainOr(name, LOAD_METHODS), LOAD_METHODS) };
  if (field.words !== undefined) return { ...shared, ...words(wordOf(name, field.words), Object.values(field.words)) };
  if (read === 'text') return { ...shared, platform: 'sensor', template: plain(name) };
  const classes = CLASSES[field.kind] ?? (unit === '%' ? { precision: 0 } : {});
  const precision = name.startsWith('cell_voltage') && unit === 'V' ? { precision: CELL_PRECISION } : {};
  return {
    ...shared,
    platform: 'sensor',
    template: plain(name),
    ...classes,
    ...precision,
    ...(unit === '' ? {} : { unit }),
  };
}

/** What passed since this server first heard the battery, and what passed today. */
function ofFlow(name: string): Entity[] {
  const title = fieldByName(name)?.title ?? (FLOW_TITLES[name] as string);
  const shared = { platform: 'sensor', topic: 'energy', deviceClass: 'energy', unit: 'kWh', enabled: true } as const;
  return [
    {
      ...shared,
      key: `${name}${INTEGRATED}`,
      name: `${title}, integrated`,
      template: plain(`${name}${INTEGRATED}`),
      stateClass: 'total_increasing',
      precision: FINE_PRECISION,
    },
    {
      ...shared,
      key: `${name}${TODAY}`,
      name: `${title} today`,
      template: plain(`${name}${TODAY}`),
      stateClass: 'total',
      lastReset: 'day_start',
      precision: 2,
    },
  ];
}

/** A missing value is null, which becomes `None`, which Home Assistant shows as unknown. */
function plain(key: string): string {
  return `{{ value_json.${key} }}`;
}

function onOff(key: string): string {
  return `{{ None if value_json.${key} is none else 'ON' if value_json.${key} else 'OFF' }}`;
}

function sumOf(keys: readonly string[]): string {
  const values = keys.map((key) => `value_json.${key}`);
  return `{{ None if none in [${values.join(', ')}] else ${values.join(' + ')} }}`;
}

/** The words and one for all others: Home Assistant takes no value that is not among them. */
function words(template: string, known: readonly string[]) {
  return { platform: 'sensor', deviceClass: 'enum', options: [...known, UNKNOWN], template } as const;
}

function plainOr(key: string, known: readonly string[]): string {
  return `{{ value_json.${key} if value_json.${key} in ${JSON.stringify(known)} else '${UNKNOWN}' }}`;
}

function wordOf(key: string, known: Readonly<Record<number, string>>): string {
  const pairs = Object.entries(known).map(([code, word]) => `${code}: '${word}'`);
  return `{{ {${pairs.join(', ')}}.get(value_json.${key}, '${UNKNOWN}') }}`;
}
