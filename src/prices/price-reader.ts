/**
 * Prices as their sources write them: any JSON in which lists of a start and a price are found, under the names that Nord Pool, aWATTar, Tibber, Octopus and
 * Amber (each also through Home Assistant) give them. What can be meant in two ways is refused as a whole.
 */
import type { PriceSlot } from '../model.ts';
import type { PriceTerms } from './price-terms.ts';

/** Prices are in the unit of their source. */
export type PriceReading = { readonly slots: readonly PriceSlot[] } | { readonly problem: string };

/** By what each of them calls it, in the order in which they are looked for. */
const STARTS = [
  ...['start', 'start_time', 'startsAt', 'starts_at', 'start_timestamp', 'valid_from', 'deliveryStart', 'from'],
  ...['time', 'datetime', 'timestamp', 'readingDate'],
];
const ENDS = ['end', 'end_time', 'endsAt', 'ends_at', 'end_timestamp', 'valid_to', 'deliveryEnd', 'to'];
/** With taxes before without. */
const PRICES = ['total', 'value_inc_vat', 'per_kwh', 'marketprice', 'value', 'price'];
/** Nord Pool has one price for each area of the market. */
const BY_AREA = 'entryPerArea';

const LONGEST_TEXT = 1_000_000;
const DEEPEST = 16;
const MOST_SLOTS = 2000;
const LONGEST_SLOT_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
const MINUTE_SECONDS = 60;
/** In any currency and unit that there is. */
const ABSURD_PRICE = 100_000;
/** The years 2020 to 2100, Unix seconds. */
const [EARLIEST, LATEST] = [1_577_836_800, 4_102_444_800];

interface PriceEntry {
  readonly from: number;
  /** null where the source does not say. */
  readonly to: number | null;
  readonly price: number;
}

interface PricesInText {
  readonly entries: PriceEntry[];
  /** What its source says of them, wherever it does: currencies, and energies that they are of. */
  readonly currencies: Set<string>;
  readonly energies: Set<string>;
}

/** Why a reading is refused. */
class PriceProblem extends Error {}

/**
 * Never throws, whatever it is given.
 * @param terms what the owner says of these prices: refused where the source itself says otherwise
 */
export function readPrices(text: string, terms: Pick<PriceTerms, 'currency' | 'unit'> | null = null): PriceReading {
  if (text.length > LONGEST_TEXT) return { problem: `longer than ${LONGEST_TEXT} letters` };
  try {
    const found: PricesInText = { entries: [], currencies: new Set(), energies: new Set() };
    collect(JSON.parse(text), DEEPEST, found);
    const slots = slotsOf(found.entries);
    checkTerms(found, terms);
    return { slots };
  } catch (error) {
    if (error instanceof PriceProblem) return { problem: error.message };
    return { problem: 'no JSON' };
  }
}

function collect(value: unknown, depth: number, found: PricesInText): void {
  if (typeof value !== 'object' || value === null || depth === 0) return;
  if (!Array.isArray(value)) {
    noteTerms(value as Record<string, unknown>, found);
    for (const inner of Object.values(value)) collect(inner, depth - 1, found);
    return;
  }
  for (const element of value) {
    const entry = entryOf(element);
    if (entry === null) collect(element, depth - 1, found);
    else noteTerms(element as Record<string, unknown>, found);
    if (entry !== null && entry !== 'unpriced') found.entries.push(entry);
    if (found.entries.length > MOST_SLOTS) throw new PriceProblem(`more than ${MOST_SLOTS} prices`);
  }
}

/** Nord Pool and Home Assistant name a `currency`; aWATTar a `unit` such as `Eur/MWh`. */
function noteTerms({ currency, unit }: Record<string, unknown>, { currencies, energies }: PricesInText): void {
  if (typeof currency === 'string' && /^[a-z]{3}$/i.test(currency)) currencies.add(currency.toUpperCase());
  const [, energy] = (typeof unit === 'string' && /(?:^|[/ ])([kM]Wh)$/.exec(unit)) || [];
  if (energy !== undefined) energies.add(energy);
}

function checkTerms({ currencies, energies }: PricesInText, terms: Pick<PriceTerms, 'currency' | 'unit'> | null): void {
  if (currencies.size > 1 || energies.size > 1)
    throw new PriceProblem(`prices in ${[...currencies, ...energies].join(' and ')}; expected one of these`);
  if (terms === null) return;
  const [currency = terms.currency] = currencies;
  if (currency !== terms.currency)
    throw new PriceProblem(`the source says ${currency}, and prices.currency is ${terms.currency}`);
  const [energy] = energies;
  if (energy !== undefined && (energy === 'MWh') !== (terms.unit === 'MWh'))
    throw new PriceProblem(`the source says ${energy}, and prices.unit is ${terms.unit}`);
}

