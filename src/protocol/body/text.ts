/**
 * Bytes to text. The wire is ASCII (confirmed), and UTF-8 is taken for what else there is; a controller that knows neither
 * writes an owner's address in Latin-1 (likely), which can be read as well.
 */

/** What this room needs of the platform; declared here because it compiles without any platform's types. */
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };

const ENCODER = new TextEncoder();
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text in UTF-8; half of a surrogate pair becomes U+FFFD. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

/** The text of a body, or null if it is no valid UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** Windows-1252 from 0x80 to 0x9f (WHATWG Encoding, index windows-1252); elsewhere it is Latin-1, and so Unicode. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
/** The letters of UTF-8 beyond ASCII (Unicode, table 3-7), a byte being a letter of Latin-1; and single bytes that are none. */
const BEYOND_ASCII = new RegExp(
  [
    '[\\xc2-\\xdf][\\x80-\\xbf]',
    '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|\\xed[\\x80-\\x9f][\\x80-\\xbf]',
    '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
    '[\\x80-\\x9f]',
  ].join('|'),
  'g',
);

/**
 * The text of any bytes: what is UTF-8 as that, each other byte as the letter of Windows-1252. Where {@link textOf} gives
 * null, only the bytes say what was sent: other encodings (such as GBK) read as gibberish here.
 */
export function anyTextOf(bytes: Uint8Array): string {
  return textOf(bytes) ?? latin1(bytes).replace(BEYOND_ASCII, letterOf);
}

function letterOf(letters: string): string {
  const [first = 0, ...others] = Array.from(letters, (letter) => letter.charCodeAt(0));
  if (others.length === 0) return WINDOWS_1252[first - 0x80] as string;
  // The first byte says by its leading ones how many follow; each of those has six bits.
  const start = first & (0x3f >> others.length);
  return String.fromCodePoint(others.reduce((code, byte) => (code << 6) | (byte & 0x3f), start));
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
