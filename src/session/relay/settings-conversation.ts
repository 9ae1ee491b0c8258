/**
 * The vendor wants the battery to fetch its configuration (SetConfig). The relay fetches it first, and only has the battery do so if it may have what the vendor
 * would give it; the battery then gets those very bytes, but for what a verb of its owner's holds ({@link withHeld}).
 *
 *     step        what happens                              what is done                                       next
 *     comparing   it begins                                 1,1,3 goes to the vendor, as the battery's would   comparing
 *     comparing   the vendor's 1,2,3 comes: may pass        –                                                  waiting
 *     comparing   … is about what a verb holds              compared with that as the verb has it; said         waiting, over
 *     comparing   … would change nothing                    the battery's last 1,1,4 goes to the vendor,
 *                                                           if configurations are shared                       over
 *     comparing   … must be held, or cannot be read         held, said; the same                               over
 *     comparing   5 s pass                                  said                                               over
 *     waiting     its turn comes                            SetConfig goes to the battery                      asked
 *     waiting     … and a verb holds settings by now that   –                                                  over
 *                   cannot be written into the vendor's
 *     asked       the battery answers                       the answer goes to the vendor; 1,2,0 Success goes
 *                                                           to the battery, as in the only proven writing      fetching, over
 *     asked,      the battery asks 1,1,3                    answered with the vendor's configuration, with     reporting
 *                                                           what a verb holds as the verb has it
 *       fetching
 *     reporting   the battery asks 1,1,3 again              the same                                           reporting
 *     reporting   the battery's 1,1,4                       goes to the vendor                                 over
 *     waiting     80 s pass                                 dropped                                            over
 *     asked …     60 s pass                                 said                                               over
 *     any         the connection ends, another peer …       –                                                  over
 */
import type { Instant, VendorConfiguration } from '../../model.ts';
import { bytesOf } from '../../protocol/body/text.ts';
import { CONFIGURATION_REQUEST, PING, successReply } from '../../protocol/commands.ts';
import { encodeFrame, type Frame, REQUEST } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import type { OrderReply } from '../../protocol/orders.ts';
import type { HeardBattery } from '../batteries.ts';
import type { BegunConversation, Consequence, Conversation, ConversationState, Heard } from '../conversation.ts';
import { type Action, type CommandPolicy, SET_CONFIG, type VendorOrder } from '../firewall.ts';
import { keptForLater, keysOf, saidHeld, vendorConfiguration, withHeld } from './vendor-configuration.ts';
import type { NoteVendor, WarnVendor } from './vendor-order.ts';
import type { ConsideredConfiguration } from './vendor-settings.ts';

const VENDOR_MS = 5000;
const LONGEST_WAIT_MS = 80_000;
const STEP_MS = 60_000;

type SettingsStep = 'comparing' | 'waiting' | 'asked' | 'fetching' | 'reporting' | 'over';

const STATES: Readonly<Record<SettingsStep, ConversationState>> = {
  comparing: 'listening',
  waiting: 'waiting',
  asked: 'asking',
  fetching: 'asking',
  reporting: 'asking',
  over: 'idle',
};

/** What changes nothing needs nothing of the battery. */
const ACTIONS: Readonly<Record<ConsideredConfiguration['verdict'], Action>> = {
  pass: 'pass',
  same: 'consume',
  hold: 'hold',
  unreadable: 'block',
};

export interface SettingsConversationParts {
  readonly battery: Pick<HeardBattery, 'serial' | 'vendor' | 'control'>;
  readonly order: VendorOrder;
  /** The order as it came. */
  readonly frame: Uint8Array;
  readonly policy: CommandPolicy;
  /** Whether the vendor may be told how the battery is set. */
  readonly mayReport: boolean;
  readonly note: NoteVendor;
  readonly warn: WarnVendor;
  /** Told what becomes of it. */
  readonly became: (action: Action) => void;
}

export class SettingsConversation implements Conversation {
  readonly command = SET_CONFIG;
  readonly #parts: SettingsConversationParts;
  #step: SettingsStep = 'comparing';
  #connection: number | null = null;
  #deadline: number;
  #proposed: VendorConfiguration | null = null;
  /** What the battery gets of it. */
  #given: Uint8Array = new Uint8Array();
  #due: Consequence[] = [];

  constructor(parts: SettingsConversationParts, now: Instant) {
    this.#parts = parts;
    this.#deadline = now.monoMs + VENDOR_MS;
  }

