/**
 * One change of a battery's settings, as a conversation. Nothing is repeated in it: whoever wants another attempt begins another one.
 *
 *     step        what happens                                  what is done                                       next
 *     proposed    its turn comes                                SetConfig goes to the battery                      asked
 *     proposed    … and nothing would change, or may no more    –                                                  done, refused
 *     proposed    ten minutes pass in line                      –                                                  timed_out
 *     asked       the battery answers Success                   1,2,0 Success, as in the only proven writing       accepted
 *     asked       … anything else                               –                                                  refused
 *     asked,      the battery asks 1,1,3                        the whole configuration, 1,2,3                     fetched
 *       accepted
 *     fetched     the battery asks 1,1,3 again                  the same                                           fetched
 *     fetched     its 1,1,4 has what it was given               –                                                  echoed
 *     fetched     its 1,1,4 has something else, anywhere        –                                                  different
 *     asked …     60 s pass since the step, or the connection   –                                                  timed_out
 *       fetched     ends
 *     echoed      a hold, or a charge                           its power is looked at                             echoed
 *     echoed      anything else                                 –                                                  done
 *     echoed      another 1,1,4 has what it changed otherwise   –                                                  different
 *     echoed      … something else otherwise                    that was changed elsewhere                         echoed
 *     echoed      after 30 s of settling, 180 s of power agree  –                                                  observed, done
 *     echoed      … disagree                                    –                                                  different
 *     echoed      … say nothing, or the connection ends         –                                                  done, not observable
 *     any         another change takes its place                –                                                  superseded
 *
 * `undone` follows later, when what it changed is as it was before: battery-control.ts.
 */
import { type ControlChange, type ControlState, type Instant, Private } from '../../model.ts';
import { parseObject, textOfValue } from '../../protocol/body/json.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import { CONFIGURATION_REQUEST, PING, successReply } from '../../protocol/commands.ts';
import { columnsOf } from '../../protocol/fields/fields.ts';
import { encodeFrame, type Frame, RESPONSE } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import { answersSetConfig, type OrderReply, orderIndex, setConfigOrder } from '../../protocol/orders.ts';
import type { WireReading } from '../../protocol/reading.ts';
import type { BegunConversation, Consequence, Conversation, ConversationState, Heard } from '../conversation.ts';
import { compareConfigurations } from '../settings/comparison.ts';
import { ownerOf } from '../settings/owner-settings.ts';
import { OBSERVED_MS, Observation, SETTLING_MS } from './observation.ts';

const STEP_MS = 60_000;
const LONGEST_WAIT_MS = 600_000;
const MOST_NAMED = 8;

/** What a battery is to be given, and what it should tell then. */
export interface PreparedChange {
  /** The body of the 1,2,3. */
  readonly body: Uint8Array;
  /** Its 1,1,4, by value. */
  readonly expected: PlainObject;
}

/** Who keeps the change. */
export interface ChangeKeeper {
  readonly change: ControlChange;
  /** What is to be given now; null where there is nothing to give: it has gone on then, and the keeper keeps that. */
  prepare(now: Instant): PreparedChange | null;
  /** It is about to be asked: what else goes on with the battery's settings ends. */
  begun(now: Instant): readonly Consequence[];
  /** The change goes on. @returns what is to be kept of it */
  step(state: ControlState, now: Instant, note?: string, more?: Partial<ControlChange>): readonly Consequence[];
  /** What the inverter is rated for, W, and whether the grid was gone when the battery last told. */
  readonly ratedWatts: number | null;
  readonly isBlackout: boolean;
  /** Whether a battery's answer to an order is answered, too. */
  readonly answersReplies: boolean;
}

const LIVE = columnsOf('live').map(({ name }) => name);
const [POWER, CHARGE] = [LIVE.indexOf('battery_power'), LIVE.indexOf('soc')] as const;

const STATES: Readonly<Partial<Record<ControlState, ConversationState>>> = {
  proposed: 'waiting',
  asked: 'asking',
  accepted: 'asking',
  fetched: 'asking',
  echoed: 'listening',
};

