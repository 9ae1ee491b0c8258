/**
 * Something that goes on with a battery over several messages: asking for history, later changing a setting, or an order of
 * the vendor's that is passed on (docs/decisions/0024). Whose turn it is, is for {@link Conversations} to say.
 */
import type { Instant } from '../model.ts';
import type { Frame } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import type { Output } from './output.ts';

/**
 * `idle`: nothing to ask, nothing awaited; it leaves the line. `waiting`: it has an order to give. `asking`: its order is out, and no
 * other may leave on that connection. `listening`: it hears the messages of its battery, with no order out.
 */
export type ConversationState = 'idle' | 'waiting' | 'asking' | 'listening';

/** What may come of a conversation besides its order: never another order, nor the end of the connection. */
export type Consequence = Exclude<Output, { readonly type: 'order' | 'close' }>;

/** What is sent as answer to a request: `success`, a body for the same command, or nothing for now. */
export type Reply = 'success' | 'withheld' | Uint8Array;

/** What becomes of a message that is part of a conversation. */
export interface Heard {
  readonly outputs: readonly Consequence[];
  /** In place of what the handler of such messages answers. */
  readonly reply?: Reply;
  /** Whether it belongs to an order of the vendor's, and so goes to the vendor too. */
  readonly isForVendor?: true;
}

/** A whole frame to send to the battery, and what is to be done before that. */
export interface BegunConversation {
  readonly order: Uint8Array;
  readonly outputs: readonly Consequence[];
}

/** Times are monotonic milliseconds. */
export interface Conversation {
  readonly state: ConversationState;
  /** The connection it goes on over; null while it goes on over none. */
  readonly connection: number | null;
  /** When {@link wake} wants to be called; null for never. */
  readonly deadline: number | null;
  /** It is its turn on that connection. @returns null where it has nothing to ask any more */
  begin(connection: number, now: Instant): BegunConversation | null;
  /** Its order has been written to the socket, later than it was given. */
  sent(now: Instant): void;
  /** A message of its battery, or a response, which names none. @returns null where that is no part of it */
  heard(message: Message, frame: Frame, now: Instant): Heard | null;
  /** Its deadline has passed. */
  wake(now: Instant): readonly Consequence[];
  /** For so many milliseconds nobody listened: they do not count against the battery. */
  excuse(ms: number): void;
  /** Its connection has ended, or another peer is believed to be its battery: it is `idle` afterwards. */
  interrupted(now: Instant): readonly Consequence[];
}
