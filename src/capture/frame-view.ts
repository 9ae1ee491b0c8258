/**
 * Frames for people to look at: cut, named, laid out field by field, and without private values.
 */
import { type Certainty, REDACTED, type WireDirection } from '../model.ts';
import type { PrivateValues } from '../privacy/known-values.ts';
import { isPrivateKey, shownText } from '../privacy/redact.ts';
import { sanitised } from '../privacy/sanitised.ts';
import { readCsv } from '../protocol/body/csv.ts';
import { historyColumn } from '../protocol/body/history.ts';
import { parseObject, textOfValue } from '../protocol/body/json.ts';
import { anyTextOf } from '../protocol/body/text.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { commandOf, HISTORY } from '../protocol/commands.ts';
import { type ProblemCode, problemOfHeader } from '../protocol/errors.ts';
import { fieldsOnWire } from '../protocol/fields/fields.ts';
import {
  bodyLengthAt,
  type FrameType,
  HEADER_LENGTH,
  isProtobuf,
  MAX_BODY_LENGTH,
  REQUEST,
} from '../protocol/frame.ts';
import { MessageReader } from '../protocol/messages.ts';
import { nameOf, type Piece, pieces } from '../protocol/pieces.ts';
import { protobufLines } from '../protocol/protobuf-lines.ts';

/** Bytes as they went over one connection, in one direction. */
export interface Chunk {
  /** 1, 2, 3 … over all connections, in the order in which they went. */
  readonly sequence: number;
  readonly connection: number;
  readonly direction: WireDirection;
  /** Unix milliseconds. */
  readonly ms: number;
  readonly bytes: Uint8Array;
}

export interface FrameView {
  readonly name: string;
  readonly type: number | null;
  readonly command: number | null;
  readonly size: number;
  readonly checksum: 'right' | 'wrong' | 'none';
  readonly understood: boolean;
  readonly reason: ProblemCode | null;
  /** Without private values. */
  readonly hex: string;
  /** Whether the checksum in `hex` was computed anew, because private values were replaced; `checksum` is of what was sent. */
  readonly checksum_recomputed: boolean;
  readonly fields: readonly FieldView[];
}

/** One member of a message: the vendor's name for it, ours, and its text. Of newer firmware: see `#protobufFields`. */
export interface FieldView {
  readonly wire: string;
  readonly name: string | null;
  readonly text: string | null;
  readonly unit: string;
  readonly certainty: Certainty;
}

/** A frame and the chunk in which it ended, `part` of several. */
export interface TappedFrame extends FrameView {
  readonly chunk: Chunk;
  readonly part: number;
}

/** Of a history packet only the first row is laid out; longer messages were never seen. */
const MOST_FIELDS = 400;

export class FrameViewer {
  readonly #secrets: PrivateValues;
  readonly #reader = new MessageReader(new FormBook());

  /** @param secrets as of `redactText` */
  constructor(secrets: PrivateValues) {
    this.#secrets = secrets;
  }

  /** The frames in chunks, which stand in their order; what is cut off at either end is left out. */
  *tapped(chunks: readonly Chunk[]): Generator<TappedFrame> {
    const streams = new Map<string, Chunk[]>();
    for (const chunk of chunks) {
      const name = `${chunk.connection} ${chunk.direction}`;
      streams.set(name, [...(streams.get(name) ?? []), chunk]);
    }
    for (const stream of streams.values()) yield* this.#ofStream(stream);
  }

