/**
 * The order in which this version of the program writes the values of a reading.
 */
import { READING_KINDS } from '../../model.ts';
import { readingColumns } from './file/schema.ts';
import type { Layout } from './journal.ts';

export const LAYOUT: Layout = Object.fromEntries(READING_KINDS.map((kind) => [kind, readingColumns(kind)])) as Layout;
