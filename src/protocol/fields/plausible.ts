/**
 * What a measured value can be. One outside is a mistake of whoever measured or sent it: a sensor that is not there, a
 * negative number read as unsigned, a register in between. What stands in the table of fields is as wide as any system of
 * that kind may need; an owner who has more can say so.
 */
import type { Field, FieldKind, PlausibleRange, Unit } from './field.ts';

/** What is known of one house beyond the table. */
export interface HouseLimits {
  /** What its PV or its inverter is rated for, whichever is more, W; null where it is not known. */
  readonly ratedWatts: number | null;
  /** The owner's own, by our names; they count alone. */
  readonly ranges: ReadonlyMap<string, PlausibleRange>;
}

/** A house of which nothing is known. */
export const ANY_HOUSE: HouseLimits = { ratedWatts: null, ranges: new Map() };

/** More than any house with such a battery moves, W, VA and var; a larger one is rated for more. */
const MOST_WATTS = 100_000;
/** A house takes and gives more than it is rated for: what it draws is bounded by its fuses alone. */
const RATED = 3;
/**
 * A power below zero in a 16-bit register that is read as unsigned is one from here on, W: −1 as 65535, −300 as 65236. In 32
 * bits such a number is out of every range.
 */
const SIGN_16 = 32_768;
const UNSIGNED_16 = 65_536;
/** What a 16-bit register shows where nothing is known, with its sign and without. */
const NOTHING_16: readonly number[] = [-32_768, 32_767, 32_768];
/** The same in tenths and hundredths of a unit: of numbers that have as many decimals, one in thousands. */
const NOTHING_SCALED: ReadonlySet<number> = new Set(
  [...NOTHING_16, 65_535].flatMap((value) => [value / 10, value / 100]),
);

const RANGES: Partial<Record<`${FieldKind} ${Unit}`, PlausibleRange>> = {
  'power W': { min: -MOST_WATTS, max: MOST_WATTS },
  'apparent_power VA': { min: -MOST_WATTS, max: MOST_WATTS },
  'reactive_power var': { min: -MOST_WATTS, max: MOST_WATTS },
  'limit W': { min: 0, max: MOST_WATTS },
  'setpoint W': { min: -MOST_WATTS, max: MOST_WATTS },
  // A hundred kilowatts for eleven years.
  'energy kWh': { min: 0, max: 10_000_000 },
  'state_of_charge %': { min: 0, max: 100 },
  // Strings of modules, the DC link, packs in series; an idle string may read a little below zero.
  'voltage V': { min: -10, max: 1500 },
  // Six packs of a hundred amperes. −0.01 A read as unsigned is 655.35.
  'current A': { min: -640, max: 640 },
  // 0 where the grid is gone.
  'frequency Hz': { min: 0, max: 70 },
  'temperature °C': { min: -40, max: 125 },
  'signal dBm': { min: -130, max: 0 },
  // Of eight bits; 255 is each of them.
  'setpoint ': { min: 0, max: 254 },
  'count ': { min: 0, max: 254 },
  'position ': { min: 0, max: 254 },
};

/** Registers of 16 and of 32 bits with each bit set: whoever knows a code or a set of bits does not say so. */
const ALL_BITS: readonly number[] = [0xffff, 0xffff_ffff];
/** From the greatest number of a 32-bit register with a sign on, a code is none, or one below zero read as unsigned. */
const MOST_CODE = 0x7fff_ffff;
const CODES: readonly FieldKind[] = ['state', 'fault', 'version'];

/** What a number of this kind and unit can be, where its field says nothing else; null where it may be anything: a code. */
export function rangeOf(kind: FieldKind, unit: Unit): PlausibleRange | null {
  return RANGES[`${kind} ${unit}`] ?? null;
}

/**
 * Whether a field can have this value.
 * @param value in the unit of the field
 */
export function isPlausible(field: Field, value: number, house: HouseLimits = ANY_HOUSE): boolean {
  // Asked of every value of every reading: hardly any house says otherwise.
  const own = house.ranges.size === 0 ? undefined : house.ranges.get(field.name);
  const range = own ?? field.range;
  if (range === undefined) return !isCode(field) || isPossibleCode(field, value);
  if (own !== undefined) return isWithin(value, range.min, range.max);
  // A counter passes through each number once, and may stand there for a night.
  if (field.kind !== 'energy' && NOTHING_SCALED.has(value)) return false;
  if (!isPower(field.unit)) return isWithin(value, range.min, range.max);
  const rated = RATED * (house.ratedWatts ?? 0);
  const scale = Math.max(1, rated / MOST_WATTS);
  return (
    isWithin(value, range.min * scale, range.max * scale) &&
    !isWrapped(value, isMeasuredPower(field) ? rated : UNSIGNED_16)
  );
}

/** Whether a field is a number that stands for something: of which nobody knows what else it may be. */
function isCode({ kind, value }: Field): boolean {
  return value === 'number' && CODES.includes(kind);
}

/** A whole number of 32 bits at most, with a bit that is not set; of a fault each bit may stand for itself. */
function isPossibleCode({ kind }: Field, value: number): boolean {
  const most = kind === 'fault' ? 0xffff_ffff : MOST_CODE - 1;
  return Number.isInteger(value) && value >= 0 && value <= most && !ALL_BITS.includes(value);
}

function isPower(unit: Unit): boolean {
  return unit === 'W' || unit === 'VA' || unit === 'var';
}

/** Setpoints may have an offset: 34000 is 2000 W of charging. */
function isMeasuredPower({ kind }: Field): boolean {
  return kind !== 'setpoint' && kind !== 'limit';
}

/** In a house that may move as much, only the number itself tells. @param most what it may move, W; 0 where not known */
function isWrapped(value: number, most: number): boolean {
  const lowest = most < SIGN_16 ? SIGN_16 : UNSIGNED_16 - 1;
  return NOTHING_16.includes(value) || (value >= lowest && value < UNSIGNED_16);
}

function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

/** Whether a field is measured, so that there is a range of what it can be. */
export function isMeasured({ range }: Field): boolean {
  return range !== undefined;
}

/** Whether there are numbers that a field cannot have: whether it is measured, or a code. */
export function canBeDoubted(field: Field): boolean {
  return isMeasured(field) || isCode(field);
}

/** kWp of the PV and kW of the inverter, wherever they stand in a configuration, however it is written. */
const RATINGS = /"\s*(?:Popv|Poinv)\s*"\s*:\s*"?\s*(\d{1,6}(?:\.\d{1,6})?)/gi;

/** What a house is rated for by its configuration, the PV or the inverter, whichever is more; 0 where it does not say. W. */
export function ratedWattsIn(configuration: string): number {
  return 1000 * Math.max(0, ...Array.from(configuration.matchAll(RATINGS), ([, kilowatts]) => Number(kilowatts)));
}
