/**
 * Protocol Buffers as its specification words them, written by hand: nothing of the code under test.
 */
import { joined } from './wire.ts';

export function varint(value: bigint | number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest % 128n);
    rest /= 128n;
    bytes.push(rest > 0n ? low + 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export function tag(field: number, wireType: number): Uint8Array<ArrayBuffer> {
  return varint(BigInt(field) * 8n + BigInt(wireType));
}

export const varintField = (field: number, value: bigint | number) => joined([tag(field, 0), varint(value)]);

/** A text is written as UTF-8; a message is its bytes. */
export function delimited(field: number, value: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return joined([tag(field, 2), varint(bytes.length), bytes]);
}

export function doubleField(field: number, value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return joined([tag(field, 1), bytes]);
}

export function floatField(field: number, value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([tag(field, 5), bytes]);
}
