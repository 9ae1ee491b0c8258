/**
 * A conversation that does as the test says: it gives one order, and takes what the test's function takes.
 */
import type { Instant } from '../src/model.ts';
import type { Frame } from '../src/protocol/frame.ts';
import type { Message } from '../src/protocol/messages.ts';
import type {
  BegunConversation,
  Consequence,
  Conversation,
  ConversationState,
  Heard,
} from '../src/session/conversation.ts';

export class OneOrder implements Conversation {
  state: ConversationState = 'waiting';
  connection: number | null = null;
  deadline: number | null = null;
  readonly story: string[] = [];
  readonly #order: Uint8Array;
  readonly #takes: (message: Message, frame: Frame) => Heard | null;

  constructor(order: Uint8Array, takes: (message: Message, frame: Frame) => Heard | null = () => null) {
    this.#order = order;
    this.#takes = takes;
  }

  begin(connection: number, now: Instant): BegunConversation {
    this.state = 'asking';
    this.connection = connection;
    this.deadline = now.monoMs + 60_000;
    return { order: this.#order, outputs: [] };
  }

  sent(): void {
    this.story.push('sent');
  }

  heard(message: Message, frame: Frame): Heard | null {
    const heard = this.#takes(message, frame);
    if (heard !== null) this.story.push(`heard ${message.type}`);
    return heard;
  }

  wake(): Consequence[] {
    this.story.push('woken');
    this.#end();
    return [];
  }

  excuse(): void {}

  interrupted(): Consequence[] {
    this.story.push('interrupted');
    this.#end();
    return [{ type: 'problem', code: 'RESPONSE_UNEXPECTED', battery: null, detail: 'interrupted' }];
  }

  #end(): void {
    this.state = 'idle';
    this.connection = null;
    this.deadline = null;
  }
}
