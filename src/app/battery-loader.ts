/**
 * What a battery brings along is loaded from the store when it is first heard, or asked about (decision 0025).
 */
import type { Battery } from '../model.ts';
import { type Store, StoreError } from '../store/store.ts';

/** So many are shown before they speak: those of any house, and the first of a fleet. */
export const SHOWN_AT_START = 100;

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;

export interface BatteryLoaderParts {
  readonly store: Pick<Store, 'batteries' | 'batteryOf' | 'serialOf'>;
  /** Whether that one was loaded, or was heard without being known. */
  isLoaded(serial: string): boolean;
  /** Told of each once, before anything of it is heard. */
  loaded(battery: Battery): void;
  /** Told where one cannot be read, and will not be. Must not throw. */
  failed(error: StoreError): void;
  pause(ms: number): Promise<unknown>;
}

export class BatteryLoader {
  readonly #parts: BatteryLoaderParts;
  /** Several connections may name one at once. */
  readonly #loading = new Map<string, Promise<void>>();

  constructor(parts: BatteryLoaderParts) {
    this.#parts = parts;
  }

  /**
   * Loads what is kept of a battery, if anything is. While the store cannot read for a while it is tried again.
   * @throws StoreError that will not pass by itself
   */
  async load(serial: string): Promise<void> {
    if (this.#parts.isLoaded(serial)) return;
    const under = this.#loading.get(serial);
    if (under !== undefined) return under;
    const loading = this.#load(serial).finally(() => this.#loading.delete(serial));
    this.#loading.set(serial, loading);
    return loading;
  }

  /** The same by its short id. */
  async loadById(id: string): Promise<void> {
    const serial = await this.#parts.store.serialOf(id);
    if (serial !== null) await this.load(serial.reveal());
  }

  /** Those that are shown before they speak. */
  async loadShown(): Promise<void> {
    for (const { serial } of await this.#parts.store.batteries(SHOWN_AT_START)) await this.load(serial.reveal());
  }

  async #load(serial: string): Promise<void> {
    const { store, loaded, failed, pause } = this.#parts;
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS)) {
      try {
        const battery = await store.batteryOf(serial);
        if (battery !== null) loaded(battery);
        return;
      } catch (error) {
        const cause = error instanceof StoreError ? error : new StoreError('STORE_REFUSED', String(error), error);
        if (!cause.passing) {
          failed(cause);
          throw cause;
        }
        await pause(pauseMs);
      }
    }
  }
}