  *#ofStream(chunks: readonly Chunk[]): Generator<TappedFrame> {
    const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
    let length = 0;
    const ends = chunks.map((chunk) => {
      length += chunk.bytes.length;
      return length;
    });
    const found = [...pieces(bytes)];
    for (const [index, piece] of found.entries()) {
      const end = piece.offset + piece.bytes.length;
      if (piece.type === null && isCut(piece, index === 0 && found.length > 1, end === bytes.length)) continue;
      const at = ends.findIndex((chunkEnd) => chunkEnd >= end);
      const chunk = chunks[at] as Chunk;
      yield { ...this.view(piece, chunk.direction), chunk, part: piece.offset };
    }
  }

  /** All frames in bytes that were kept: mostly one. */
  *kept(bytes: Uint8Array, direction: WireDirection): Generator<FrameView> {
    for (const piece of pieces(bytes)) yield this.view(piece, direction);
  }

  view(piece: Piece, direction: WireDirection): FrameView {
    const reason = this.reasonOf(piece, direction);
    const shown = sanitised(piece.bytes, this.#secrets);
    return {
      name: nameOf(piece),
      type: piece.type,
      command: piece.command,
      size: piece.bytes.length,
      checksum: piece.type === null ? 'none' : piece.crcOk ? 'right' : 'wrong',
      understood: reason === null,
      reason,
      hex: Buffer.from(shown.bytes).toString('hex'),
      checksum_recomputed: shown.isResealed,
      fields: piece.type === null ? [] : this.#fieldsOf(piece),
    };
  }

  /** Why it is not, or not wholly, understood. */
  reasonOf(piece: Piece, direction: WireDirection): ProblemCode | null {
    const { type, command, body, bytes } = piece;
    if (type === null || command === null) {
      const whole = bytes.length >= HEADER_LENGTH;
      const problem = whole ? problemOfHeader(bytes, 0, bodyLengthAt(bytes, 0), MAX_BODY_LENGTH) : null;
      return problem ?? 'FRAME_INCOMPLETE';
    }
    if (!piece.crcOk) return 'FRAME_CHECKSUM';
    if (isProtobuf(type)) return 'FRAME_PROTOBUF';
    if (direction === 'to_battery' || direction === 'from_vendor')
      return commandOf(command) === undefined ? 'COMMAND_UNKNOWN' : null;
    const message = this.#reader.read({ kind: 'frame', type, command, body, offset: 0 });
    if (message.type === 'unreadable') return message.reason;
    return 'partly' in message && message.partly ? 'BODY_PARTLY_READ' : null;
  }

  /** None for what is no message that can be taken apart: its parts may be private in ways that no name tells. */
  #fieldsOf({ body, type, command }: Piece): FieldView[] {
    if (isProtobuf(type)) return this.#protobufFields(type as FrameType, command as number, body);
    const text = anyTextOf(body);
    const object = parseObject(text);
    const isTable = object === null && type === REQUEST && command === HISTORY;
    const members = isTable
      ? firstRow(text)
      : Object.entries(object ?? {}).map(([key, value]) => [key, textOfValue(value)] as const);
    return members.slice(0, MOST_FIELDS).map(([wire, value]) => this.#field(wire, value));
  }

  /** Each value under its field number and wire type; the name is the vendor's, as far as one is likely. */
  #protobufFields(type: FrameType, command: number, body: Uint8Array): FieldView[] {
    const { lines, readUpTo } = protobufLines(type, command, body);
    const fields = lines.slice(0, MOST_FIELDS).map((line) => ({
      wire: `${line.path} ${line.wireType}`,
      name: line.name,
      text: line.isPrivate ? REDACTED : shownText(line.text, this.#secrets),
      unit: '',
      certainty: line.certainty,
    }));
    const unread = body.length - readUpTo;
    if (unread === 0) return fields;
    return [...fields, { wire: 'unread', name: null, text: `${unread} bytes`, unit: '', certainty: 'unknown' }];
  }

  #field(wire: string, text: string | null): FieldView {
    const [field] = fieldsOnWire(wire);
    const shown = text === null ? null : isPrivateKey(wire) ? REDACTED : shownText(text, this.#secrets);
    return {
      wire: shownText(wire, this.#secrets),
      name: field?.name ?? null,
      text: shown,
      unit: field?.unit ?? '',
      certainty: field?.certainty ?? 'unknown',
    };
  }
}

/** Whether bytes that are no frame are one whose other part was not seen: before the first, or still to come. */
function isCut(piece: Piece, isFirst: boolean, isLast: boolean): boolean {
  if (isFirst) return true;
  if (!isLast) return false;
  const { bytes } = piece;
  if (bytes.length < HEADER_LENGTH) return true;
  return problemOfHeader(bytes, 0, bodyLengthAt(bytes, 0), MAX_BODY_LENGTH) === null;
}

/** History: names in the first line, values in the next; of a cell that could belong to one name or another, none. */
function firstRow(text: string): (readonly [string, string | null])[] {
  const { names, rows } = readCsv(text, historyColumn, 1);
  return rows.flatMap(({ texts }) => names.map((name, index) => [name, texts[index] ?? null] as const));
}
