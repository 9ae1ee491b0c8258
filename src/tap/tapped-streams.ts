/**
 * Packets as they are recorded, put together into connections between batteries and another server, and handed on as an import is: with the machine's
 * clock, since what comes was said just now.
 */
import { type CaptureItem, PacketPath } from '../capture/capture-reader.ts';
import { addressOf } from '../capture/link-layer.ts';
import type { Packet } from '../capture/pcap.ts';
import type { RecordedConnection } from '../capture/tcp-streams.ts';
import type { Instant } from '../model.ts';
import {
  OverheardConnections,
  type OverheardOutput,
  type OverheardParts,
  type OverheardSession,
} from '../overheard/overheard-connections.ts';
import type { Committer } from '../server/committer.ts';
import type { Tap } from '../server/connection.ts';
import type { ListenerWatcher } from '../server/listener.ts';
import type { Session } from '../session/session.ts';
import { TapRecipient } from './tap-recipient.ts';

/** An end of a recorded connection. */
export interface StreamEnd {
  /** IPv6 with all its words, without brackets. */
  readonly address: string;
  readonly port: number;
}

export interface TappedStreamsParts {
  /** Of the server that batteries speak to. */
  readonly port: number;
  readonly committer: Pick<Committer, 'submit'>;
  readonly now: () => Instant;
  /** @throws Error where the store is busy just when a new block of numbers is due */
  nextConnection(): number;
  /** One that only listens. @param address of the battery, as far as the recording tells: private */
  newSession(connection: number, now: Instant, address: string): Session;
  readonly watcher: ListenerWatcher;
  readonly load: NonNullable<OverheardParts['load']>;
  readonly frames: Tap;
  /** Whether a connection is one of this server's: what goes over it is heard already. */
  isOwn(battery: StreamEnd, server: StreamEnd): boolean;
  /** What may be said of an address. */
  describe(address: string): string;
  /** So many bytes of a connection were not recorded; null where nobody knows how many. */
  lost(bytes: number | null): void;
}

/** What was heard since the start. */
export interface TapCounts {
  packets: number;
  /** Of another port, or none at all. */
  otherPackets: number;
  framesFromBattery: number;
  framesFromServer: number;
  /** Frames of this server's own connections. */
  ownFrames: number;
  lostBytes: number;
}

/** A connection that is listened to. */
interface TappedConnection extends OverheardSession {
  readonly recorded: RecordedConnection;
  readonly recipient: TapRecipient;
  lastMono: number;
}

type TappedPiece = Extract<CaptureItem, { readonly kind: 'piece' }>;

/** Its end may not have been recorded: after so long without a frame it is taken to have ended, ms. */
const SILENCE_MS = 300_000;

