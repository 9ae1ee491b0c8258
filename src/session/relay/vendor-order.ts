/**
 * An order of the vendor's that is passed on as it came, as a conversation: it waits for its turn, its answer goes to the vendor, and so does what follows
 * from it.
 *
 *     step      what happens                                        what is done                               next
 *     waiting   its turn comes                                      its bytes go to the battery                asked
 *     waiting   80 s pass                                           dropped: the vendor has given up by then   over
 *     asked     the battery answers, with its number                the answer goes to the vendor              rows, window, over
 *     asked     60 s pass since it was written                      said                                       over
 *     rows      a row of history                                    goes to the vendor                         rows
 *     rows      nothing for 60 s, then for 20 s after a row         –                                          over
 *     window    60 s pass since SyncTime was written                requests nobody answered are said          over
 *     window    a request of no known number                        goes to the vendor; we do not answer       window
 *     window    the vendor answers that                             its answer goes to the battery             window
 *     any       the connection ends, another peer is believed       –                                          over
 */
import type { Instant } from '../../model.ts';
import {
  CONFIGURATION,
  CONFIGURATION_REQUEST,
  DETAIL,
  EVENT,
  HISTORY,
  LIVE,
  LOGIN,
  PING,
} from '../../protocol/commands.ts';
import { type Frame, REQUEST } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import type { OrderReply } from '../../protocol/orders.ts';
import type { BegunConversation, Consequence, Conversation, ConversationState, Heard } from '../conversation.ts';
import { RESUME, SYNC_TIME, type VendorOrder } from '../firewall.ts';

/** The vendor's cloud gives up after three attempts, 80 s (likely). */
const LONGEST_WAIT_MS = 80_000;
const ANSWER_MS = 60_000;
const FIRST_ROW_MS = 60_000;
const QUIET_MS = 20_000;
/** In which a battery may ask for the time (unknown how). */
const WINDOW_MS = 60_000;
/** A battery is never answered by the vendor to these: what is awaited is known, and it is ours. */
const ANSWERED_BY_US: ReadonlySet<number> = new Set([
  ...[PING, LOGIN, CONFIGURATION_REQUEST, CONFIGURATION, DETAIL, EVENT, HISTORY, LIVE],
]);

type OrderStep = 'waiting' | 'asked' | 'rows' | 'window' | 'over';

const STATES: Readonly<Record<OrderStep, ConversationState>> = {
  waiting: 'waiting',
  asked: 'asking',
  rows: 'asking',
  window: 'listening',
  over: 'idle',
};

/** Makes an event of what became of it. */
export type NoteVendor = (name: string, text: string, now: Instant) => Consequence;

/** A line of the log and an event, by the same name. */
export type WarnVendor = (
  code: 'VENDOR_SILENT' | 'VENDOR_ORDER_UNANSWERED' | 'VENDOR_SETTINGS_HELD' | 'VENDOR_SETTINGS_POSTPONED',
  text: string,
  now: Instant,
) => readonly Consequence[];

export class VendorOrderConversation implements Conversation {
  readonly #order: VendorOrder;
  readonly #frame: Uint8Array;
  readonly #note: NoteVendor;
  readonly #warn: WarnVendor;
  readonly #setsClock: (now: Instant) => void;
  #step: OrderStep = 'waiting';
  #connection: number | null = null;
  #deadline: number;
  /** Until when requests of no known number are the vendor's to answer; null where they are not. */
  #windowEndMono: number | null = null;
  readonly #unanswered = new Set<number>();
  #answers: Uint8Array[] = [];

  /**
   * @param frame the order as it came
   * @param setsClock told when an order has left that sets the clock
   */
  constructor(
    order: VendorOrder,
    frame: Uint8Array,
    say: { readonly note: NoteVendor; readonly warn: WarnVendor },
    now: Instant,
    setsClock: (now: Instant) => void,
  ) {
    this.#order = order;
    this.#frame = frame;
    this.#note = say.note;
    this.#warn = say.warn;
    this.#setsClock = setsClock;
    this.#deadline = now.monoMs + LONGEST_WAIT_MS;
  }

