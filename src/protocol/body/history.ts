/**
 * What may stand in the columns of history (1,1,12): needed for rows whose cells are not as many as the names. By the field
 * table, and as narrow as is safe: a column that takes anything does not tell where its cell is.
 */

import type { FieldReader } from '../fields/field.ts';
import { fieldsOnWire } from '../fields/fields.ts';
import { isSerial } from '../serial.ts';
import type { ColumnRule } from './alignment.ts';
import { parseBatteryTime } from './battery-time.ts';
import { lenientNumber, plainDecimals } from './decimal.ts';
import { isNoValue } from './no-value.ts';

/** Captured numbers begin with letters; what could be a value is none here. */
const LETTER = /[A-Za-z]/;
const FLAG = /^(?:|0|1|true|false)$/i;
/** Strength and error rate, 99 where not known (3GPP TS 27.007, 8.5). */
const SIGNAL_PART = /^\d{1,2}$/;

function isNumber(cell: string): boolean {
  return cell === '' || lenientNumber(cell) !== null || isNoValue(cell);
}

function isPacked(cell: string): boolean {
  return cell === '' || plainDecimals(cell) === 0 || isNoValue(cell);
}

function isDate(cell: string): boolean {
  return parseBatteryTime(`${cell} 00:00:00`) !== null;
}

/** With its date or, where that is a column of its own, without. */
function isTime(cell: string): boolean {
  return parseBatteryTime(cell) !== null || parseBatteryTime(`2000/01/01 ${cell}`) !== null;
}

/** A value in which no comma can be. */
function alone(takes: ColumnRule['takes'], mayLack: boolean): ColumnRule {
  return { takes, joins: () => false, hasCommas: false, mayLack };
}

/** A number: a comma may part it from its decimals, where the controller's language has it so. */
function numeric(takes: ColumnRule['takes']): ColumnRule {
  const joins = (cells: readonly string[]) => cells.length === 2 && cells.every(takes);
  return { takes, joins, hasCommas: false, mayLack: true };
}

const ANYTHING: ColumnRule = { takes: () => true, joins: () => true, hasCommas: false, mayLack: true };
const PACKED = numeric(isPacked);
const COLUMNS: Partial<Record<FieldReader, ColumnRule>> = {
  date: alone(isDate, false),
  time: alone(isTime, false),
  serial: alone((cell) => isSerial(cell) && LETTER.test(cell) && !isNumber(cell), true),
  text: ANYTHING,
  flag: alone((cell) => FLAG.test(cell), true),
  number: numeric(isNumber),
};
/** `CSQ`, `99,99` in 1,1,5 (captured): two columns of a table without quotes. */
const SIGNAL: ColumnRule = {
  takes: (cell) => cell === '' || SIGNAL_PART.test(cell),
  joins: (cells) => cells.length === 2 && cells.every((cell) => SIGNAL_PART.test(cell)),
  hasCommas: true,
  mayLack: true,
};

/** What may stand in the column of that name. */
export function historyColumn(name: string): ColumnRule {
  const fields = fieldsOnWire(name);
  if (fields.some((field) => field.name === 'cellular_signal')) return SIGNAL;
  const field = fields.find((one) => one.in.includes('history'));
  return field === undefined ? ANYTHING : (COLUMNS[field.read] ?? PACKED);
}
