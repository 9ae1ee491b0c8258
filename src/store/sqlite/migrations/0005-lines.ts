/**
 * Lines of the journal as the fourth shape wrote them, for the migration that puts them into tables. What the program writes
 * later may change; this may not.
 */
import { createHash } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import { READING_KINDS, type ReadingKind, type Value } from '../../../model.ts';

/** The columns of each kind, in the order of the values of a line. */
export type LineLayout = Readonly<Record<ReadingKind, readonly string[]>>;

type OlderJournalLine = [
  battery: number,
  kind: number,
  time: number | null,
  batteryTime: number | null,
  receivedMs: number,
  form: number | null,
  rest: Readonly<Record<string, string | null>> | null,
  ...values: Value[],
];
const VALUES_FROM = 7;

/** The columns of a line's row, and its table. @param layout null where the values have no names */
export function valuesOfLine(
  text: string,
  layout: LineLayout | null,
): { kind: ReadingKind; columns: ReadonlyMap<string, SQLInputValue> } {
  const line = JSON.parse(text) as OlderJournalLine;
  const [battery, kindIndex, time, batteryTime, receivedMs, form, rest] = line;
  const kind = READING_KINDS[kindIndex] as ReadingKind;
  const columns = new Map<string, SQLInputValue>([
    ['battery', battery],
    ['time', time],
    ['battery_time', batteryTime],
    ['received_at', receivedMs],
    ['form', form],
    ['rest', rest === null ? null : JSON.stringify(rest)],
  ]);
  const names = layout?.[kind] ?? [];
  line.slice(VALUES_FROM).forEach((value, index) => {
    const name = names[index];
    if (name !== undefined) columns.set(name, value as Value);
  });
  return { kind, columns };
}

/** 96 bits of SHA-256 of the battery's time, the arrival where there is none, the values and the rest; in base64. */
export function digestOfLine(text: string): string {
  const [, , , batteryTime, receivedMs, , rest, ...values] = JSON.parse(text) as OlderJournalLine;
  const content = JSON.stringify([batteryTime, batteryTime === null ? receivedMs : null, values, rest]);
  return createHash('sha256').update(content).digest('base64').slice(0, 16);
}
