/**
 * Changes of each battery's settings: what was wanted, and how far it has come.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type ControlChange, type ControlRecord, Private } from '../../model.ts';

/** Of one battery; beyond, the oldest go: years of them, at ten a day. */
const MOST_KEPT = 5000;
/** So many, the newest, are brought along when a battery is heard for the first time. */
const MOST_RECENT = 50;

/** As it is kept: frames in base 64. */
type SaidChange = Omit<ControlChange, 'frames'> & {
  readonly frames: readonly { readonly atMs: number; readonly isOurs: boolean; readonly bytes: string }[];
};

export class ControlChanges {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** Within the caller's transaction. @param battery its key */
  keep(battery: number, { change }: ControlRecord): void {
    const { number, holds, frames } = change;
    const said: SaidChange = {
      ...change,
      frames: frames.map(({ bytes, ...frame }) => ({
        ...frame,
        bytes: Buffer.from(bytes.reveal()).toString('base64'),
      })),
    };
    this.#sql.insert.run(battery, number, Number(holds), JSON.stringify(said));
    this.#sql.trim.run(battery, number - MOST_KEPT);
  }

  /** The newest, and those before them that the battery may have, oldest first. @param battery its key */
  of(battery: number): ControlChange[] {
    return this.#sql.of.all(battery, battery, MOST_RECENT).map((row) => toChange(String(row.said)));
  }

  /** How a battery last told that it is set, and when. @param battery its key */
  reportedBy(battery: number): { readonly text: Private<string>; readonly receivedMs: number } | null {
    const row = this.#sql.reported.get(battery);
    return row === undefined ? null : { text: new Private(String(row.text)), receivedMs: Number(row.last_received_at) };
  }
}

function toChange(said: string): ControlChange {
  const { frames, ...change } = JSON.parse(said) as SaidChange;
  const asBytes = (text: string) => new Private(new Uint8Array(Buffer.from(text, 'base64')));
  return { ...change, frames: frames.map(({ bytes, ...frame }) => ({ ...frame, bytes: asBytes(bytes) })) };
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    insert: sql('INSERT OR REPLACE INTO control_change (battery, number, holds, said) VALUES (?, ?, ?, ?)'),
    trim: sql('DELETE FROM control_change WHERE battery = ? AND number <= ? AND holds = 0'),
    of: sql(
      `SELECT said FROM control_change WHERE battery = ?
       AND (holds = 1 OR number > (SELECT max(number) FROM control_change WHERE battery = ?) - ?) ORDER BY number`,
    ),
    reported: sql('SELECT text, last_received_at FROM configuration WHERE battery = ? ORDER BY key DESC LIMIT 1'),
  };
}
