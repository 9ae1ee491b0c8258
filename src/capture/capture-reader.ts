/**
 * Anything recorded → the frames in it: whose, which way, when.
 */
import { commandOf } from '../protocol/commands.ts';
import { isFrameType } from '../protocol/frame.ts';
import { likelyDirection } from './described.ts';
import { type CutPiece, FrameCutter } from './frame-cutter.ts';
import { HexDumpReader, type TextItem } from './hex-dump.ts';
import { type NoSegment, SegmentReader } from './link-layer.ts';
import type { TimesAre } from './packet-times.ts';
import { type Packet, PcapReader } from './pcap.ts';
import { PcapngReader } from './pcapng.ts';
import { PlainHexReader } from './plain-hex.ts';
import type { Recognised } from './recognise.ts';
import { type Direction, type RecordedConnection, type StreamEvent, TcpStreams } from './tcp-streams.ts';
import { TextLines } from './text-lines.ts';

/** A frame, bytes that are none, or a gap: on which connection (null: the input has no connections), which way (null: it does not tell). */
export type CaptureItem = { readonly connection: RecordedConnection | null; readonly direction: Direction | null } & (
  | ({ readonly kind: 'piece' } & CutPiece)
  | { readonly kind: 'lost'; readonly length: number | null; readonly ms: number | null }
  /** Nothing more follows on that connection. */
  | { readonly kind: 'ended'; readonly ms: number | null }
);

/** What was passed over. */
export interface PassedBytes {
  readonly packets: number;
  /** Packets that are no segment of the port, by why. */
  readonly others: ReadonlyMap<string, number>;
  /** Bytes that the input lacks of its last packet. */
  readonly missing: number;
  /** Bytes of packets that the recording did not keep. */
  readonly unkept: number;
}

/** What chunks of an input become. Read with `read`, then `end` once. */
export interface CaptureReader {
  /** @throws CaptureError where the input is damaged */
  read(chunk: Uint8Array): Generator<CaptureItem>;
  /** @throws CaptureError as `read` */
  end(): Generator<CaptureItem>;
  readonly passed: PassedBytes;
  /** What the times of the items are of. */
  readonly timesAre: TimesAre;
}

/** @param port the server’s; @returns null for an input in which nothing can be read */
export function readerOf(input: Recognised, port: number): CaptureReader | null {
  switch (input.kind) {
    case 'pcap':
      return new PacketFileReader(new PcapReader(input.form), port);
    case 'pcapng':
      return new PacketFileReader(new PcapngReader(), port);
    case 'raw':
      return new RawReader();
    case 'hex': {
      const reader = new PlainHexReader();
      return new TextReader(new TextLines(input.encoding), reader, () => 'utc', port);
    }
    case 'dump': {
      const reader = new HexDumpReader({ isPackets: input.isPackets, indent: input.indent, port });
      return new TextReader(new TextLines(input.encoding), reader, () => reader.timesAre, port);
    }
    default:
      return null;
  }
}

const NOTHING_PASSED: PassedBytes = { packets: 0, others: new Map(), missing: 0, unkept: 0 };
/** Bytes that wait for the rest of their frame, of all connections. */
const MOST_HELD = 0x400_0000;

interface Cutters {
  from_battery: FrameCutter | null;
  to_battery: FrameCutter | null;
  /** The directions in which nothing more follows. */
  readonly ended: Set<Direction>;
}

/** A cutter for each direction of each connection. */
class FrameStreams {
  readonly #cutters = new Map<RecordedConnection, Cutters>();
  #held = 0;

  *take(event: StreamEvent): Generator<CaptureItem> {
    const { connection, direction, ms } = event;
    const cutters = this.#cuttersOf(connection);
    cutters[direction] ??= new FrameCutter();
    const cutter = cutters[direction];
    const before = cutter.held;
    const pieces = event.kind === 'bytes' ? cutter.take(event.bytes, ms) : cutter.end();
    for (const piece of pieces) yield { kind: 'piece', ...piece, connection, direction };
    if (event.kind === 'lost') {
      yield { kind: 'lost', length: event.length, ms, connection, direction };
      cutter.skip(event.length ?? 0);
    }
    this.#held += cutter.held - before;
    if (event.kind === 'ended' && this.#isEnd(connection, cutters, direction))
      yield { kind: 'ended', ms, connection, direction: null };
    if (this.#held > MOST_HELD) yield* this.#makeRoom();
  }

  #cuttersOf(connection: RecordedConnection): Cutters {
    const known = this.#cutters.get(connection);
    if (known !== undefined) return known;
    const cutters: Cutters = { from_battery: null, to_battery: null, ended: new Set() };
    this.#cutters.set(connection, cutters);
    return cutters;
  }

  /** @returns whether the other direction had ended before */
  #isEnd(connection: RecordedConnection, cutters: Cutters, direction: Direction): boolean {
    cutters[direction] = null;
    cutters.ended.add(direction);
    return cutters.ended.size === 2 && this.#cutters.delete(connection);
  }

  /** Thousands of frames that were begun and go on nowhere: the oldest are given up. */
  *#makeRoom(): Generator<CaptureItem> {
    for (const [connection, cutters] of this.#cutters) {
      for (const direction of ['from_battery', 'to_battery'] as const) {
        const cutter = cutters[direction];
        if (cutter === null || cutter.held === 0) continue;
        this.#held -= cutter.held;
        yield* items(cutter.end(), connection, direction);
      }
      if (this.#held < MOST_HELD / 2) return;
    }
  }
}

/** Packets, of whatever file, down to frames. */
export class PacketPath {
  readonly #segments: SegmentReader;
  readonly #tcp: TcpStreams;
  readonly #frames = new FrameStreams();
  readonly #whyOthers = new Map<NoSegment, number>();
  #packets = 0;
  #unkept = 0;
  /** How many packets were no segment of the port. */
  others = 0;

