/**
 * Has readings of a battery dated anew, by the running server or on a store that no server uses (decision 0028).
 */
import { type ClockCorrection, type ClockRecord, Private, type StoreRecord } from '../model.ts';
import type { Store } from '../store/store.ts';

export interface RedaterParts {
  readonly store: Pick<Store, 'serialOf' | 'idOf'>;
  /** Keeps these, for good. */
  keep(records: readonly StoreRecord[]): void;
  /** Unix milliseconds. */
  wallMs(): number;
}

export class Redater {
  readonly #parts: RedaterParts;

  constructor(parts: RedaterParts) {
    this.#parts = parts;
  }

  /** @returns whether there is such a battery; what is to be done is done in strokes */
  async correct(id: string, corrections: readonly ClockCorrection[]): Promise<boolean> {
    const { store, keep, wallMs } = this.#parts;
    const serial = await store.serialOf(id);
    if (serial === null || store.idOf(serial.reveal()) === undefined) return false;
    keep([recordOf(serial, corrections, wallMs())]);
    return true;
  }
}

/** A store that no server uses. */
interface RedatableStore {
  commit(records: readonly StoreRecord[]): void;
  readonly jobs: number;
  work(maxRows: number): void;
  readonly backlog: { readonly rows: number };
  fold(maxRows: number): void;
}

const STROKE = 1000;

/** Does it to its end, roll-ups and energies with it. */
export function redateAlone(store: RedatableStore, serial: string, corrections: readonly ClockCorrection[]): void {
  store.commit([recordOf(new Private(serial), corrections, Date.now())]);
  while (store.jobs > 0) store.work(STROKE);
  while (store.backlog.rows > 0) store.fold(STROKE);
}

function recordOf(battery: Private<string>, corrections: readonly ClockCorrection[], receivedMs: number): ClockRecord {
  return { type: 'clock', battery, receivedMs, epochs: [], corrections };
}
