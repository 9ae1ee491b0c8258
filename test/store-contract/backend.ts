/**
 * What the contract of stores needs of one: places where something is kept, and nothing of how.
 */
import { onTestFinished, vi } from 'vitest';
import type { ReaderSource, StoreReader } from '../../src/store/reader.ts';
import type { Housekeeping, Outbox, Store, StoreListener } from '../../src/store/store.ts';

export interface OpenOptions {
  /** The house's, an IANA name. */
  readonly timeZone: string;
  /** How many bytes of frames are kept at most. */
  readonly rawBytes: number;
  /** The outputs that take what is committed. */
  readonly outboxes: readonly string[];
}

/** Where something is kept, whether it is open or not. */
export interface Place {
  open(options: OpenOptions): Store;
  readonly source: ReaderSource;
  /** What a power cut would leave of it at this moment. */
  afterPowerCut(): Place;
}

export interface Backend {
  readonly name: string;
  /** A place in which nothing is kept, gone after the test. */
  place(): Place;
}

const USUAL: OpenOptions = { timeZone: 'UTC', rawBytes: 1e9, outboxes: [] };

/** A store in use: opened, started, and stopped when the test ends, if the test has not done so. */
export class House {
  readonly place: Place;
  readonly store: Store;
  /** What the store has told the owner. */
  readonly told: unknown[][] = [];
  #stopped = false;

  constructor(place: Place, options: Partial<OpenOptions> = {}) {
    this.place = place;
    this.store = place.open({ ...USUAL, ...options });
    this.store.start(this.#listener(), HOUSEKEEPING);
    onTestFinished(() => this.stop());
  }

  #listener(): StoreListener {
    const telling =
      (what: string) =>
      (...details: unknown[]) =>
        void this.told.push([what, ...details]);
    return {
      disordered: telling('disordered'),
      conflicting: telling('conflicting'),
      removed: telling('removed'),
      heldDropped: telling('held dropped'),
      forgotten: telling('forgotten'),
      renewingEnergies: telling('renewing energies'),
    };
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.store.stop();
  }

  /** Stopped and opened again. */
  async again(options: Partial<OpenOptions> = {}): Promise<House> {
    await this.stop();
    return new House(this.place, options);
  }

  /** Opened as a power cut leaves it. */
  afterPowerCut(options: Partial<OpenOptions> = {}): House {
    return new House(this.place.afterPowerCut(), options);
  }

  /** What a reader tells that is opened now. */
  async read<T>(tell: (reader: StoreReader) => Promise<T>): Promise<T> {
    const reader = await this.place.source.openReader();
    try {
      return await tell(reader);
    } finally {
      await reader.close();
    }
  }

  /** All that a reader tells of something. */
  list<T>(tell: (reader: StoreReader) => AsyncIterable<T>): Promise<T[]> {
    return this.read(async (reader) => {
      const list: T[] = [];
      for await (const one of tell(reader)) list.push(one);
      return list;
    });
  }

  outbox(name = 'one'): Outbox {
    return this.store.outbox(name);
  }
}

/** By the clocks of the test, which {@link pass} moves. */
const HOUSEKEEPING: Housekeeping = {
  now: () => ({ wallMs: Date.now(), monoMs: performance.now() }),
  clock: { isSure: true, wrongStamps: [], look: () => {} },
};

/** Long enough for a store to have everything in order. */
const IN_ORDER_MS = 130_000;

/** Time passes, in which a store keeps itself in order. */
export async function pass(ms = IN_ORDER_MS): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