  get command(): string {
    return this.#order.command;
  }

  get state(): ConversationState {
    return STATES[this.#step];
  }

  get connection(): number | null {
    return this.#connection;
  }

  get deadline(): number | null {
    if (this.#step === 'over') return null;
    return this.#answers.length > 0 ? Number.NEGATIVE_INFINITY : this.#deadline;
  }

  /** Whether it is in the minute in which the battery may ask for the time. */
  get isWindow(): boolean {
    return this.#windowEndMono !== null && this.#step !== 'over';
  }

  /** Whether the battery awaits the vendor's answer to that request. */
  awaits(command: number): boolean {
    return this.#unanswered.has(command);
  }

  /** The vendor answers a request that is awaited; it is to be woken then. */
  answered({ command }: Frame, bytes: Uint8Array): void {
    this.#unanswered.delete(command);
    this.#answers.push(bytes);
  }

  begin(connection: number, now: Instant): BegunConversation {
    this.#step = 'asked';
    this.#connection = connection;
    this.#deadline = now.monoMs + ANSWER_MS;
    if (this.#order.command === SYNC_TIME) this.#openWindow(now);
    return { order: this.#frame, outputs: [this.#note('vendor_order', this.command, now)] };
  }

  sent(now: Instant): void {
    this.#deadline = now.monoMs + ANSWER_MS;
    if (this.isWindow) this.#openWindow(now);
  }

  /** From when it is written on. */
  #openWindow(now: Instant): void {
    this.#windowEndMono = now.monoMs + WINDOW_MS;
    this.#setsClock(now);
  }

  heard(message: Message, frame: Frame, now: Instant): Heard | null {
    if (message.type === 'order_reply') return this.#heardReply(message.reply, now);
    if (this.#step === 'rows' && frame.command === HISTORY) {
      this.#deadline = now.monoMs + QUIET_MS;
      return { outputs: [], isForVendor: true };
    }
    if (!this.isWindow || frame.type !== REQUEST || ANSWERED_BY_US.has(frame.command)) return null;
    this.#unanswered.add(frame.command);
    return { outputs: [], reply: 'withheld', isForVendor: true };
  }

  #heardReply({ command, index, success }: OrderReply, now: Instant): Heard | null {
    const isAnswer = command === this.command && index === (this.#order.index ?? index);
    if (this.#step !== 'asked' || !isAnswer) return null;
    if (success && command === RESUME) {
      this.#step = 'rows';
      this.#deadline = now.monoMs + FIRST_ROW_MS;
    } else if (this.#windowEndMono !== null) {
      this.#step = 'window';
      this.#deadline = this.#windowEndMono;
    } else this.#end();
    return { outputs: [], isForVendor: true };
  }

  wake(now: Instant): Consequence[] {
    const replies = this.#answers.map((frame): Consequence => ({ type: 'reply', frame }));
    this.#answers = [];
    return now.monoMs < this.#deadline ? replies : [...replies, ...this.#giveUp(now)];
  }

  #giveUp(now: Instant): Consequence[] {
    const notes: Consequence[] = [];
    if (this.#step === 'waiting') notes.push(this.#note('vendor_order_dropped', this.command, now));
    if (this.#step === 'asked') notes.push(...this.#warn('VENDOR_ORDER_UNANSWERED', this.command, now));
    const unanswered = [...this.#unanswered].join(', ');
    if (unanswered !== '') notes.push(...this.#warn('VENDOR_SILENT', `request ${unanswered}`, now));
    this.#end();
    return notes;
  }

  excuse(ms: number): void {
    this.#deadline += ms;
    if (this.#windowEndMono !== null) this.#windowEndMono += ms;
  }

  interrupted(): Consequence[] {
    this.#end();
    return [];
  }

  #end(): void {
    this.#step = 'over';
    this.#connection = null;
    this.#answers = [];
    this.#unanswered.clear();
  }
}
