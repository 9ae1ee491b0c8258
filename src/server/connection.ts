/**
 * A socket and its session. Knows sockets; knows nothing of what is said.
 */
import type { Socket } from 'node:net';
import type { Instant } from '../model.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { encodeFrame, type Frame } from '../protocol/frame.ts';
import type { HeardBattery } from '../session/batteries.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Output, ProblemOutput, UpstreamOutput } from '../session/output.ts';
import type { Session } from '../session/session.ts';
import type { Committer, Recipient } from './committer.ts';
import { Orders } from './orders.ts';
import type { SwitchboardLine } from './switchboard.ts';
import { NO_WAY, type VendorWay, type VendorWays } from './vendor-way.ts';

/** Told what happens on a connection. */
export interface ConnectionListener {
  problem(problem: ProblemOutput, connection: Connection): void;
  /** It has named a battery, for the first time. */
  named(connection: Connection): void;
  closed(connection: Connection): void;
  /** Something happened on it: its deadline may have come nearer. */
  stirred(connection: Connection, now: Instant): void;
  /** A battery is spoken for on it, or delivered a reading there. */
  spokeFor(connection: Connection, serial: string, what: 'named' | 'delivered'): void;
}

/** Sees all bytes that go over connections. Must not throw, nor keep or change what it is handed. */
export interface Tap {
  received(connection: number, bytes: Uint8Array): void;
  sent(connection: number, bytes: Uint8Array): void;
  /** Whole frames between this server and the vendor. */
  fromVendor?(connection: number, frame: Uint8Array): void;
  toVendor?(connection: number, frame: Uint8Array): void;
}

/**
 * Tells the batteries what is kept of a serial number, if anything is.
 * @throws Error where that cannot be read, and will not be
 */
export type LoadBattery = (serial: string) => Promise<void>;

const NOTHING_KEPT: LoadBattery = async () => {};

/** Replies a peer may leave unread: thousands, beyond what the system buffers. A peer that reads none is no battery. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** After hanging up, how long the peer may take to fetch what was sent, in ms. */
const FAREWELL_MS = 5000;

export class Connection implements Recipient, SwitchboardLine {
  readonly number: number;
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #committer: Committer;
  readonly #now: () => Instant;
  readonly #listener: ConnectionListener;
  readonly #tap: Tap | undefined;
  readonly #load: LoadBattery;
  readonly #orders: Orders;
  readonly #way: VendorWay;
  /** When to destroy it although it has not closed; null while it is in use. */
  #destroyAtMono: number | null = null;
  /** Since when we do not read; null while we do. What a peer cannot say then is not held against it. */
  #pausedAtMono: number | null = null;
  /** For how many reasons that is. */
  #pauses = 0;
  /** While a battery is loaded. */
  #loading: Promise<void> | null = null;
  #ended = false;
  #isNamed = false;
  /** When it last delivered something of a battery, or was opened. */
  #deliveredAtMono: number;

