/**
 * What is shown of a reading where something in it could not be read, or cannot be: the last good value, and of when that is.
 */
import type { ReadingKind, Rest, Value } from '../model.ts';
import { columnsOf, fieldsOnWire } from '../protocol/fields/fields.ts';

/** Values in the order of `columnsOf(kind)`, some of them of before. */
export interface Filled {
  readonly columns: readonly Value[];
  /** Of which moment the value of a column is, Unix ms, where that is before the reading's. */
  readonly heldMs: ReadonlyMap<number, number>;
}

export const NONE_HELD: Filled['heldMs'] = new Map();

/**
 * Fills in what a reading had no good value of. What is worked out of such a value is held with it; what the battery did not
 * mention stays without.
 * @param rest texts under the vendor's names: those of known fields had no good value
 * @param before what was shown, and of when
 */
export function filled(
  kind: ReadingKind,
  columns: readonly Value[],
  rest: Rest | null,
  before: (Filled & { readonly timeMs: number }) | null,
): Filled {
  if (rest === null || before === null) return { columns, heldMs: NONE_HELD };
  const fields = columnsOf(kind);
  const named = new Set(Object.keys(rest).flatMap((key) => fieldsOnWire(key)));
  const isLost = fields.map((field, column) => columns[column] === null && named.has(field));
  if (!isLost.includes(true)) return { columns, heldMs: NONE_HELD };
  const heldMs = new Map<number, number>();
  const shown = columns.map((value, column) => {
    const last = before.columns[column] ?? null;
    const mayHold = isLost[column] === true || fields[column]?.read === 'derived';
    if (value !== null || last === null || !mayHold) return value;
    heldMs.set(column, before.heldMs.get(column) ?? before.timeMs);
    return last;
  });
  return { columns: shown, heldMs };
}
