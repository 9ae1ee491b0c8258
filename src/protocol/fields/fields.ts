/**
 * The one table of fields, and how to find a field in it. Parsing, columns, exports, sinks, the page and docs/fields.md
 * are driven by it: a field is added in one place, in power.ts, battery.ts, settings.ts or control-settings.ts.
 */

import { BATTERY_FIELDS, STATE_FIELDS } from './battery.ts';
import type { Field, ReadingKind } from './field.ts';
import { isMeasured } from './plausible.ts';
import { ELECTRICAL_FIELDS, ENERGY_FIELDS, LIMIT_FIELDS, POWER_FIELDS } from './power.ts';
import { SETTING_FIELDS } from './settings.ts';
import { BOTH, type FieldGroup, READINGS, text } from './table.ts';

// biome-ignore format: a table, a few lines an entry.
const IDENTITY_FIELDS: readonly Field[] = [
  { wire: ['SN'], name: 'serial', title: 'Serial number', ...text('identity'), read: 'serial',
    in: [...READINGS, ...BOTH], certainty: 'confirmed', private: true,
    note: 'Of the EMS, and so of the system; also the user name of its login. '
      + 'From captures and the vendor’s document.' },
  { wire: ['Date'], name: 'battery_date', title: 'Battery’s date', ...text('time'), read: 'date', in: ['history'],
    certainty: 'confirmed',
    note: 'History splits the battery’s own time over two columns, of which this is the day. From captures.' },
  { wire: ['Time'], name: 'battery_time', title: 'Battery’s time', ...text('time'), read: 'time', in: READINGS,
    certainty: 'confirmed',
    note: 'The EMS’s wall clock, with the date except in history; no zone, and it drifts. From captures.' },
];

/** Firmware decides what stands in its history: whatever live and detail know can come there, under the same name. */
function alsoInHistory(field: Field): Field {
  return field.in.includes('history') ? field : { ...field, in: [...field.in, 'history'] };
}

/** The fields of the three kinds of reading, as a reader of the table wants them grouped. */
export const READING_GROUPS: readonly FieldGroup[] = [
  { title: 'Identity and time', fields: IDENTITY_FIELDS },
  { title: 'Power', fields: POWER_FIELDS },
  { title: 'Energy', fields: ENERGY_FIELDS },
  { title: 'Battery', fields: BATTERY_FIELDS },
  { title: 'Voltage, frequency and temperature', fields: ELECTRICAL_FIELDS },
  { title: 'Limits, commands and remote dispatch', fields: LIMIT_FIELDS },
  { title: 'States, faults and links', fields: STATE_FIELDS },
].map(({ title, fields }) => ({ title, fields: fields.map(alsoInHistory) }));

/** Every field of live, detail and history, those worked out from others included. */
export const READING_FIELDS: readonly Field[] = READING_GROUPS.flatMap((group) => group.fields);

/** The whole table. */
export const FIELDS: readonly Field[] = [...READING_FIELDS, ...SETTING_FIELDS];

const NONE: readonly Field[] = [];
const BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.name, field]));
const BY_WIRE: ReadonlyMap<string, readonly Field[]> = indexByWire(FIELDS);
const COLUMNS: Readonly<Record<ReadingKind, readonly Field[]>> = {
  live: valuesOf('live'),
  detail: valuesOf('detail'),
  history: valuesOf('history'),
};

function indexByWire(fields: readonly Field[]): ReadonlyMap<string, readonly Field[]> {
  const index = new Map<string, Field[]>();
  for (const field of fields) {
    // A set, because two spellings of one name differ only in case.
    for (const key of new Set(field.wire.map((name) => name.toLowerCase()))) {
      index.set(key, [...(index.get(key) ?? []), field]);
    }
  }
  return index;
}

function valuesOf(kind: ReadingKind): readonly Field[] {
  const READ_APART: readonly string[] = ['date', 'time', 'serial'];
  return READING_FIELDS.filter((field) => field.in.includes(kind) && !READ_APART.includes(field.read));
}

/** The field of this name of ours, e.g. `battery_power`. */
export function fieldByName(name: string): Field | undefined {
  return BY_NAME.get(name);
}

/** Whether a field of this name of ours is measured, so that a value can be one that it cannot have. */
export function isMeasuredName(name: string): boolean {
  const field = fieldByName(name);
  return field !== undefined && isMeasured(field);
}

/** The fields that a vendor's name gives, in table order, whatever its case: none if unknown, three if it is packed. */
export function fieldsOnWire(wireName: string): readonly Field[] {
  return BY_WIRE.get(wireName.toLowerCase()) ?? NONE;
}

/** The fields that are values of a row of this kind, in table order: all but its time and serial. */
export function columnsOf(kind: ReadingKind): readonly Field[] {
  return COLUMNS[kind];
}

/** Telling wherever they stand and in whatever case: too long to occur inside an ordinary name. */
const TELLING = new RegExp(
  [
    'serial|password|passwd|passphrase|secret|token|licen[cs]e',
    'address|street|zip|postal|post_?code|latitude|longitude|phone|mobile|mail|^name$',
    '(user|owner|customer|contact|person|installer|login|account|first|last|family|given|full|real|sur|nick)_?name',
    '(wifi|wlan|lan|wan|ems|local|server|gateway|remote|host|client|peer|public)_?ip\\d*$',
    'user_?id|wifi_?ssid|(wifi|wlan|ap|router|hotspot|network)_?name',
  ].join('|'),
  'i',
);
/** Telling as the last letters, also where capitals run together (SCBSN, EMSMAC) or there are none (batterysn_2). */
const TELLING_END = /(?:sn|mac|pwd)[^a-z]*$/i;
/** Telling as a word of their own only: trIP, capaCITY and tIMEInterval are harmless. */
const TELLING_WORDS: ReadonlySet<string> = new Set(
  'sn mac ip pwd psk lic addr city tel fax owner customer installer surname imei imsi iccid ssid bssid essid gps'.split(
    ' ',
  ),
);
/** With this case only: Ipv4 is the current of a PV string. */
const TELLING_CASE = /IPv[46]/;
/** The words of CamelCase, of snake_case and of RUNSOfCapitals. */
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

/**
 * Whether an unknown key seems to hold something private, by its name alone: a serial number, a password, a licence, an
 * address, a person, a MAC or IP address. In doubt it says yes; it finds every field marked private in the table too.
 */
export function looksPrivate(wireName: string): boolean {
  if (TELLING.test(wireName) || TELLING_END.test(wireName) || TELLING_CASE.test(wireName)) return true;
  const words = wireName.match(WORD) ?? [];
  return words.some((word) => TELLING_WORDS.has(word.toLowerCase()));
}
