/**
 * One connection of a battery, as meaning over time: bytes and moments in, {@link Output}s out. No socket, timer, logger
 * or clock in here, so that a whole conversation can be played in a test.
 *
 * The battery leads: it pushes, the server answers `Success`. No login is needed (a battery that reconnects may stream on
 * without one; confirmed), and no order of messages is expected. So the table of what follows what is short:
 *
 *     state    what comes               what is done                                    next state
 *     open     whole frame              by its message (#hear), answered                open
 *     open     frame, bad checksum      kept as discarded, no reply                     open
 *     open     no frame                 kept as discarded, close                        closed
 *     open     none of a battery's      said once: it is stale                          open
 *              readings for long
 *     open     a deadline passes        rest kept as discarded, close                   closed
 *     open     its battery speaks on a  close                                           closed
 *              newer connection; where
 *              there are several, each
 *     open     the peer hangs up        rest kept as discarded                          closed
 *     closed   anything                 nothing                                         closed
 */
import type { Gap, Instant } from '../model.ts';
import type { FormBook } from '../protocol/body/wire-form.ts';
import { successReply, wantsReply } from '../protocol/commands.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { type BrokenStream, type DiscardedFrame, type Frame, FrameDecoder } from '../protocol/frame.ts';
import { type Message, MessageReader } from '../protocol/messages.ts';
import type { OrderReply } from '../protocol/orders.ts';
import type { WireReading } from '../protocol/reading.ts';
import type { Batteries, HeardBattery } from './batteries.ts';
import { dateReading } from './clock/dating.ts';
import type { Output } from './output.ts';
import { Outputs } from './outputs.ts';
import { Presence } from './presence.ts';
import { batteryEvent, configurationRecord, gapRecord, readingRecord } from './records.ts';
import { Speakers } from './trust/speakers.ts';
import { NO_PEER, type Peer } from './trust/trust.ts';

/** How long a peer may take, in milliseconds. */
export interface Patience {
  /** From the first byte of a frame to its last: the largest takes under a second on the slowest link. */
  readonly frameMs: number;
  /** From one reading to the next, before the battery is called stale: it sends one every 10 s. */
  readonly staleMs: number;
  /** From one sign of life to the next, before the connection is closed, so that the battery makes another. */
  readonly silenceMs: number;
}

export const PATIENCE: Patience = { frameMs: 30_000, staleMs: 90_000, silenceMs: 300_000 };

export interface SessionOptions {
  /** Unique for ever within one store. */
  readonly connection: number;
  readonly batteries: Batteries;
  readonly forms: FormBook;
  readonly patience?: Patience;
  /** Who is at the other end. */
  readonly peer?: Peer;
  /** A keyed hash, so that logins can be compared that are not kept; without it they are not. */
  readonly hashLogin?: (login: string) => string;
}

export class Session {
  readonly #connection: number;
  readonly #speakers: Speakers;
  readonly #outputs: Outputs;
  readonly #hashLogin: SessionOptions['hashLogin'];
  readonly #patience: Patience;
  readonly #reader: MessageReader;
  readonly #decoder = new FrameDecoder();
  #open = true;
  /** A frame of its battery with something in it, whether it could be read or not; an empty one is none. */
  #lastLifeMono: number;
  readonly #presence: Presence;
  #frameBegunMono: number | null = null;

  constructor(options: SessionOptions, now: Instant) {
    this.#connection = options.connection;
    this.#outputs = new Outputs(options.connection);
    this.#speakers = new Speakers(options.connection, options.peer ?? NO_PEER, options.batteries, this.#outputs);
    this.#hashLogin = options.hashLogin;
    this.#patience = options.patience ?? PATIENCE;
    this.#presence = new Presence(this.#patience.staleMs, (battery) => this.#speaksHere(battery));
    this.#reader = new MessageReader(options.forms);
    this.#lastLifeMono = now.monoMs;
  }

