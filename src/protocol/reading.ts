/**
 * One reading: keys and texts in, values in the order of `columnsOf(kind)` out. Driven by the field table alone.
 */
import type { Rest, Value, WireForm } from '../model.ts';
import { parseBatteryTime, parsePlainTime } from './body/battery-time.ts';
import { lenientNumber, plainDecimals } from './body/decimal.ts';
import type { BodyCondition } from './body/lenient-json.ts';
import { isNoValue } from './body/no-value.ts';
import { type FormBook, SHAPE } from './body/wire-form.ts';
import { derive } from './derive.ts';
import type { Field, ReadingKind } from './fields/field.ts';
import { columnsOf, fieldsOnWire } from './fields/fields.ts';
import { ANY_HOUSE, type HouseLimits, isMeasured, isPlausible } from './fields/plausible.ts';
import { isSerial } from './serial.ts';

export interface WireReading {
  readonly kind: ReadingKind;
  /** null where the message carries none that can be one. */
  readonly serial: string | null;
  /** Seconds since 1970 as if UTC; null where absent or unreadable (its text is then in `rest`). */
  readonly batteryTime: number | null;
  readonly values: readonly Value[];
  readonly rest: Rest | null;
  readonly form: WireForm | null;
  /**
   * Columns of what sums are made of that have a value which could not be read, or cannot be; null of a message that was
   * cut off, from which no sum follows.
   */
  readonly unread: readonly number[] | null;
  /**
   * Our names of what cannot be as it was told; null where nothing was amiss. Such a value is none: its text is in `rest`,
   * as one that could not be read.
   */
  readonly implausible: readonly string[] | null;
}

export type HouseOf = (serial: string | null) => HouseLimits;

/** What to do with the text under one key. */
interface ReadingStep {
  readonly key: string;
  readonly role: 'serial' | 'date' | 'time' | 'number' | 'word' | 'flag' | 'packed' | 'unknown';
  readonly targets: readonly Target[];
}

interface Target {
  readonly field: Field;
  readonly column: number;
}

/** Captured texts of fields have 16 letters at most. */
const LONGEST_WORD = 256;
const LARGEST_PACKED = 0xffff_ffff;

/** How a message is laid out, and what to do with each of its texts. */
interface MessageLayout {
  readonly keys: readonly string[];
  readonly steps: readonly ReadingStep[];
}

/** Layouts of the forms of each kind, so that those of a thousand connections are one, which the processor's cache holds. */
const LAYOUTS: Readonly<Record<ReadingKind, WeakMap<WireForm, MessageLayout>>> = {
  live: new WeakMap(),
  detail: new WeakMap(),
  history: new WeakMap(),
};

/**
 * Reads readings of one kind. It remembers only how the last message was laid out, because the next one is laid out the
 * same; what it returns never depends on that.
 */
export class ReadingReader {
  readonly #kind: ReadingKind;
  readonly #forms: FormBook;
  readonly #houseOf: HouseOf;
  #layout: MessageLayout = { keys: [], steps: [] };
  #form: WireForm | null = null;

  /** @param houseOf what the house of a serial number can have; null where the message says none */
  constructor(kind: ReadingKind, forms: FormBook, houseOf: HouseOf = () => ANY_HOUSE) {
    this.#kind = kind;
    this.#forms = forms;
    this.#houseOf = houseOf;
  }

