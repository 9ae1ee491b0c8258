/**
 * The owner tries `SyncTime`: what a battery says to it, and in which form the time travels, was never captured. The order alone is sent, as it was seen; no time
 * is. All that is said in the minute after it is kept, and each request of the battery's is answered as ever, with Success.
 *
 *     step      what happens                              what is done               next
 *     waiting   its turn comes                            the order goes out         asked
 *     waiting   60 s pass in line                         –                          dropped
 *     asked     the battery answers it                    kept                       accepted, refused
 *     any begun a message of the battery’s, but a login   kept                       the same
 *     any begun 60 s pass since the order was written     –                          over
 *     any begun the connection ends                       –                          interrupted
 *
 * No other order leaves on that connection meanwhile, so that all that is said belongs to this one.
 */
import { type Instant, Private } from '../../model.ts';
import { LOGIN, ORDER } from '../../protocol/commands.ts';
import { encodeFrame, type Frame, REQUEST } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import { answersSyncTime, orderIndex, syncTimeOrder } from '../../protocol/orders.ts';
import type { HeardBattery } from '../batteries.ts';
import type { BegunConversation, Consequence, Conversation, ConversationState, Heard } from '../conversation.ts';
import { bytesRecord, serverEvent } from '../records.ts';

const WINDOW_MS = 60_000;
const MOST_FRAMES = 200;

export type SyncTimeStep = 'waiting' | 'asked' | 'accepted' | 'refused' | 'over' | 'interrupted' | 'dropped';

/** What was said, in its order. */
export interface SaidFrame {
  readonly atMs: number;
  readonly isOurs: boolean;
  readonly bytes: Private<Uint8Array>;
}

export class SyncTimeExperiment implements Conversation {
  readonly #hearing: (now: Instant) => { connection: number; battery: HeardBattery; now: Instant };
  #step: SyncTimeStep = 'waiting';
  #connection: number | null = null;
  #deadline: number;
  #index = '';
  /** What the battery answered to the order; null before that. */
  answer: 'accepted' | 'refused' | null = null;
  readonly frames: SaidFrame[] = [];
  /** By how many seconds the battery's clock was ahead of UTC before; null where it was not known. */
  readonly aheadBefore: number | null;
  /** … by each reading since, in its order: when it came, Unix ms, and by how much; as far as readings carry a time. */
  readonly aheadSince: (readonly [atMs: number, seconds: number])[] = [];

  constructor(battery: HeardBattery, now: Instant) {
    this.#hearing = (moment) => ({ connection: this.#connection ?? 0, battery, now: moment });
    this.#deadline = now.monoMs + WINDOW_MS;
    this.aheadBefore = battery.clock.epoch?.offsetSeconds ?? null;
  }

  get step(): SyncTimeStep {
    return this.#step;
  }

  get state(): ConversationState {
    if (this.#step === 'waiting') return 'waiting';
    return this.#isUnderWay ? 'asking' : 'idle';
  }

  get #isUnderWay(): boolean {
    return this.#step === 'asked' || this.#step === 'accepted' || this.#step === 'refused';
  }

  get connection(): number | null {
    return this.#connection;
  }

  get deadline(): number | null {
    return this.state === 'idle' ? null : this.#deadline;
  }

  begin(connection: number, now: Instant): BegunConversation {
    this.#step = 'asked';
    this.#connection = connection;
    this.#index = orderIndex(now.wallMs);
    this.#deadline = now.monoMs + WINDOW_MS;
    const order = syncTimeOrder(this.#index);
    const kept = this.#keep(order, { type: REQUEST, command: ORDER }, true, now);
    return { order, outputs: [this.#note('clock_sync_tried', '', now), ...kept] };
  }

  sent(now: Instant): void {
    this.#deadline = now.monoMs + WINDOW_MS;
  }

  heard(message: Message, frame: Frame, now: Instant): Heard | null {
    if (frame.command === LOGIN) return null;
    const bytes = encodeFrame(frame.type, frame.command, frame.body);
    if (message.type === 'order_reply' && answersSyncTime(message.reply, this.#index)) {
      this.answer = message.reply.success ? 'accepted' : 'refused';
      this.#step = this.answer;
    }
    if (message.type === 'readings')
      for (const { batteryTime } of message.readings)
        if (batteryTime !== null) this.aheadSince.push([now.wallMs, batteryTime - now.wallMs / 1000]);
    return { outputs: this.#keep(bytes, frame, false, now) };
  }

  wake(now: Instant): readonly Consequence[] {
    if (now.monoMs < this.#deadline) return [];
    return this.#end(this.#step === 'waiting' ? 'dropped' : 'over', now);
  }

  excuse(ms: number): void {
    this.#deadline += ms;
  }

  interrupted(now: Instant): readonly Consequence[] {
    return this.#end(this.#step === 'waiting' ? 'dropped' : 'interrupted', now);
  }

  #end(step: SyncTimeStep, now: Instant): readonly Consequence[] {
    const note = this.#note('clock_sync_ended', `${step}, ${this.frames.length} frames`, now);
    this.#step = step;
    return [note];
  }

  #keep(
    bytes: Uint8Array,
    frame: { readonly type: number; readonly command: number },
    isOurs: boolean,
    now: Instant,
  ): Consequence[] {
    if (this.frames.length >= MOST_FRAMES) return [];
    this.frames.push({ atMs: now.wallMs, isOurs, bytes: new Private(new Uint8Array(bytes)) });
    const direction = isOurs ? 'to_battery' : 'from_battery';
    const record = bytesRecord('conversation', 'CLOCK_SYNC_TRIED', bytes, frame, this.#hearing(now), direction);
    return [{ type: 'record', record }];
  }

  #note(name: string, text: string, now: Instant): Consequence {
    return { type: 'record', record: serverEvent(name, text, this.#hearing(now)) };
  }
}
