/**
 * The conversations of one connection, in the line in which they were started. One order of ours is out at a time; who asked first
 * gets the answer.
 *
 *     state      what happens                                what is done                      next state
 *     idle       it is started                               it joins the end of the line      waiting, listening
 *     waiting    no order is out, none waits before it       its order is given                asking
 *     waiting    … and it has nothing to ask any more        it leaves the line                idle
 *     asking     its order is written                        it is told so                     asking
 *     asking,    a message of its battery, or a response:
 *     listening    it is part of it                          taken by it, by no other          any
 *                  it is not                                 offered to the next              the same
 *     any        its deadline passes                         it is woken                       any
 *     asking     it wants another turn                       it goes to the end of the line    waiting
 *     any        the connection ends, or its peer is not     interrupted; it leaves the line   idle
 *                believed to be that battery any more
 *     any        it goes on over another connection          it leaves this line               the same
 *
 * Not offered to those that wait: nothing of theirs has begun.
 */
import type { Instant } from '../model.ts';
import type { Frame } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import type { HeardBattery } from './batteries.ts';
import type { Consequence, Conversation, Heard } from './conversation.ts';
import type { Outputs } from './outputs.ts';

interface Entry {
  readonly battery: HeardBattery;
  readonly conversation: Conversation;
  /** Whether it has had its turn since it stands here. */
  begun: boolean;
}

export class Conversations {
  readonly #connection: number;
  readonly #speaksHere: (battery: HeardBattery) => boolean;
  readonly #outputs: Outputs;
  #line: Entry[] = [];
  /** Whether an order was given that may not have been written yet. */
  #unsent = false;

  /**
   * @param speaksHere whether who is at the other end is believed to be that battery
   * @param outputs takes what is to be done
   */
  constructor(connection: number, speaksHere: (battery: HeardBattery) => boolean, outputs: Outputs) {
    this.#connection = connection;
    this.#speaksHere = speaksHere;
    this.#outputs = outputs;
  }

  /** When {@link wake} wants to be called, in monotonic milliseconds; null for never. */
  get deadline(): number | null {
    let soonest: number | null = null;
    for (const entry of this.#line) {
      const { deadline } = entry.conversation;
      if (deadline === null || this.#isElsewhere(entry)) continue;
      soonest = Math.min(soonest ?? Number.POSITIVE_INFINITY, deadline);
    }
    return soonest;
  }

  /** Whether any stands in line, or goes on. */
  get areAny(): boolean {
    return this.#line.length > 0;
  }

  /** Whether no order is out: then nobody waits either, and one that is started now begins at once. */
  get isFree(): boolean {
    return !this.#unsent && !this.#line.some((entry) => this.#isAsking(entry));
  }

  /** Joins the line; begins at once where no order is out and nobody waits. */
  start(battery: HeardBattery, conversation: Conversation, now: Instant): void {
    if (this.#line.some((entry) => entry.conversation === conversation)) return;
    this.#line.push({ battery, conversation, begun: false });
    battery.conversations.add(conversation);
    this.#goOn(now);
  }

  /** An order of ours has been written to the socket. */
  sent(now: Instant): void {
    this.#unsent = false;
    this.#line.find((entry) => this.#isAsking(entry))?.conversation.sent(now);
    this.#goOn(now);
  }

  /**
   * @param battery whose message it is; null for a response, which does not say
   * @returns what the one conversation that it is part of makes of it; null where it is part of none
   */
  heard(message: Message, battery: HeardBattery | null, frame: Frame, now: Instant): Heard | null {
    for (const entry of this.#line) {
      if (!this.#hears(entry, battery)) continue;
      const answersOrder = this.#isAsking(entry);
      const heard = entry.conversation.heard(message, frame, now);
      if (heard === null) continue;
      if (answersOrder) this.#unsent = false;
      this.#outputs.add(...heard.outputs);
      this.#goOn(now);
      return heard;
    }
    return null;
  }

  /** Time passed. */
  wake(now: Instant): void {
    for (const entry of this.#line) {
      const { deadline } = entry.conversation;
      if (deadline === null || now.monoMs < deadline || this.#isElsewhere(entry)) continue;
      // Patience with a battery begins when the order is written, and is much longer than that takes.
      if (this.#isAsking(entry)) this.#unsent = false;
      this.#outputs.add(...entry.conversation.wake(now));
    }
    this.#goOn(now);
  }

  /** For so many milliseconds nobody listened. */
  excuse(ms: number): void {
    for (const entry of this.#line) if (!this.#isElsewhere(entry)) entry.conversation.excuse(ms);
  }

  /** The connection has ended. */
  end(now: Instant): void {
    const line = this.#line;
    this.#line = [];
    for (const entry of line) if (!this.#isElsewhere(entry)) this.#interrupt(entry, now);
  }

  #isElsewhere({ conversation: { connection } }: Entry): boolean {
    return connection !== null && connection !== this.#connection;
  }

  #isAsking(entry: Entry): boolean {
    return entry.conversation.state === 'asking' && !this.#isElsewhere(entry);
  }

  #hears(entry: Entry, battery: HeardBattery | null): boolean {
    const { state } = entry.conversation;
    const hasBegun = (state === 'asking' || state === 'listening') && !this.#isElsewhere(entry);
    const isOfIt = battery === null || battery === entry.battery;
    return hasBegun && isOfIt && this.#speaksHere(entry.battery);
  }

  /** Looks who is still in line, and gives the next its turn. */
  #goOn(now: Instant): void {
    this.#tidy(now);
    while (this.isFree) {
      const next = this.#line.find(({ conversation }) => conversation.state === 'waiting');
      if (next === undefined) return;
      this.#begin(next, now);
    }
  }

  #tidy(now: Instant): void {
    const again: Entry[] = [];
    const staying: Entry[] = [];
    for (const entry of this.#line) {
      const { state } = entry.conversation;
      if (state === 'idle' || this.#isElsewhere(entry)) forget(entry);
      else if (!this.#speaksHere(entry.battery)) this.#interrupt(entry, now);
      else if (state === 'waiting' && entry.begun) again.push({ ...entry, begun: false });
      else staying.push(entry);
    }
    this.#line = [...staying, ...again];
  }

  #begin(entry: Entry, now: Instant): void {
    const begun = entry.conversation.begin(this.#connection, now);
    if (begun === null) {
      this.#line = this.#line.filter((one) => one !== entry);
      forget(entry);
      return;
    }
    entry.begun = true;
    this.#unsent = true;
    this.#outputs.add(...begun.outputs);
    this.#outputs.order(begun.order);
  }

  #interrupt(entry: Entry, now: Instant): void {
    this.#outputs.add(...entry.conversation.interrupted(now));
    forget(entry);
  }
}

/** One that goes on elsewhere is still going on. */
function forget({ battery, conversation }: Entry): void {
  if (conversation.state === 'idle') battery.conversations.delete(conversation);
}

/** Another peer is believed to be the battery: all conversations with it end, over whichever connections they go on. */
export function interruptAll(battery: HeardBattery, now: Instant): Consequence[] {
  const outputs = [...battery.conversations].flatMap((conversation) => conversation.interrupted(now));
  battery.conversations.clear();
  return outputs;
}
