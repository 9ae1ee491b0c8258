/**
 * A reading on its way to its place: what a commit writes (decision 0003), short enough that many fit one page.
 */
import { READING_KINDS, type ReadingKind, type Rest, type Value } from '../../model.ts';

/** A reading by the store's own keys. `form` is a key of `wire_form`. */
export interface KeyedReading {
  readonly battery: number;
  readonly kind: ReadingKind;
  /** UTC, Unix seconds; null only for what waits in `undated`. */
  readonly time: number | null;
  readonly batteryTime: number | null;
  readonly receivedMs: number;
  readonly form: number | null;
  readonly values: readonly Value[];
  readonly rest: Rest | null;
}

/** A reading of a row of the journal. */
export interface JournalReading {
  readonly seq: number;
  readonly reading: KeyedReading;
}

type JournalLine = [
  battery: number,
  kind: number,
  time: number | null,
  batteryTime: number | null,
  receivedMs: number,
  form: number | null,
  rest: Rest | null,
  ...values: Value[],
];
const VALUES_FROM = 7;

export function toLine(reading: KeyedReading): JournalLine {
  const { battery, kind, time, batteryTime, receivedMs, form, rest, values } = reading;
  return [battery, READING_KINDS.indexOf(kind), time, batteryTime, receivedMs, form, rest, ...values];
}

/** More readings in one commit (history that has just been dated) are several rows, so that none is large. */
export const JOURNAL_ROW = 250;

/** What one commit made durable, as the text of one row. */
export function toJournal(readings: readonly KeyedReading[]): string {
  return JSON.stringify(readings.map(toLine));
}

/** The columns, by kind, in whose order a journal was written: an update of the program may have changed it since. */
export type Layout = Readonly<Record<ReadingKind, readonly string[]>>;

/**
 * Reads a journal row written in the order of `written` into the order of `present`.
 */
export function fromJournal(text: string, written: Layout, present: Layout): KeyedReading[] {
  return (JSON.parse(text) as JournalLine[]).map((line) => fromLine(line, written, present));
}

export function fromLine(line: JournalLine, written: Layout, present: Layout): KeyedReading {
  const [battery, kindIndex, time, batteryTime, receivedMs, form, rest] = line;
  const kind = READING_KINDS[kindIndex] as ReadingKind;
  const values = reorder(line.slice(VALUES_FROM) as Value[], written[kind], present[kind]);
  return { battery, kind, time, batteryTime, receivedMs, form, rest, values };
}

function reorder(values: readonly Value[], written: readonly string[], present: readonly string[]): readonly Value[] {
  if (written === present || written.join() === present.join()) return values;
  return present.map((name) => values[written.indexOf(name)] ?? null);
}
