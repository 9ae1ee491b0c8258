/**
 * What is kept of each kind of message, and what it is answered with: {@link HANDLERS} is the table. Which commands make which
 * kind is the table in protocol/messages.ts.
 */
import type { Instant } from '../model.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { columnsOf } from '../protocol/fields/fields.ts';
import { ratedWattsIn } from '../protocol/fields/plausible.ts';
import type { Frame } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import type { WireReading } from '../protocol/reading.ts';
import type { HeardBattery } from './batteries.ts';
import { dateReading } from './clock/dating.ts';
import type { Reply } from './conversation.ts';
import type { Conversations } from './conversations.ts';
import type { Outputs } from './outputs.ts';
import type { BatteryPresence } from './presence.ts';
import { batteryEvent, configurationRecord, gapRecord, readingRecord } from './records.ts';
import type { Speakers } from './trust/speakers.ts';

const BLACKOUT = columnsOf('detail').findIndex(({ name }) => name === 'blackout');
/** Fields that a line of the log names at most. */
const MOST_NAMED = 8;

/** What a handler made of a message. */
export interface Handled {
  /** Whose message it is; null where that is not known, or may not be the battery. */
  readonly battery: HeardBattery | null;
  /** Why the frame is to be kept as it came, too; null where it is not, or was. */
  readonly unknown: ProblemCode | null;
  readonly reply: Reply;
}

type MessageKind = Message['type'];
type OfKind<K extends MessageKind> = Extract<Message, { readonly type: K }>;
type Handler<K extends MessageKind> = (to: Handlers, message: OfKind<K>, frame: Frame, now: Instant) => Handled;

/** The frame was kept as it came, or nothing of it is to be kept. */
const ASIDE: Handled = { battery: null, unknown: null, reply: 'success' };

function of(battery: HeardBattery | null, { partly }: { readonly partly: boolean }): Handled {
  return { battery, unknown: partly ? 'BODY_PARTLY_READ' : null, reply: 'success' };
}

const HANDLERS: { readonly [K in MessageKind]: Handler<K> } = {
  ping: (to) => ({ ...ASIDE, battery: to.outputs.battery }),
  login: (to, message, frame, now) => {
    const hash = to.hashLogin?.(message.login.reveal()) ?? null;
    if (!to.met(now, () => to.speakers.logIn(message.serial, hash, frame, now))) return ASIDE;
    to.outputs.note('login', message.note, now);
    return of(to.outputs.battery, message);
  },
  configuration_request: (to, message, frame, now) => {
    const battery = to.ofMessage(message.serial, frame, now);
    return battery === null ? ASIDE : of(battery, message);
  },
  configuration: (to, message, frame, now) => {
    const battery = to.ofMessage(message.serial, frame, now);
    if (battery === null) return ASIDE;
    to.outputs.record(configurationRecord(battery.serial, message, now));
    const ratedWatts = ratedWattsIn(message.text);
    if (ratedWatts > 0) battery.house = { ...battery.house, ratedWatts };
    battery.control.heard(to.connection, now);
    battery.control.settings.report(message.text, now);
    return of(battery, message);
  },
  readings: (to, message, frame, now) => {
    const areKept = message.readings.every((reading) => to.keepReading(reading, frame, now));
    return areKept ? of(to.outputs.battery, message) : ASIDE;
  },
  events: (to, message, frame, now) => {
    if (to.speakers.keepsAside(frame, now)) return ASIDE;
    for (const event of message.events) to.outputs.record(batteryEvent(event, to.outputs.hearing(now)));
    return of(to.outputs.battery, message);
  },
  // It names no battery: who asked knows.
  order_reply: (_to, message) => of(null, message),
  unreadable: (to, message, frame, now) => {
    if (message.serial !== null && to.ofMessage(message.serial, frame, now) === null) return ASIDE;
    return { ...ASIDE, battery: to.outputs.battery, unknown: message.reason };
  },
};

/** The parts of one session that its handlers use. */
export interface HandlersParts {
  readonly connection: number;
  readonly speakers: Speakers;
  readonly outputs: Outputs;
  readonly presence: BatteryPresence;
  readonly conversations: Conversations;
  /** A keyed hash, so that logins can be compared that are not kept; without it they are not. */
  readonly hashLogin: ((login: string) => string) | undefined;
  /** Whether the battery speaks with another server: then nothing is asked of it. */
  readonly isOverheard: boolean;
}

