/**
 * What a line of the log says of a live reading. Of thousands a second few lines are written, so all of it is worked out where it
 * is asked for.
 */
import type { LiveReport } from '../log/log.ts';
import type { ReadingRecord, Value } from '../model.ts';
import { columnsOf } from '../protocol/fields/fields.ts';

const COLUMNS = columnsOf('live');
/** Letters of what a peer may put into a line; the whole is kept and can be exported. */
export const LONGEST_WORDS = 120;

/** @param nameOf tells how its owner calls the battery */
export function liveReport(record: ReadingRecord, nameOf: () => string): LiveReport {
  return {
    get battery() {
      return nameOf();
    },
    time: record.time ?? Math.floor(record.receivedMs / 1000),
    values: () => valuesOf(record),
  };
}

/** By our names, as they go into a line. */
function valuesOf({ values }: ReadingRecord): Record<string, Value> {
  const named = COLUMNS.map((field, index): [string, Value] => [field.name, shortened(values[index])]);
  return Object.fromEntries(named.filter(([, value]) => value !== null));
}

function shortened(value: Value = null): Value {
  return typeof value === 'string' ? value.slice(0, LONGEST_WORDS) : value;
}