export class TappedStreams {
  readonly #parts: TappedStreamsParts;
  readonly #path: PacketPath;
  readonly #overheard: OverheardConnections;
  readonly #connections = new Map<number, TappedConnection>();
  readonly #byRecorded = new Map<RecordedConnection, TappedConnection>();
  /** Whether each connection that is known is one of this server's. */
  #own = new WeakMap<RecordedConnection, boolean>();
  #isStopped = false;
  #stopped: () => void = () => {};
  readonly #untilStopped = new Promise<void>((resolve) => {
    this.#stopped = resolve;
  });
  readonly counts: TapCounts = {
    packets: 0,
    otherPackets: 0,
    framesFromBattery: 0,
    framesFromServer: 0,
    ownFrames: 0,
    lostBytes: 0,
  };

  constructor(parts: TappedStreamsParts) {
    this.#parts = parts;
    this.#path = new PacketPath(parts.port);
    this.#overheard = new OverheardConnections({
      open: (recorded, now) => this.#begin(recorded as RecordedConnection, now),
      take: (outputs, connection) => this.#submit(outputs, connection),
      ended: (connection) => this.#closed(connection),
      load: (serial) => parts.load(serial),
    });
  }

  /** Waits while what is heard cannot be kept, so that no more is read than there is room for. @returns whether it was of the port */
  async take(packet: Packet): Promise<boolean> {
    this.counts.packets++;
    const before = this.#path.others;
    const events = this.#path.take(packet);
    if (this.#path.others > before) {
      this.counts.otherPackets++;
      return false;
    }
    for (const event of events) for (const item of this.#path.cut(event)) await this.#takeItem(item);
    return true;
  }

  tick(now: Instant): void {
    if ([...this.#connections.values()].some(({ recipient }) => recipient.isPaused)) return;
    this.#overheard.wake(now);
    for (const { recorded, lastMono } of this.#connections.values())
      if (now.monoMs - lastMono >= SILENCE_MS) void this.#end(recorded);
  }

  /** Ends those on which a serial number was named. @returns how many there were */
  dismiss(serial: string): number {
    const found = [...this.#connections.values()].filter(({ session }) => session.hasNamed(serial));
    for (const { recorded } of found) void this.#end(recorded);
    return found.length;
  }

  /** No more packets come. */
  end(): void {
    this.#overheard.end(this.#parts.now());
  }

  /** Nobody listens any more: what is still under way is dropped. */
  stop(): void {
    this.end();
    this.#isStopped = true;
    this.#stopped();
  }

  async #takeItem(item: CaptureItem): Promise<void> {
    const { connection } = item;
    if (connection === null || this.#isStopped) return;
    if (item.kind === 'ended') {
      if (this.#byRecorded.has(connection)) await this.#end(connection);
      return;
    }
    const isOwn = this.#isOwn(connection);
    if (item.kind === 'piece') await this.#takePiece(item, connection, isOwn);
    else if (!isOwn) this.#noteLoss(item.length);
  }

  #noteLoss(bytes: number | null): void {
    this.counts.lostBytes += bytes ?? 0;
    this.#parts.lost(bytes);
  }

  async #takePiece(item: TappedPiece, recorded: RecordedConnection, isOwn: boolean): Promise<void> {
    const { piece, direction } = item;
    if (piece.type !== null) this.#count(isOwn, direction);
    if (isOwn) return;
    // What comes first of all may be the end of what was said before anybody listened, or of no battery.
    const known = this.#byRecorded.get(recorded);
    if (known === undefined && (piece.type === null || direction !== 'from_battery')) return;
    await Promise.race([known?.recipient.resumed, this.#untilStopped]);
    if (this.#isStopped) return;
    try {
      await this.#overheard.hear(item, this.#parts.now());
    } catch {
      // It was said by whoever loads. The battery's next frame begins anew.
      await this.#end(recorded);
    }
    this.#show(item, recorded);
  }

  #show({ piece, direction }: TappedPiece, recorded: RecordedConnection): void {
    const heard = this.#byRecorded.get(recorded);
    if (heard === undefined || piece.type === null) return;
    heard.lastMono = this.#parts.now().monoMs;
    const { frames } = this.#parts;
    if (direction === 'from_battery') frames.received(heard.number, piece.bytes);
    else frames.fromVendor?.(heard.number, piece.bytes);
  }

  #count(isOwn: boolean, direction: TappedPiece['direction']): void {
    if (isOwn) this.counts.ownFrames++;
    else if (direction === 'from_battery') this.counts.framesFromBattery++;
    else this.counts.framesFromServer++;
  }

  #isOwn(recorded: RecordedConnection): boolean {
    const known = this.#own.get(recorded);
    if (known !== undefined) return known;
    const isOwn = this.#parts.isOwn(endOf(recorded.battery), endOf(recorded.server));
    this.#own.set(recorded, isOwn);
    return isOwn;
  }

  #begin(recorded: RecordedConnection, now: Instant): OverheardSession {
    const { nextConnection, newSession, watcher, describe } = this.#parts;
    const { address } = endOf(recorded.battery);
    const number = nextConnection();
    const session = newSession(number, now, address);
    const recipient = new TapRecipient(session, this.#parts.now, () => void this.#end(recorded));
    const tapped = { number, session, recorded, recipient, lastMono: now.monoMs };
    this.#connections.set(number, tapped);
    this.#byRecorded.set(recorded, tapped);
    watcher.opened(number, `${describe(address)}, heard by tap`, address, 'tap');
    return tapped;
  }

  #submit(outputs: readonly OverheardOutput[], connection: number): void {
    const tapped = this.#connections.get(connection);
    if (tapped === undefined) return;
    for (const output of outputs) if (output.type === 'problem') this.#parts.watcher.problem(output, connection);
    this.#parts.committer.submit(tapped.recipient, outputs);
  }

  #end(connection: RecordedConnection): Promise<void> {
    return this.#overheard.hear({ kind: 'ended', ms: null, connection, direction: null }, this.#parts.now());
  }

  #closed(connection: number): void {
    const tapped = this.#connections.get(connection);
    if (tapped === undefined) return;
    this.#connections.delete(connection);
    this.#byRecorded.delete(tapped.recorded);
    this.#parts.watcher.closed(connection);
  }
}

function endOf(end: string): StreamEnd {
  const text = addressOf(end);
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
