/**
 * Which parts of sums (strings, phases) a battery was heard to have lately, for a session that has just begun. A few readings
 * of its last day tell: a part may be unreadable in the newest.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type KnownPart, READING_KINDS, type ReadingKind, type Value } from '../../model.ts';
import type { Field } from '../../protocol/fields/field.ts';
import { columnsOf } from '../../protocol/fields/fields.ts';
import { isPlausible } from '../../protocol/fields/plausible.ts';
import { byKey } from './by-key.ts';

/** How long before the newest readings are looked at, s: a dozen look-ups a battery. */
const BEFORE = [0, 3600, 6 * 3600, 23 * 3600];

export class KnownParts {
  readonly #powers: Readonly<Record<ReadingKind, readonly Field[]>>;
  readonly #rows: Readonly<Record<ReadingKind, StatementSync>>;

  constructor(db: DatabaseSync) {
    this.#powers = byKey(READING_KINDS, (kind) =>
      columnsOf(kind).filter((field) => field.kind === 'power' && field.read === 'number'),
    );
    this.#rows = byKey(READING_KINDS, (kind) => {
      const columns = ['time', 'received_at', ...this.#powers[kind].map(({ name }) => name)];
      const statement = db.prepare(
        `SELECT ${columns.join()} FROM reading_${kind} WHERE battery = ? AND time <= ? ORDER BY time DESC LIMIT 1`,
      );
      statement.setReturnArrays(true);
      return statement;
    });
  }

  /** @param battery its key */
  of(battery: number): KnownPart[] {
    return READING_KINDS.flatMap((kind) => this.#ofKind(kind, battery));
  }

  #ofKind(kind: ReadingKind, battery: number): KnownPart[] {
    const newest = this.#rowAt(kind, battery, Number.MAX_SAFE_INTEGER);
    if (newest === null) return [];
    const rows = BEFORE.map((seconds) => this.#rowAt(kind, battery, newest[0] - seconds)).filter((row) => row !== null);
    return rows.flatMap(([, receivedMs, ...values]) =>
      this.#powers[kind]
        .filter((field, index) => typeof values[index] === 'number' && isPlausible(field, values[index]))
        .map(({ name }) => ({ kind, name, receivedMs })),
    );
  }

  #rowAt(kind: ReadingKind, battery: number, time: number): [time: number, receivedMs: number, ...Value[]] | null {
    return (this.#rows[kind].get(battery, time) as unknown as [number, number, ...Value[]] | undefined) ?? null;
  }
}