  get state(): ConversationState {
    return STATES[this.#step];
  }

  get connection(): number | null {
    return this.#connection;
  }

  get deadline(): number | null {
    if (this.#due.length > 0) return Number.NEGATIVE_INFINITY;
    return this.#step === 'over' ? null : this.#deadline;
  }

  /** Whether the vendor's answer to that request is awaited. */
  awaits(command: number): boolean {
    return this.#step === 'comparing' && command === CONFIGURATION_REQUEST;
  }

  /** What is asked of the vendor, as the battery would. */
  get question(): Uint8Array {
    const body = JSON.stringify({ SN: this.#parts.battery.serial.reveal() });
    return encodeFrame(REQUEST, CONFIGURATION_REQUEST, bytesOf(body));
  }

  /** The vendor's 1,2,3 has come; it is to be woken then. */
  answered({ body }: Frame, _bytes: unknown, now: Instant): void {
    const { note, policy, battery, became } = this.#parts;
    const { settings } = battery.vendor;
    const proposed = vendorConfiguration(body, 'relay', now);
    const { verdict, comparison } = settings.consider(proposed, policy, battery.control.verb.held(now));
    became(ACTIONS[verdict]);
    if (verdict === 'pass') {
      this.#proposed = proposed;
      this.#step = 'waiting';
      this.#deadline = now.monoMs + LONGEST_WAIT_MS;
      this.#due = [
        ...keptForLater(proposed, this.#parts, now),
        note('vendor_settings_passed', keysOf(comparison), now),
      ];
    } else if (verdict === 'hold') {
      settings.hold(proposed);
      this.#refuse(...saidHeld(comparison, this.#parts, now));
    } else if (verdict === 'same')
      this.#refuse(...keptForLater(proposed, this.#parts, now), note('vendor_settings_same', '', now));
    else this.#refuse(note('vendor_settings_unreadable', '', now));
  }

  /** The battery gets nothing; the vendor hears how it is set. */
  #refuse(...outputs: Consequence[]): void {
    const { serial, vendor } = this.#parts.battery;
    const { reportedFrame } = vendor.settings;
    this.#due = outputs;
    if (reportedFrame !== null && this.#parts.mayReport)
      this.#due.push({ type: 'upstream', frame: reportedFrame, isLogin: false, battery: serial });
    this.#end();
  }

  begin(connection: number, now: Instant): BegunConversation | null {
    const outputs = this.#heed(now);
    if (outputs === null) {
      this.#end();
      return null;
    }
    this.#connection = connection;
    this.#go('asked', now);
    return { order: this.#parts.frame, outputs };
  }

  /** A verb may have begun, or ended, while it waited. @returns null where what it holds cannot be kept as it is */
  #heed(now: Instant): readonly Consequence[] | null {
    const { control, vendor } = this.#parts.battery;
    const proposed = this.#proposed as VendorConfiguration;
    const given = withHeld(proposed, control.verb.held(now));
    if (given === null) return null;
    this.#given = given.body.reveal();
    vendor.settings.give(given);
    return keptForLater(proposed, this.#parts, now);
  }

  sent(now: Instant): void {
    this.#deadline = now.monoMs + STEP_MS;
  }

  heard(message: Message, _frame: Frame, now: Instant): Heard | null {
    if (message.type === 'order_reply') return this.#heardReply(message.reply, now);
    const proposed = this.#proposed;
    if (proposed === null) return null;
    if (message.type === 'configuration_request') {
      this.#go('reporting', now);
      this.#parts.battery.control.verb.vendorGives();
      return { outputs: [], reply: this.#given };
    }
    if (message.type !== 'configuration' || this.#step !== 'reporting') return null;
    this.#parts.battery.vendor.settings.pass(proposed);
    this.#end();
    return { outputs: [this.#parts.note('vendor_settings_applied', '', now)], isForVendor: true };
  }

  #heardReply({ command, index, success }: OrderReply, now: Instant): Heard | null {
    const { order } = this.#parts;
    const isAnswer = command === SET_CONFIG && index === (order.index ?? index);
    if (this.#step === 'comparing' || !isAnswer) return null;
    if (!success) this.#end();
    else if (this.#step === 'asked') this.#go('fetching', now);
    return { outputs: [{ type: 'reply', frame: successReply(PING) }], isForVendor: true };
  }

  #go(step: SettingsStep, now: Instant): void {
    this.#step = step;
    this.#deadline = now.monoMs + STEP_MS;
  }

  wake(now: Instant): Consequence[] {
    const due = this.#due;
    this.#due = [];
    if (this.#step === 'over' || now.monoMs < this.#deadline) return due;
    const { note, warn } = this.#parts;
    const who = this.#step === 'comparing' ? 'the vendor did not give its configuration' : this.#step;
    const text = `${SET_CONFIG}: ${who}`;
    const isDropped = this.#step === 'waiting';
    this.#end();
    return [
      ...due,
      ...(isDropped ? [note('vendor_order_dropped', text, now)] : warn('VENDOR_ORDER_UNANSWERED', text, now)),
    ];
  }

  excuse(ms: number): void {
    this.#deadline += ms;
  }

  interrupted(): Consequence[] {
    this.#due = [];
    this.#end();
    return [];
  }

  #end(): void {
    this.#step = 'over';
    this.#connection = null;
    this.#proposed = null;
  }
}
