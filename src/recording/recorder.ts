/**
 * Records what goes over this server's connections, for some minutes, as pcapng files: without private values, unless whoever may read the data
 * folder asks for them. Whole frames are written, each with a checksum that fits what is written.
 */
import { Describer } from '../capture/described.ts';
import { FrameCutter } from '../capture/frame-cutter.ts';
import type { Tap } from '../server/connection.ts';
import { fileHead, joined, packetBlock } from './pcapng-file.ts';
import { RecordingRing } from './ring.ts';
import { type WrittenEnd, type WrittenSide, WrittenStream } from './written-stream.ts';

export interface RecorderOptions {
  readonly folder: string;
  /** Of all recordings together. */
  readonly maxBytes: number;
  readonly wallMs: () => number;
  /** Serial numbers that are known: no text may show them. */
  readonly secrets: () => readonly string[];
  /** A recording ended, since a file cannot be written. Must not throw. */
  readonly failed: (error: Error) => void;
}

export interface RecordingStatus {
  readonly isRecording: boolean;
  readonly isPrivate: boolean;
  readonly sinceMs: number | null;
  /** When it ends by itself. */
  readonly untilMs: number | null;
  readonly frames: number;
  /** Frames that were not written, since the disk was too slow, or there were too many connections. */
  readonly dropped: number;
}

const MINUTE_MS = 60_000;
/** Recorded at a time. */
const MOST_CONNECTIONS = 1000;

/** Stand-ins, from the networks that are for examples (RFC 5737). */
const SERVER = [192, 0, 2, 1] as const;
const VENDOR = [203, 0, 113, 1] as const;
const BATTERIES = [198, 51, 100] as const;
const SERVER_PORT = 7777;
const FIRST_PORT = 49_152;
const PORTS = 16_384;

/** `port`: between a battery and this server; `upstream`: this server and the vendor. */
type StreamKind = 'port' | 'upstream';

interface RecordedStream {
  make(): WrittenStream;
  /** null before there was anything to write. */
  written: WrittenStream | null;
  /** In which it was begun. */
  file: number;
  readonly cutters: Record<WrittenSide, FrameCutter>;
}

interface KnownConnection {
  readonly address: string;
  /** It leads to the vendor, and is only overheard. */
  readonly isTapped: boolean;
}

interface Recording {
  readonly ring: RecordingRing;
  readonly describer: Describer;
  readonly isPrivate: boolean;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly streams: Map<string, RecordedStream>;
}

