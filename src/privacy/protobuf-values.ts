/**
 * Where private values lie in frames of newer firmware, among any bytes. A body says of no value what it is, so that every text under
 * no name that is likely, and what cannot be read, counts as private.
 */
import { crc16 } from '../protocol/crc16.ts';
import {
  bodyLengthAt,
  CHECKSUM_LENGTH,
  HEADER_LENGTH,
  isFrameType,
  isProtobuf,
  MAX_BODY_LENGTH,
} from '../protocol/frame.ts';
import { protobufLines } from '../protocol/protobuf-lines.ts';

/** From, and up to. Behind the header of a newer frame that is not whole nobody knows what there is: all of it. */
export function* protobufValues(bytes: Uint8Array): Generator<[start: number, end: number]> {
  for (let at = 0; at + HEADER_LENGTH <= bytes.length; ) {
    const type = bytes[at + 1];
    if (bytes[at] !== 1 || !isFrameType(type) || bodyLengthAt(bytes, at) > MAX_BODY_LENGTH) {
      at++;
      continue;
    }
    const start = at + HEADER_LENGTH;
    if (!isProtobuf(type)) {
      // Not the header's own bytes, which may look like another.
      at = start;
      continue;
    }
    const end = start + bodyLengthAt(bytes, at);
    if (!endsWell(bytes, at, end)) {
      yield [start, bytes.length];
      return;
    }
    yield* valuesOf(type, bytes[at + 2] as number, bytes, start, end);
    at = end + CHECKSUM_LENGTH;
  }
}

function endsWell(bytes: Uint8Array, at: number, end: number): boolean {
  if (end + CHECKSUM_LENGTH > bytes.length) return false;
  return crc16(bytes, at, end) === ((bytes[end] as number) << 8) + (bytes[end + 1] as number);
}

function* valuesOf(
  type: number,
  command: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): Generator<[number, number]> {
  const { lines, readUpTo } = protobufLines(type, command, bytes.subarray(start, end));
  for (const line of lines) if (line.isPrivate) yield [start + line.start, start + line.end];
  if (start + readUpTo < end) yield [start + readUpTo, end];
}
