/**
 * Frames on the wire (confirmed by two implementations and every capture):
 *
 *     offset  size  meaning
 *     0       1     always 1
 *     1       1     1 = request or push, 2 = response; 3, 4: the same of newer firmware
 *     2       1     command
 *     3       4     body length n, big-endian, may be 0
 *     7       n     body: JSON or CSV; of types 3 and 4 Protocol Buffers
 *     7+n     2     CRC-16/MODBUS over header and body, big-endian
 *
 * Types 3 and 4: the same header, length and checksum are confirmed for the battery's local link (the vendor's development kit; a checksum
 * computed), where byte 0 is 2; on this port they are likely, with byte 0 = 1.
 *
 * TCP cuts and bunches them anywhere: the decoder takes bytes as they come and gives frames when they are whole.
 */
import { crc16 } from './crc16.ts';
import { type ProblemCode, problemOfHeader } from './errors.ts';

export const REQUEST = 1;
export const RESPONSE = 2;
/** Of newer firmware: the body is Protocol Buffers. */
export const PROTOBUF_REQUEST = 3;
export const PROTOBUF_RESPONSE = 4;
export type FrameType = typeof REQUEST | typeof RESPONSE | typeof PROTOBUF_REQUEST | typeof PROTOBUF_RESPONSE;

/** Whether a byte 1 is that of a frame. */
export function isFrameType(byte: number | undefined): byte is FrameType {
  return byte !== undefined && byte >= REQUEST && byte <= PROTOBUF_RESPONSE;
}

/** Whether frames of that type have a body of Protocol Buffers. */
export function isProtobuf(type: FrameType | null): boolean {
  return type === PROTOBUF_REQUEST || type === PROTOBUF_RESPONSE;
}

export const HEADER_LENGTH = 7;
export const CHECKSUM_LENGTH = 2;
/**
 * The longest body accepted, in bytes. The longest captured is the configuration (about 3,000); twenty times that leaves
 * room for models not yet seen, while a length that is random bytes is all but surely over it.
 */
export const MAX_BODY_LENGTH = 65_536;

/** A whole frame with a good checksum. `body` is a view on what was received: copy it to keep it. */
export interface Frame {
  readonly kind: 'frame';
  readonly type: FrameType;
  readonly command: number;
  readonly body: Uint8Array;
  /** Where its first byte stood in the stream. */
  readonly offset: number;
}

/** A frame whose header could be one but whose checksum is wrong: header, body and checksum as they came. */
export interface DiscardedFrame {
  readonly kind: 'discarded';
  readonly reason: ProblemCode;
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** The stream is not this protocol, or no longer: nothing after `offset` can be trusted to begin a frame. */
export interface BrokenStream {
  readonly kind: 'broken';
  readonly reason: ProblemCode;
  /** What came from `offset` on, up to the longest frame. */
  readonly bytes: Uint8Array;
  readonly offset: number;
}

export type Decoded = Frame | DiscardedFrame | BrokenStream;

/** Length of a whole frame with a body of `bodyLength` bytes. */
function frameLength(bodyLength: number): number {
  return HEADER_LENGTH + bodyLength + CHECKSUM_LENGTH;
}

const LONGEST_FRAME = frameLength(MAX_BODY_LENGTH);
const SMALLEST_BUFFER = 512;
const NOTHING = new Uint8Array(0);

/** The body length that the header at `at` claims, as an unsigned number; seven bytes must be there. */
export function bodyLengthAt(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at + 3) * 0x1_0000 + readUint16(bytes, at + 5);
}

function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/**
 * Writes one frame.
 * @param command 0 … 255
 * @throws RangeError if the command is no byte or the body is longer than {@link MAX_BODY_LENGTH}: our own mistake.
 */
export function encodeFrame(type: FrameType, command: number, body: Uint8Array): Uint8Array {
  if (!Number.isInteger(command) || command < 0 || command > 255) throw new RangeError(`command ${command} is no byte`);
  if (body.length > MAX_BODY_LENGTH) throw new RangeError(`a body of ${body.length} bytes is over ${MAX_BODY_LENGTH}`);
  const frame = new Uint8Array(frameLength(body.length));
  const view = new DataView(frame.buffer);
  frame[0] = 1;
  frame[1] = type;
  frame[2] = command;
  view.setUint32(3, body.length);
  frame.set(body, HEADER_LENGTH);
  view.setUint16(HEADER_LENGTH + body.length, crc16(frame, 0, HEADER_LENGTH + body.length));
  return frame;
}

/**
 * Bytes in, frames out. `receive` what came, then call `next` until it gives null.
 *
 * Whole frames are read where they lie; only what is left of a cut frame is copied, into a buffer that grows with what
 * has come, never with what a header promises: memory is bounded by twice the longest frame, and the work is linear.
 */
export class FrameDecoder {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #owned = true;
  #offset = 0;
  #broken = false;

  /** How many bytes wait for the rest of their frame. */
  get pending(): number {
    return this.#end - this.#start;
  }

  /** How many bytes of memory are held for them. */
  get held(): number {
    return this.#bytes.length;
  }

  /** What waits, as a view: for keeping it when the connection ends in the middle of a frame. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  receive(chunk: Uint8Array): void {
    if (this.#broken) return;
    if (this.pending === 0) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next frame or problem, or null when more bytes are needed. After a broken stream it is null for ever. */
  next(): Decoded | null {
    if (this.pending < HEADER_LENGTH) return this.#wait();
    const start = this.#start;
    const bytes = this.#bytes;
    const length = bodyLengthAt(bytes, start);
    const problem = problemOfHeader(bytes, start, length, MAX_BODY_LENGTH);
    if (problem !== null) return this.#giveUp(problem);
    const total = frameLength(length);
    if (this.pending < total) return this.#wait();
    const bodyEnd = start + HEADER_LENGTH + length;
    const offset = this.#offset;
    this.#start += total;
    this.#offset += total;
    if (crc16(bytes, start, bodyEnd) !== readUint16(bytes, bodyEnd)) {
      return { kind: 'discarded', reason: 'FRAME_CHECKSUM', bytes: bytes.subarray(start, start + total), offset };
    }
    return {
      kind: 'frame',
      type: bytes[start + 1] as FrameType,
      command: bytes[start + 2] as number,
      body: bytes.subarray(start + HEADER_LENGTH, bodyEnd),
      offset,
    };
  }

  /** Nothing more can be read now: let go of the caller's chunk, keeping only what is left of a cut frame. */
  #wait(): null {
    if (this.pending === 0) this.#hold(NOTHING, 0);
    else if (!this.#owned) this.#copyRest(0);
    return null;
  }

  /** Room for `more` bytes behind what waits, doubling so that byte-by-byte arrival stays linear. */
  #makeRoom(more: number): void {
    if (!this.#owned || this.#end + more > this.#bytes.length) this.#copyRest(more);
  }

  #copyRest(more: number): void {
    const left = this.rest();
    const grown = new Uint8Array(Math.max(SMALLEST_BUFFER, left.length * 2, left.length + more));
    grown.set(left);
    this.#hold(grown, left.length);
  }

  #hold(bytes: Uint8Array, length: number): void {
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = length;
    this.#owned = true;
  }

  #giveUp(reason: ProblemCode): BrokenStream {
    const bytes = this.rest().slice(0, LONGEST_FRAME);
    this.#broken = true;
    this.#hold(NOTHING, 0);
    return { kind: 'broken', reason, bytes, offset: this.#offset };
  }
}