  /**
   * @param keys the vendor's names, each once
   * @param texts one for each key; null is JSON's null, or what could not be read
   * @param condition of the message: where it is not sound, what a sum is made of may be missing
   * @returns null where not one known value could be read: that is no reading.
   */
  read(
    keys: readonly string[],
    texts: readonly (string | null)[],
    condition: BodyCondition = 'sound',
  ): WireReading | null {
    const steps = this.#stepsFor(keys);
    const draft = new Draft(columnsOf(this.#kind).length, steps.length);
    for (let i = 0; i < steps.length; i++) draft.take(steps[i] as ReadingStep, i, texts[i] ?? null);
    draft.settleTime(steps);
    if (draft.known === 0) return null;
    const house = this.#houseOf(draft.serial);
    const implausible = draft.doubt(steps, texts, house);
    const unread = condition === 'cut' ? null : draft.unread(steps, texts, condition);
    if (unread !== null) derive(this.#kind, draft.values, unread, NO_COLUMNS, house);
    const form = this.#formFor(keys, draft.shapes);
    if (form === null) draft.keepAll(keys, texts);
    const { serial, batteryTime, values, rest } = draft;
    return { kind: this.#kind, serial, batteryTime, values, rest, form, unread, implausible };
  }

  #stepsFor(keys: readonly string[]): readonly ReadingStep[] {
    if (!sameItems(this.#layout.keys, keys)) {
      this.#layout = { keys, steps: stepsFor(this.#kind, keys) };
      this.#form = null;
    }
    return this.#layout.steps;
  }

  #formFor(keys: readonly string[], shapes: readonly number[]): WireForm | null {
    const form = this.#form;
    if (form !== null && sameItems(form.shapes, shapes)) return form;
    this.#form = this.#forms.intern(keys, shapes);
    if (this.#form !== null) this.#share(this.#form);
    return this.#form;
  }

  #share(form: WireForm): void {
    const layouts = LAYOUTS[this.#kind];
    const shared = layouts.get(form);
    if (shared === undefined) layouts.set(form, { keys: form.keys, steps: this.#layout.steps });
    else this.#layout = shared;
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const ROLES: Partial<Record<Field['read'], ReadingStep['role']>> = {
  serial: 'serial',
  date: 'date',
  time: 'time',
  number: 'number',
  text: 'word',
  flag: 'flag',
};

/** A field is taken from the first key that names it; a second spelling of it is kept like an unknown one. */
function stepsFor(kind: ReadingKind, keys: readonly string[]): ReadingStep[] {
  const taken = new Set<Field>();
  return keys.map((key) => {
    const fields = fieldsOnWire(key).filter((field) => field.in.includes(kind) && !taken.has(field));
    for (const field of fields) taken.add(field);
    return stepFor(kind, key, fields);
  });
}

function stepFor(kind: ReadingKind, key: string, fields: readonly Field[]): ReadingStep {
  const [first] = fields;
  if (first === undefined) return { key, role: 'unknown', targets: [] };
  const columns = columnsOf(kind);
  const targets = fields.map((field) => ({ field, column: columns.indexOf(field) }));
  return { key, role: ROLES[first.read] ?? 'packed', targets };
}

const NO_COLUMNS: readonly number[] = [];
const NO_TARGETS: readonly Target[] = [];
/** Of fewer measured values nothing follows when all are zero. */
const LEAST_BLANK = 4;

/** What a 32-bit register shows where nothing is known. In a packed number: no pack, no position, no value. */
const NOTHING_32: readonly number[] = [LARGEST_PACKED, 0x8000_0000, 0x7fff_ffff];
const ALL_BITS_16 = 0xffff;

/** A reading while it is being read. */
class Draft {
  serial: string | null = null;
  batteryTime: number | null = null;
  /** How many known values were read. */
  known = 0;
  rest: Record<string, string | null> | null = null;
  readonly values: Value[];
  readonly shapes: number[];
  #date: string | null = null;
  #time: string | null = null;

  constructor(columns: number, keys: number) {
    this.values = new Array<Value>(columns).fill(null);
    this.shapes = new Array<number>(keys).fill(SHAPE.KEPT);
  }

  take(step: ReadingStep, index: number, text: string | null): void {
    const shape = text === null ? SHAPE.KEPT : this.#read(step, text);
    this.shapes[index] = shape;
    if (shape === SHAPE.KEPT) this.keep(step.key, text);
  }

  /**
   * The columns whose values the message has but nobody can read. In a sound message an empty text says that there is none;
   * in one that is not, it may be what is left of a number.
   */
  unread(
    steps: readonly ReadingStep[],
    texts: readonly (string | null)[],
    condition: BodyCondition,
  ): readonly number[] {
    if (this.rest === null) return NO_COLUMNS;
    const isTold = condition === 'sound' ? (text: string | null) => text !== null && text.trim() !== '' : () => true;
    return steps
      .filter((step, index) => step.role === 'number' && isTold(texts[index] ?? null))
      .map(({ targets }) => (targets[0] as Target).column)
      .filter((column) => this.values[column] === null);
  }

  /**
   * Takes away what cannot be, and keeps its text as it came. @returns our names of it; null where there is none
   */
  doubt(
    steps: readonly ReadingStep[],
    texts: readonly (string | null)[],
    house: HouseLimits,
  ): readonly string[] | null {
    const isBlank = this.#isBlank(steps);
    let found: string[] | null = null;
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index] as ReadingStep;
      const text = texts[index] ?? null;
      const wrong = this.#wrongIn(step, text, isBlank, house);
      if (wrong.length === 0) continue;
      for (const { column } of wrong) this.values[column] = null;
      this.shapes[index] = SHAPE.KEPT;
      this.keep(step.key, text);
      found = [...(found ?? []), (wrong[0] as Target).field.name];
    }
    return found;
  }

  /** The values of a step that cannot be; of a message that is zero in all, whatever is measured. Asked of every step. */
  #wrongIn(
    { role, targets }: ReadingStep,
    text: string | null,
    isBlank: boolean,
    house: HouseLimits,
  ): readonly Target[] {
    if (role === 'packed') return this.#wrongInPacked(targets, Number(text), isBlank, house);
    if (role !== 'number') return NO_TARGETS;
    return this.#isWrong(targets[0] as Target, isBlank, house) ? targets : NO_TARGETS;
  }

  #isWrong({ column, field }: Target, isBlank: boolean, house: HouseLimits): boolean {
    const value = this.values[column];
    if (typeof value !== 'number') return false;
    return (isBlank && isMeasured(field)) || !isPlausible(field, value, house);
  }

  /** Of the two halves of a packed number, value and place, the one that cannot be. A pack and a position of 0 are no place. */
  #wrongInPacked(targets: readonly Target[], packed: number, isBlank: boolean, house: HouseLimits): readonly Target[] {
    // It could not be read.
    if (this.values[(targets[0] as Target).column] === null) return NO_TARGETS;
    if (isBlank || NOTHING_32.includes(packed)) return targets;
    const [value, ...place] = targets as readonly [Target, ...Target[]];
    const isValueWrong = (packed & ALL_BITS_16) === ALL_BITS_16 || this.#isWrong(value, isBlank, house);
    const high = packed >>> 16;
    const isPlaceWrong = (high === 0 && isValueWrong) || place.some((part) => this.#isWrong(part, false, house));
    return [...(isValueWrong ? [value] : []), ...(isPlaceWrong ? place : [])];
  }

  /** Whether it is zero in all that is measured, the state of charge too: so inverters report until they know something. */
  #isBlank(steps: readonly ReadingStep[]): boolean {
    let hasCharge = false;
    let measured = 0;
    for (const { targets } of steps) {
      for (const { field, column } of targets) {
        const value = this.values[column];
        if (!isMeasured(field) || typeof value !== 'number') continue;
        if (value !== 0) return false;
        if (field.name === 'soc') hasCharge = true;
        measured++;
      }
    }
    return hasCharge && measured >= LEAST_BLANK;
  }

  /** Keeps a text under the vendor's name. The object has no prototype, so that no name is special. */
  keep(key: string, text: string | null): void {
    this.rest ??= Object.create(null) as Record<string, string | null>;
    this.rest[key] = text;
  }

  /** Keeps every text, in the order of the message, since no form will tell it. */
  keepAll(keys: readonly string[], texts: readonly (string | null)[]): void {
    this.rest = null;
    for (let i = 0; i < keys.length; i++) this.keep(keys[i] as string, texts[i] ?? null);
  }

  #read(step: ReadingStep, text: string): number {
    switch (step.role) {
      case 'number':
        return this.#readNumber(step.targets[0] as Target, text);
      case 'packed':
        return this.#readPacked(step.targets, text);
      case 'word':
        return this.#readWord(step.targets[0] as Target, text);
      case 'flag':
        return this.#readFlag(step.targets[0] as Target, text);
      case 'serial':
        if (!isSerial(text)) return SHAPE.KEPT;
        this.serial = text;
        return SHAPE.SERIAL;
      case 'date':
        this.#date = text;
        return SHAPE.DATE;
      case 'time':
        this.#time = text;
        return SHAPE.TIME;
      default:
        return SHAPE.KEPT;
    }
  }

  #put(target: Target, value: Value): void {
    this.values[target.column] = value;
    this.known++;
  }

  /** A text that no store gives back as it was (half of a surrogate pair), or too long, stays with those that were not read. */
  #readWord(target: Target, text: string): number {
    if (isNoValue(text) || !text.isWellFormed() || text.length > LONGEST_WORD) return SHAPE.KEPT;
    this.#put(target, text);
    return SHAPE.WORD;
  }

