/**
 * Where what is kept is read: the one place that knows which store it is.
 */
import { type DataPlace, damageOf } from './backup/way-back.ts';
import { Calendar } from './energy/calendar.ts';
import type { ReaderSource, StoreReader } from './reader.ts';
import type { CalendarFor } from './sqlite/reading/energy-reader.ts';
import { PromisedReader } from './sqlite/reading/promised-reader.ts';
import { SqliteReader } from './sqlite/reading/reader.ts';

/** A reader is opened for each question, and a house has one time zone. */
function keptCalendar(): CalendarFor {
  let last: Calendar | null = null;
  return (zone) => {
    if (last?.zone !== zone) last = new Calendar(zone);
    return last;
  };
}

/** @param place the data folder, and the folder of its backups, which an error names */
export function readerSource(place: DataPlace): ReaderSource {
  const calendarFor = keptCalendar();
  return {
    openReader: async (): Promise<StoreReader> => new PromisedReader(new SqliteReader(place.data, calendarFor)),
    damageOf: (error) => damageOf(error, place),
  };
}
