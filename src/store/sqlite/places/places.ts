/**
 * Where a reading is kept: at the second it was dated to, under an ordinal (decision 0013). What folds readings and what
 * reads them before they are folded both ask here, so that they agree.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ReadingKind, Rest, Value } from '../../../model.ts';
import { readingColumns } from '../file/schema.ts';

/** What a reading says, and when it came. */
export interface SaidReading {
  readonly batteryTime: number | null;
  readonly receivedMs: number;
  readonly values: readonly Value[];
  readonly rest: Rest | null;
}

/**
 * What makes a reading the one it is, apart from its battery and kind: the battery's time and the values. One without a
 * battery time is told apart by its arrival.
 */
export function contentOf({ batteryTime, receivedMs, values, rest }: SaidReading): string {
  return JSON.stringify([batteryTime, batteryTime === null ? receivedMs : null, values, rest]);
}

/** Stands for a content in an index: 96 bits of SHA-256, in base64. */
export function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('base64').slice(0, DIGEST_LENGTH);
}
const DIGEST_LENGTH = 16;

/** A reading says what one at its second says, which arrived then (Unix ms); or it has an ordinal of its own there. */
export type Placement = { readonly repeats: number } | { readonly ordinal: number };

/** The places of one kind, as the database has them. Where one is taken at a second, ordinal 0 is. */
export class Places {
  readonly #first: StatementSync;
  readonly #other: StatementSync;
  readonly #last: StatementSync;
  readonly #sameTime: StatementSync;

  /**
   * @param columns in the order of the values of a reading; or what stands for one that the file lacks
   * @param isNumbered whether the file knows ordinals: one of an older version does not
   */
  constructor(
    db: DatabaseSync,
    kind: ReadingKind,
    columns: readonly string[] = readingColumns(kind),
    isNumbered = true,
  ) {
    const at = `FROM reading_${kind} WHERE battery = ? AND time = ?`;
    const numbered = (ordinal: string) => (isNumbered ? ordinal : '0');
    this.#first = db.prepare(
      `SELECT battery_time, received_at, rest, ${columns.join()} ${at} AND ${numbered('ordinal')} = 0`,
    );
    this.#first.setReturnArrays(true);
    this.#other = db.prepare(
      `SELECT received_at ${at} AND ${numbered('ordinal')} > 0 AND ${isNumbered ? 'said' : 'NULL'} = ?`,
    );
    this.#last = db.prepare(`SELECT max(${numbered('ordinal')}) AS ordinal ${at}`);
    this.#sameTime = db.prepare(`SELECT 1 ${at} AND battery_time = ? LIMIT 1`);
  }

  /** Where a reading belongs at a second, Unix seconds. */
  of(battery: number, second: number, reading: SaidReading): Placement {
    const [repeats] = this.arrivals(battery, second, reading);
    return repeats === undefined ? { ordinal: this.nextOrdinal(battery, second) } : { repeats };
  }

  /** When those arrived that stand at a second and say the same as a reading, Unix ms. */
  arrivals(battery: number, second: number, reading: SaidReading): number[] {
    const first = this.#firstAt(battery, second);
    if (first === null) return [];
    const content = contentOf(reading);
    const others = this.#other.all(battery, second, digestOf(content)).map((row) => Number(row.received_at));
    return contentOf(first) === content ? [first.receivedMs, ...others] : others;
  }

  /** The ordinal of the next at a second. */
  nextOrdinal(battery: number, second: number): number {
    const last = this.#last.get(battery, second)?.ordinal ?? null;
    return last === null ? 0 : Number(last) + 1;
  }

  /** Whether a second holds a reading of the same time of the battery. */
  hasTime(battery: number, second: number, batteryTime: number): boolean {
    return this.#sameTime.get(battery, second, batteryTime) !== undefined;
  }

  #firstAt(battery: number, second: number): SaidReading | null {
    const row = this.#first.get(battery, second) as unknown as
      | [batteryTime: number | null, receivedMs: number, rest: string | null, ...values: Value[]]
      | undefined;
    if (row === undefined) return null;
    const [batteryTime, receivedMs, rest, ...values] = row;
    return { batteryTime, receivedMs, values, rest: rest === null ? null : JSON.parse(rest) };
  }
}

/**
 * Has the first of the others become the value of each second from `:from` to `:to` of `:battery` that has lost its own.
 */
export function advanceStatement(db: DatabaseSync, kind: ReadingKind): StatementSync {
  return db.prepare(
    `UPDATE reading_${kind} AS other SET ordinal = 0
     WHERE battery = :battery AND time BETWEEN :from AND :to AND ordinal > 0
     AND ordinal = (SELECT min(ordinal) FROM reading_${kind} WHERE battery = other.battery AND time = other.time)`,
  );
}
