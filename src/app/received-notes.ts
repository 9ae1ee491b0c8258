/**
 * What came besides live readings, as lines at `debug`: that of a message each, by its battery and command.
 */
import { counted } from '../counted.ts';
import { type Note, utc } from '../log/log.ts';
import type { Private, ReadingRecord, StoreRecord } from '../model.ts';

/** @param nameOf tells how its owner calls a battery */
export function receivedNotes(
  records: readonly StoreRecord[],
  nameOf: (battery: Private<string>) => string | undefined,
): Note[] {
  const notes: Note[] = [];
  const history = new Map<string, ReadingRecord[]>();
  for (const record of records) {
    if (record.type === 'configuration') notes.push(note('1,1,4', 'its configuration', nameOf(record.battery)));
    if (record.type !== 'reading') continue;
    if (record.kind === 'detail') notes.push(note('1,1,5', `details${timeOf(record)}`, nameOf(record.battery)));
    if (record.kind === 'history') groupOf(history, record.battery.reveal()).push(record);
  }
  for (const rows of history.values()) {
    const [first, last] = [rows[0] as ReadingRecord, rows.at(-1) as ReadingRecord];
    const span = rows.length === 1 ? timeOf(first) : spanOf(first, last);
    notes.push(note('1,1,12', `${counted(rows.length, 'row')} of history${span}`, nameOf(first.battery)));
  }
  return notes;
}

function note(command: string, text: string, battery: string | undefined): Note {
  return { level: 'debug', code: 'received', kind: command, text: `${command}: ${text}`, battery };
}

function groupOf<T>(groups: Map<string, T[]>, name: string): T[] {
  const group = groups.get(name) ?? [];
  groups.set(name, group);
  return group;
}

/** Empty while the battery's clock is not known. */
function timeOf({ time }: ReadingRecord): string {
  return time === null ? '' : ` of ${utc(time)}`;
}

function spanOf(first: ReadingRecord, last: ReadingRecord): string {
  return first.time === null || last.time === null ? '' : ` from ${utc(first.time)} to ${utc(last.time)}`;
}
