/**
 * What the server says on a terminal: one aligned line per reading, event or problem. Text in, text out.
 */
import type { Value } from '../model.ts';
import { visible } from '../privacy/visible.ts';
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

/** Columns of a terminal. */
const WIDTH = 80;
const NAME_WIDTH = 8;
const NUMBER_WIDTH = 5;
const PERCENT_WIDTH = 6;
/** Less is noise of the meter, and no flow. */
const IDLE_WATTS = 10;

/** Those of the field table that are told in a line, in its order. */
const BRIEF_FIELDS = READING_FIELDS.flatMap(({ name, unit, brief }) =>
  brief === undefined ? [] : [{ name, unit, ...brief }],
);
/** A unit stands behind the last value that has it: behind each, the line would not fit a terminal. */
const LAST_OF_UNIT = new Map(BRIEF_FIELDS.map(({ name, unit }) => [unit, name]));

/** `11:00:35 b3f1c2   PV  5995  export  3500  charge     1848  load   347 W  62.4 %`, powers in watts */
export function liveLine({ time, battery, values }: LiveView, paint: Painter): string {
  const parts = BRIEF_FIELDS.map(({ name, unit, label, thing, ways }) => {
    const value = values[name] ?? null;
    const word = ways === undefined ? label : wordOf(value, label, ways);
    const amount = unit === '%' ? percent(value) : quantity(ways === undefined ? value : size(value));
    const part = unit !== '%' && LAST_OF_UNIT.get(unit) === name ? `${amount} ${unit}` : amount;
    return paint(thing, word === '' ? part : `${word} ${part}`);
  });
  return `${paint('quiet', time)} ${fit(battery, NAME_WIDTH)} ${parts.join('  ')}`;
}

/**
 * `11:00:40 b3f1c2   connection 1 closed`; without a battery the text begins where its name would.
 * @param isBroken whether a text that is wider than a terminal goes on in further lines, below its beginning
 */
export function noteLine(view: NoteView, paint: Painter, isBroken: boolean): string {
  const { time, battery, isWarning } = view;
  const name = battery === '' ? '' : `${fit(battery, NAME_WIDTH)} `;
  const indent = time.length + 1 + name.length;
  const text = visible(view.text);
  const lines = isBroken ? brokenAtSpaces(text, WIDTH - indent) : [text];
  const shown = lines.map((line) => (isWarning ? paint('warning', line) : line));
  return `${paint('quiet', time)} ${name}${shown.join(`\n${''.padEnd(indent)}`)}`;
}

/** What a line that tells something shows. */
export interface NoteView {
  readonly time: string;
  /** Empty where it is of none. */
  readonly battery: string;
  readonly text: string;
  readonly isWarning: boolean;
}

/** A word that is longer (a path, a link) stays whole. */
function brokenAtSpaces(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function fit(text: string, width: number): string {
  const line = visible(text);
  return line.length > width ? `${line.slice(0, width - 1)}…` : line.padEnd(width);
}

function percent(value: Value): string {
  const number = typeof value === 'number' ? value.toFixed(1).replace('100.0', '100') : '–';
  return `${number} %`.padStart(PERCENT_WIDTH);
}

/** Rounded, in the width of the greatest that a house has. */
function quantity(value: Value): string {
  // Adding 0 takes the minus from a rounded −0.3.
  const number = typeof value === 'number' ? String(Math.round(value) + 0) : '–';
  return number.padStart(NUMBER_WIDTH);
}

function size(value: Value): Value {
  return typeof value === 'number' ? Math.abs(value) : null;
}

/** The direction of a signed power; its name where it has none. */
function wordOf(value: Value, label: string, [positive, negative]: readonly [string, string]): string {
  const width = Math.max(label.length, positive.length, negative.length);
  const isFlow = typeof value === 'number' && Math.abs(value) >= IDLE_WATTS;
  return (!isFlow ? label : value > 0 ? positive : negative).padEnd(width);
}
