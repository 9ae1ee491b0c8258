/**
 * Writing DER (X.690), as far as a certificate needs it: each function gives one element with its tag and length.
 */

/** Tags below 31; a context tag is constructed unless it holds a plain value. */
const TAGS = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  oid: 6,
  utf8: 12,
  utcTime: 23,
  time: 24,
  sequence: 0x30,
  set: 0x31,
};
const CONSTRUCTED = 0xa0;
const PRIMITIVE = 0x80;
/** Years of two digits are 1950 to 2049. */
const FIRST_OF_FOUR_DIGITS = 2050;

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(TAGS.sequence, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => element(TAGS.set, ...parts);
export const octets = (bytes: Uint8Array): Buffer => element(TAGS.octets, bytes);
export const utf8 = (text: string): Buffer => element(TAGS.utf8, Buffer.from(text));
export const truth = (): Buffer => element(TAGS.boolean, Buffer.from([0xff]));

/** `[n]` around others. */
export const tagged = (n: number, ...parts: readonly Uint8Array[]): Buffer => element(CONSTRUCTED | n, ...parts);
/** `[n]` in place of a value's own tag. */
export const implicit = (n: number, bytes: Uint8Array): Buffer => element(PRIMITIVE | n, bytes);

/** Of bytes, the most significant first: not negative. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  const sign = (digits[0] as number) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0);
  return element(TAGS.integer, sign, digits);
}

/** @param unused bits at the end of the last byte */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => element(TAGS.bits, Buffer.from([unused]), bytes);

/** `1.2.840.10045.4.3.2` */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return element(TAGS.oid, Buffer.from([first * 40 + second, ...rest].flatMap(inSevens)));
}

/** Seven bits a byte; all but the last have the eighth. */
function inSevens(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

/** To the second, as RFC 5280, 4.1.2.5 has it. @param ms Unix milliseconds */
export function moment(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  const isShort = new Date(ms).getUTCFullYear() < FIRST_OF_FOUR_DIGITS;
  return isShort ? element(TAGS.utcTime, Buffer.from(digits.slice(2))) : element(TAGS.time, Buffer.from(digits));
}