export class ChangeConversation implements Conversation {
  readonly #keeper: ChangeKeeper;
  #connection: number | null = null;
  #deadline: number;
  #index = '';
  #prepared: PreparedChange | null = null;
  #observation: Observation | null = null;
  #isOver = false;
  /** Since when its power is looked at, monotonic ms. */
  #settledMono = Number.POSITIVE_INFINITY;

  constructor(keeper: ChangeKeeper, now: Instant) {
    this.#keeper = keeper;
    this.#deadline = now.monoMs + LONGEST_WAIT_MS;
  }

  get state(): ConversationState {
    return this.#isOver ? 'idle' : (STATES[this.#keeper.change.state] ?? 'idle');
  }

  get connection(): number | null {
    return this.#connection;
  }

  get deadline(): number | null {
    return this.state === 'idle' ? null : this.#deadline;
  }

  begin(connection: number, now: Instant): BegunConversation | null {
    const prepared = this.#keeper.prepare(now);
    if (prepared === null) return null;
    const outputs = this.#keeper.begun(now);
    this.#connection = connection;
    this.#prepared = prepared;
    this.#index = orderIndex(now.wallMs);
    const order = setConfigOrder(this.#index);
    return { order, outputs: [...outputs, ...this.#go('asked', now, '', this.#withFrame(order, true, now))] };
  }

  sent(now: Instant): void {
    this.#deadline = now.monoMs + STEP_MS;
  }

  heard(message: Message, frame: Frame, now: Instant): Heard | null {
    const { state } = this.#keeper.change;
    if (message.type === 'order_reply') return this.#heardReply(message.reply, frame, now);
    if (message.type === 'configuration_request') return state === 'echoed' ? null : this.#give(frame, now);
    if (message.type === 'configuration') return this.#heardConfiguration(message.text, frame, now);
    if (message.type === 'readings' && state === 'echoed') this.#look(message.readings, now);
    return null;
  }

  #heardReply(reply: OrderReply, frame: Frame, now: Instant): Heard | null {
    const { state } = this.#keeper.change;
    if (!answersSetConfig(reply, this.#index) || state === 'echoed') return null;
    const frames = this.#withFrame(encodeFrame(frame.type, frame.command, frame.body), false, now);
    if (!reply.success) return { outputs: this.#end('refused', now, 'the battery answered that it will not', frames) };
    const answer = this.#keeper.answersReplies ? [{ type: 'reply' as const, frame: successReply(PING) }] : [];
    const outputs = state === 'asked' ? this.#go('accepted', now, '', frames) : [];
    return { outputs: [...outputs, ...answer] };
  }

  /** Each time it may write to its flash. */
  #give(frame: Frame, now: Instant): Heard | null {
    const { givenMs, state } = this.#keeper.change;
    // What it told meanwhile counts.
    const prepared = state === 'fetched' ? this.#prepared : this.#keeper.prepare(now);
    if (prepared === null) {
      this.#isOver = true;
      return null;
    }
    this.#prepared = prepared;
    const { body } = prepared;
    const asked = this.#withFrame(encodeFrame(frame.type, frame.command, frame.body), false, now);
    const given = encodeFrame(RESPONSE, CONFIGURATION_REQUEST, body);
    const frames = [
      ...(asked.frames as ControlChange['frames']),
      { atMs: now.wallMs, isOurs: true, bytes: new Private(given) },
    ];
    const more = { frames, givenMs: [...givenMs, now.wallMs] };
    return { outputs: this.#go('fetched', now, '', more), reply: body };
  }

  #heardConfiguration(text: string, frame: Frame, now: Instant): Heard | null {
    const { state, wish, after } = this.#keeper.change;
    if (state !== 'fetched' && state !== 'echoed') return null;
    const frames = this.#withFrame(encodeFrame(frame.type, frame.command, frame.body), false, now);
    const { expected } = this.#prepared as PreparedChange;
    const told = reportedIn(text);
    // It had all of it: what is otherwise now besides was changed elsewhere since.
    const isOfIt = (settings: PlainObject) =>
      state === 'fetched' ? settings : new Map([...settings].filter(([key]) => key in after));
    const note = differenceIn(isOfIt(told), isOfIt(expected));
    if (note !== null) return { outputs: this.#end('different', now, note, frames) };
    if (state === 'echoed') return null;
    const echoed = this.#go('echoed', now, '', frames);
    if (wish.kind !== 'hold' && wish.kind !== 'charge')
      return { outputs: [...echoed, ...this.#end('done', now, 'no power to look at follows from it')] };
    this.#observation = new Observation(wish);
    this.#settledMono = now.monoMs + SETTLING_MS;
    this.#deadline = this.#settledMono + OBSERVED_MS;
    return { outputs: echoed };
  }

  #look(readings: readonly WireReading[], now: Instant): void {
    if (now.monoMs < this.#settledMono) return;
    for (const { kind, values } of readings) {
      if (kind !== 'live') continue;
      const [watts, percent] = [values[POWER], values[CHARGE]].map((value) =>
        typeof value === 'number' ? value : null,
      ) as [number | null, number | null];
      this.#observation?.add({ watts, percent }, this.#keeper.isBlackout);
    }
  }

  wake(now: Instant): readonly Consequence[] {
    const { state } = this.#keeper.change;
    if (now.monoMs < this.#deadline) return [];
    return state === 'echoed' ? this.#judge(now) : this.#end('timed_out', now, TIMED_OUT[state] as string);
  }

  #judge(now: Instant): readonly Consequence[] {
    const { verdict, note } = (this.#observation as Observation).verdict(this.#keeper.ratedWatts);
    if (verdict === 'disagrees')
      return this.#end('different', now, `it says that it does, but ${note}`, { isObeyed: false });
    if (verdict === 'not_observable') return this.#end('done', now, `not observable: ${note}`);
    return [...this.#go('observed', now, note, { isObeyed: true }), ...this.#end('done', now, '')];
  }

  excuse(ms: number): void {
    this.#deadline += ms;
    this.#settledMono += ms;
  }

  interrupted(now: Instant): readonly Consequence[] {
    const { state } = this.#keeper.change;
    if (state === 'echoed') return this.#end('done', now, 'not observable: the connection ended');
    if (state !== 'proposed') return this.#end('timed_out', now, `${TIMED_OUT[state]}: the connection ended`);
    // Nothing was asked yet.
    this.#isOver = true;
    return [];
  }

  /** Another change begins: nobody looks at its power any more. */
  stop(now: Instant): readonly Consequence[] {
    return this.state === 'listening' ? this.#end('done', now, 'not observable: another change began') : [];
  }

  #withFrame(bytes: Uint8Array, isOurs: boolean, now: Instant): Partial<ControlChange> {
    const { frames } = this.#keeper.change;
    return { frames: [...frames, { atMs: now.wallMs, isOurs, bytes: new Private(new Uint8Array(bytes)) }] };
  }

  #go(state: ControlState, now: Instant, note: string, more: Partial<ControlChange> = {}): readonly Consequence[] {
    this.#deadline = now.monoMs + STEP_MS;
    return this.#keeper.step(state, now, note, more);
  }

  #end(state: ControlState, now: Instant, note: string, more: Partial<ControlChange> = {}): readonly Consequence[] {
    const kept = this.#keeper.step(state, now, note, more);
    this.#isOver = true;
    this.#connection = null;
    return kept;
  }
}

/** How a 1,1,4 is told, by value; of a key given twice, as `Generator` is, the last counts. */
export function reportedIn(text: string): PlainObject {
  const object = parseObject(text) ?? {};
  return new Map(Object.entries(object).map(([key, value]) => [key, textOfValue(value)]));
}

/** What a battery tells otherwise than was expected, in words; null for nothing. Of settings that are not the owner's the name alone: they may be private. */
function differenceIn(told: PlainObject, expected: PlainObject): string | null {
  const { differences, unconfirmed } = compareConfigurations(told, told, expected);
  const others = differences.map(({ key, from, to }) =>
    ownerOf(key) === 'owner' ? `${key} is ${from}, not ${to}` : key,
  );
  const named = [...others, ...unconfirmed].slice(0, MOST_NAMED);
  if (named.length === 0) return null;
  return `the battery tells otherwise: ${named.join(', ')}`;
}

const TIMED_OUT: Readonly<Partial<Record<ControlState, string>>> = {
  proposed: 'other orders were under way for too long',
  asked: 'the battery did not answer',
  accepted: 'the battery said that it will, and did not ask for its configuration',
  fetched: 'the battery was given its configuration, and did not tell what it has now',
};
