/**
 * Bytes without private values whose frames are whole again: with a checksum that fits what is in them now.
 */
import { crc16 } from '../protocol/crc16.ts';
import { CHECKSUM_LENGTH } from '../protocol/frame.ts';
import { pieces } from '../protocol/pieces.ts';
import type { PrivateValues } from './known-values.ts';
import { redactBytes } from './redact.ts';

export interface Sanitised {
  readonly bytes: Uint8Array;
  /** Whether a checksum was computed anew: it then says nothing of the one that was sent. */
  readonly isResealed: boolean;
}

/**
 * @param bytes as they were sent: frames, or what is none
 * @param secrets as of `redactBytes`
 */
export function sanitised(bytes: Uint8Array, secrets: PrivateValues): Sanitised {
  const redacted = redactBytes(bytes, secrets);
  let isResealed = false;
  for (const { type, offset, bytes: sent } of pieces(bytes)) {
    const end = offset + sent.length - CHECKSUM_LENGTH;
    if (type === null || !differs(redacted, bytes, offset, end)) continue;
    const checksum = crc16(redacted, offset, end);
    redacted[end] = checksum >>> 8;
    redacted[end + 1] = checksum & 0xff;
    isResealed = true;
  }
  return { bytes: redacted, isResealed };
}

function differs(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (a[at] !== b[at]) return true;
  return false;
}

/** Where a member’s name stands. */
const MEMBER = /"[^"]{1,64}"\s*:/;
const OBJECT_END = /"?\s*\}/;
const STAR = 0x2a;

/**
 * The same of bytes that may begin in the middle of a message: up to the first name of a member nobody can tell what they are the rest of, so
 * that letters there are replaced as well.
 */
export function sanitisedFragment(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  const { bytes: shown } = sanitised(bytes, secrets);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const end = MEMBER.exec(text)?.index ?? OBJECT_END.exec(text)?.index ?? 0;
  for (let at = 0; at < end; at++) {
    const byte = shown[at] as number;
    if (byte >= 0x20 && byte !== 0x7f) shown[at] = STAR;
  }
  return shown;
}
