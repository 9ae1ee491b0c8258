/**
 * Takes private values out of what is shown, unless their owner asked for them by name.
 */
import { REDACTED } from './model.ts';
import { fieldsOnWire, looksPrivate } from './protocol/fields.ts';

// None asks where its word ends: in a frame the checksum follows, and may be letters by chance.
const MAC = /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|(?<=MAC\W{0,2})[0-9a-f]{12}/gi;
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}/g;
/** At least three colons, or two side by side: a time of day has two apart. */
const IPV6 = /\b[0-9a-f]{1,4}(?:(?::[0-9a-f]{0,4}){3,7}|::[0-9a-f]{1,4})\b/gi;
/** The form of the serial numbers that were captured: letters, then many digits. */
const SERIAL = /\b[A-Z]{2,6}\d{9,16}/g;
const PATTERNS = [MAC, IPV4, IPV6, SERIAL];

/** Whether the value under a wire name is private: by the field table, or by its look where the table does not know it. */
export function isPrivateKey(wireName: string): boolean {
  const fields = fieldsOnWire(wireName);
  return fields.length === 0 ? looksPrivate(wireName) : fields.some((field) => field.private === true);
}

/** A free text without addresses and serial numbers; `secrets` are the serial numbers known. */
export function redactText(text: string, secrets: readonly string[]): string {
  // An object within a message, kept as the JSON it was.
  if (text.includes('":')) return Buffer.from(redactBytes(Buffer.from(text), secrets)).toString();
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return PATTERNS.reduce((rest, pattern) => rest.replace(pattern, REDACTED), known);
}

/**
 * `"Key":"value"`, `"Key":""value"` (a quote too many was captured) or `"Key":value`, with the spaces some bodies have. A
 * value in quotes goes on to the next quote: an address has commas in it.
 */
const MEMBER = /"([^"]{1,64})"\s*:\s*(?:"(?:"+(?=[^\s,}\]"]))?((?:[^"\\]|\\.)*))?/gs;
/** A value without quotes, also a whole list or object. Only of private keys: what others hold is looked into. */
const BARE = /\[[^\]]*\]?|\{[^}]*\}?|[^",}\]\s][^",}\]\s]*/sy;
const STAR = 0x2a;

/** Bytes without private values: each is overwritten with asterisks, so that lengths and offsets stay true. */
export function redactBytes(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  const redacted = Uint8Array.from(bytes);
  // Latin-1 gives each byte one character, so that positions in the text are positions in the bytes.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const hide = (start: number, length: number) => redacted.fill(STAR, start, start + length);
  for (const match of text.matchAll(MEMBER)) {
    const [whole, key = '', quoted] = match;
    const end = match.index + whole.length;
    if (!isPrivateKey(key)) continue;
    if (quoted !== undefined) hide(end - quoted.length, quoted.length);
    else hide(end, bareAt(text, end).length);
  }
  for (const pattern of PATTERNS) for (const match of text.matchAll(pattern)) hide(match.index, match[0].length);
  for (const secret of secrets) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) hide(at, secret.length);
  }
  return redacted;
}

function bareAt(text: string, index: number): string {
  BARE.lastIndex = index;
  return BARE.exec(text)?.[0] ?? '';
}
