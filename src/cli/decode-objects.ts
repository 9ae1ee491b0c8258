/**
 * What `decode --json` says: one object a line.
 */
import type { CaptureItem, CaptureReader } from '../capture/capture-reader.ts';
import { type Described, Describer, likelyDirection } from '../capture/described.ts';
import { addressOf } from '../capture/link-layer.ts';
import type { MessageBody, MessageMember } from '../capture/members.ts';
import type { RecordedConnection } from '../capture/tcp-streams.ts';
import { visibleJson } from '../privacy/visible.ts';
import { anyTextOf } from '../protocol/body/text.ts';
import { CHECKSUM_LENGTH, HEADER_LENGTH } from '../protocol/frame.ts';
import { endingOf } from './decode-ending.ts';
import { crc, isRest, timeOf, type Wanted } from './decode-frames.ts';

type DecodedJson = Record<string, unknown>;

export class FrameObjects {
  readonly #wanted: Wanted;
  readonly #describer: Describer;
  #pieces = 0;
  isFine = true;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#describer = new Describer(wanted.isPrivate);
  }

  begin(title: string): string {
    return lineOf({ kind: 'input', taken_for: title });
  }

  item(item: CaptureItem, { timesAre }: CaptureReader): string {
    if (item.kind === 'ended') return '';
    const { connection, ms } = item;
    const at = { time: ms === null ? null : timeOf(ms, timesAre), ...this.#connection(connection) };
    if (item.kind === 'lost') {
      this.isFine = false;
      return lineOf({ kind: 'lost', ...at, direction: item.direction, bytes: item.length });
    }
    this.#pieces++;
    const direction = item.direction ?? likelyDirection(item.piece);
    const described = this.#describer.describe(item, direction);
    if (described.checksum !== 'right') this.isFine = false;
    if (item.piece.type !== null) return lineOf({ kind: 'frame', ...at, direction, ...this.#frame(described) });
    const { name, reason, bytes } = described;
    const kind = item.missing === null ? 'no_frame' : 'begun';
    const missing = item.missing === null ? { is_rest: isRest(item.isFragment, reason) } : { missing: item.missing };
    return lineOf({
      ...{ kind, ...at, direction: item.direction, offset: item.piece.offset, ...missing },
      ...{ name, length: bytes.length, reason: isRest(item.isFragment, reason) ? null : reason, hex: hexOf(bytes) },
    });
  }

  end(reader: CaptureReader): string {
    const ending = endingOf(reader, this.#pieces);
    if (ending.length > 0) this.isFine = false;
    return ending.map((text) => lineOf({ kind: 'note', text })).join('');
  }

  #connection(connection: RecordedConnection | null): DecodedJson {
    if (connection === null) return { connection: null };
    const { number, battery, server } = connection;
    if (!this.#wanted.isPrivate || battery === '') return { connection: number };
    return { connection: number, battery: addressOf(battery), server: addressOf(server) };
  }

  #frame({ piece, name, checksum, resealed, reason, body, bytes }: Described): DecodedJson {
    const content = bytes.subarray(HEADER_LENGTH, bytes.length - CHECKSUM_LENGTH);
    return {
      offset: piece.offset,
      type: piece.type,
      command: piece.command,
      name,
      length: piece.body.length,
      checksum,
      checksum_said: crc(piece.crcSaid),
      checksum_computed: crc(piece.crcComputed),
      ...(resealed === null ? {} : { checksum_recomputed: crc(resealed) }),
      reason,
      body: body === null ? null : this.#body(body),
      ...(body === null && content.length > 0 ? { text: anyTextOf(content) } : {}),
      hex: hexOf(bytes),
    };
  }

  #body(body: MessageBody): DecodedJson {
    if (body.kind === 'protobuf') {
      const fields = body.lines.map(({ path, wireType, text, name }) => {
        return { field: path, wire_type: wireType, value: text, likely_name: name };
      });
      return { fields, read_up_to: body.readUpTo };
    }
    const object = this.#wanted.isWire ? onWire : named;
    return body.kind === 'object' ? object(body.members) : { rows: body.rows.map(object) };
  }
}

function onWire(members: readonly MessageMember[]): DecodedJson {
  return Object.fromEntries(members.map(({ wire, text }) => [wire, text]));
}

/** Under our names; what has none under the vendor’s. */
function named(members: readonly MessageMember[]): DecodedJson {
  const named: DecodedJson = {};
  for (const { wire, text, meanings } of members) {
    for (const { name, value, unit, certainty } of meanings) {
      named[freeIn(named, name, wire)] = { value, unit, certainty, wire, text };
    }
    if (meanings.length === 0)
      named[freeIn(named, wire, wire)] = { value: text, unit: '', certainty: 'unknown', wire, text };
  }
  return named;
}

/** A second spelling of a name is not to hide the first. */
function freeIn(object: DecodedJson, name: string, wire: string): string {
  let free = name;
  for (let count = 2; Object.hasOwn(object, free); count++) free = `${wire} ${count}`;
  return free;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function lineOf(object: DecodedJson): string {
  return `${visibleJson(JSON.stringify(object))}\n`;
}
