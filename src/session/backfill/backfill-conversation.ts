/**
 * Asking a battery for history, as a conversation: what {@link Backfill} works out, put into orders and records.
 */
import type { Gap, Instant } from '../../model.ts';
import type { Message } from '../../protocol/messages.ts';
import type { HeardBattery } from '../batteries.ts';
import type { BegunConversation, Consequence, Conversation, ConversationState, Heard } from '../conversation.ts';
import { gapRecord } from '../records.ts';

/** The battery that is asked. */
type Asked = Pick<HeardBattery, 'serial' | 'clock' | 'clockStands' | 'backfill'>;

export class BackfillConversation implements Conversation {
  readonly #battery: Asked;
  #wanted = false;

  constructor(battery: Asked) {
    this.#battery = battery;
  }

  /** After a live reading. @returns whether there is something to ask for now: then it is to be started */
  want(now: Instant): boolean {
    this.#wanted = this.#battery.backfill.mayAsk && this.#datesRows(now);
    return this.#wanted;
  }

  /** A clock that stands dates no rows, nor does one that is not settled, nor while the server's is not believed. */
  #datesRows(now: Instant): boolean {
    return this.#battery.clock.settled && !this.#battery.clockStands && this.#battery.clock.server.isBelieved(now);
  }

  get state(): ConversationState {
    if (this.connection !== null) return 'asking';
    return this.#wanted ? 'waiting' : 'idle';
  }

  get connection(): number | null {
    return this.#battery.backfill.connection;
  }

  get deadline(): number | null {
    return this.#battery.backfill.deadline;
  }

  begin(connection: number, now: Instant): BegunConversation | null {
    this.#wanted = false;
    const asked = this.#datesRows(now) ? this.#battery.backfill.ask(connection, now) : null;
    return asked === null ? null : { order: asked.order, outputs: this.#kept(asked.gap, now) };
  }

  sent(now: Instant): void {
    this.#battery.backfill.sent(now);
  }

  /** Rows are readings, and kept as such, at the time that {@link Backfill.row} gives them. */
  heard(message: Message, _frame: unknown, now: Instant): Heard | null {
    const answer = message.type === 'order_reply' ? this.#battery.backfill.answered(message.reply) : null;
    return answer === null ? null : { outputs: this.#kept(answer.gap, now) };
  }

  wake(now: Instant): Consequence[] {
    const gap = this.#battery.backfill.wake(now);
    // The next piece, where there is one.
    this.#wanted = gap !== null;
    return this.#kept(gap, now);
  }

  excuse(ms: number): void {
    this.#battery.backfill.excuse(ms);
  }

  interrupted(now: Instant): Consequence[] {
    this.#wanted = false;
    return this.#kept(this.#battery.backfill.interrupted(), now);
  }

  #kept(gap: Gap | null, now: Instant): Consequence[] {
    return gap === null ? [] : [{ type: 'record', record: gapRecord(this.#battery, gap, now) }];
  }
}
