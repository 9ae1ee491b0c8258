/**
 * What Home Assistant shows of a battery: one entry for each entity, most of them from the field table
 * (shared knowledge: Home Assistant's MQTT discovery as of late 2026, its sensor classes, and its Energy page).
 */
import type { Certainty } from '../../model.ts';
import type { Field, FieldKind } from '../../protocol/fields/field.ts';
import { columnsOf, fieldByName } from '../../protocol/fields/fields.ts';
import { FLOWS } from '../../protocol/fields/flows.ts';
import { SETTING_FIELDS as ALL_SETTINGS } from '../../protocol/fields/settings.ts';
import { shownAs } from '../../protocol/fields/shown.ts';
import { COUNTERS } from '../totals.ts';
import { WINDOWS } from './charge-windows.ts';

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
export const STORED_ENERGY = 'stored_energy';
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

/** What goes by its unit, of settings. */
const SETTING_CLASSES: Readonly<Record<string, Pick<Entity, 'deviceClass' | 'precision'>>> = {
  '%': { precision: 0 },
  kWh: { deviceClass: 'energy_storage', precision: 1 },
};

/** kWh: a watt-hour. */
const FINE_PRECISION = 3;

/** The flows that are worked out here: finer than the counters, and by the day. */
export const FLOW_NAMES: readonly string[] = FLOWS.map((flow) => `${flow}_energy`);
export const INTEGRATED = '_integrated';
export const TODAY = '_today';
const FLOW_TITLES: Readonly<Record<string, string>> = { load_energy: 'House load energy' };

/** How sure it is what a field means goes with its name. */
const DOUBT: Readonly<Record<Certainty, string>> = {
  confirmed: '',
  likely: ' (likely)',
  unknown: ' (meaning unknown)',
};

/** What may be private is in no topic. */
const isShown = (field: Field) => field.private !== true && field.kind !== 'identity' && field.kind !== 'time';

export const STATE_FIELDS: readonly Field[] = columnsOf('live').filter(isShown);
export const DETAIL_FIELDS: readonly Field[] = columnsOf('detail').filter(isShown);
/** Settings worth knowing; nothing here changes them. */
export const SETTING_FIELDS: readonly Field[] = ALL_SETTINGS.filter(
  (field) => field.in.includes('config') && shownAs(field) !== null && isShown(field),
);

/** A phase that a house with one does not have. */
function isOfManyPhases({ phase = 1 }: Field): boolean {
  return phase > 1;
}

/** Names of the values that are 0 in a house with one phase. */
export const MANY_PHASES: ReadonlySet<string> = new Set(
  [...STATE_FIELDS, ...DETAIL_FIELDS].filter(isOfManyPhases).map(({ name }) => name),
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
  'blackout',
  'grid_back',
  'vendor_up',
  'vendor_away',
  'vendor_order',
  'vendor_order_dropped',
  'vendor_order_unanswered',
  'vendor_silent',
  'vendor_blocked',
  'vendor_held',
  'vendor_let',
  'vendor_settings_held',
  'vendor_settings_passed',
  'vendor_settings_same',
  'vendor_settings_unreadable',
  'vendor_settings_postponed',
  'vendor_settings_allowed',
  'vendor_settings_confirmed',
  'vendor_settings_refused',
  'vendor_settings_applied',
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
  ...FLOW_NAMES.flatMap(ofFlow),
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
    key: STORED_ENERGY,
    platform: 'sensor',
    topic: 'state',
    name: 'Stored energy (likely)',
    template: plain(STORED_ENERGY),
    deviceClass: 'energy_storage',
    stateClass: 'measurement',
    unit: 'kWh',
    precision: 1,
    enabled: true,
  },
  ...WINDOWS.map(({ key, title }) => ofWindow(key, title)),
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
  {
    key: 'tapped',
    platform: 'binary_sensor',
    topic: 'status',
    name: 'Heard by tap',
    template: onOff('tapped'),
    diagnostic: true,
    enabled: false,
    always: true,
  },
  {
    key: 'vendor_connection',
    platform: 'binary_sensor',
    topic: 'status',
    name: 'Vendor connection',
    // Neither where nothing is relayed.
    template: "{{ {'up': 'ON', 'away': 'OFF'}.get(value_json.vendor) }}",
    deviceClass: 'connectivity',
    diagnostic: true,
    enabled: false,
    always: true,
  },
  // Off at first: it changes with every reading, and each change is a row of Home Assistant's recorder.
  { ...TIMESTAMP, key: 'last_data', topic: 'state', name: 'Last data', template: plain('time'), enabled: false },
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
  const { name, title, certainty, unit, value } = field;
  const show = shownAs(field);
  const shared = {
    key: name,
    topic,
    name: `${title}${DOUBT[certainty]}`,
    ...(show === 'main' ? {} : { diagnostic: true as const }),
    enabled: show !== 'hidden' && (isOfManyPhases(field) ? ('phases' as const) : true),
  };
  if (value === 'flag') return { ...shared, platform: 'binary_sensor', template: onOff(name) };
  if (field.texts !== undefined) return { ...shared, ...words(plainOr(name, field.texts), field.texts) };
  if (field.words !== undefined) return { ...shared, ...words(wordOf(name, field.words), Object.values(field.words)) };
  if (value === 'text') return { ...shared, platform: 'sensor', template: plain(name) };
  const classes = CLASSES[field.kind] ?? SETTING_CLASSES[unit] ?? {};
  return {
    ...shared,
    platform: 'sensor',
    template: plain(name),
    ...classes,
    ...(field.decimals === undefined ? {} : { precision: field.decimals }),
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

/** Its two ends as hours are there for who asks for them. */
function ofWindow(key: string, name: string): Entity {
  return {
    key,
    platform: 'sensor',
    topic: 'configuration',
    name,
    template: plain(key),
    diagnostic: true,
    enabled: true,
  };
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
