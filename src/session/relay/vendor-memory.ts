/**
 * What is known of a battery's dealings with its vendor: its settings, and in this run what its owner lets through, and what the vendor asked for.
 */
import type { Battery, Instant, KnownVendor } from '../../model.ts';
import type { Action, Rule } from '../firewall.ts';
import { VendorSettings } from './vendor-settings.ts';

/** Something the vendor asked for, and what became of it. */
export interface VendorRequest {
  /** Unix ms. */
  readonly atMs: number;
  /** As the vendor spells it; null where it could not be read. */
  readonly command: string | null;
  readonly action: Action;
  readonly rule: Rule;
}

const MOST_REQUESTS = 50;
/** Names of commands that blocked ones are counted by. */
const MOST_COMMANDS = 30;
const UNREADABLE = 'not readable';
const OTHERS = 'others';
/** Longest name of a command that is shown. */
const LONGEST_COMMAND = 40;

/** What is known from before: of a battery of whose vendor nothing is kept, how it last told that it is set. */
export function knownVendorOf({ vendor, reported }: Pick<Battery, 'vendor' | 'reported'>): KnownVendor {
  return vendor ?? { configurations: {}, reported: reported ? { text: reported.text, bytes: null } : null };
}

export class VendorMemory {
  readonly settings: VendorSettings;
  /** When the vendor last set the clock, Unix ms; null where it did not. */
  clockSetMs: number | null = null;
  readonly #letUntilMono = new Map<string, number>();
  readonly #requests: VendorRequest[] = [];
  readonly #counts = new Map<Action, number>();
  readonly #blocked = new Map<string, number>();

  /** @param known from before */
  constructor(known?: KnownVendor) {
    this.settings = new VendorSettings(known);
  }

  /** The newest first; a bounded number. */
  get requests(): readonly VendorRequest[] {
    return this.#requests.toReversed();
  }

  /** How many frames of the vendor's had which fate. */
  get counts(): Readonly<Record<Action, number>> {
    const of = (action: Action) => this.#counts.get(action) ?? 0;
    return { pass: of('pass'), consume: of('consume'), hold: of('hold'), block: of('block') };
  }

  /** How often each command was blocked; beyond so many of them, those that came later are counted together. */
  get blocked(): ReadonlyMap<string, number> {
    return this.#blocked;
  }

  #countBlocked(command: string): void {
    const isNamed = this.#blocked.has(command) || this.#blocked.size < MOST_COMMANDS;
    const name = isNamed ? command : OTHERS;
    this.#blocked.set(name, (this.#blocked.get(name) ?? 0) + 1);
  }

  judged(action: Action): void {
    this.#counts.set(action, (this.#counts.get(action) ?? 0) + 1);
  }

  /** @returns to be told what became of it, where that is known only later */
  asked(request: VendorRequest): (action: Action) => void {
    const command = request.command?.slice(0, LONGEST_COMMAND) ?? null;
    const kept = { ...request, command };
    this.#requests.push(kept);
    if (request.action === 'block') this.#countBlocked(command ?? UNREADABLE);
    if (this.#requests.length > MOST_REQUESTS) this.#requests.shift();
    return (action) => {
      kept.action = action;
    };
  }

  /** The owner lets a command through until then. */
  let(command: string, untilMono: number): void {
    this.#letUntilMono.set(command, untilMono);
  }

  isLet(command: string, { monoMs }: Instant): boolean {
    return monoMs < (this.#letUntilMono.get(command) ?? Number.NEGATIVE_INFINITY);
  }
}
