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
 *     open     a deadline passes        rest kept as discarded, close                   closed
 *     open     the peer hangs up        rest kept as discarded                          closed
 *     closed   anything                 nothing                                         closed
 */
import { type Instant, Private, type StoreRecord } from '../model.ts';
import { frameName, successReply, wantsReply } from '../protocol/commands.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { type BrokenStream, type DiscardedFrame, encodeFrame, type Frame, FrameDecoder } from '../protocol/frame.ts';
import { type Message, MessageReader } from '../protocol/messages.ts';
import type { WireReading } from '../protocol/reading.ts';
import type { FormBook } from '../protocol/wire-form.ts';
import type { Batteries, HeardBattery } from './batteries.ts';
import type { Output } from './output.ts';
import { batteryEvent, bytesRecord, type Hearing, readingRecord, serverEvent } from './records.ts';

/** How long a peer may take, in milliseconds. */
export interface Patience {
  /** From the first byte of a frame to its last: the largest takes under a second on the slowest link. */
  readonly frameMs: number;
  /** From one whole frame to the next: a battery sends every 10 s. */
  readonly silenceMs: number;
}

const PATIENCE: Patience = { frameMs: 30_000, silenceMs: 300_000 };

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
  #lastFrameMono: number;
  #frameBegunMono: number | null = null;
  #outputs: Output[] = [];

  constructor(options: SessionOptions, now: Instant) {
    this.#connection = options.connection;
    this.#batteries = options.batteries;
    this.#patience = options.patience ?? PATIENCE;
    this.#reader = new MessageReader(options.forms);
    this.#lastFrameMono = now.monoMs;
  }

  /** When `wake` wants to be called, in monotonic milliseconds; null once closed. */
  get deadline(): number | null {
    if (!this.#open) return null;
    const silence = this.#lastFrameMono + this.#patience.silenceMs;
    return this.#frameBegunMono === null ? silence : Math.min(silence, this.#frameBegunMono + this.#patience.frameMs);
  }

  /** Bytes came. */
  receive(bytes: Uint8Array, now: Instant): Output[] {
    if (!this.#open) return [];
    this.#decoder.receive(bytes);
    for (let decoded = this.#decoder.next(); decoded !== null; decoded = this.#decoder.next()) {
      this.#frameBegunMono = null;
      this.#lastFrameMono = now.monoMs;
      if (decoded.kind === 'frame') this.#answer(decoded, now);
      else this.#refuse(decoded, now);
    }
    if (this.#decoder.pending > 0) this.#frameBegunMono ??= now.monoMs;
    return this.#take();
  }

  /** Time passed. */
  wake(now: Instant): Output[] {
    if (this.deadline === null || now.monoMs < this.deadline) return [];
    const code: ProblemCode = this.#frameBegunMono === null ? 'PEER_SILENT' : 'FRAME_INCOMPLETE';
    this.#keepRest(now);
    this.#problem(code, '');
    this.#close(code, now);
    return this.#take();
  }

  /** For so many milliseconds nobody listened: they do not count against the peer. */
  excuse(ms: number): void {
    this.#lastFrameMono += ms;
    if (this.#frameBegunMono !== null) this.#frameBegunMono += ms;
  }

  /** The peer hung up, or we did for a reason of our own. */
  ended(now: Instant): Output[] {
    if (!this.#open) return [];
    this.#keepRest(now);
    this.#leave(now);
    return this.#take();
  }

  #take(): Output[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  #answer(frame: Frame, now: Instant): void {
    this.#hear(this.#reader.read(frame), frame, now);
    if (wantsReply(frame.type)) this.#outputs.push({ type: 'reply', frame: successReply(frame.command) });
  }

  #hear(message: Message, frame: Frame, now: Instant): void {
    switch (message.type) {
      case 'ping':
        return;
      case 'login':
        if (this.#name(message.serial, frame, now) !== null) this.#note('login', message.note, now);
        return;
      case 'configuration_request':
        if (this.#name(message.serial, frame, now) !== null && message.partly) {
          this.#keepUnknown(frame, 'BODY_PARTLY_READ', now);
        }
        return;
      case 'configuration': {
        const battery = this.#name(message.serial, frame, now)?.serial;
        if (battery === undefined) return;
        this.#record({ type: 'configuration', battery, receivedMs: now.wallMs, text: new Private(message.text) });
        return;
      }
      case 'readings':
        if (message.readings.every((reading) => this.#keepReading(reading, frame, now)) && message.partly) {
          this.#keepUnknown(frame, 'BODY_PARTLY_READ', now);
        }
        return;
      case 'events':
        for (const event of message.events) this.#record(batteryEvent(event, this.#hearing(now)));
        if (message.partly) this.#keepUnknown(frame, 'BODY_PARTLY_READ', now);
        return;
      case 'unreadable':
        this.#keepUnknown(frame, message.reason, now);
        return;
    }
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
    if (reading.kind === 'live' && reading.batteryTime !== null) {
      const epoch = battery.clock.sample(reading.batteryTime, now.wallMs);
      if (epoch !== null) this.#record({ type: 'clock', battery: battery.serial, epoch });
    }
    this.#record(readingRecord(reading, battery, now));
    return true;
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
