/**
 * What the server says on a terminal: one aligned line per reading, event or problem. Text in, text out.
 */
import type { Value } from '../model.ts';
import { visible } from '../privacy/visible.ts';
import type { Unit } from '../protocol/fields/field.ts';
import { READING_FIELDS } from '../protocol/fields/fields.ts';

const ESC = '\u001b[';
const RESET = `${ESC}0m`;

/** One colour per thing, everywhere the same: sun amber, battery green, grid blue, house neutral, red for warnings only. */
const COLOURS = { sun: '33', battery: '32', grid: '34', house: '39', warning: '31', quiet: '2' } as const;
export type Colour = keyof typeof COLOURS;

/** Paints text, or leaves it plain where the output takes no colour. */
export type Painter = (colour: Colour, text: string) => string;

export const painted: Painter = (colour, text) => `${ESC}${COLOURS[colour]}m${text}${RESET}`;
export const plain: Painter = (_colour, text) => text;

/** What a live line shows. */
export interface LiveView {
  readonly time: string;
  readonly battery: string;
  /** By our names, in their units. */
  readonly values: Readonly<Record<string, Value>>;
}

const NAME_WIDTH = 10;
const NUMBER_WIDTH = 6;
/** Less is noise of the meter, and no flow. */
const IDLE_WATTS = 10;

/** Those of the field table that are told in a line, in its order. */
const BRIEF_FIELDS = READING_FIELDS.flatMap(({ name, unit, brief }) =>
  brief === undefined ? [] : [{ name, unit, ...brief }],
);

/** `11:00:35  b3f1c2      PV  5,995 W  grid  3,500 W out  battery  1,848 W charging     load    347 W   62.4 %` */
export function liveLine({ time, battery, values }: LiveView, paint: Painter): string {
  const parts = BRIEF_FIELDS.map(({ name, unit, label, thing, ways }) => {
    const value = values[name] ?? null;
    const amount = ways === undefined ? quantity(value, unit) : flow(value, unit, ways);
    return paint(thing, label === '' ? amount : `${label} ${amount}`);
  });
  return [`${paint('quiet', time)}  ${fit(battery, NAME_WIDTH)}`, ...parts].join('  ');
}

/** `11:00:40  b3f1c2      lost the connection to the server` */
export function noteLine(time: string, battery: string, text: string, warning: boolean, paint: Painter): string {
  const line = visible(text);
  return `${paint('quiet', time)}  ${fit(battery, NAME_WIDTH)}  ${warning ? paint('warning', line) : line}`;
}

function fit(text: string, width: number): string {
  const line = visible(text);
  return line.length > width ? `${line.slice(0, width - 1)}…` : line.padEnd(width);
}

/** A number in the width of its unit's greatest. */
function quantity(value: Value, unit: Unit): string {
  if (unit === '%') return (typeof value === 'number' ? `${value.toFixed(1)} %` : '– %').padStart(NUMBER_WIDTH + 1);
  // Adding 0 takes the minus from a rounded −0.3.
  const number = typeof value === 'number' ? (Math.round(value) + 0).toLocaleString('en-US') : '–';
  return `${number.padStart(NUMBER_WIDTH)} ${unit}`;
}

/** A signed power as its size and its direction in words. */
function flow(value: Value, unit: Unit, [positive, negative]: readonly [string, string]): string {
  const width = Math.max(positive.length, negative.length);
  if (typeof value !== 'number') return `${quantity(null, unit)} ${''.padEnd(width)}`;
  const direction = Math.abs(value) < IDLE_WATTS ? 'idle' : value > 0 ? positive : negative;
  return `${quantity(Math.abs(value), unit)} ${(direction.length > width ? '' : direction).padEnd(width)}`;
}
