/**
 * What `decode --summary` says: how much of what, without a look into the bodies, so that a large capture takes no longer than reading it.
 */
import type { CaptureItem, CaptureReader } from '../capture/capture-reader.ts';
import { likelyDirection } from '../capture/described.ts';
import { addressOf } from '../capture/link-layer.ts';
import type { Direction, RecordedConnection } from '../capture/tcp-streams.ts';
import { visibleJson } from '../privacy/visible.ts';
import { nameOf } from '../protocol/pieces.ts';
import { endingOf } from './decode-ending.ts';
import { timeOf, type Wanted } from './decode-frames.ts';

interface OfConnection {
  readonly connection: RecordedConnection;
  frames: number;
  bytes: number;
  lost: number;
  firstMs: number | null;
  lastMs: number | null;
}

type SummaryVerdict = 'right' | 'wrong' | 'no_frame' | 'begun' | 'lost';

interface Amount {
  count: number;
  bytes: number;
}

const VERDICTS: Readonly<Record<SummaryVerdict, string>> = {
  right: 'frames',
  wrong: 'frames with a wrong checksum',
  no_frame: 'pieces that are no frame',
  begun: 'frames begun, their rest missing',
  lost: 'gaps',
};
const DIRECTIONS: readonly (readonly [Direction, string])[] = [
  ['from_battery', 'from battery'],
  ['to_battery', 'to battery'],
];

/** Listed each; of more only their number. */
const MOST_LISTED = 1000;

export class CaptureSummary {
  readonly #wanted: Wanted;
  readonly #kinds: Readonly<Record<Direction, Map<number, { name: string; count: number }>>> = {
    from_battery: new Map(),
    to_battery: new Map(),
  };
  readonly #connections = new Map<RecordedConnection, OfConnection>();
  readonly #amounts: Readonly<Record<SummaryVerdict, Amount>> = {
    right: { count: 0, bytes: 0 },
    wrong: { count: 0, bytes: 0 },
    no_frame: { count: 0, bytes: 0 },
    begun: { count: 0, bytes: 0 },
    lost: { count: 0, bytes: 0 },
  };
  #newest: OfConnection | null = null;
  #count = 0;
  #unlisted = 0;
  #title = '';

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  get isFine(): boolean {
    return this.#count > 0 && this.#amounts.right.count === this.#count;
  }

  begin(title: string): string {
    this.#title = title;
    return this.#wanted.isJson ? '' : `${title}\n`;
  }

  item(item: CaptureItem): string {
    if (item.kind === 'ended') return '';
    this.#count++;
    const of = this.#of(item);
    if (item.kind === 'lost') {
      this.#add('lost', item.length ?? 0);
      if (of !== null) of.lost += item.length ?? 0;
      return '';
    }
    const { piece, missing, direction } = item;
    const { length } = piece.bytes;
    if (of !== null) of.bytes += length;
    if (piece.type === null) {
      this.#add(missing === null ? 'no_frame' : 'begun', length);
      return '';
    }
    this.#add(piece.crcOk ? 'right' : 'wrong', length);
    if (of !== null) of.frames++;
    const kinds = this.#kinds[direction ?? likelyDirection(piece)];
    const kind = piece.type * 256 + (piece.command as number);
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, { name: nameOf(piece), count: 1 });
    else known.count++;
    return '';
  }

  end(reader: CaptureReader): string {
    return this.#wanted.isJson ? this.#object(reader) : this.#lines(reader);
  }

  #add(verdict: SummaryVerdict, bytes: number): void {
    const amount = this.#amounts[verdict];
    amount.count++;
    amount.bytes += bytes;
  }

  #of({ connection, ms }: CaptureItem): OfConnection | null {
    if (connection === null) return null;
    if (this.#newest?.connection !== connection) this.#newest = this.#find(connection, ms);
    if (ms !== null && this.#newest !== null) this.#newest.lastMs = ms;
    return this.#newest;
  }

  #find(connection: RecordedConnection, ms: number | null): OfConnection | null {
    const known = this.#connections.get(connection);
    if (known !== undefined) return known;
    if (this.#connections.size >= MOST_LISTED) {
      this.#unlisted = Math.max(this.#unlisted, connection.number);
      return null;
    }
    const begun = { connection, frames: 0, bytes: 0, lost: 0, firstMs: connection.ms ?? ms, lastMs: ms };
    this.#connections.set(connection, begun);
    return begun;
  }

  #lines(reader: CaptureReader): string {
    const { packets, others } = reader.passed;
    const lines =
      packets === 0 ? [] : [row(packets, 'packets'), ...Array.from(others, ([why, n]) => row(n, `  ${why}`))];
    for (const [verdict, name] of Object.entries(VERDICTS) as [SummaryVerdict, string][]) {
      const { count, bytes } = this.#amounts[verdict];
      if (count > 0) lines.push(row(count, `${name}, ${grouped(bytes)} bytes`));
    }
    for (const [direction, way] of DIRECTIONS) {
      for (const { name, count } of this.#kindsOf(direction)) lines.push(row(count, `  ${way}  ${name}`));
    }
    for (const one of this.#connections.values()) lines.push(this.#connection(one, reader));
    if (this.#unlisted > 0)
      lines.push(`connections up to number ${this.#unlisted}; the first ${MOST_LISTED} are listed`);
    return [...lines, ...endingOf(reader, this.#count)].map((line) => `${line}\n`).join('');
  }

  #kindsOf(direction: Direction) {
    return [...this.#kinds[direction].values()].sort((a, b) => b.count - a.count);
  }

  #connection({ connection, frames, bytes, lost, firstMs, lastMs }: OfConnection, { timesAre }: CaptureReader): string {
    const { number, battery, server } = connection;
    const ends = this.#wanted.isPrivate && battery !== '' ? ` (${addressOf(battery)} to ${addressOf(server)})` : '';
    const span = [firstMs, lastMs].filter((ms) => ms !== null).map((ms) => timeOf(ms, timesAre));
    const when = span.length === 2 ? `, ${span.join(' to ')}` : '';
    const gaps = lost === 0 ? '' : `, ${grouped(lost)} bytes missing`;
    return `connection ${number}${ends}: ${grouped(frames)} frames, ${grouped(bytes)} bytes${gaps}${when}`;
  }

  #object(reader: CaptureReader): string {
    const { packets, others } = reader.passed;
    const time = (ms: number | null) => (ms === null ? null : timeOf(ms, reader.timesAre));
    const object = {
      kind: 'summary',
      taken_for: this.#title,
      packets,
      packets_passed_over: Object.fromEntries(others),
      verdicts: this.#amounts,
      frames: Object.fromEntries(
        DIRECTIONS.map(([direction]) => [
          direction,
          Object.fromEntries(this.#kindsOf(direction).map(({ name, count }) => [name, count])),
        ]),
      ),
      connections: Array.from(this.#connections.values(), ({ connection, frames, bytes, lost, firstMs, lastMs }) => ({
        connection: connection.number,
        ...(this.#wanted.isPrivate && connection.battery !== ''
          ? { battery: addressOf(connection.battery), server: addressOf(connection.server) }
          : {}),
        ...{ frames, bytes, bytes_lost: lost, from: time(firstMs), until: time(lastMs) },
      })),
      notes: endingOf(reader, this.#count),
    };
    return `${visibleJson(JSON.stringify(object))}\n`;
  }
}

function row(count: number, what: string): string {
  return `${grouped(count).padStart(15)}  ${what}`;
}

/** `1,234,567`. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
