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
 *     open     no reading for long      said once: stale                                open
 *     open     a deadline passes        rest kept as discarded, close                   closed
 *     open     its battery speaks on    close                                           closed
 *              a newer connection
 *     open     the peer hangs up        rest kept as discarded                          closed
 *     closed   anything                 nothing                                         closed
 */
import type { Gap, Instant, StoreRecord, Value } from '../model.ts';
import { frameName, successReply, wantsReply } from '../protocol/commands.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { type BrokenStream, type DiscardedFrame, encodeFrame, type Frame, FrameDecoder } from '../protocol/frame.ts';
import { type Message, MessageReader } from '../protocol/messages.ts';
import type { OrderReply } from '../protocol/orders.ts';
import type { WireReading } from '../protocol/reading.ts';
import type { FormBook } from '../protocol/wire-form.ts';
import type { Batteries, HeardBattery } from './batteries.ts';
import type { ClockChange } from './clock.ts';
import type { Output } from './output.ts';
import {
  batteryEvent,
  bytesRecord,
  clockRecord,
  configurationRecord,
  gapRecord,
  type Hearing,
  readingRecord,
  secondsOf,
  serverEvent,
} from './records.ts';

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
}

export class Session {
  readonly #connection: number;
  readonly #batteries: Batteries;
  readonly #patience: Patience;
  readonly #reader: MessageReader;
  readonly #decoder = new FrameDecoder();
  /** Whom this connection belongs to: the battery named last on it. */
  #battery: HeardBattery | null = null;
  readonly #introduced = new Set<HeardBattery>();
  #open = true;
  /** A frame of its battery with something in it, whether it could be read or not; an empty one is none. */
  #lastLifeMono: number;
  /** Since when its battery is fresh: its last reading, or its first word on this connection. */
  #freshSinceMono = 0;
  #stale = false;
  #frameBegunMono: number | null = null;
  #outputs: Output[] = [];
  /** Orders go last: first the peer gets its answers. */
  #orders: Output[] = [];

  constructor(options: SessionOptions, now: Instant) {
    this.#connection = options.connection;
    this.#batteries = options.batteries;
    this.#patience = options.patience ?? PATIENCE;
    this.#reader = new MessageReader(options.forms);
    this.#lastLifeMono = now.monoMs;
  }

