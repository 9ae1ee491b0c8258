/**
 * Cuts a stream into frames and what is none, as it comes, with bounded memory: `pieces` does so for bytes that are all there.
 */
import { bodyLengthAt, CHECKSUM_LENGTH, HEADER_LENGTH, MAX_BODY_LENGTH } from '../protocol/frame.ts';
import { canBegin, frameAt, isWorthwhile, noFrame, type Piece } from '../protocol/pieces.ts';
import { ByteQueue } from './byte-queue.ts';

/** A piece of a stream, its offset counted from the stream’s beginning. */
export interface CutPiece {
  readonly piece: Piece;
  /** Of the chunk in which it ended; Unix milliseconds. */
  readonly ms: number | null;
  /** Of a frame that was begun: how many bytes it lacks, at least. */
  readonly missing: number | null;
  /** Its first byte may be in the middle of something: of a frame that began before the stream or in what was lost. */
  readonly isFragment: boolean;
}

interface Mark {
  readonly end: number;
  readonly ms: number | null;
}

/** What is no frame is given in parts as long as the longest frame. */
const NO_FRAME_PART = HEADER_LENGTH + MAX_BODY_LENGTH + CHECKSUM_LENGTH;

type PieceVerdict = { readonly piece: Piece; readonly missing: number | null } | 'wait';

export class FrameCutter {
  readonly #queue = new ByteQueue();
  #marks: Mark[] = [];
  /** Where the first byte of the queue stood in the stream. */
  #offset = 0;
  /** Up to where it is known that no frame begins, from the first byte of the queue. */
  #searched = 1;
  /** It is known that none begins at the first byte. */
  #isRefused = false;
  /** A recording may begin in the middle of a frame. */
  #isFragment = true;

  /** How many bytes wait for the rest of their frame. */
  get held(): number {
    return this.#queue.length;
  }

  *take(chunk: Uint8Array, ms: number | null): Generator<CutPiece> {
    if (chunk.length === 0) return;
    this.#queue.push(chunk);
    this.#marks.push({ end: this.#offset + this.#queue.length, ms });
    yield* this.#cut(false);
    this.#queue.settle();
  }

  /** What waits, cut as it is: nothing more follows, or not what belongs to it. The next bytes begin anew. */
  *end(): Generator<CutPiece> {
    yield* this.#cut(true);
    this.#queue.settle();
    this.#isFragment = true;
  }

  /** So many bytes are not there. */
  skip(length: number): void {
    this.#offset += length;
  }

  *#cut(isFinal: boolean): Generator<CutPiece> {
    while (this.#queue.length > 0) {
      const verdict = this.#decide(this.#queue.bytes, isFinal);
      if (verdict === 'wait') return;
      const { piece, missing } = verdict;
      const { length } = piece.bytes;
      const isFragment = this.#isFragment && piece.type === null;
      // The rest of what is no frame is in its middle as well.
      this.#isFragment = piece.type === null && length === NO_FRAME_PART;
      const ms = this.#msAt(this.#offset + length);
      yield { piece: { ...piece, offset: this.#offset }, ms, missing, isFragment };
      this.#queue.drop(length);
      this.#offset += length;
      this.#searched = 1;
      this.#isRefused = false;
    }
  }

  #msAt(end: number): number | null {
    let passed = 0;
    while (passed < this.#marks.length - 1 && (this.#marks[passed] as Mark).end < end) passed++;
    if (passed > 0) this.#marks.splice(0, passed);
    const ms = this.#marks[0]?.ms ?? null;
    if (this.#marks[0]?.end === end) this.#marks.shift();
    return ms;
  }

  #decide(bytes: Uint8Array, isFinal: boolean): PieceVerdict {
    const frame = this.#isRefused ? null : frameAt(bytes, 0);
    if (frame !== null) {
      const isWell = frame.crcOk ? true : endsWell(bytes, frame.bytes.length, isFinal);
      if (isWell === 'wait') return 'wait';
      if (isWell) return { piece: frame, missing: null };
    } else if (!isFinal && !this.#isRefused && lackAt(bytes, 0) > 0) return 'wait';
    this.#isRefused = true;
    return this.#search(bytes, isFinal);
  }

  /** No frame begins at the first byte: the next that does, or that none does yet. */
  #search(bytes: Uint8Array, isFinal: boolean): PieceVerdict {
    const most = Math.min(bytes.length, NO_FRAME_PART);
    let at = this.#searched;
    for (; at < most; at++) {
      if (!canBegin(bytes, at)) continue;
      if (!isFinal && isOpen(bytes, at)) {
        this.#searched = at;
        return 'wait';
      }
      if (isWorthwhile(bytes, at) && frameAt(bytes, at)?.crcOk) break;
    }
    this.#searched = at;
    if (at === bytes.length && at < NO_FRAME_PART && !isFinal) return 'wait';
    const lack = at === bytes.length && isFinal ? lackAt(bytes, 0) : 0;
    return { piece: noFrame(bytes.subarray(0, at), 0), missing: lack > 0 ? lack : null };
  }
}

/**
 * How many bytes are lacking of a frame that was begun there, at least; 0 where none was begun, or it is whole.
 */
function lackAt(bytes: Uint8Array, at: number): number {
  if (!canBegin(bytes, at)) return 0;
  const there = bytes.length - at;
  if (there < HEADER_LENGTH) return HEADER_LENGTH + CHECKSUM_LENGTH - there;
  const length = bodyLengthAt(bytes, at);
  return length > MAX_BODY_LENGTH ? 0 : Math.max(0, HEADER_LENGTH + length + CHECKSUM_LENGTH - there);
}

/** Whether more bytes could tell that a frame begins there. */
function isOpen(bytes: Uint8Array, at: number): boolean {
  if (lackAt(bytes, at) > 0) return true;
  // Whether a long one is worthwhile is told by what follows it.
  const end = at + HEADER_LENGTH + bodyLengthAt(bytes, at) + CHECKSUM_LENGTH;
  return bodyLengthAt(bytes, at) <= MAX_BODY_LENGTH && end + 2 > bytes.length;
}

/** Whether a frame with a wrong checksum is at least followed by the header of another, or by nothing. */
function endsWell(bytes: Uint8Array, end: number, isFinal: boolean): boolean | 'wait' {
  if (end === bytes.length) return isFinal ? true : 'wait';
  if (!canBegin(bytes, end)) return false;
  if (end + HEADER_LENGTH > bytes.length) return isFinal ? true : 'wait';
  return bodyLengthAt(bytes, end) <= MAX_BODY_LENGTH;
}
