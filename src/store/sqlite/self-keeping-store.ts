/**
 * The embedded store as the house sees it (decision 0025): behind promises, and keeping itself in order while it is used.
 */
import { type Battery, Private, type StoreRecord } from '../../model.ts';
import {
  type ForgottenBattery,
  type Housekeeping,
  type Outbox,
  type PriceShelf,
  type Store,
  StoreError,
  type StoreListener,
} from '../store.ts';
import { Keeper } from './keeper.ts';
import type { SqliteStore } from './sqlite-store.ts';

export class SelfKeepingStore implements Store {
  readonly #store: SqliteStore;
  #keeper: Keeper | null = null;
  /** Written, but where the next start will not find it; to be written no more. */
  #unconfirmed: readonly StoreRecord[] | null = null;

  /** @param store open; closed by {@link stop} */
  constructor(store: SqliteStore) {
    this.#store = store;
  }

  start(listener: StoreListener, { now, clock }: Housekeeping): void {
    for (const { name, readings, since } of this.#store.forgotten) listener.forgotten(name, readings, since);
    this.#keeper = new Keeper(this.#store, now, listener, clock);
    this.#keeper.start();
  }

  async stop(): Promise<void> {
    this.#keeper?.stop();
    // What putting everything in its place removes is told, too.
    this.#store.close(() => this.#keeper?.tell());
    this.#keeper = null;
  }

  async commit(records: readonly StoreRecord[]): Promise<void> {
    if (records !== this.#unconfirmed) this.#write(records);
    this.#unconfirmed = records;
    this.#store.verify();
    this.#unconfirmed = null;
    this.#keeper?.nudge();
  }

  #write(records: readonly StoreRecord[]): void {
    try {
      this.#store.commit(records);
    } catch (error) {
      // A file that is gone may be an error of the disk to SQLite.
      if (error instanceof StoreError && error.code === 'STORE_IO') this.#store.verify();
      throw error;
    }
  }

  async forget(id: string): Promise<number | null> {
    const number = this.#store.forget(id);
    this.#keeper?.nudge();
    return number;
  }

  async forgettingOf(number: number): Promise<ForgottenBattery | null> {
    return this.#store.forgettingOf(number);
  }

  async verify(): Promise<void> {
    this.#store.verify();
  }

  get waitingRows(): number {
    return this.#store.backlog.rows;
  }

  async countBatteries(): Promise<number> {
    return this.#store.batteryCount;
  }

  async batteries(most: number): Promise<readonly Battery[]> {
    return this.#store.batteries(most);
  }

  async batteryOf(serial: string): Promise<Battery | null> {
    return this.#store.batteryOf(serial);
  }

  async serialOf(id: string): Promise<Private<string> | null> {
    const serial = this.#store.serialOfAny(id);
    return serial === null ? null : new Private(serial);
  }

  idOf(serial: string): string | undefined {
    return this.#store.idOf(serial);
  }

  shortIdOf(serial: string): string {
    return this.#store.shortIdOf(serial);
  }

  loginDigest(login: string): string {
    return this.#store.loginDigest(login);
  }

  nextConnection(): number {
    return this.#store.nextConnection();
  }

  recall(name: string): string | null {
    return this.#store.recall(name);
  }

  remember(entries: ReadonlyMap<string, string>): void {
    this.#store.remember(entries);
  }

  outbox(name: string): Outbox {
    return this.#store.outbox(name);
  }

  readonly prices: PriceShelf = {
    replace: async (from, to, prices) => this.#store.prices.replace(from, to, prices),
    between: async (from, to) => this.#store.prices.between(from, to),
  };
}
