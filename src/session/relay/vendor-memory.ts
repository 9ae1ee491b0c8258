/**
 * What is known of a battery's dealings with its vendor, in this run: how the battery is set, what the vendor last gave it, what is held, what its owner lets
 * through, and what the vendor asked for.
 */
import type { Instant } from '../../model.ts';
import { readObject, textOfValue } from '../../protocol/body/json.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import type { Action, Rule } from '../firewall.ts';
import { type Comparison, compareConfigurations } from '../settings/comparison.ts';

/** Something the vendor asked for, and what became of it. */
export interface VendorRequest {
  /** Unix ms. */
  readonly atMs: number;
  /** As the vendor spells it; null where it could not be read. */
  readonly command: string | null;
  readonly action: Action;
  readonly rule: Rule;
}

/** A configuration that the vendor wants the battery to have, and that needs a word of its owner's. */
export interface HeldConfiguration {
  readonly sinceMs: number;
  readonly proposed: PlainObject;
  /** Null where there is nothing to compare with. */
  readonly comparison: Comparison | null;
}

const MOST_REQUESTS = 50;
/** Longest name of a command that is shown. */
const LONGEST_COMMAND = 40;

export class VendorMemory {
  /** The settings of its last 1,1,4; null before there is one. */
  reported: PlainObject | null = null;
  /** That 1,1,4 as it came, for the vendor. */
  reportedFrame: Uint8Array | null = null;
  /** The last 1,2,3 that it was given, by the vendor. */
  passed: PlainObject | null = null;
  held: HeldConfiguration | null = null;
  #allowed: PlainObject | null = null;
  readonly #letUntilMono = new Map<string, number>();
  readonly #requests: VendorRequest[] = [];
  readonly #counts = new Map<Action, number>();

  /** The newest first; a bounded number. */
  get requests(): readonly VendorRequest[] {
    return this.#requests.toReversed();
  }

  /** How many frames of the vendor's had which fate. */
  get counts(): Readonly<Record<Action, number>> {
    const of = (action: Action) => this.#counts.get(action) ?? 0;
    return { pass: of('pass'), consume: of('consume'), hold: of('hold'), block: of('block') };
  }

  /** The battery tells its configuration: of a key given twice, as `Generator` is, the last counts. */
  report(text: string, frame: Uint8Array): void {
    const read = readObject(text);
    if (read === null || read.condition !== 'sound') return;
    this.reportedFrame = frame;
    this.reported = new Map(Object.entries(read.object).map(([key, value]) => [key, textOfValue(value)]));
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

  /**
   * The owner allows what is held, once: the vendor must ask for the same again.
   * @param guarded whether also what is dangerous to change
   * @returns whether anything is allowed
   */
  allowHeld(guarded: boolean): boolean {
    const { held } = this;
    if (held === null || (held.comparison?.finding === 'guarded' && !guarded)) return false;
    this.#allowed = held.proposed;
    this.held = null;
    return true;
  }

  /** @returns whether anything was refused */
  refuseHeld(): boolean {
    const wasHeld = this.held !== null;
    this.held = null;
    return wasHeld;
  }

  /** Whether the owner has allowed just that; it is then allowed no more. */
  takeAllowed(proposed: PlainObject): boolean {
    const allowed = this.#allowed;
    if (allowed === null || compareConfigurations(allowed, null, proposed).finding !== 'same') return false;
    this.#allowed = null;
    return proposed.size === allowed.size;
  }
}
