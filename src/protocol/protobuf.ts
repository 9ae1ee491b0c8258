/**
 * Protocol Buffers' wire format (protobuf.dev, "Encoding"), read without a schema: frames of the newer kind carry it (likely, see
 * frame.ts), and what their fields mean is not published. A tag says a field's number and its wire type; of what is
 * length-delimited nothing says whether it is a message, a text or bytes.
 */
import { textOf } from './body/text.ts';

/** How deep messages may be nested; and how many fields a body may have, those of nested ones counted in. */
const MOST_DEPTH = 8;
const MOST_FIELDS = 2000;
/** A varint has seven bits a byte; the tenth byte holds the last bit of 64. */
const MOST_VARINT_BYTES = 10;
const HIGHEST_FIELD = 536_870_911n;

/** Numbers are unsigned, as they stand; `float` is the same bits as IEEE 754. */
export type ProtobufValue =
  | { readonly kind: 'varint'; readonly number: bigint }
  | { readonly kind: 'fixed64'; readonly number: bigint; readonly float: number }
  | { readonly kind: 'message'; readonly fields: readonly ProtobufField[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'fixed32'; readonly number: bigint; readonly float: number };

export interface ProtobufField {
  /** 1 … 536,870,911. */
  readonly number: number;
  readonly value: ProtobufValue;
  /** Where the value lies in the body: from, and up to. */
  readonly start: number;
  readonly end: number;
}

export interface ProtobufBody {
  readonly fields: readonly ProtobufField[];
  /** From where on nothing could be read: the length of the body where all was. */
  readonly readUpTo: number;
}

/** Reads a body as far as it is one. Never throws; what it does is bounded by eight times the body's length. */
export function readProtobuf(bytes: Uint8Array): ProtobufBody {
  const reader = new Reader(bytes);
  const fields = reader.message(0, bytes.length, 0);
  return { fields, readUpTo: reader.at };
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #left = MOST_FIELDS;
  /** Up to where whole fields were read. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The fields from there up to `end`, or up to the first that is none. */
  message(start: number, end: number, depth: number): ProtobufField[] {
    const fields: ProtobufField[] = [];
    this.at = start;
    while (this.at < end && this.#left > 0) {
      const from = this.at;
      this.#left--;
      const field = this.#field(end, depth);
      if (field === null) {
        this.at = from;
        break;
      }
      this.at = field.end;
      fields.push(field);
    }
    return fields;
  }

  #field(end: number, depth: number): ProtobufField | null {
    const tag = this.#varint(end);
    if (tag === null || tag >> 3n === 0n || tag >> 3n > HIGHEST_FIELD) return null;
    const number = Number(tag >> 3n);
    const start = this.at;
    switch (Number(tag & 7n)) {
      case 0: {
        const value = this.#varint(end);
        return value === null ? null : { number, value: { kind: 'varint', number: value }, start, end: this.at };
      }
      case 1:
        return start + 8 > end ? null : { number, value: this.#fixed64(start), start, end: start + 8 };
      case 2:
        return this.#delimited(number, end, depth);
      case 5:
        return start + 4 > end ? null : { number, value: this.#fixed32(start), start, end: start + 4 };
      default:
        // Groups (3, 4) are no longer in use; 6 and 7 are nothing.
        return null;
    }
  }

  #fixed64(at: number): ProtobufValue {
    return { kind: 'fixed64', number: this.#view.getBigUint64(at, true), float: this.#view.getFloat64(at, true) };
  }

  #fixed32(at: number): ProtobufValue {
    return { kind: 'fixed32', number: BigInt(this.#view.getUint32(at, true)), float: this.#view.getFloat32(at, true) };
  }

  #delimited(number: number, end: number, depth: number): ProtobufField | null {
    const length = this.#varint(end);
    const start = this.at;
    if (length === null || length > BigInt(end - start)) return null;
    const valueEnd = start + Number(length);
    return { number, value: this.#valueOf(start, valueEnd, depth), start, end: valueEnd };
  }

  /** A message where it is one to its last byte; but what is all letters is a text, which may look like one. */
  #valueOf(start: number, end: number, depth: number): ProtobufValue {
    const bytes = this.#bytes.subarray(start, end);
    const text = textOf(bytes);
    if (text !== null && !CONTROL.test(text)) return { kind: 'text', text };
    if (depth < MOST_DEPTH) {
      const left = this.#left;
      const fields = this.message(start, end, depth + 1);
      if (this.at === end) return { kind: 'message', fields };
      this.#left = left;
    }
    return text === null || CONTROL_IN_TEXT.test(text) ? { kind: 'bytes', bytes } : { kind: 'text', text };
  }

  /** null where it is cut off or longer than 64 bits. */
  #varint(end: number): bigint | null {
    let value = 0n;
    for (let index = 0; index < MOST_VARINT_BYTES && this.at < end; index++) {
      const byte = this.#bytes[this.at++] as number;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return value < 1n << 64n ? value : null;
    }
    return null;
  }
}

/** Control characters; and those that no text has: all but tab and line ends, which begin fields 1 as well. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x1f\x7f-\x9f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_IN_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;