  constructor(port: number) {
    this.#segments = new SegmentReader(port);
    this.#tcp = new TcpStreams(port);
  }

  passed(missing: number): PassedBytes {
    return { packets: this.#packets, others: this.#whyOthers, missing, unkept: this.#unkept };
  }

  take(packet: Packet): readonly StreamEvent[] {
    this.#packets++;
    const segment = this.#segments.read(packet);
    if (typeof segment === 'string') {
      this.others++;
      this.#whyOthers.set(segment, (this.#whyOthers.get(segment) ?? 0) + 1);
      return [];
    }
    this.#unkept += segment.missing;
    return this.#tcp.take(segment);
  }

  cut(event: StreamEvent): Generator<CaptureItem> {
    return this.#frames.take(event);
  }

  *end(): Generator<CaptureItem> {
    for (const event of this.#tcp.end()) yield* this.#frames.take(event);
  }
}

class PacketFileReader implements CaptureReader {
  readonly timesAre = 'utc';
  readonly #file: PcapReader | PcapngReader;
  readonly #path: PacketPath;

  constructor(file: PcapReader | PcapngReader, port: number) {
    this.#file = file;
    this.#path = new PacketPath(port);
  }

  get passed(): PassedBytes {
    return this.#path.passed(this.#file.missing);
  }

  *read(chunk: Uint8Array): Generator<CaptureItem> {
    for (const packet of this.#file.read(chunk)) {
      for (const event of this.#path.take(packet)) yield* this.#path.cut(event);
    }
  }

  *end(): Generator<CaptureItem> {
    yield* this.#path.end();
  }
}

class RawReader implements CaptureReader {
  readonly timesAre = 'utc';
  readonly passed = NOTHING_PASSED;
  readonly #cutter = new FrameCutter();

  *read(chunk: Uint8Array): Generator<CaptureItem> {
    yield* items(this.#cutter.take(chunk, null), null, null);
  }

  *end(): Generator<CaptureItem> {
    yield* items(this.#cutter.end(), null, null);
  }
}

interface TextForm {
  read(line: { readonly text: string; readonly number: number }): Iterable<TextItem>;
  end(): Iterable<TextItem>;
}

class TextReader implements CaptureReader {
  readonly #lines: TextLines;
  readonly #form: TextForm;
  readonly #timesAre: () => TimesAre;
  readonly #path: PacketPath;
  readonly #frames = new FrameStreams();
  readonly #connections = new Map<number, RecordedConnection>();
  /** The side that a text has first is whoever spoke first in the recording: that may be the server. */
  #isTurned = false;
  /** Of what does not say which way it went. */
  readonly #cutter = new FrameCutter();

  constructor(lines: TextLines, form: TextForm, timesAre: () => TimesAre, port: number) {
    this.#lines = lines;
    this.#form = form;
    this.#timesAre = timesAre;
    this.#path = new PacketPath(port);
  }

  get passed(): PassedBytes {
    return this.#path.passed(0);
  }

  get timesAre(): TimesAre {
    return this.#timesAre();
  }

  *read(chunk: Uint8Array): Generator<CaptureItem> {
    for (const line of this.#lines.read(chunk)) for (const item of this.#form.read(line)) yield* this.#take(item);
  }

  *end(): Generator<CaptureItem> {
    for (const line of this.#lines.end()) for (const item of this.#form.read(line)) yield* this.#take(item);
    for (const item of this.#form.end()) yield* this.#take(item);
    yield* this.#path.end();
    for (const connection of this.#connections.values()) yield* this.#endOf(connection);
    yield* items(this.#cutter.end(), null, null);
  }

  *#take(item: TextItem): Generator<CaptureItem> {
    if (item.kind === 'packet') {
      for (const event of this.#path.take(item.packet)) yield* this.#path.cut(event);
    } else if (item.direction === null) yield* items(this.#cutter.take(item.bytes, null), null, null);
    else yield* this.#takeStream(item.connection, item.direction, item.bytes);
  }

  *#takeStream(number: number, direction: Direction, bytes: Uint8Array): Generator<CaptureItem> {
    let connection = this.#connections.get(number);
    if (connection === undefined) {
      // One follows the other.
      for (const earlier of this.#connections.values()) yield* this.#endOf(earlier);
      this.#connections.clear();
      connection = { number, battery: '', server: '', ms: null };
      this.#connections.set(number, connection);
      this.#isTurned = saysOtherwise(bytes, direction);
    }
    const other = direction === 'from_battery' ? 'to_battery' : 'from_battery';
    const way = this.#isTurned ? other : direction;
    yield* this.#frames.take({ kind: 'bytes', bytes, ms: null, connection, direction: way });
  }

  *#endOf(connection: RecordedConnection): Generator<CaptureItem> {
    yield* this.#frames.take({ kind: 'ended', ms: null, connection, direction: 'from_battery' });
    yield* this.#frames.take({ kind: 'ended', ms: null, connection, direction: 'to_battery' });
  }
}

/** Whether the first frame of a side is one that only the other sends. */
function saysOtherwise(bytes: Uint8Array, direction: Direction): boolean {
  const [first, type, command] = bytes;
  if (first !== 1 || !isFrameType(type) || command === undefined || commandOf(command) === undefined) return false;
  return likelyDirection({ type, command }) !== direction;
}

function* items(
  pieces: Iterable<CutPiece>,
  connection: RecordedConnection | null,
  direction: Direction | null,
): Generator<CaptureItem> {
  for (const piece of pieces) yield { kind: 'piece', ...piece, connection, direction };
}
