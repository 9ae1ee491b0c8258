/**
 * The form of a message, kept apart from its values: with both, the vendor's own names and texts come back exactly, and a
 * stored row is numbers plus one small reference. A battery has a handful of forms in its life.
 */
import type { Rest, Value, WireForm } from '../../model.ts';
import type { Field, ReadingKind } from '../fields/field.ts';
import { columnsOf, fieldsOnWire } from '../fields/fields.ts';
import { batteryDateAndTime, formatBatteryTime } from './battery-time.ts';

/** Shapes below zero; zero and above are a number of decimals. */
export const SHAPE = {
  /** The text itself stands in `rest`. */
  KEPT: -1,
  /** `2021/03/24 10:01:52`, from the battery's time. */
  TIME: -2,
  /** `2021/03/24`, likewise. */
  DATE: -3,
  /** `10:01:52`, likewise. */
  TIME_OF_DAY: -4,
  /** The battery's serial number. */
  SERIAL: -5,
  /** A text that is a value itself. */
  WORD: -6,
} as const;

/** More forms than that are no battery's: such messages keep their texts in `rest` instead. */
const MAX_FORMS = 4096;
/** Nor are more letters in all of them: a form of the detail message has about 1,000, a stranger's could have 65,000. */
const MAX_LETTERS = 8_000_000;

/** All forms known, each once. */
export class FormBook {
  readonly #forms = new Map<string, WireForm>();
  #letters = 0;

  /** The one object for this form, or null when the book is full. */
  intern(keys: readonly string[], shapes: readonly number[]): WireForm | null {
    // As JSON, because a name may hold any letter that could part one from the next.
    const name = JSON.stringify([keys, shapes]);
    const known = this.#forms.get(name);
    if (known !== undefined) return known;
    if (this.#forms.size >= MAX_FORMS || this.#letters + name.length > MAX_LETTERS) return null;
    this.#letters += name.length;
    const form: WireForm = { keys: [...keys], shapes: [...shapes] };
    this.#forms.set(name, form);
    return form;
  }
}

/** What a row's texts are made from. */
export interface WrittenRow {
  readonly kind: ReadingKind;
  readonly serial: string;
  readonly batteryTime: number | null;
  readonly values: readonly Value[];
  readonly rest: Rest | null;
  readonly form: WireForm | null;
}

/** The vendor's names and texts of a row, in their order, as they came; null is JSON's null. */
export function wireTexts(row: WrittenRow): [key: string, text: string | null][] {
  if (row.form === null) return Object.entries(row.rest ?? {});
  const { keys, shapes } = row.form;
  return keys.map((key, index) => [key, wireText(row, key, shapes[index] as number)]);
}

function wireText(row: WrittenRow, key: string, shape: number): string | null {
  const time = row.batteryTime ?? 0;
  switch (shape) {
    case SHAPE.KEPT:
      return row.rest?.[key] ?? null;
    case SHAPE.TIME:
      return formatBatteryTime(time);
    case SHAPE.DATE:
      return batteryDateAndTime(time)[0];
    case SHAPE.TIME_OF_DAY:
      return batteryDateAndTime(time)[1];
    case SHAPE.SERIAL:
      return row.serial;
    case SHAPE.WORD:
      return String(valueOnWire(row, key));
    default:
      return Number(valueOnWire(row, key)).toFixed(shape);
  }
}

/** The value that stood under that key: a column, or a packed number put together again from its three. */
function valueOnWire(row: WrittenRow, key: string): Value {
  const columns = columnsOf(row.kind);
  let packed = 0;
  for (const field of fieldsOnWire(key)) {
    const value = row.values[columns.indexOf(field)] ?? null;
    if (!field.read.startsWith('packed_')) return value;
    packed += packedPart(field, Number(value));
  }
  return packed;
}

/** pack << 24 | position << 16 | low sixteen bits, without the sign that `<<` would bring in. */
function packedPart(field: Field, value: number): number {
  switch (field.read) {
    case 'packed_pack':
      return value * 0x100_0000;
    case 'packed_position':
      return value * 0x1_0000;
    case 'packed_millivolts':
      return Math.round(value * 1000);
    default:
      return value & 0xffff;
  }
}