  /** When `wake` wants to be called, in monotonic milliseconds; null once closed. */
  get deadline(): number | null {
    if (!this.#open) return null;
    if (this.#superseded) return Number.NEGATIVE_INFINITY;
    const { frameMs, silenceMs } = this.#patience;
    const deadlines = [this.#lastLifeMono + silenceMs];
    const staleAt = this.#staleAtMono;
    if (this.#frameBegunMono !== null) deadlines.push(this.#frameBegunMono + frameMs);
    if (staleAt !== null) deadlines.push(staleAt);
    for (const { backfill } of this.#asked()) deadlines.push(backfill.deadline as number);
    return Math.min(...deadlines);
  }

  /** When its battery will be called stale; null where there is none, or it is. */
  get #staleAtMono(): number | null {
    return this.#battery === null || this.#stale ? null : this.#freshSinceMono + this.#patience.staleMs;
  }

  /** Whether its one battery has since delivered on another connection. */
  get #superseded(): boolean {
    return this.#introduced.size === 1 && (this.#battery as HeardBattery).deliveredOn > this.#connection;
  }

  /** The batteries whose history is awaited on this connection. */
  #asked(): HeardBattery[] {
    return [...this.#introduced].filter(({ backfill }) => backfill.connection === this.#connection);
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
    return this.#take();
  }

  /** Time passed. */
  wake(now: Instant): Output[] {
    if (this.deadline === null || now.monoMs < this.deadline) return [];
    for (const battery of this.#asked()) this.#continueBackfill(battery, now);
    const code = this.#reasonToClose(now);
    if (code !== null) {
      this.#keepRest(now);
      this.#problem(code, '');
      this.#close(code, now);
    } else if (now.monoMs >= (this.#staleAtMono ?? Number.POSITIVE_INFINITY)) {
      this.#stale = true;
      this.#problem('BATTERY_STALE', '');
      this.#note('stale', `connection ${this.#connection}`, now);
    }
    return this.#take();
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
    this.#freshSinceMono += ms;
    if (this.#frameBegunMono !== null) this.#frameBegunMono += ms;
    for (const { backfill } of this.#asked()) backfill.excuse(ms);
  }

  /** The peer hung up, or we did for a reason of our own. */
  ended(now: Instant): Output[] {
    if (!this.#open) return [];
    this.#keepRest(now);
    this.#leave(now);
    return this.#take();
  }

  /** An order has left: from now on its answer is awaited. */
  orderSent(now: Instant): void {
    for (const { backfill } of this.#asked()) backfill.sent(now);
  }

  #take(): Output[] {
    const outputs = this.#outputs;
    outputs.push(...this.#orders);
    this.#outputs = [];
    this.#orders = [];
    return outputs;
  }

  #answer(frame: Frame, now: Instant): void {
    this.#hear(this.#reader.read(frame), frame, now);
    if (this.#battery !== null && frame.body.length > 0) this.#lastLifeMono = now.monoMs;
    if (wantsReply(frame.type)) this.#outputs.push({ type: 'reply', frame: successReply(frame.command) });
  }

  #hear(message: Message, frame: Frame, now: Instant): void {
    switch (message.type) {
      case 'ping':
        return;
      case 'login':
        if (this.#name(message.serial, frame, now) === null) return;
        this.#note('login', message.note, now);
        break;
      case 'configuration_request':
        if (this.#name(message.serial, frame, now) === null) return;
        break;
      case 'configuration': {
        const battery = this.#name(message.serial, frame, now)?.serial;
        if (battery === undefined) return;
        this.#record(configurationRecord(battery, message, now));
        break;
      }
      case 'readings':
        if (!message.readings.every((reading) => this.#keepReading(reading, frame, now))) return;
        break;
      case 'events':
        for (const event of message.events) this.#record(batteryEvent(event, this.#hearing(now)));
        break;
      case 'order_reply':
        if (!this.#takeReply(message.reply, frame, now)) return;
        break;
      case 'unreadable':
        if (message.serial !== null && this.#name(message.serial, frame, now) === null) return;
        this.#keepUnknown(frame, message.reason, now);
        return;
    }
    if (message.partly) this.#keepUnknown(frame, 'BODY_PARTLY_READ', now);
  }

  /**
   * Whose message it is: the serial number in it, else the connection's. Null where neither is known or there are too
   * many batteries; the frame is then kept as it came.
   */
  #name(serial: string | null, frame: Frame, now: Instant): HeardBattery | null {
    const battery = serial === null ? this.#battery : this.#batteries.hear(serial);
    if (battery === null) {
      this.#keepUnknown(frame, serial === null ? 'IDENTITY_MISSING' : 'BATTERIES_TOO_MANY', now);
      return null;
    }
    this.#battery = battery;
    if (!this.#introduced.has(battery)) {
      this.#introduced.add(battery);
      this.#freshSinceMono = now.monoMs;
      const { serial } = battery;
      this.#record({ type: 'identity', battery: serial, connection: this.#connection, receivedMs: now.wallMs });
      this.#note('connected', `connection ${this.#connection}`, now);
    }
    return battery;
  }

  /** @returns whether it was kept as a reading; if not, the whole frame was kept as it came */
  #keepReading(reading: WireReading, frame: Frame, now: Instant): boolean {
    const battery = this.#name(reading.serial, frame, now);
    if (battery === null) return false;
    this.#freshSinceMono = now.monoMs;
    battery.deliveredOn = Math.max(battery.deliveredOn, this.#connection);
    if (this.#stale) this.#note('fresh', `connection ${this.#connection}`, now);
    this.#stale = false;
    const time = this.#date(reading, battery, now);
    this.#record(readingRecord(reading, battery, time, now));
    const { kind, batteryTime } = reading;
    if (kind === 'live' && batteryTime !== null) this.#lookForGap(time as number, battery, now);
    return true;
  }

  /** Its UTC second; null while the battery's clock is not known. Without a time of its own it was so when it came. */
  #date(reading: WireReading, battery: HeardBattery, now: Instant): number | null {
    const { batteryTime, kind, values } = reading;
    if (batteryTime === null) return secondsOf(now);
    if (kind === 'live') return this.#dateLive(batteryTime, values, battery, now);
    if (kind === 'detail' && battery.clockStands) return secondsOf(now);
    const { clock } = battery;
    const isRow = kind === 'history';
    const told = isRow
      ? this.#dateHistory(batteryTime, battery, now)
      : clock.timeline.ofArrived(batteryTime, now.wallMs);
    return told === null ? null : clock.bounded(told, batteryTime, now);
  }

  #dateHistory(batteryTime: number, battery: HeardBattery, now: Instant): number | null {
    const { time, corrections } = battery.backfill.row(batteryTime, now);
    if (corrections.length > 0) this.#record(clockRecord(battery, { epochs: [], corrections }, now));
    return time;
  }

  /** The same time with the same values is the same reading; with others, for long, it is a clock that stands still. */
  #dateLive(batteryTime: number, values: readonly Value[], battery: HeardBattery, now: Instant): number {
    const { clock } = battery;
    const live = clock.isOfLast(batteryTime) ? battery.live : null;
    const isRepetition = live !== null && isSame(live.values, values);
    if (isRepetition && battery.clockStands) return live.time;
    if (!isRepetition) this.#noticeStanding(clock.stands(batteryTime, now), battery);
    const change = clock.sample(batteryTime, now);
    if (change !== null) this.#takeClock(change, battery, now);
    // It is known: there was a sample.
    const told = clock.timeline.ofArrived(batteryTime, now.wallMs) as number;
    const time = battery.clockStands ? secondsOf(now) : clock.bounded(told, batteryTime, now);
    battery.live = { values, time };
    return time;
  }

  #noticeStanding(stands: boolean, battery: HeardBattery): void {
    if (stands && !battery.clockStands) this.#problem('CLOCK_STANDS', '');
    battery.clockStands = stands;
  }

  #takeClock(change: ClockChange, battery: HeardBattery, now: Instant): void {
    this.#record(clockRecord(battery, change, now));
    for (const gap of battery.backfill.corrected(change.corrections)) this.#record(gapRecord(battery, gap, now));
  }

  // ---- what was missed -------------------------------------------------------------------------------------------

  #lookForGap(time: number, battery: HeardBattery, now: Instant): void {
    const { clock, backfill, clockStands } = battery;
    const gap = backfill.heard(time, now.wallMs, clock.settled || clockStands);
    if (gap !== null) this.#record(gapRecord(battery, gap, now));
    this.#askForHistory(battery, now);
  }

  /** One battery of a connection at a time: its answer does not say whose it is. A clock that stands dates no rows. */
  #askForHistory(battery: HeardBattery, now: Instant): void {
    if (!battery.clock.settled || battery.clockStands || this.#asked().length > 0) return;
    const asked = battery.backfill.ask(this.#connection, now);
    if (asked === null) return;
    this.#record(gapRecord(battery, asked.gap, now));
    this.#orders.push({ type: 'order', frame: asked.order });
  }

  /** @returns whether it was asked for; if not, the whole frame was kept as it came */
  #takeReply(reply: OrderReply, frame: Frame, now: Instant): boolean {
    for (const battery of this.#asked()) {
      const answer = battery.backfill.answered(reply);
      if (answer === null) continue;
      if (answer.gap !== null) this.#record(gapRecord(battery, answer.gap, now));
      return true;
    }
    this.#keepUnknown(frame, 'RESPONSE_UNEXPECTED', now);
    return false;
  }

  #continueBackfill(battery: HeardBattery, now: Instant): void {
    const gap = battery.backfill.wake(now);
    if (gap === null) return;
    this.#record(gapRecord(battery, gap, now));
    this.#askForHistory(battery, now);
  }

  /** A checksum that fails cost one frame; bytes that begin none end the conversation. */
  #refuse(decoded: DiscardedFrame | BrokenStream, now: Instant): void {
    this.#record(bytesRecord('discarded', decoded.reason, decoded.bytes, null, this.#hearing(now)));
    this.#problem(decoded.reason, `${decoded.bytes.length} bytes`);
    if (decoded.kind === 'broken') this.#close(decoded.reason, now);
  }

  #keepUnknown(frame: Frame, reason: ProblemCode, now: Instant): void {
    const { type, command, body } = frame;
    this.#record(bytesRecord('unknown', reason, encodeFrame(type, command, body), frame, this.#hearing(now)));
    this.#problem(reason, `${frameName(type, command)}, ${body.length} bytes`);
  }

  #keepRest(now: Instant): void {
    const rest = this.#decoder.rest();
    if (rest.length > 0) this.#record(bytesRecord('discarded', 'FRAME_INCOMPLETE', rest, null, this.#hearing(now)));
  }

  #close(code: ProblemCode, now: Instant): void {
    this.#leave(now);
    this.#outputs.push({ type: 'close', code });
  }

  #leave(now: Instant): void {
    this.#open = false;
    this.#orders = [];
    for (const battery of this.#asked()) {
      // It is asked, so there is one.
      this.#record(gapRecord(battery, battery.backfill.interrupted() as Gap, now));
    }
    if (this.#battery !== null) this.#note('disconnected', `connection ${this.#connection}`, now);
  }

  #hearing(now: Instant): Hearing {
    return { connection: this.#connection, battery: this.#battery, now };
  }

  #note(name: string, text: string, now: Instant): void {
    this.#record(serverEvent(name, text, this.#hearing(now)));
  }

  #record(record: StoreRecord): void {
    this.#outputs.push({ type: 'record', record });
  }

  #problem(code: ProblemCode, detail: string): void {
    this.#outputs.push({ type: 'problem', code, battery: this.#battery?.serial ?? null, detail });
  }
}

function isSame(one: readonly Value[], other: readonly Value[]): boolean {
  return one.every((value, index) => value === other[index]);
}
