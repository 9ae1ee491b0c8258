/**
 * Segments as they were recorded, put together into what each side of each connection said.
 */
import { portOf, type TcpSegment } from './link-layer.ts';
import { type PassedSegment, StreamHalf } from './stream-half.ts';

/** Which way bytes went. */
export type Direction = 'from_battery' | 'to_battery';

export interface RecordedConnection {
  /** 1, 2, 3 … in the order in which they were first seen. */
  readonly number: number;
  /** Address and port, to be read by `addressOf`. Private. */
  readonly battery: string;
  readonly server: string;
  /** When it was first seen, Unix milliseconds. */
  readonly ms: number | null;
}

/** What was said, what was lost of it, or that nothing more follows in that direction. */
export type StreamEvent = PassedSegment & { readonly connection: RecordedConnection; readonly direction: Direction };

interface KnownStream {
  readonly connection: RecordedConnection;
  readonly from_battery: StreamHalf;
  readonly to_battery: StreamHalf;
}

const DIRECTIONS: readonly Direction[] = ['from_battery', 'to_battery'];
/** Known at a time: of more, those that were silent longest are taken to have ended. */
const MOST_CONNECTIONS = 4096;
/** Bytes behind holes, of all connections. */
const MOST_HELD = 0x200_0000;

/** Segments in, streams out. */
export class TcpStreams {
  readonly #port: number;
  readonly #known = new Map<string, KnownStream>();
  #newest: { readonly key: string; readonly known: KnownStream } | null = null;
  #count = 0;
  #held = 0;

  /** @param port the server’s */
  constructor(port: number) {
    this.#port = port;
  }

  take(segment: TcpSegment): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    const direction = this.#directionOf(segment);
    const fromBattery = direction === 'from_battery';
    const battery = fromBattery ? segment.source : segment.destination;
    const server = fromBattery ? segment.destination : segment.source;
    const key = battery + server;
    let known = this.#find(key);
    if (known !== null && segment.isSyn && !known[direction].accepts((segment.sequence + 1) >>> 0, segment.ms)) {
      this.#end(key, known, events);
      known = null;
    }
    known ??= this.#begin(key, { number: ++this.#count, battery, server, ms: segment.ms }, events);
    const before = heldBy(known);
    this.#of(known, segment, direction, events);
    this.#held += heldBy(known) - before;
    if (this.#held > MOST_HELD) this.#endOldest(key, events);
    return events;
  }

  /** Nothing more comes: what waits for something before it is passed on. */
  end(): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const [key, known] of [...this.#known]) this.#end(key, known, events);
    return events;
  }

  /** The server has the port; where both ends have it, whoever spoke first is the battery. */
  #directionOf({ source, destination, isSyn, acknowledged }: TcpSegment): Direction {
    if (portOf(destination) !== this.#port) return 'to_battery';
    if (portOf(source) !== this.#port) return 'from_battery';
    if (isSyn && acknowledged !== null) return 'to_battery';
    return this.#known.has(destination + source) ? 'to_battery' : 'from_battery';
  }

  /** Makes it the newest, so that the first in the map is the one that was silent longest. */
  #find(key: string): KnownStream | null {
    if (this.#newest?.key === key) return this.#newest.known;
    const known = this.#known.get(key);
    if (known === undefined) return null;
    this.#known.delete(key);
    this.#known.set(key, known);
    this.#newest = { key, known };
    return known;
  }

  #begin(key: string, connection: RecordedConnection, events: StreamEvent[]): KnownStream {
    if (this.#known.size >= MOST_CONNECTIONS) this.#endOldest(key, events);
    const known = { connection, from_battery: new StreamHalf(), to_battery: new StreamHalf() };
    this.#known.set(key, known);
    this.#newest = { key, known };
    return known;
  }

  #of(known: KnownStream, segment: TcpSegment, direction: Direction, events: StreamEvent[]): void {
    const { ms, acknowledged, isSyn, isFin, isReset, bytes, missing } = segment;
    const sequence = isSyn ? (segment.sequence + 1) >>> 0 : segment.sequence;
    const other = direction === 'from_battery' ? 'to_battery' : 'from_battery';
    if (acknowledged !== null && !isReset) known[other].acknowledge(acknowledged);
    const passed: PassedSegment[] = [];
    // What answers a SYN says where the other side begins.
    if (isSyn && acknowledged !== null) known[other].begin(acknowledged, passed);
    known[other].passTime(ms, passed);
    tell(passed, known.connection, other, events);
    if (isSyn) known[direction].begin(sequence, passed);
    known[direction].take({ sequence, bytes, missing, isLast: isFin, ms }, passed);
    tell(passed, known.connection, direction, events);
    if (isReset) flush(known, ms, events);
  }

  #endOldest(but: string, events: StreamEvent[]): void {
    for (const [key, known] of this.#known) {
      if (key === but) continue;
      this.#end(key, known, events);
      return;
    }
  }

  #end(key: string, known: KnownStream, events: StreamEvent[]): void {
    this.#known.delete(key);
    if (this.#newest?.key === key) this.#newest = null;
    this.#held -= heldBy(known);
    flush(known, null, events);
  }
}

function flush(known: KnownStream, ms: number | null, events: StreamEvent[]): void {
  for (const direction of DIRECTIONS) {
    const passed: PassedSegment[] = [];
    known[direction].flush(passed);
    tell([...passed, { kind: 'ended', ms }], known.connection, direction, events);
  }
}

function heldBy({ from_battery, to_battery }: KnownStream): number {
  return from_battery.size + to_battery.size;
}

/** Empties the list. */
function tell(
  passed: PassedSegment[],
  connection: RecordedConnection,
  direction: Direction,
  events: StreamEvent[],
): void {
  for (const each of passed) events.push({ ...each, connection, direction });
  passed.length = 0;
}
