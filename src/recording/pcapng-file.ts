/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), as it is written: little-endian, packets of raw IP, times in microseconds.
 */

const SECTION = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE = 1;
const PACKET = 6;
/** LINKTYPE_RAW: IP without anything around it. */
const RAW_IP = 101;
const COMMENT_OPTION = 1;
const MICROSECONDS = 1000;

/** What each file begins with. @param comment on what is in it */
export function fileHead(comment: string): Uint8Array {
  const text = new TextEncoder().encode(comment);
  const option = new Uint8Array(4 + padded(text.length) + 4);
  const view = new DataView(option.buffer);
  view.setUint16(0, COMMENT_OPTION, true);
  view.setUint16(2, text.length, true);
  option.set(text, 4);
  const section = new Uint8Array(16 + option.length);
  const head = new DataView(section.buffer);
  head.setUint32(0, BYTE_ORDER, true);
  head.setUint16(4, 1, true);
  // How long the section is, nobody knows yet.
  head.setBigInt64(8, -1n, true);
  section.set(option, 16);
  const described = new Uint8Array(8);
  new DataView(described.buffer).setUint16(0, RAW_IP, true);
  return joined([block(SECTION, section), block(INTERFACE, described)]);
}

/** @param ms when it went, Unix milliseconds */
export function packetBlock(packet: Uint8Array, ms: number): Uint8Array {
  const body = new Uint8Array(20 + padded(packet.length));
  const view = new DataView(body.buffer);
  const units = BigInt(Math.round(ms * MICROSECONDS));
  view.setUint32(4, Number(units >> 32n), true);
  view.setUint32(8, Number(units & 0xffff_ffffn), true);
  view.setUint32(12, packet.length, true);
  view.setUint32(16, packet.length, true);
  body.set(packet, 20);
  return block(PACKET, body);
}

function block(type: number, body: Uint8Array): Uint8Array {
  const length = body.length + 12;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  view.setUint32(length - 4, length, true);
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
