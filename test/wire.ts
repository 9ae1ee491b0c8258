/**
 * What tests need to say what is on the wire, made without the code under test: expected bytes must not come from it.
 */
import { existsSync, readFileSync } from 'node:fs';

const FIXTURES = new URL('../fixtures/', import.meta.url);
const SAMPLES = new URL('../../shared/samples/', import.meta.url);

/** Captures that are not part of the project; tests of them are skipped where they are absent. */
export const HAVE_SAMPLES = existsSync(SAMPLES);

/** CRC-16/MODBUS, bit by bit, as the specification words it. */
export function crcByHand(bytes: Iterable<number>): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      const carry = crc % 2 === 1;
      crc = Math.floor(crc / 2);
      if (carry) crc ^= 0xa001;
    }
  }
  return crc;
}

/** A whole frame: 1, type, command, length, body, checksum. A text is written as UTF-8. */
export function frameByHand(type: number, command: number, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const content = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const length = [24, 16, 8, 0].map((shift) => (content.length >>> shift) & 0xff);
  const covered = [1, type, command, ...length, ...content];
  const crc = crcByHand(covered);
  return Uint8Array.from([...covered, Math.floor(crc / 256), crc % 256]);
}

/** `01 01 00` or `010100` as bytes. */
export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** All of it in one piece. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** A body of fixtures/, by file name. */
export function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8');
}

/** A captured body, by file name; only where {@link HAVE_SAMPLES}. */
export function sample(name: string): string {
  return readFileSync(new URL(name, SAMPLES), 'utf8');
}

/** The frames of fixtures/session.hex, whose checksums were computed outside the project. */
export function sessionFrames(): Uint8Array<ArrayBuffer>[] {
  return fixture('session.hex').trim().split('\n').map(bytesOf);
}