  constructor(
    number: number,
    socket: Socket,
    session: Session,
    committer: Committer,
    now: () => Instant,
    listener: ConnectionListener,
    tap?: Tap,
    load: LoadBattery = NOTHING_KEPT,
    vendor?: VendorWays,
  ) {
    this.number = number;
    this.#socket = socket;
    this.#session = session;
    this.#committer = committer;
    this.#now = now;
    this.#listener = listener;
    this.#tap = tap;
    this.#load = load;
    this.#way =
      vendor?.open(number, {
        said: (frame) => this.#vendorSaid(frame),
        reached: (reach) => this.#submit(this.#session.vendorReached(reach, this.#now())),
      }) ?? NO_WAY;
    this.#orders = new Orders(
      (order) => this.#order(order),
      () => now().monoMs,
    );
    this.#deliveredAtMono = now().monoMs;
  }

  /** For how long nothing of a battery has come, ms; while we do not read, nothing can. */
  quietMs(monoMs: number): number {
    return this.#pausedAtMono === null ? monoMs - this.#deliveredAtMono : 0;
  }

  start(): void {
    this.#socket.on('data', (bytes) => this.#receive(bytes as Uint8Array));
    this.#socket.on('end', () => this.#end());
    this.#socket.on('close', () => {
      this.#orders.drop();
      this.#way.close();
      this.#end();
      this.#listener.closed(this);
    });
    // A peer may vanish at any moment; `close` follows and says all there is to say.
    this.#socket.on('error', () => {});
  }

  #receive(bytes: Uint8Array): void {
    this.#tap?.received(this.number, bytes);
    const now = this.#now();
    this.#heard(this.#session.receive(bytes, now), now);
  }

  #vendorSaid(frame: Frame): void {
    this.#tap?.fromVendor?.(this.number, encodeFrame(frame.type, frame.command, frame.body));
    this.#submit(this.#session.vendorSaid(frame, this.#now()));
  }

  #heard(outputs: readonly Output[], now: Instant): void {
    this.#take(outputs, now);
    const { awaited } = this.#session;
    if (awaited !== null && this.#loading === null) this.#loading = this.#loadFirst(awaited);
  }

  /** Reads no more until the batteries were told what is kept of one that is heard for the first time (decision 0025). */
  async #loadFirst(serial: string): Promise<void> {
    this.pause();
    let awaited: string | null = serial;
    try {
      for (; awaited !== null; awaited = this.#session.awaited) {
        await this.#load(awaited);
        const now = this.#now();
        this.#take(this.#session.told(now), now);
      }
    } catch {
      // It was said by whoever loads. What was not acknowledged comes again.
      this.hangUp();
    }
    this.#loading = null;
    this.resume();
  }

  #take(outputs: readonly Output[], now: Instant): void {
    let isOfBattery = false;
    for (const output of outputs) {
      if (output.type !== 'record') continue;
      const { record } = output;
      if (record.type !== 'reading' && record.type !== 'identity') continue;
      isOfBattery = true;
      const what = record.type === 'identity' ? 'named' : 'delivered';
      this.#listener.spokeFor(this, record.battery.reveal(), what);
    }
    if (isOfBattery) this.#delivered(now);
    // A reading alone brings no deadline nearer than the next look at all of them.
    if (this.#session.isAwaiting || !isOfBattery) this.#submit(outputs, false, now);
    else this.#hand(outputs, false);
  }

  #delivered(now: Instant): void {
    this.#deliveredAtMono = now.monoMs;
    if (this.#isNamed) return;
    this.#isNamed = true;
    this.#listener.named(this);
  }

  /** When {@link tick} wants to be called, monotonic ms; null for never. */
  get deadline(): number | null {
    const ofSession = this.#pausedAtMono === null ? this.#session.deadline : null;
    if (ofSession === null || this.#destroyAtMono === null) return ofSession ?? this.#destroyAtMono;
    return Math.min(ofSession, this.#destroyAtMono);
  }

  /** Time passed: the session may have waited enough, and so may we. */
  tick(now: Instant): void {
    this.#wake(now);
    if (this.#destroyAtMono !== null && now.monoMs >= this.#destroyAtMono) this.#socket.destroy();
  }

  #wake(now: Instant): void {
    const deadline = this.#session.deadline;
    const due = deadline !== null && now.monoMs >= deadline && this.#pausedAtMono === null;
    if (due) this.#submit(this.#session.wake(now));
  }

  wake(): void {
    this.#wake(this.#now());
  }

  converse(battery: HeardBattery, conversation: Conversation): void {
    this.#submit(this.#session.start(battery, conversation, this.#now()));
  }

  interrupt(battery: HeardBattery): void {
    this.#submit(this.#session.interrupt(battery, this.#now()));
  }

  close(code: ProblemCode): void {
    this.#submit(this.#session.close(code, this.#now()));
  }

  send(bytes: Uint8Array): void {
    this.#orders.replied();
    this.#write(bytes);
  }

  sendOrder(order: Uint8Array): void {
    if (!this.#socket.writableEnded && !this.#socket.destroyed) this.#orders.add(order);
  }

  forward(output: UpstreamOutput): void {
    this.#tap?.toVendor?.(this.number, output.frame);
    this.#way.forward(output);
  }

  #order(order: Uint8Array): void {
    this.#write(order);
    this.#submit(this.#session.orderSent(this.#now()));
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    this.#tap?.sent(this.number, bytes);
    this.#socket.write(bytes);
    if (this.#socket.writableLength <= MAX_UNREAD_BYTES) return;
    this.#listener.problem({ type: 'problem', code: 'PEER_NOT_READING', battery: null, detail: '' }, this);
    this.#socket.destroy();
  }

  hangUp(): void {
    if (this.#socket.destroyed) return;
    this.#orders.drop();
    this.#way.close();
    this.#socket.end();
    this.#destroyAtMono ??= this.#now().monoMs + FAREWELL_MS;
    this.#stirred();
    // What still comes is of no use, but must be read for the peer's end to be seen.
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
  }

  pause(): void {
    this.#pauses++;
    this.#pausedAtMono ??= this.#now().monoMs;
    this.#socket.pause();
    this.#way.pause();
  }

  resume(): void {
    this.#pauses--;
    if (this.#pauses > 0) return;
    if (this.#pausedAtMono !== null) {
      const { monoMs } = this.#now();
      this.#session.excuse(monoMs - this.#pausedAtMono);
      this.#deliveredAtMono = monoMs;
    }
    this.#pausedAtMono = null;
    this.#stirred();
    this.#socket.resume();
    this.#way.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Whether the peer may still be heard. */
  get isOpen(): boolean {
    return !this.#ended;
  }

  /** Whether that serial number was named on it. */
  hasNamed(serial: string): boolean {
    return this.#session.hasNamed(serial);
  }

  /** Ends the session now, with its last words, and closes without another. */
  dismiss(): void {
    this.#end();
    this.#socket.destroy();
  }

  /** The peer has said all it will; what it is owed is still sent after the commit. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#loading === null) this.#sayLast();
    else void this.#loading.then(() => this.#sayLast());
  }

  #sayLast(): void {
    this.#submit(this.#session.ended(this.#now()), true);
  }

  /** What a session was asked for; whatever that was, its deadline may have come nearer. */
  #submit(outputs: readonly Output[], last = false, now = this.#now()): void {
    this.#hand(outputs, last);
    this.#listener.stirred(this, now);
  }

  #hand(outputs: readonly Output[], last: boolean): void {
    for (const output of outputs) if (output.type === 'problem') this.#listener.problem(output, this);
    this.#committer.submit(this, outputs, last);
  }

  #stirred(): void {
    this.#listener.stirred(this, this.#now());
  }
}