  /** When `wake` wants to be called, in monotonic milliseconds; null once closed. */
  get deadline(): number | null {
    if (!this.#open) return null;
    if (this.#superseded) return Number.NEGATIVE_INFINITY;
    const { frameMs, silenceMs } = this.#patience;
    const deadlines = [this.#lastLifeMono + silenceMs];
    const staleAt = this.#presence.deadline;
    if (this.#frameBegunMono !== null) deadlines.push(this.#frameBegunMono + frameMs);
    if (staleAt !== null) deadlines.push(staleAt);
    for (const { backfill } of this.#asked()) deadlines.push(backfill.deadline as number);
    return Math.min(...deadlines);
  }

  /** Whether it is here that a battery speaks, as far as it is believed, and not on a newer connection. */
  #speaksHere(battery: HeardBattery): boolean {
    return battery.deliveredOn <= this.#connection && this.#speakers.speakFor(battery);
  }

  /** Whether each of its batteries has since delivered on a newer connection. */
  get #superseded(): boolean {
    const { introduced } = this.#speakers;
    const hasMoved = (battery: HeardBattery) =>
      battery.deliveredOn > this.#connection && this.#speakers.speakFor(battery);
    return introduced.size > 0 && [...introduced].every(hasMoved);
  }

  /** The batteries whose history is awaited on this connection. */
  #asked(): HeardBattery[] {
    return [...this.#speakers.introduced].filter(
      (battery) => battery.backfill.connection === this.#connection && this.#speakers.speakFor(battery),
    );
  }

  /** Bytes came. */
  receive(bytes: Uint8Array, now: Instant): Output[] {
    if (!this.#open) return [];
    this.#decoder.receive(bytes);
    for (let decoded = this.#decoder.next(); decoded !== null; decoded = this.#decoder.next()) {
      this.#frameBegunMono = null;
      if (decoded.kind === 'frame') this.#answer(decoded, now);
      else this.#refuse(decoded, now);
    }
    if (this.#decoder.pending > 0) this.#frameBegunMono ??= now.monoMs;
    return this.#outputs.take();
  }

  /** Time passed. */
  wake(now: Instant): Output[] {
    if (this.deadline === null || now.monoMs < this.deadline) return [];
    for (const battery of this.#asked()) this.#continueBackfill(battery, now);
    const code = this.#reasonToClose(now);
    if (code !== null) {
      this.#keepRest(now);
      this.#outputs.problem(code, '');
      this.#close(code, now);
    } else {
      for (const battery of this.#presence.takeStale(now)) {
        this.#outputs.problem('BATTERY_STALE', '', battery);
        this.#outputs.note('stale', `connection ${this.#connection}`, now, battery);
      }
    }
    return this.#outputs.take();
  }

  #reasonToClose(now: Instant): ProblemCode | null {
    const { frameMs, silenceMs } = this.#patience;
    if (this.#superseded) return 'CONNECTION_SUPERSEDED';
    if (this.#frameBegunMono !== null && now.monoMs >= this.#frameBegunMono + frameMs) return 'FRAME_INCOMPLETE';
    return now.monoMs >= this.#lastLifeMono + silenceMs ? 'PEER_SILENT' : null;
  }

  /** For so many milliseconds nobody listened: they do not count against the peer. */
  excuse(ms: number): void {
    this.#lastLifeMono += ms;
    this.#presence.excuse(ms);
    if (this.#frameBegunMono !== null) this.#frameBegunMono += ms;
    for (const { backfill } of this.#asked()) backfill.excuse(ms);
    this.#speakers.excuse(ms);
  }

  /** The peer hung up, or we did for a reason of our own. */
  ended(now: Instant): Output[] {
    if (!this.#open) return [];
    this.#keepRest(now);
    this.#leave(now);
    return this.#outputs.take();
  }

  /** An order has left: from now on its answer is awaited. */
  orderSent(now: Instant): void {
    for (const { backfill } of this.#asked()) backfill.sent(now);
  }

  #answer(frame: Frame, now: Instant): void {
    this.#hear(this.#reader.read(frame), frame, now);
    if (this.#speakers.isNamed && frame.body.length > 0) this.#lastLifeMono = now.monoMs;
    if (wantsReply(frame.type)) this.#outputs.add({ type: 'reply', frame: successReply(frame.command) });
  }

  #hear(message: Message, frame: Frame, now: Instant): void {
    switch (message.type) {
      case 'ping':
        return;
      case 'login':
        if (!this.#takeLogin(message, frame, now)) return;
        break;
      case 'configuration_request':
        if (this.#ofMessage(message.serial, frame, now) === null) return;
        break;
      case 'configuration': {
        const battery = this.#ofMessage(message.serial, frame, now)?.serial;
        if (battery === undefined) return;
        this.#outputs.record(configurationRecord(battery, message, now));
        break;
      }
      case 'readings':
        if (!message.readings.every((reading) => this.#keepReading(reading, frame, now))) return;
        break;
      case 'events':
        if (this.#speakers.keepsAside(frame, now)) return;
        for (const event of message.events) this.#outputs.record(batteryEvent(event, this.#outputs.hearing(now)));
        break;
      case 'order_reply':
        if (!this.#takeReply(message.reply, frame, now)) return;
        break;
      case 'unreadable':
        if (message.serial !== null && this.#ofMessage(message.serial, frame, now) === null) return;
        this.#outputs.unknown(frame, message.reason, now);
        return;
    }
    if (message.partly) this.#outputs.unknown(frame, 'BODY_PARTLY_READ', now);
  }

  #takeLogin({ serial, note, login }: Extract<Message, { type: 'login' }>, frame: Frame, now: Instant): boolean {
    const hash = this.#hashLogin?.(login.reveal()) ?? null;
    const isKnown = this.#met(now, () => this.#speakers.logIn(serial, hash, frame, now));
    if (isKnown) this.#outputs.note('login', note, now);
    return isKnown;
  }

  #ofMessage(serial: string | null, frame: Frame, now: Instant): HeardBattery | null {
    return this.#met(now, () => this.#speakers.ofMessage(serial, frame, now));
  }

  /** A battery that is met is fresh. */
  #met<T>(now: Instant, hear: () => T): T {
    const heard = hear();
    this.#presence.meet(this.#speakers.introduced, now);
    return heard;
  }

  /** @returns whether it was kept as a reading; if not, the whole frame was kept as it came */
  #keepReading(reading: WireReading, frame: Frame, now: Instant): boolean {
    const battery = this.#speakers.ofReading(reading, frame, now);
    if (battery === null) return false;
    if (battery !== 'held') this.#takeReading(reading, battery, now);
    return true;
  }

  #takeReading(heard: WireReading, battery: HeardBattery, now: Instant): void {
    const reading = battery.parts.settle(heard, now);
    battery.deliveredOn = Math.max(battery.deliveredOn, this.#connection);
    if (this.#presence.heard(battery, now)) this.#outputs.note('fresh', `connection ${this.#connection}`, now);
    const { time, outputs } = dateReading(reading, battery, now);
    this.#outputs.add(...outputs);
    this.#outputs.record(readingRecord(reading, battery.serial, time, now));
    const { kind, batteryTime } = reading;
    if (kind === 'live' && batteryTime !== null) this.#lookForGap(time as number, battery, now);
  }

  // ---- what was missed -------------------------------------------------------------------------------------------

  #lookForGap(time: number, battery: HeardBattery, now: Instant): void {
    const { clock, backfill, clockStands } = battery;
    const gap = backfill.heard(time, now.wallMs, clock.settled || clockStands);
    if (gap !== null) this.#outputs.record(gapRecord(battery, gap, now));
    this.#askForHistory(battery, now);
  }

  /** One battery of a connection at a time: its answer does not say whose it is. A clock that stands dates no rows. */
  #askForHistory(battery: HeardBattery, now: Instant): void {
    if (!battery.clock.settled || battery.clockStands || this.#asked().length > 0) return;
    const asked = battery.backfill.ask(this.#connection, now);
    if (asked === null) return;
    this.#outputs.record(gapRecord(battery, asked.gap, now));
    this.#outputs.order(asked.order);
  }

  /** @returns whether it was asked for; if not, the whole frame was kept as it came */
  #takeReply(reply: OrderReply, frame: Frame, now: Instant): boolean {
    for (const battery of this.#asked()) {
      const answer = battery.backfill.answered(reply);
      if (answer === null) continue;
      if (answer.gap !== null) this.#outputs.record(gapRecord(battery, answer.gap, now));
      return true;
    }
    this.#outputs.unknown(frame, 'RESPONSE_UNEXPECTED', now);
    return false;
  }

  #continueBackfill(battery: HeardBattery, now: Instant): void {
    const gap = battery.backfill.wake(now);
    if (gap === null) return;
    this.#outputs.record(gapRecord(battery, gap, now));
    this.#askForHistory(battery, now);
  }

  /** A checksum that fails cost one frame; bytes that begin none end the conversation. */
  #refuse(decoded: DiscardedFrame | BrokenStream, now: Instant): void {
    this.#outputs.discarded(decoded.bytes, decoded.reason, now);
    this.#outputs.problem(decoded.reason, `${decoded.bytes.length} bytes`);
    if (decoded.kind === 'broken') this.#close(decoded.reason, now);
  }

  #keepRest(now: Instant): void {
    const rest = this.#decoder.rest();
    if (rest.length > 0) this.#outputs.discarded(rest, 'FRAME_INCOMPLETE', now);
  }

  #close(code: ProblemCode, now: Instant): void {
    this.#leave(now);
    this.#outputs.add({ type: 'close', code });
  }

  #leave(now: Instant): void {
    this.#open = false;
    this.#outputs.dropOrders();
    for (const battery of this.#asked()) {
      // It is asked, so there is one.
      this.#outputs.record(gapRecord(battery, battery.backfill.interrupted() as Gap, now));
    }
    for (const battery of this.#speakers.introduced) {
      if (!this.#speakers.speakFor(battery)) continue;
      this.#outputs.note('disconnected', `connection ${this.#connection}`, now, battery);
    }
    this.#speakers.leave();
  }
}