  #readNumber(target: Target, text: string): number {
    const decimals = plainDecimals(text);
    const value = decimals >= 0 ? Number(text) : lenientNumber(text);
    if (value !== null) this.#put(target, value);
    return decimals >= 0 ? decimals : SHAPE.KEPT;
  }

  #readFlag(target: Target, text: string): number {
    if (text === '0' || text === '1') {
      this.#put(target, Number(text));
      return 0;
    }
    const word = text.trim().toLowerCase();
    if (word === 'true' || word === 'false') this.#put(target, word === 'true' ? 1 : 0);
    return SHAPE.KEPT;
  }

  #readPacked(targets: readonly Target[], text: string): number {
    if (plainDecimals(text) !== 0) return SHAPE.KEPT;
    const packed = Number(text);
    if (packed < 0 || packed > LARGEST_PACKED) return SHAPE.KEPT;
    for (const target of targets) this.#put(target, unpack(target.field, packed));
    return 0;
  }

  /** Date and time may stand in two columns, in any order: only when all is read can they be put together. */
  settleTime(steps: readonly ReadingStep[]): void {
    if (this.#time === null) {
      this.#keepTime(steps);
      return;
    }
    const text = this.#date === null ? this.#time : `${this.#date} ${this.#time}`;
    this.batteryTime = parsePlainTime(text);
    if (this.batteryTime !== null) {
      if (this.#date !== null) this.shapes[steps.findIndex((step) => step.role === 'time')] = SHAPE.TIME_OF_DAY;
      return;
    }
    this.batteryTime = parseBatteryTime(text);
    this.#keepTime(steps);
  }

  /** The time was not written in the wire's own form: its texts stay as they came. */
  #keepTime(steps: readonly ReadingStep[]): void {
    steps.forEach((step, index) => {
      if (step.role !== 'date' && step.role !== 'time') return;
      this.shapes[index] = SHAPE.KEPT;
      this.keep(step.key, step.role === 'date' ? this.#date : this.#time);
    });
  }
}

/** One part of a packed number: pack << 24 | position << 16 | value (confirmed on 25 rows; below zero °C unknown). */
export function unpack(field: Field, packed: number): number {
  const low = packed & 0xffff;
  switch (field.read) {
    case 'packed_pack':
      return packed >>> 24;
    case 'packed_position':
      return (packed >>> 16) & 0xff;
    case 'packed_millivolts':
      return low / 1000;
    default:
      return low > 0x7fff ? low - 0x1_0000 : low;
  }
}
