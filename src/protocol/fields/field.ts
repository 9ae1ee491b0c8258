/**
 * What the field table says of a field. The table itself is in fields.ts (readings) and settings.ts (configuration).
 */
import type { Certainty, ReadingKind } from '../../model.ts';

export { READING_KINDS, type ReadingKind } from '../../model.ts';

/** Where a field occurs. `config` is the battery's own 1,1,4; `config_reply` is the server's 1,2,3. */
export type FieldSource = ReadingKind | 'config' | 'config_reply';

export type Unit = 'W' | 'VA' | 'var' | 'kWh' | 'V' | 'A' | 'Hz' | '°C' | '%' | 'dBm' | 'kW' | 'kWp' | 'h' | 'min' | '';

/** What sort of quantity it is: sinks and the page choose their presentation by it. */
export type FieldKind =
  | 'power'
  | 'apparent_power'
  | 'reactive_power'
  | 'energy'
  | 'state_of_charge'
  | 'voltage'
  | 'current'
  | 'frequency'
  | 'temperature'
  | 'signal'
  | 'limit'
  | 'setpoint'
  | 'state'
  | 'fault'
  | 'count'
  | 'position'
  | 'setting'
  | 'version'
  | 'identity'
  | 'time';

/**
 * How the text on the wire becomes a value.
 * - `number`: decimal. `text`: as it is. `flag`: "true"/"False"/"0"/"1"/JSON booleans → 1 or 0.
 * - `packed_*`: an unsigned 32-bit number, pack << 24 | position << 16 | value; the field takes one part of it.
 *   `packed_millivolts` gives volts; `packed_celsius` reads the low 16 bits as signed.
 * - `date`, `time`, `serial`: read by messages.ts into the reading itself, not into a column.
 * - `derived`: not on the wire; worked out by derive.ts.
 */
export type FieldReader =
  | 'number'
  | 'text'
  | 'flag'
  | 'packed_millivolts'
  | 'packed_celsius'
  | 'packed_pack'
  | 'packed_position'
  | 'date'
  | 'time'
  | 'serial'
  | 'derived';

/** What a value is, in the store, in JSON and on every output. A flag is 1 or 0. */
export type ValueType = 'number' | 'flag' | 'text';

/** What a measured value can be, in the unit of its field, both inclusive. */
export interface PlausibleRange {
  readonly min: number;
  readonly max: number;
}

/** `main` is among the first things seen, `detail` for who looks closer, `hidden` only for who asks. */
export type Shown = 'main' | 'detail' | 'hidden';

/** What a value stands together with where people look at many, in the order of the page. */
export const PANELS = [
  'power',
  'energy',
  'cells',
  'packs',
  'electric',
  'temperatures',
  'limits',
  'states',
  'faults',
  'links',
  'configuration',
] as const;
export type Panel = (typeof PANELS)[number];

/** One field's part in a metric; see metrics.ts for its whole name. */
export interface FieldMetric {
  /** Between `alphaess_` and the unit. */
  readonly name: string;
  /** What tells several fields of one metric apart; null where it is the only one. */
  readonly label: readonly [name: string, value: string] | null;
  /** One sentence. */
  readonly help: string;
}

/** A field on the line that a terminal shows of a live reading. */
export interface Brief {
  /** Before the value; of a signed one where it is about nought. */
  readonly label: string;
  /** Whose colour it has. */
  readonly thing: 'sun' | 'battery' | 'grid' | 'house';
  /** What stands for the label where it is signed: the word for + and for −. */
  readonly ways?: readonly [positive: string, negative: string];
}

export interface Field {
  /** The vendor's names, the most common first, matched without regard to case. Empty for derived values. */
  readonly wire: readonly string[];
  /** Our name, snake_case: column, JSON key, MQTT key. Unique in the whole table. */
  readonly name: string;
  /** Short title in sentence case, for people. */
  readonly title: string;
  readonly unit: Unit;
  readonly kind: FieldKind;
  readonly read: FieldReader;
  readonly value: ValueType;
  /** What it can be, where it is measured; a code, a text and a setting have none. */
  readonly range?: PlausibleRange;
  readonly in: readonly FieldSource[];
  readonly certainty: Certainty;
  /** What + and − mean, where the value is signed. */
  readonly sign?: string;
  /** Never in a log, export or page unless asked for by name. */
  readonly private?: true;
  /** Kept as minimum, mean and maximum per minute, hour and day. */
  readonly rollUp?: true;
  /** Where nothing is said: see shown.ts. */
  readonly show?: Shown;
  readonly panel: Panel;
  /** Decimals that mean something, where its unit does not say. */
  readonly decimals?: number;
  /** Of which phase it is, where there may be three. */
  readonly phase?: 1 | 2 | 3;
  /** Its metric where metrics.ts would not name it so; null where it has none, since others tell the same. */
  readonly metric?: FieldMetric | null;
  readonly brief?: Brief;
  /** Known codes in words. */
  readonly words?: Readonly<Record<number, string>>;
  /** Known values of a text. */
  readonly texts?: readonly string[];
  /** One or two sentences: what it is, its traps, the evidence. */
  readonly note: string;
}
