/**
 * A piece of a capture, as it is shown: named, taken apart, without private values unless they are wanted.
 */
import { isPrivateKey } from '../privacy/redact.ts';
import { sanitised, sanitisedFragment } from '../privacy/sanitised.ts';
import { parseObject } from '../protocol/body/json.ts';
import { textOf } from '../protocol/body/text.ts';
import { commandOf } from '../protocol/commands.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { CHECKSUM_LENGTH, PROTOBUF_REQUEST, REQUEST } from '../protocol/frame.ts';
import { nameOf, type Piece } from '../protocol/pieces.ts';
import { looksLikeSerial } from '../protocol/serial.ts';
import type { CutPiece } from './frame-cutter.ts';
import { FrameViewer } from './frame-view.ts';
import { bodyOf, type MessageBody } from './members.ts';
import type { Direction } from './tcp-streams.ts';

export interface Described {
  readonly piece: Piece;
  readonly name: string;
  readonly checksum: 'right' | 'wrong' | 'none';
  /** The checksum that fits the bytes without private values; null where they are as they were sent. */
  readonly resealed: number | null;
  /** Why it is not, or not wholly, understood. */
  readonly reason: ProblemCode | null;
  readonly body: MessageBody | null;
  /** The whole piece, private values replaced unless wanted. */
  readonly bytes: Uint8Array;
}

const MOST_SECRETS = 1000;

/** Learns the serial numbers that go by, so that they are replaced in later texts too. */
export class Describer {
  readonly #isPrivate: boolean;
  #viewer: FrameViewer;
  #secrets: readonly string[];

  /**
   * @param isPrivate whether private values are wanted
   * @param secrets serial numbers that are known before
   */
  constructor(isPrivate: boolean, secrets: readonly string[] = []) {
    this.#isPrivate = isPrivate;
    this.#secrets = secrets.slice(0, MOST_SECRETS);
    this.#viewer = new FrameViewer(this.#secrets);
  }

  describe({ piece, isFragment }: CutPiece, direction: Direction): Described {
    this.#learn(piece);
    const shown = this.#shown(piece, isFragment);
    return {
      piece,
      name: nameOf(piece),
      checksum: piece.type === null ? 'none' : piece.crcOk ? 'right' : 'wrong',
      resealed: shown.isResealed ? checksumOf(shown.bytes) : null,
      reason: this.#viewer.reasonOf(piece, direction),
      body: bodyOf(piece, this.#isPrivate ? null : this.#secrets),
      bytes: shown.bytes,
    };
  }

  #shown({ bytes }: Piece, isFragment: boolean): { bytes: Uint8Array; isResealed: boolean } {
    if (this.#isPrivate) return { bytes, isResealed: false };
    if (isFragment) return { bytes: sanitisedFragment(bytes, this.#secrets), isResealed: false };
    return sanitised(bytes, this.#secrets);
  }

  #learn({ type, body }: Piece): void {
    if (this.#isPrivate || type === null || this.#secrets.length >= MOST_SECRETS) return;
    const object = parseObject(textOf(body) ?? '');
    for (const [key, value] of Object.entries(object ?? {})) {
      if (typeof value !== 'string' || !isPrivateKey(key) || !looksLikeSerial(value)) continue;
      if (!this.#secrets.includes(value)) this.#secrets = [...this.#secrets, value];
    }
  }
}

function checksumOf(bytes: Uint8Array): number {
  const at = bytes.length - CHECKSUM_LENGTH;
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** Which way a frame goes by what it is, where the capture does not tell. */
export function likelyDirection({ type, command }: Pick<Piece, 'type' | 'command'>): Direction {
  if (type === null) return 'from_battery';
  const isFromBattery = (commandOf(command as number)?.from ?? 'battery') === 'battery';
  return isFromBattery === (type === REQUEST || type === PROTOBUF_REQUEST) ? 'from_battery' : 'to_battery';
}
