/**
 * What a message says, member by member: the vendor's name and text, and what we know of it.
 */
import { type Certainty, REDACTED, type Value } from '../model.ts';
import { isPrivateKey, redactText } from '../privacy/redact.ts';
import { readCsv } from '../protocol/body/csv.ts';
import { lenientNumber } from '../protocol/body/decimal.ts';
import { historyColumn } from '../protocol/body/history.ts';
import { parseObject, textOfValue } from '../protocol/body/json.ts';
import { anyTextOf } from '../protocol/body/text.ts';
import { CONFIGURATION, CONFIGURATION_REQUEST, DETAIL, HISTORY, LIVE } from '../protocol/commands.ts';
import type { Field, FieldSource } from '../protocol/fields/field.ts';
import { fieldsOnWire } from '../protocol/fields/fields.ts';
import { type FrameType, isProtobuf, REQUEST, RESPONSE } from '../protocol/frame.ts';
import type { Piece } from '../protocol/pieces.ts';
import { protobufLines } from '../protocol/protobuf-lines.ts';
import { unpack } from '../protocol/reading.ts';

export interface MessageMember {
  /** The vendor's name, and what stood there. */
  readonly wire: string;
  readonly text: string | null;
  /** None where nobody has documented it; three where it is packed. */
  readonly meanings: readonly Meaning[];
}

/** One value under our name for it. */
export interface Meaning {
  readonly name: string;
  /** In the unit; the text where it could not be read as a number. */
  readonly value: Value;
  readonly unit: string;
  readonly certainty: Certainty;
}

/** What a body says: an object’s members, those of each row of a table, or numbered values. */
export type MessageBody =
  | { readonly kind: 'object'; readonly members: readonly MessageMember[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly MessageMember[])[] }
  /** Of newer firmware. `readUpTo`: from where on nothing could be read. */
  | { readonly kind: 'protobuf'; readonly lines: readonly NumberedValue[]; readonly readUpTo: number };

/** A value of Protocol Buffers: its field’s number, behind those it is nested in, and what is known of it. */
export interface NumberedValue {
  readonly path: string;
  readonly wireType: string;
  readonly text: string;
  /** The vendor’s, where one is likely. */
  readonly name: string | null;
}

/** Three rows were captured at most. */
const MOST_ROWS = 4096;
const SOURCES: Readonly<Record<string, FieldSource>> = {
  [`${REQUEST} ${LIVE}`]: 'live',
  [`${REQUEST} ${DETAIL}`]: 'detail',
  [`${REQUEST} ${HISTORY}`]: 'history',
  [`${REQUEST} ${CONFIGURATION}`]: 'config',
  [`${RESPONSE} ${CONFIGURATION_REQUEST}`]: 'config_reply',
};

/**
 * @param secrets serial numbers to be replaced, with all that is private by its name or look; null: nothing is
 * @returns null for what is no message that can be taken apart
 */
export function bodyOf({ type, command, body }: Piece, secrets: readonly string[] | null): MessageBody | null {
  if (type === null || body.length === 0) return null;
  if (isProtobuf(type)) return numbered(type, command as number, body, secrets);
  const text = anyTextOf(body);
  const source = SOURCES[`${type} ${command}`];
  const member = (wire: string, value: string | null) => memberOf(wire, value, source, secrets);
  const object = parseObject(text);
  if (object !== null) {
    const members = Object.entries(object).map(([key, value]) => member(key, textOfValue(value)));
    return { kind: 'object', members };
  }
  if (source !== 'history') return null;
  const { names, rows } = readCsv(text, historyColumn, MOST_ROWS);
  if (rows.length === 0) return null;
  return {
    kind: 'table',
    rows: rows.map(({ texts }) => names.map((name, index) => member(name, texts[index] ?? null))),
  };
}

function numbered(type: FrameType, command: number, body: Uint8Array, secrets: readonly string[] | null): MessageBody {
  const { lines, readUpTo } = protobufLines(type, command, body);
  const shown = lines.map(({ path, wireType, text, name, isPrivate }) => ({
    path,
    wireType,
    text: secrets === null ? text : isPrivate ? REDACTED : redactText(text, secrets),
    name,
  }));
  return { kind: 'protobuf', lines: shown, readUpTo };
}

function memberOf(
  wire: string,
  text: string | null,
  source: FieldSource | undefined,
  secrets: readonly string[] | null,
): MessageMember {
  const known = fieldsOnWire(wire);
  const here = source === undefined ? known : known.filter((field) => field.in.includes(source));
  const shown = secrets === null || text === null ? text : isPrivateKey(wire) ? REDACTED : redactText(text, secrets);
  const meanings = (here.length > 0 ? here : known.slice(0, 1)).map((field) => ({
    name: field.name,
    value: shown === null ? null : fieldValue(field, shown),
    unit: field.unit,
    certainty: field.certainty,
  }));
  return { wire: secrets === null ? wire : redactText(wire, secrets), text: shown, meanings };
}

function fieldValue(field: Field, text: string): Value {
  if (field.read === 'number' || field.read === 'flag') return lenientNumber(text) ?? text;
  if (!field.read.startsWith('packed')) return text;
  const packed = lenientNumber(text);
  const isPacked = packed !== null && Number.isInteger(packed) && packed >= 0 && packed <= 0xffff_ffff;
  return isPacked ? unpack(field, packed) : text;
}
