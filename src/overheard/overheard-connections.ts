/**
 * Batteries that speak with another server, and are listened to: what was recorded of them, on its way into sessions. Each
 * connection is a session, which hears the battery as if it spoke to us; nothing is ever answered, asked or ended. The same
 * for a file that was recorded long ago (import) and for what is recorded now (tap).
 */
import type { CaptureItem } from '../capture/capture-reader.ts';
import { likelyDirection } from '../capture/described.ts';
import type { Direction, RecordedConnection } from '../capture/tcp-streams.ts';
import type { Instant } from '../model.ts';
import { type ProblemCode, problemOfHeader } from '../protocol/errors.ts';
import { bodyLengthAt, type Frame, type FrameType, HEADER_LENGTH, MAX_BODY_LENGTH } from '../protocol/frame.ts';
import type { Piece } from '../protocol/pieces.ts';
import type { Output } from '../session/output.ts';
import type { Session } from '../session/session.ts';

/** What comes of listening: something to keep, or to tell the owner. Answers, orders and ends are another server's. */
export type OverheardOutput = Extract<Output, { readonly type: 'record' | 'problem' }>;

/** A session that is listened to, and the number that its connection has in the store. */
export interface OverheardSession {
  readonly number: number;
  readonly session: Session;
}

export interface OverheardParts {
  /**
   * A session for a connection, whose option `isOverheard` is true.
   * @param connection null where the recording does not tell connections apart
   */
  open(connection: RecordedConnection | null, now: Instant): OverheardSession;
  /** Takes what comes of it, in order. @param connection the number of {@link OverheardSession} */
  take(outputs: readonly OverheardOutput[], connection: number): void;
  /** Nothing more will be heard on it. */
  ended?(connection: number): void;
  /**
   * Tells the batteries what is kept of one that is about to be heard (decision 0025).
   * @throws Error where that cannot be read, and will not be
   */
  load?(serial: string): Promise<void>;
}

type OverheardPiece = Extract<CaptureItem, { readonly kind: 'piece' }>;

export class OverheardConnections {
  readonly #parts: OverheardParts;
  readonly #open = new Map<RecordedConnection | null, OverheardSession>();

  constructor(parts: OverheardParts) {
    this.#parts = parts;
  }

  /** How many connections are heard. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * One after the other: the next only when the promise is kept.
   * @param now when it was recorded, on both clocks: neither may go back
   * @throws what `load` throws
   */
  async hear(item: CaptureItem, now: Instant): Promise<void> {
    this.wake(now);
    if (item.kind === 'ended') this.#end(item.connection, now);
    if (item.kind !== 'piece') return;
    const heard = this.#sessionOf(item.connection, now);
    const direction = item.direction ?? likelyDirection(item.piece);
    this.#take(outputsOf(heard.session, item, direction, now), heard);
    const { session } = heard;
    // Ended meanwhile, it hears no more.
    const isOpen = () => this.#open.get(item.connection) === heard;
    for (let { awaited } = session; awaited !== null && isOpen(); awaited = session.awaited) {
      await this.#parts.load?.(awaited);
      this.#take(session.told(now), heard);
    }
  }

  /** Time passed: batteries may have become stale, each at its moment. */
  wake(now: Instant): void {
    for (const heard of this.#open.values()) {
      const { session } = heard;
      for (let { deadline } = session; deadline !== null && deadline <= now.monoMs; deadline = session.deadline) {
        const wallMs = now.wallMs - (now.monoMs - deadline);
        this.#take(session.wake({ wallMs, monoMs: deadline }), heard);
      }
    }
  }

  /** The recording has ended, and all connections with it. */
  end(now: Instant): void {
    for (const connection of [...this.#open.keys()]) this.#end(connection, now);
  }

  #sessionOf(connection: RecordedConnection | null, now: Instant): OverheardSession {
    let heard = this.#open.get(connection);
    if (heard === undefined) {
      heard = this.#parts.open(connection, now);
      this.#open.set(connection, heard);
    }
    return heard;
  }

  #end(connection: RecordedConnection | null, now: Instant): void {
    const heard = this.#open.get(connection);
    if (heard === undefined) return;
    this.#open.delete(connection);
    this.#take(heard.session.ended(now), heard);
    this.#parts.ended?.(heard.number);
  }

  #take(outputs: readonly Output[], { number }: OverheardSession): void {
    const taken = outputs.filter((output) => output.type === 'record' || output.type === 'problem');
    if (taken.length > 0) this.#parts.take(taken, number);
  }
}

function outputsOf(session: Session, item: OverheardPiece, direction: Direction, now: Instant): Output[] {
  const { piece } = item;
  const { type, crcOk, bytes } = piece;
  if (type === null || !crcOk) return session.overheardBytes(bytes, reasonOf(item), direction, now);
  if (direction === 'from_battery') return session.receive(bytes, now);
  return session.otherServerSaid(frameOf(piece, type), now);
}

function frameOf({ command, body, offset }: Piece, type: FrameType): Frame {
  return { kind: 'frame', type, command: command as number, body, offset };
}

/** What is wrong with bytes that are no good frame. */
function reasonOf({ piece, missing, isFragment }: OverheardPiece): ProblemCode {
  const { type, bytes } = piece;
  if (type !== null) return 'FRAME_CHECKSUM';
  if (missing !== null || bytes.length < HEADER_LENGTH) return 'FRAME_INCOMPLETE';
  const problem = problemOfHeader(bytes, 0, bodyLengthAt(bytes, 0), MAX_BODY_LENGTH) ?? 'FRAME_INCOMPLETE';
  // The recording may have begun in the middle of a frame.
  return isFragment && problem === 'FRAME_HEADER' ? 'FRAME_INCOMPLETE' : problem;
}
