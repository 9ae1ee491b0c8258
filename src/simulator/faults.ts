/**
 * What goes wrong between a battery and its server, each under a name, so that a server can be shown every one of them.
 * They disturb only what is sent and what the clock shows: the battery's memory of minutes stays whole.
 */
import type { Random } from './random.ts';
import { SETTING_FAULTS, type SettingFaultName } from './setting-faults.ts';

export const FAULTS = {
  duplicate: 'the same sample comes twice, 10 s apart, the second time together with the next one',
  bunch: 'two to six samples come late, together in one write',
  split: 'every write is cut at random places, with pauses',
  reconnect: 'the connection breaks now and then, and the battery streams on without a login',
  jump: 'the clock is set by an hour, or by an odd 39 minutes, once in a while',
  garbage: 'a frame with a wrong checksum comes now and then',
  slow: 'writes are held up for as long as 60 s, in order',
} as const;

export type StreamFaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as StreamFaultName[];
/** Any fault of a battery: of what it sends, or of how it is set. */
export type FaultName = StreamFaultName | SettingFaultName;
/** All of them, each with what it is. */
export const ALL_FAULTS: Readonly<Record<FaultName, string>> = { ...FAULTS, ...SETTING_FAULTS };

/**
 * Reads the list behind `--faults`.
 * @throws Error naming the word that is no fault and the ones that are: the user's mistake.
 */
export function parseFaults(text: string): ReadonlySet<FaultName> {
  const found = new Set<FaultName>();
  for (const word of text.split(',').map((part) => part.trim())) {
    if (word === '') continue;
    if (!Object.hasOwn(ALL_FAULTS, word))
      throw new Error(`there is no fault "${word}"; there are: ${Object.keys(ALL_FAULTS).join(', ')}`);
    found.add(word as FaultName);
  }
  return found;
}

const DUPLICATE_CHANCE = 0.1;
const BUNCH_CHANCE = 0.08;
const MOST_IN_A_BUNCH = 6;
const GARBAGE_CHANCE = 0.05;
const SLOW_CHANCE = 0.15;
const SLOWEST_MS = 60_000;
const MOST_CUTS = 4;
/** Mean waits in milliseconds. */
const DROP_EVERY_MS = 10 * 60_000;
const JUMP_EVERY_MS = 3 * 3600_000;
/** Seconds: summer time both ways, and what a clock lost in three captured years. */
const JUMPS = [3600, -3600, 39 * 60 + 12, -(39 * 60 + 12)] as const;

/** The faults of one battery, drawn from its own random numbers, each fault from its own. */
export class FaultPlan<T> {
  readonly #on: ReadonlySet<FaultName>;
  readonly #random: Readonly<Record<StreamFaultName, Random>>;
  #again: T | null = null;
  #late: T[] = [];
  #bunch = 0;

  constructor(random: Random, on: ReadonlySet<FaultName>) {
    const fork = (name: StreamFaultName) => [name, random.fork(name)] as const;
    this.#on = on;
    this.#random = Object.fromEntries(FAULT_NAMES.map(fork)) as Record<StreamFaultName, Random>;
  }

  /** What is to be written now, in one write, when a sample is due: it, nothing, it again, or several. */
  samples(sample: T): T[] {
    const due = this.#again === null ? [sample] : [this.#again, sample];
    const again = this.#again === null && this.#strikes('duplicate', DUPLICATE_CHANCE);
    this.#again = again ? sample : null;
    if (this.#bunch === 0) {
      if (!this.#strikes('bunch', BUNCH_CHANCE)) return due;
      this.#bunch = this.#random.bunch.whole(2, MOST_IN_A_BUNCH);
    }
    this.#late.push(...due);
    if (this.#late.length < this.#bunch) return [];
    const late = this.#late.slice(0, MOST_IN_A_BUNCH);
    this.#late = this.#late.slice(MOST_IN_A_BUNCH);
    this.#bunch = this.#late.length;
    return late;
  }

  /** The connection is gone, and what was held back for it. */
  forget(): void {
    this.#again = null;
    this.#late = [];
    this.#bunch = 0;
  }

  /** Now and then a damaged copy of `frame`, to be sent before it: one bit of its body is wrong, its checksum is not. */
  garbage(frame: Uint8Array): Uint8Array | null {
    if (!this.#strikes('garbage', GARBAGE_CHANCE)) return null;
    const damaged = frame.slice();
    const at = this.#random.garbage.whole(7, frame.length - 3);
    damaged[at] = (damaged[at] as number) ^ 1;
    return damaged;
  }

  /** How long a write is held up, in milliseconds. */
  delayMs(): number {
    return this.#strikes('slow', SLOW_CHANCE) ? this.#random.slow.uniform(0, SLOWEST_MS) : 0;
  }

  /** A write as it goes out: pieces, and the pause in milliseconds before each. */
  pieces(bytes: Uint8Array): { bytes: Uint8Array; pauseMs: number }[] {
    if (!this.#on.has('split')) return [{ bytes, pauseMs: 0 }];
    const random = this.#random.split;
    const cuts = Array.from({ length: random.whole(1, MOST_CUTS) }, () => random.whole(1, bytes.length - 1));
    const places = [0, ...new Set(cuts.sort((a, b) => a - b)), bytes.length];
    return places.slice(1).map((end, i) => ({
      bytes: bytes.subarray(places[i], end),
      pauseMs: i === 0 ? 0 : random.uniform(5, 200),
    }));
  }

  /** Milliseconds until this connection breaks. */
  dropAfterMs(): number {
    return this.#on.has('reconnect') ? this.#random.reconnect.wait(DROP_EVERY_MS) : Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until the clock is set, and by how many seconds then. */
  jumpAfterMs(): number {
    return this.#on.has('jump') ? this.#random.jump.wait(JUMP_EVERY_MS) : Number.POSITIVE_INFINITY;
  }

  jumpSeconds(): number {
    return this.#random.jump.pick(JUMPS);
  }

  #strikes(name: StreamFaultName, chance: number): boolean {
    return this.#on.has(name) && this.#random[name].chance(chance);
  }
}
