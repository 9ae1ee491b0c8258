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

/** What a measured value can be, in the unit of its field, both inclusive. */
export interface PlausibleRange {
  readonly min: number;
  readonly max: number;
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
  readonly in: readonly FieldSource[];
  readonly certainty: Certainty;
  /** What it can be, where it is measured; see plausible.ts. A code or a text has none. */
  readonly range?: PlausibleRange;
  /** What + and − mean, where the value is signed. */
  readonly sign?: string;
  /** Never in a log, export or page unless asked for by name. */
  readonly private?: true;
  /** Kept as minimum, mean and maximum per minute, hour and day. */
  readonly rollUp?: true;
  /** Known codes in words. */
  readonly words?: Readonly<Record<number, string>>;
  /** One or two sentences: what it is, its traps, the evidence. */
  readonly note: string;
}
