/**
 * Where what is kept is read: the one place that knows which store it is.
 */
import { type DataPlace, damageOf } from './backup/way-back.ts';
import type { ReaderSource, StoreReader } from './reader.ts';
import { PromisedReader } from './sqlite/reading/promised-reader.ts';
import { SqliteReader } from './sqlite/reading/reader.ts';

/** @param place the data folder, and the folder of its backups, which an error names */
export function readerSource(place: DataPlace): ReaderSource {
  return {
    openReader: async (): Promise<StoreReader> => new PromisedReader(new SqliteReader(place.data)),
    damageOf: (error) => damageOf(error, place),
  };
}
