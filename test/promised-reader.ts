/**
 * What web and command line are handed to read with, on a data folder.
 */

import { onTestFinished } from 'vitest';
import { placeOf } from '../src/store/backup/way-back.ts';
import type { StoreReader } from '../src/store/reader.ts';
import { readerSource } from '../src/store/reader-source.ts';

/** Closed when the test has finished. */
export async function readerOf(folder: string): Promise<StoreReader> {
  const reader = await readerSource(placeOf(folder)).openReader();
  onTestFinished(() => reader.close());
  return reader;
}