export class Recorder implements Tap {
  readonly #options: RecorderOptions;
  readonly #known = new Map<number, KnownConnection>();
  #recording: Recording | null = null;
  #timer: NodeJS.Timeout | null = null;
  #frames = 0;
  #dropped = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get status(): RecordingStatus {
    const recording = this.#recording;
    return {
      isRecording: recording !== null,
      isPrivate: recording?.isPrivate === true,
      sinceMs: recording?.sinceMs ?? null,
      untilMs: recording?.untilMs ?? null,
      frames: this.#frames,
      dropped: this.#dropped,
    };
  }

  /** Records from now on; what was recorded until now ends. @param isPrivate as it was sent, with all that is private */
  async start(minutes: number, isPrivate: boolean): Promise<void> {
    await this.stop();
    const { folder, maxBytes, wallMs, secrets } = this.#options;
    const sinceMs = wallMs();
    const head = fileHead(isPrivate ? RAW : SANITISED);
    const failed = (error: Error) => this.#fail(error);
    this.#frames = 0;
    this.#dropped = 0;
    this.#recording = {
      ring: new RecordingRing({ folder, maxBytes, isPrivate, head, failed }),
      describer: new Describer(isPrivate, secrets()),
      isPrivate,
      sinceMs,
      untilMs: sinceMs + minutes * MINUTE_MS,
      streams: new Map(),
    };
    this.#timer = setTimeout(() => void this.stop(), minutes * MINUTE_MS);
    this.#timer.unref();
  }

  /** Resolves when all is written. */
  async stop(): Promise<void> {
    const recording = this.#recording;
    this.#recording = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await recording?.ring.end();
  }

  // ---- what is heard ------------------------------------------------------------------------------------------------

  opened(connection: number, _peer: string, address: string, way?: 'tap'): void {
    this.#known.set(connection, { address, isTapped: way === 'tap' });
  }

  closed(connection: number): void {
    for (const kind of ['port', 'upstream'] as const) this.#close(`${connection} ${kind}`);
    this.#known.delete(connection);
  }

  received(connection: number, bytes: Uint8Array): void {
    this.#heard(connection, 'port', 'client', bytes);
  }

  sent(connection: number, bytes: Uint8Array): void {
    this.#heard(connection, 'port', 'server', bytes);
  }

  fromVendor(connection: number, frame: Uint8Array): void {
    const isTapped = this.#known.get(connection)?.isTapped === true;
    this.#heard(connection, isTapped ? 'port' : 'upstream', 'server', frame);
  }

  toVendor(connection: number, frame: Uint8Array): void {
    this.#heard(connection, 'upstream', 'client', frame);
  }

  /** A battery is to be known no more: nothing of it is to be recorded by what was learnt of it. */
  forget(): void {
    void this.stop();
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #heard(connection: number, kind: StreamKind, side: WrittenSide, bytes: Uint8Array): void {
    const recording = this.#recording;
    if (recording === null) return;
    const stream = this.#streamOf(recording, connection, kind);
    if (stream === null) {
      this.#dropped++;
      return;
    }
    // A copy: what was received lies in a buffer that the next read may share.
    for (const cut of stream.cutters[side].take(new Uint8Array(bytes), null)) {
      const shown = recording.describer.describe(cut, side === 'client' ? 'from_battery' : 'to_battery');
      if (this.#write(recording, stream, (written) => written.say(side, shown.bytes))) this.#frames++;
      else this.#dropped++;
    }
  }

  /** Each file can be read alone: in each a connection begins anew. */
  #write({ ring }: Recording, stream: RecordedStream, what: (written: WrittenStream) => Uint8Array[]): boolean {
    const nowMs = this.#options.wallMs();
    const file = ring.turn(nowMs);
    const packets: Uint8Array[] = [];
    if (stream.file !== file || stream.written === null) {
      stream.file = file;
      stream.written = stream.make();
      packets.push(...stream.written.open());
    }
    packets.push(...what(stream.written));
    return ring.write(joined(packets.map((packet) => packetBlock(packet, nowMs))));
  }

  #streamOf(recording: Recording, connection: number, kind: StreamKind): RecordedStream | null {
    const key = `${connection} ${kind}`;
    const known = recording.streams.get(key);
    if (known !== undefined) return known;
    if (recording.streams.size >= MOST_CONNECTIONS) return null;
    const stream: RecordedStream = {
      make: () => this.#stream(connection, kind),
      written: null,
      file: 0,
      cutters: { client: new FrameCutter(), server: new FrameCutter() },
    };
    recording.streams.set(key, stream);
    return stream;
  }

  #close(key: string): void {
    const recording = this.#recording;
    const stream = recording?.streams.get(key);
    if (recording === null || stream === undefined) return;
    recording.streams.delete(key);
    this.#write(recording, stream, (written) => written.close());
  }

  #stream(connection: number, kind: StreamKind): WrittenStream {
    const known = this.#known.get(connection);
    const port = FIRST_PORT + (connection % PORTS);
    if (kind === 'upstream')
      return new WrittenStream({ address: SERVER, port }, { address: VENDOR, port: SERVER_PORT });
    const address = this.#recording?.isPrivate === true ? ipv4Of(known?.address ?? '') : null;
    const battery: WrittenEnd = { address: address ?? [...BATTERIES, 1 + (connection % 250)], port };
    return new WrittenStream(battery, { address: known?.isTapped === true ? VENDOR : SERVER, port: SERVER_PORT });
  }

  #fail(error: Error): void {
    void this.stop();
    this.#options.failed(error);
  }
}

const SANITISED =
  'Recorded by alphaess-local. Private values are replaced, and checksums of such messages computed anew; addresses and TCP headers are made up.';
const RAW =
  'Recorded by alphaess-local, AS IT WAS SENT: with serial numbers, password and address. Never post it. TCP headers are made up.';

function ipv4Of(address: string): number[] | null {
  const plain = address.replace(/^::ffff:/i, '');
  return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(plain) ? plain.split('.').map(Number) : null;
}
