/**
 * Cuts bytes of one direction into frames and what is none, for people to look at. The server's own decoder (frame.ts)
 * hangs up where a stream breaks; this one looks for the next frame.
 */
import { frameName } from './commands.ts';
import { crc16 } from './crc16.ts';
import { bodyLengthAt, CHECKSUM_LENGTH, type FrameType, HEADER_LENGTH, isFrameType, MAX_BODY_LENGTH } from './frame.ts';

/** A frame, or bytes between frames (`type` null). */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly type: FrameType | null;
  readonly command: number | null;
  readonly body: Uint8Array;
  readonly crcSaid: number | null;
  readonly crcComputed: number | null;
  readonly crcOk: boolean;
}

/**
 * Cuts bytes into frames and what is none. Unlike the server, which hangs up, it looks for the next frame behind bytes
 * that are none: the next place where a header is plausible and the checksum is right.
 */
export function* pieces(bytes: Uint8Array): Generator<Piece> {
  let offset = 0;
  while (offset < bytes.length) {
    const frame = frameAt(bytes, offset);
    if (frame !== null && (frame.crcOk || endsWell(bytes, frame))) {
      yield frame;
      offset += frame.bytes.length;
      continue;
    }
    const next = nextFrame(bytes, offset + 1);
    yield noFrame(bytes.subarray(offset, next), offset);
    offset = next;
  }
}

/** Whether a frame with a wrong checksum is at least followed by another frame, or by nothing. */
function endsWell(bytes: Uint8Array, frame: Piece): boolean {
  const end = frame.offset + frame.bytes.length;
  return end === bytes.length || frameAt(bytes, end) !== null;
}

function nextFrame(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (canBegin(bytes, at) && isWorthwhile(bytes, at) && frameAt(bytes, at)?.crcOk) return at;
  }
  return bytes.length;
}

/** Longer than any body that was captured (about 3,000 bytes). */
const LONG_BODY = 4096;

/** Whether to compute a checksum there: over a long body at every byte it would take time that grows with the square. */
export function isWorthwhile(bytes: Uint8Array, at: number): boolean {
  const length = bodyLengthAt(bytes, at);
  const end = at + HEADER_LENGTH + length + CHECKSUM_LENGTH;
  return length <= LONG_BODY || end === bytes.length || canBegin(bytes, end);
}

/** Whether the bytes there, as far as there are any, can begin a frame. */
export function canBegin(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 1 && (isFrameType(bytes[offset + 1]) || offset + 1 === bytes.length);
}

/** The whole frame there, whatever its checksum, or null. */
export function frameAt(bytes: Uint8Array, offset: number): Piece | null {
  const type = bytes[offset + 1];
  if (offset + HEADER_LENGTH > bytes.length || bytes[offset] !== 1 || !isFrameType(type)) return null;
  const length = bodyLengthAt(bytes, offset);
  const bodyEnd = offset + HEADER_LENGTH + length;
  if (length > MAX_BODY_LENGTH || bodyEnd + CHECKSUM_LENGTH > bytes.length) return null;
  const crcSaid = ((bytes[bodyEnd] as number) << 8) | (bytes[bodyEnd + 1] as number);
  const crcComputed = crc16(bytes, offset, bodyEnd);
  return {
    offset,
    bytes: bytes.subarray(offset, bodyEnd + CHECKSUM_LENGTH),
    type,
    command: bytes[offset + 2] as number,
    body: bytes.subarray(offset + HEADER_LENGTH, bodyEnd),
    crcSaid,
    crcComputed,
    crcOk: crcSaid === crcComputed,
  };
}

/** Bytes that are no frame. */
export function noFrame(bytes: Uint8Array, offset: number): Piece {
  return { offset, bytes, type: null, command: null, body: bytes, crcSaid: null, crcComputed: null, crcOk: false };
}

/** `live`, `live reply`, `unknown 7`, `no frame`. */
export function nameOf(piece: Piece): string {
  return piece.type === null ? 'no frame' : frameName(piece.type, piece.command as number);
}
