/**
 * A body of Protocol Buffers, laid out for people: a line for each value, with all that is known of it and no more.
 */
import type { Certainty } from '../model.ts';
import { type ProtobufField, type ProtobufValue, readProtobuf } from './protobuf.ts';
import { isPrivateValue, likelyNames } from './protobuf-names.ts';

export type WireType = 'varint' | '64-bit' | 'length-delimited' | '32-bit';

export interface ProtobufLine {
  /** The field's number, behind those of the messages it is nested in: `3`, `3.1`. */
  readonly path: string;
  readonly wireType: WireType;
  /** A number (unsigned; what else it may be behind it), a text, or bytes in hexadecimal. */
  readonly text: string;
  readonly name: string | null;
  /** Of the name. */
  readonly certainty: Certainty;
  /** Whether it must not be shown unless its owner asked for it. */
  readonly isPrivate: boolean;
  /** Where the value lies in the body: from, and up to. */
  readonly start: number;
  readonly end: number;
}

export interface ProtobufLayout {
  readonly lines: readonly ProtobufLine[];
  /** From where on nothing could be read: the length of the body where all was. */
  readonly readUpTo: number;
}

const WIRE_TYPES: Readonly<Record<ProtobufValue['kind'], WireType>> = {
  varint: 'varint',
  fixed64: '64-bit',
  message: 'length-delimited',
  text: 'length-delimited',
  bytes: 'length-delimited',
  fixed32: '32-bit',
};

/** @param type and command of the frame, which say what names are likely */
export function protobufLines(type: number, command: number, body: Uint8Array): ProtobufLayout {
  const { fields, readUpTo } = readProtobuf(body);
  const names = likelyNames(type, command, fields);
  return { lines: fields.flatMap((field) => linesOf(field, `${field.number}`, names[field.number] ?? null)), readUpTo };
}

function linesOf(field: ProtobufField, path: string, name: string | null): ProtobufLine[] {
  const { value, start, end } = field;
  if (value.kind === 'message') {
    return value.fields.flatMap((inner) => linesOf(inner, `${path}.${inner.number}`, null));
  }
  const isPrivate = isPrivateValue(name, value);
  const certainty = name === null ? 'unknown' : 'likely';
  return [{ path, wireType: WIRE_TYPES[value.kind], text: textOf(value), name, certainty, isPrivate, start, end }];
}

function textOf(value: Exclude<ProtobufValue, { readonly kind: 'message' }>): string {
  switch (value.kind) {
    case 'varint':
      return withSigned(value.number);
    case 'fixed64':
      return `${value.number} (double ${value.float})`;
    case 'fixed32':
      // Seven digits are all a float has.
      return `${value.number} (float ${Number(value.float.toPrecision(7))})`;
    case 'text':
      return value.text;
    case 'bytes':
      return Array.from(value.bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

/** A number below zero is written as 64 bits. */
function withSigned(number: bigint): string {
  const signed = BigInt.asIntN(64, number);
  return signed < 0n ? `${number} (signed ${signed})` : `${number}`;
}
