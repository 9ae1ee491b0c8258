/**
 * Room on a disk, before it is needed.
 */
import { StoreError } from '../store.ts';
import { freeBytes } from './files.ts';

/** What an automatic backup leaves free on the disk that the server keeps its readings on: some weeks of them. */
export const RESERVE_BYTES = 64 * 1024 * 1024;
/** What is left free by what the owner has asked for: a log of the database, and some. */
export const WORKING_BYTES = 16 * 1024 * 1024;

/**
 * @param what is to be written, as the beginning of a sentence
 * @throws StoreError STORE_NO_SPACE if less than `needed` bytes are free on the disk of a folder
 */
export function refuseLackOfSpace(folder: string, needed: number, what: string): void {
  const free = freeBytes(folder);
  if (free >= needed) return;
  const figures = `${what} needs ${inMegabytes(needed)} free, and ${inMegabytes(free)} are`;
  throw new StoreError('STORE_NO_SPACE', `${figures}: make room, or use another disk`);
}

/** `458 MB`, upwards: who makes that much room has enough. */
export function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en-GB')} MB`;
}