/** The handlers of one connection. */
export class Handlers {
  readonly speakers: Speakers;
  readonly outputs: Outputs;
  readonly hashLogin: HandlersParts['hashLogin'];
  readonly connection: number;
  readonly #presence: BatteryPresence;
  readonly #conversations: Conversations;
  readonly #isOverheard: boolean;

  constructor({ connection, speakers, outputs, presence, conversations, hashLogin, isOverheard }: HandlersParts) {
    this.speakers = speakers;
    this.outputs = outputs;
    this.hashLogin = hashLogin;
    this.connection = connection;
    this.#presence = presence;
    this.#conversations = conversations;
    this.#isOverheard = isOverheard;
  }

  /** Keeps what a message says. */
  handle(message: Message, frame: Frame, now: Instant): Handled {
    const handler = HANDLERS[message.type] as Handler<MessageKind>;
    return handler(this, message, frame, now);
  }

  ofMessage(serial: string | null, frame: Frame, now: Instant): HeardBattery | null {
    return this.met(now, () => this.speakers.ofMessage(serial, frame, now));
  }

  /** A battery that is met is fresh. */
  met<T>(now: Instant, hear: () => T): T {
    const heard = hear();
    this.#presence.meet(this.speakers.introduced, now);
    return heard;
  }

  /** @returns whether it was kept as a reading; if not, the whole frame was kept as it came */
  keepReading(reading: WireReading, frame: Frame, now: Instant): boolean {
    const battery = this.speakers.ofReading(reading, frame, now);
    if (battery === null) return false;
    if (battery !== 'held') this.#takeReading(reading, battery, now);
    return true;
  }

  #takeReading(heard: WireReading, battery: HeardBattery, now: Instant): void {
    const { outputs } = this;
    const reading = battery.parts.settle(heard, now, battery.house);
    if (reading.implausible !== null) this.#noteTroubles(reading.implausible, battery, now);
    if (!this.#isOverheard) battery.deliveredOn = Math.max(battery.deliveredOn, this.connection);
    battery.control.heard(this.connection, now);
    if (this.#presence.heard(battery, now)) outputs.note('fresh', `connection ${this.connection}`, now);
    const dated = dateReading(reading, battery, now);
    outputs.add(...dated.outputs);
    outputs.record(readingRecord(reading, battery.serial, dated.time, now));
    this.#noteBlackout(reading, battery, now);
    const { kind, batteryTime } = reading;
    if (kind === 'live' && batteryTime !== null) this.#lookForGap(dated.time as number, battery, now);
  }

  #noteTroubles(implausible: readonly string[], battery: HeardBattery, now: Instant): void {
    const troubles = battery.troubles.heard(implausible, now);
    if (troubles.length === 0) return;
    this.outputs.problem('VALUE_IMPLAUSIBLE', troubles.slice(0, MOST_NAMED).join(', '), battery);
  }

  /** History is of before. */
  #noteBlackout({ kind, values }: WireReading, battery: HeardBattery, now: Instant): void {
    const told = kind === 'detail' ? values[BLACKOUT] : null;
    if (typeof told !== 'number') return;
    const before = battery.blackout;
    battery.blackout = told === 1;
    if (battery.blackout === (before ?? false)) return;
    const [name, text] = battery.blackout
      ? ['blackout', 'no grid voltage; the inverter supplies the house (likely)']
      : ['grid_back', 'grid voltage is there again'];
    this.outputs.note(name as string, text as string, now, battery);
  }

  #lookForGap(time: number, battery: HeardBattery, now: Instant): void {
    const { clock, backfill, backfillConversation, clockStands } = battery;
    const gap = backfill.heard(time, now.wallMs, clock.settled || clockStands, now.monoMs);
    if (gap !== null) this.outputs.record(gapRecord(battery, gap, now));
    if (this.#isOverheard) return;
    // What was missed can wait for a later reading: it stands in nobody's way.
    if (this.#conversations.isFree && backfillConversation.want(now))
      this.#conversations.start(battery, backfillConversation, now);
  }
}
