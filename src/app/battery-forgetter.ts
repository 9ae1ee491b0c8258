/**
 * Forgets a battery while the server runs: in the store, and in everything that remembers something of it (decision 0022).
 * And on a store that no server uses.
 */
import { leaveToClear } from '../sinks/mqtt/notes.ts';
import { type RemovedRows, type Store, StoreError } from '../store/store.ts';

/** Whatever remembers something of a battery. */
export interface ForgetterParts {
  readonly store: Pick<Store, 'serialOf' | 'idOf' | 'forget' | 'forgettingOf'>;
  /** Ends the conversations in which it is named: what they still had to say is of the battery that there was. */
  readonly listener: { dismiss(serial: string): number };
  readonly committer: { flush(): Promise<void>; readonly failing: boolean };
  /** They write down what they have still to do elsewhere. */
  readonly outputs: { forget(id: string): void; readonly clearing: number };
  /** They are told whether it was a battery, or a newcomer. */
  readonly memories: readonly { forget(serial: string, id: string, wasBattery: boolean): void }[];
  /** Those that remember what was said, and not of whom. */
  readonly rings: readonly { forget(): void }[];
}

export interface BegunForgetting {
  /** By which to ask how far it has come. */
  readonly number: number;
  /** How many connections were closed on which it was named. */
  readonly closed: number;
}

export interface ForgettingState {
  readonly isDone: boolean;
  readonly removed: RemovedRows;
  /** How many topics of forgotten batteries a broker has not cleared yet. */
  readonly topicsLeft: number;
}

export class BatteryForgetter {
  readonly #parts: ForgetterParts;

  constructor(parts: ForgetterParts) {
    this.#parts = parts;
  }

  /**
   * From now on there is no such battery; what is kept of it goes in strokes. If it speaks again it is a new one.
   * @returns null where there is no such battery
   * @throws StoreError where the store cannot write now; then the battery is what it was
   */
  async forget(id: string): Promise<BegunForgetting | null> {
    const { store, listener, committer, outputs, memories, rings } = this.#parts;
    const serial = (await store.serialOf(id))?.reveal();
    if (serial === undefined) return null;
    const closed = listener.dismiss(serial);
    await committer.flush();
    if (committer.failing) throw new StoreError('STORE_BUSY', 'nothing can be written now');
    // Who came back while a store took its time to write is one of before, too.
    const again = listener.dismiss(serial);
    // Before the store forgets what they had it remember.
    outputs.forget(id);
    const wasBattery = store.idOf(serial) !== undefined;
    const number = await store.forget(id);
    if (number === null) return null;
    for (const memory of memories) memory.forget(serial, id, wasBattery);
    for (const ring of rings) ring.forget();
    return { number, closed: closed + again };
  }

  /** null where nobody knows of it: it was done before the start, or there never was one. */
  async of(number: number): Promise<ForgettingState | null> {
    const found = await this.#parts.store.forgettingOf(number);
    return found && { isDone: found.isDone, removed: found.removed, topicsLeft: this.#parts.outputs.clearing };
  }
}

/** A store that no server uses. */
interface ForgettingStore extends Pick<Store, 'recall' | 'remember'> {
  forget(id: string): number | null;
  finishForgetting(number: number, maxRows: number): RemovedRows;
}

const STROKE = 1000;

/**
 * Forgets a battery to its end; the next server clears its topics at the broker.
 * @returns null where there is no such battery
 */
export function forgetAlone(store: ForgettingStore, id: string): Omit<ForgettingState, 'isDone'> | null {
  const topicsLeft = leaveToClear(store, id);
  const number = store.forget(id);
  return number === null ? null : { removed: store.finishForgetting(number, STROKE), topicsLeft };
}
