/**
 * A battery asks for its configuration by itself (1,1,3), as batteries do when they have connected. The vendor is asked too; the battery gets what the vendor
 * gives if it may have that, else what it gets without a vendor: `Success` alone.
 *
 *     step       what happens                              what is done                                       next
 *     fetching   it begins                                 1,1,3 goes to the vendor; the battery waits        fetching
 *     fetching   the vendor's 1,2,3 comes: may pass        the battery gets it                                given
 *     fetching   … would change nothing                    the same                                           given
 *     fetching   … is about what a verb holds              the same, with that as the verb has it; said       given
 *     fetching   … must be held                            Success; held, said where it is news               over
 *     fetching   … cannot be read                          Success; said                                      over
 *     fetching   the vendor is away                        Success                                            over
 *     fetching   5 s pass                                  Success; said                                      over
 *     given      the battery's 1,1,4                       goes to the vendor                                 over
 *     given      the battery asks again                    another one begins                                 over
 *     given      60 s pass                                 –                                                  over
 *     any        the connection ends, another peer …       –                                                  over
 */
import type { Instant, VendorConfiguration } from '../../model.ts';
import { CONFIGURATION_REQUEST, successReply } from '../../protocol/commands.ts';
import { encodeFrame, type Frame, RESPONSE } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import type { HeardBattery } from '../batteries.ts';
import type { Consequence, Conversation, ConversationState, Heard } from '../conversation.ts';
import type { CommandPolicy } from '../firewall.ts';
import { keptForLater, keysOf, saidHeld, vendorConfiguration } from './vendor-configuration.ts';
import type { NoteVendor, WarnVendor } from './vendor-order.ts';

/** How long the battery waits for the vendor. */
export const OPENING_MS = 5000;
const REPORT_MS = 60_000;

/** While the battery waits, no order leaves: of two requests for its configuration nobody knows which was meant by which. */
const STATES = { fetching: 'asking', given: 'listening', over: 'idle' } as const;

export interface OpeningConversationParts {
  readonly battery: Pick<HeardBattery, 'serial' | 'vendor' | 'control'>;
  readonly policy: CommandPolicy;
  readonly note: NoteVendor;
  readonly warn: WarnVendor;
}

export class OpeningConversation implements Conversation {
  /** It is no order of the vendor's. */
  readonly command = null;
  readonly connection = null;
  readonly #parts: OpeningConversationParts;
  #step: 'fetching' | 'given' | 'over' = 'fetching';
  #deadline: number;
  /** Requests that wait for an answer. */
  #waiting = 1;
  #given: VendorConfiguration | null = null;
  #due: Consequence[] = [];

  constructor(parts: OpeningConversationParts, now: Instant) {
    this.#parts = parts;
    this.#deadline = now.monoMs + OPENING_MS;
  }

  get state(): ConversationState {
    return STATES[this.#step];
  }

  get deadline(): number | null {
    if (this.#due.length > 0) return Number.NEGATIVE_INFINITY;
    return this.#step === 'over' ? null : this.#deadline;
  }

  /** Whether the vendor's answer to that request is awaited. */
  awaits(command: number): boolean {
    return this.#step === 'fetching' && command === CONFIGURATION_REQUEST;
  }

  /** The vendor's 1,2,3 has come; it is to be woken then. */
  answered({ body }: Frame, _bytes: unknown, now: Instant): void {
    const { battery, policy, note } = this.#parts;
    const { settings } = battery.vendor;
    const proposed = vendorConfiguration(body, 'relay', now);
    const { verdict, comparison, given } = settings.consider(proposed, policy, battery.control.verb.held(now));
    if (verdict === 'pass' || verdict === 'same') {
      this.#given = proposed;
      battery.control.verb.vendorGives();
      this.#due.push(...keptForLater(proposed, this.#parts, now));
      this.#reply(encodeFrame(RESPONSE, CONFIGURATION_REQUEST, given.body.reveal()));
      if (verdict === 'pass') this.#due.push(note('vendor_settings_passed', keysOf(comparison), now));
      this.#step = 'given';
      this.#deadline = now.monoMs + REPORT_MS;
      return;
    }
    this.#giveSuccess();
    // A battery that has told nothing yet cannot be compared with; it asks again when it connects again.
    const isHeld = verdict === 'hold' && comparison !== null && settings.hold(proposed);
    if (isHeld) this.#due.push(...saidHeld(comparison, this.#parts, now));
    if (verdict === 'unreadable') this.#due.push(note('vendor_settings_unreadable', '', now));
  }

  /** There is no connection to the vendor; it is to be woken then. */
  vendorAway(): void {
    if (this.#step === 'fetching') this.#giveSuccess();
  }

  begin(): null {
    return null;
  }

  sent(): void {}

  heard(message: Message, _frame: Frame, now: Instant): Heard | null {
    if (message.type === 'configuration_request') return this.#askedAgain();
    if (message.type !== 'configuration' || this.#given === null) return null;
    this.#parts.battery.vendor.settings.pass(this.#given);
    this.#end();
    return { outputs: [this.#parts.note('vendor_settings_applied', '', now)], isForVendor: true };
  }

  #askedAgain(): Heard | null {
    if (this.#step === 'fetching') {
      this.#waiting++;
      return { outputs: [], reply: 'withheld', isForVendor: true };
    }
    this.#end();
    return null;
  }

  wake(now: Instant): Consequence[] {
    if (this.#step === 'fetching' && now.monoMs >= this.#deadline) {
      this.#giveSuccess();
      this.#due.push(...this.#parts.warn('VENDOR_SILENT', `request ${CONFIGURATION_REQUEST}`, now));
    }
    const due = this.#due;
    this.#due = [];
    if (this.#step === 'given' && now.monoMs >= this.#deadline) this.#end();
    return due;
  }

  excuse(ms: number): void {
    this.#deadline += ms;
  }

  interrupted(): Consequence[] {
    this.#due = [];
    this.#end();
    return [];
  }

  #giveSuccess(): void {
    this.#reply(successReply(CONFIGURATION_REQUEST));
    this.#end();
  }

  #reply(frame: Uint8Array): void {
    for (; this.#waiting > 0; this.#waiting--) this.#due.push({ type: 'reply', frame });
  }

  #end(): void {
    this.#step = 'over';
    this.#given = null;
  }
}