/** null where it is no entry of a list of prices; `unpriced` where it is one whose price is not known yet. */
function entryOf(element: unknown): PriceEntry | 'unpriced' | null {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return null;
  const values = element as Record<string, unknown>;
  const start = firstOf(values, STARTS);
  const price = BY_AREA in values ? ofOneArea(values[BY_AREA]) : firstOf(values, PRICES);
  if (start === undefined || price === undefined) return null;
  if (price === null) return 'unpriced';
  const end = firstOf(values, ENDS) ?? null;
  return { from: timeOf(start), to: end === null ? null : timeOf(end), price: priceOf(price) };
}

function firstOf(values: Record<string, unknown>, names: readonly string[]): unknown {
  const name = names.find((one) => Object.hasOwn(values, one));
  return name === undefined ? undefined : values[name];
}

function ofOneArea(areas: unknown): unknown {
  const prices = typeof areas === 'object' && areas !== null ? Object.values(areas) : [];
  if (prices.length !== 1) throw new PriceProblem(`${prices.length} areas of the market; expected one`);
  return prices[0];
}

function priceOf(value: unknown): number {
  const isText = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value);
  const price = typeof value === 'number' || isText ? Number(value) : Number.NaN;
  if (!Number.isFinite(price)) throw new PriceProblem('a price is no number');
  if (Math.abs(price) > ABSURD_PRICE) throw new PriceProblem(`a price of ${price} is none`);
  return price;
}

/** Unix seconds, a whole minute: Amber’s begin a second late. */
function timeOf(value: unknown): number {
  const seconds = typeof value === 'number' ? ofNumber(value) : typeof value === 'string' ? ofText(value) : Number.NaN;
  if (Number.isNaN(seconds)) throw new PriceProblem('a time is none; expected 2026-11-27T14:00:00+01:00, or Unix time');
  if (seconds < EARLIEST || seconds > LATEST) throw new PriceProblem('a time is not of this century');
  return Math.floor(seconds / MINUTE_SECONDS) * MINUTE_SECONDS;
}

/** Milliseconds, or seconds: there is no moment that could be both. */
function ofNumber(value: number): number {
  return value > LATEST ? value / 1000 : value;
}

/** Without a distance to UTC nobody knows when that is, on two days of the year at least. */
function ofText(text: string): number {
  const [, date, time, zone] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})$/.exec(text) ?? [];
  if (date === undefined || zone === undefined || !isDay(date)) return Number.NaN;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return Date.parse(`${date}T${time}${offset}`) / 1000;
}

/** Without it the 30th of February would be read as the 2nd of March. */
function isDay(date: string): boolean {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return day <= (Date.UTC(year, month, 1) - Date.UTC(year, month - 1, 1)) / 86_400_000;
}

function slotsOf(entries: readonly PriceEntry[]): PriceSlot[] {
  if (entries.length === 0) throw new PriceProblem('no list of start and price is in it');
  const sorted = entries.toSorted((one, other) => one.from - other.from);
  const single: PriceEntry[] = [];
  for (const entry of sorted) {
    const before = single.at(-1);
    if (before?.from !== entry.from) single.push(entry);
    else if (before.price !== entry.price || (before.to ?? entry.to) !== (entry.to ?? before.to))
      throw new PriceProblem('two prices for one time; expected those of one home, one area, one tariff');
  }
  const usual = usualLength(single);
  return single.map((entry, index) => slotOf(entry, single[index + 1] ?? null, usual));
}

/** The shortest from one start to the next; an hour where there is one only. */
function usualLength(entries: readonly PriceEntry[]): number {
  const lengths = entries.slice(1).map(({ from }, index) => from - (entries[index] as PriceEntry).from);
  return lengths.length === 0 ? HOUR_SECONDS : Math.min(LONGEST_SLOT_SECONDS, ...lengths);
}

function slotOf({ from, to, price }: PriceEntry, next: PriceEntry | null, usual: number): PriceSlot {
  const end = to ?? from + usual;
  if (end <= from) throw new PriceProblem('a price ends before it begins');
  if (next !== null && end > next.from)
    throw new PriceProblem('two prices for one time: one begins before another ends');
  if (end - from > LONGEST_SLOT_SECONDS) throw new PriceProblem('a price for more than a day is none by the hour');
  return { from, to: end, price };
}
