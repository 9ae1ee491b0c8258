/**
 * What the doctor looks at outside this process, kept for a while: a page asks every few seconds.
 */
import type { DataFacts, MachineFacts, NameFacts, ServerClockFacts } from '../facts.ts';
import { VENDOR_NAMES } from '../names.ts';
import { Addresses, type Interfaces } from './addresses.ts';
import { dataFolder } from './data-folder.ts';
import { askNames, type NameServer } from './resolvers.ts';
import { UNCHECKED } from './soundness.ts';
import type { Checked } from './soundness-process.ts';

/** Tests replace all of it. */
export interface Outside {
  interfaces(): Interfaces;
  isContainer(): boolean;
  nameServers(): readonly NameServer[];
  /** Resolves when no DNS answer is waited for any more. */
  patience(): Promise<unknown>;
  kernelClock(): Promise<ServerClockFacts['kernel']>;
  /** Has the database checked, until the signal ends it. */
  check(signal: AbortSignal): Promise<Checked>;
  /** Resolves when that is not waited for any more; the check goes on. */
  checkPatience(): Promise<unknown>;
  /** The monotonic clock, ms. */
  monoMs(): number;
}

export interface Seen {
  readonly addresses: Addresses;
  readonly machine: MachineFacts;
  readonly names: readonly NameFacts[];
  readonly kernel: ServerClockFacts['kernel'];
  readonly data: DataFacts;
}

/** How long what was seen holds, ms. */
const NAMES_MS = 10_000;
const DISK_MS = 30_000;
const CLOCK_MS = 60_000;
const CHECK_MS = 600_000;

export class Surroundings {
  readonly #outside: Outside;
  readonly #ending = new AbortController();
  readonly #names: KeptSurroundings<NameFacts[]>;
  readonly #folder: KeptSurroundings<Awaited<ReturnType<typeof dataFolder>>>;
  readonly #clock: KeptSurroundings<ServerClockFacts['kernel']>;
  readonly #check: KeptSurroundings<Checked>;
  #addresses: Addresses;

  /** @param folder the data folder */
  constructor(folder: string, outside: Outside) {
    this.#outside = outside;
    this.#addresses = new Addresses({});
    const kept = <T>(ms: number, look: () => Promise<T>) => new KeptSurroundings(ms, look, outside.monoMs);
    this.#names = kept(NAMES_MS, () =>
      askNames(VENDOR_NAMES, outside.nameServers(), this.#addresses, outside.patience),
    );
    this.#folder = kept(DISK_MS, () => dataFolder(folder, outside.monoMs));
    this.#clock = kept(CLOCK_MS, () => outside.kernelClock());
    this.#check = kept(CHECK_MS, () => outside.check(this.#ending.signal));
  }

  /** This machine alone, which costs nothing to look at. */
  machine(): Pick<Seen, 'addresses' | 'machine'> {
    const addresses = new Addresses(this.#outside.interfaces());
    return { addresses, machine: addresses.facts(this.#outside.isContainer()) };
  }

  async look(): Promise<Seen> {
    const { addresses, machine } = this.machine();
    this.#addresses = addresses;
    const [names, folder, kernel] = await Promise.all([this.#names.value(), this.#folder.value(), this.#clock.value()]);
    const checked = folder.exists ? await this.#checked() : UNCHECKED;
    return { addresses, machine, names, kernel, data: { ...folder, ...checked } };
  }

  /** Ends what is under way. */
  stop(): void {
    this.#ending.abort();
  }

  #checked(): Promise<Checked> {
    return Promise.race([this.#check.value(), this.#outside.checkPatience().then(() => UNCHECKED)]);
  }
}

/** What was looked at last. Who asks while it is looked at waits for the same. */
class KeptSurroundings<T> {
  readonly #ms: number;
  readonly #look: () => Promise<T>;
  readonly #monoMs: () => number;
  #looking: Promise<T> | null = null;
  #seen: { readonly value: T; readonly atMs: number } | null = null;

  constructor(ms: number, look: () => Promise<T>, monoMs: () => number) {
    this.#ms = ms;
    this.#look = look;
    this.#monoMs = monoMs;
  }

  async value(): Promise<T> {
    if (this.#seen !== null && this.#monoMs() - this.#seen.atMs < this.#ms) return this.#seen.value;
    this.#looking ??= this.#lookNow();
    return await this.#looking;
  }

  async #lookNow(): Promise<T> {
    try {
      const value = await this.#look();
      this.#seen = { value, atMs: this.#monoMs() };
      return value;
    } finally {
      this.#looking = null;
    }
  }
}
