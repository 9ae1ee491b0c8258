/**
 * Numbers and times as people read them: always with a unit, a true minus sign, and a space that does not break.
 */
import { repeatOf } from './house-time.ts';
import { texts } from './texts.ts';

const SPACE = '\u00a0';
/** Between thousands. */
const THIN = '\u202f';
export const NOTHING = '–';
const LOCALE = 'en-GB';

/** A number and its unit apart, so that the number can stand larger. */
export interface Quantity {
  readonly number: string;
  readonly unit: string;
}

export function decimal(value: number, digits: number): string {
  const text = Math.abs(value)
    .toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replaceAll(',', THIN);
  const isZero = !/[1-9]/.test(text);
  return value < 0 && !isZero ? `−${text}` : text;
}

/** Whole watts below 1 kW, otherwise kilowatts with three figures that mean something. */
export function power(watts: number | null | undefined): Quantity {
  if (typeof watts !== 'number') return { number: NOTHING, unit: 'W' };
  const size = Math.abs(Math.round(watts));
  if (size < 1000) return { number: decimal(Math.round(watts), 0), unit: 'W' };
  return { number: decimal(watts / 1000, size < 99_950 ? (size < 9_995 ? 2 : 1) : 0), unit: 'kW' };
}

export function energy(kilowattHours: number | null | undefined): Quantity {
  if (typeof kilowattHours !== 'number') return { number: NOTHING, unit: 'kWh' };
  const size = Math.abs(kilowattHours);
  if (size >= 9_995) return { number: decimal(kilowattHours / 1000, 1), unit: 'MWh' };
  return { number: decimal(kilowattHours, size < 9.995 ? 2 : size < 99.95 ? 1 : 0), unit: 'kWh' };
}

/** All of a group in the unit and with the decimals of its largest, so that they can be compared at a glance. */
export function alike(
  quantity: (value: number | null) => Quantity,
  group: readonly (number | null | undefined)[],
): (value: number | null) => Quantity {
  const most = Math.max(0, ...group.map((value) => Math.abs(value ?? 0)));
  const { number, unit } = quantity(most);
  // Small ones would be told as none beside hundreds.
  const digits = Math.max(unit === 'W' ? 0 : 1, number.split('.')[1]?.length ?? 0);
  const factor = unit === 'kW' || unit === 'MWh' ? 1000 : 1;
  return (value) => ({ number: value === null ? NOTHING : decimal(value / factor, digits), unit });
}

/** How many decimals marks that far apart need, so that none is rounded. */
export function decimalsFor(stepSize: number): number {
  for (let digits = 0; digits < 4; digits++) {
    const scaled = stepSize * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return digits;
  }
  return 4;
}

export function percent(share: number | null | undefined): Quantity {
  return { number: typeof share === 'number' ? decimal(share * 100, 0) : NOTHING, unit: '%' };
}

export function text({ number, unit }: Quantity): string {
  return unit === '' || number === NOTHING ? number : `${number}${SPACE}${unit}`;
}

const DIGITS: Readonly<Record<string, number>> = { V: 1, A: 1, Hz: 2, '°C': 0, '%': 1, dBm: 0 };
/** Volts with so many decimals are told in millivolts where they are less than one. */
const MILLIVOLT_DECIMALS = 3;

/** Of a field or a setting: all that its value needs to be written. */
export interface Measured {
  readonly unit: string;
  readonly decimals?: number | null | undefined;
}

/** Any value of the field table. */
export function quantity({ unit, decimals }: Measured, value: number | string | boolean | null | undefined): Quantity {
  if (typeof value === 'boolean') return { number: value ? texts.yes : texts.no, unit: '' };
  if (value === null || value === undefined || value === '') return { number: NOTHING, unit };
  if (typeof value === 'string') return { number: value, unit };
  if (unit === 'W') return power(value);
  if (unit === 'kWh') return energy(value);
  if (unit === 'V' && decimals === MILLIVOLT_DECIMALS && Math.abs(value) < 1) {
    return { number: decimal(value * 1000, 0), unit: 'mV' };
  }
  const digits = decimals ?? DIGITS[unit];
  if (digits === undefined) return { number: String(value).replace('-', '−'), unit };
  return { number: decimal(value, Number.isInteger(value) && unit === '%' ? 0 : digits), unit };
}

export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  const scaled = size / 1000 ** step;
  return `${decimal(scaled, step === 0 || scaled >= 100 ? 0 : 1)}${SPACE}${units[step]}`;
}

export function count(value: number): string {
  return value.toLocaleString(LOCALE).replaceAll(',', THIN);
}

/** The two largest parts: 4 s, 12 min, 2 h 5 min, 3 d 4 h. */
export function duration(seconds: number): string {
  const exact = Math.max(0, Math.round(seconds));
  // To the last part that is told: 9 h 59 min 59 s are ten hours.
  const finest = exact >= 86_400 ? 3600 : exact >= 3600 ? 60 : 1;
  const whole = Math.round(exact / finest) * finest;
  const sizes = [
    [86_400, texts.units.day],
    [3600, texts.units.hour],
    [60, texts.units.minute],
    [1, texts.units.second],
  ] as const;
  const first = sizes.findIndex(([size]) => whole >= size);
  if (first === -1) return `0${SPACE}${texts.units.second}`;
  const parts: string[] = [];
  let rest = whole;
  // Minutes and seconds together would only flicker: from a minute on, minutes.
  const last = first === 2 ? 2 : Math.min(first + 1, 3);
  for (const [size, unit] of sizes.slice(first, last + 1)) {
    const number = Math.floor(rest / size);
    rest -= number * size;
    if (number > 0) parts.push(`${number}${SPACE}${unit}`);
  }
  return parts.join(' ');
}

/** With the sign, for clocks, to the nearest minute from one on: +3 s, −1 h. */
export function signedDuration(seconds: number): string {
  const size = Math.abs(seconds);
  return `${seconds < 0 ? '−' : '+'}${duration(size < 60 ? size : Math.round(size / 60) * 60)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone, hourCycle: 'h23' });
  formats.set(key, made);
  return made;
}

const STYLES = {
  time: { hour: '2-digit', minute: '2-digit' },
  timeSeconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  dayLong: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  dayTitle: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  weekdayTime: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  dayTick: { weekday: 'short', day: 'numeric' },
  dayMonthYear: { day: 'numeric', month: 'long', year: 'numeric' },
  dayMonth: { day: 'numeric', month: 'short' },
  month: { month: 'short' },
  monthLong: { month: 'long', year: 'numeric' },
  year: { year: 'numeric' },
  full: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  fullSeconds: {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type TimeStyle = keyof typeof STYLES;

/** Of an hour that comes twice, where summer time ends, the first is A, the second B. */
export function clockTime(time: number, zone: string, style: TimeStyle): string {
  const text = formatOf(zone, STYLES[style]).format(time * 1000);
  const which = 'hour' in STYLES[style] ? repeatOf(time, zone) : null;
  return which === null ? text : `${text}${SPACE}${which}`;
}

/** From the first to the last moment inside, without saying twice what both share. */
export function timeRange(from: number, to: number, zone: string, style: TimeStyle): string {
  const isRepeated = 'hour' in STYLES[style] && [from, to].some((time) => repeatOf(time, zone) !== null);
  if (isRepeated) return `${clockTime(from, zone, style)}${SPACE}– ${clockTime(to, zone, style)}`;
  return formatOf(zone, STYLES[style]).formatRange(from * 1000, to * 1000);
}
