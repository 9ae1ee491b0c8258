/**
 * What is known of a battery's dealings with its vendor: its settings, and in this run what its owner lets through, and what the vendor asked for.
 */
import type { Instant, KnownVendor } from '../../model.ts';
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
/** Longest name of a command that is shown. */
const LONGEST_COMMAND = 40;

export class VendorMemory {
  readonly settings: VendorSettings;
  /** When the vendor last set the clock, Unix ms; null where it did not. */
  clockSetMs: number | null = null;
  readonly #letUntilMono = new Map<string, number>();
  readonly #requests: VendorRequest[] = [];
  readonly #counts = new Map<Action, number>();

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

  judged(action: Action): void {
    this.#counts.set(action, (this.#counts.get(action) ?? 0) + 1);
  }

  asked(request: VendorRequest): void {
    this.#requests.push({ ...request, command: request.command?.slice(0, LONGEST_COMMAND) ?? null });
    if (this.#requests.length > MOST_REQUESTS) this.#requests.shift();
  }

  /** The owner lets a command through until then. */
  let(command: string, untilMono: number): void {
    this.#letUntilMono.set(command, untilMono);
  }

  isLet(command: string, { monoMs }: Instant): boolean {
    return monoMs < (this.#letUntilMono.get(command) ?? Number.NEGATIVE_INFINITY);
  }
}
