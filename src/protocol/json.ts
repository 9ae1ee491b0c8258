/**
 * Message bodies in JSON, read leniently: pretty-printed, with spaces, with doubled quotes.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

/** A quote too many before or after a value: `"SN":""AL2002""` was captured from a real battery (fields.md). */
const DOUBLED_OPENING = /:\s*""(?=[^\s,}"])/g;
const DOUBLED_CLOSING = /(?<=[^\s:,{"])""(?=\s*[,}])/g;

/** The object that `text` spells, or null where it spells none. Of a key given twice the last counts. */
export function parseObject(text: string): JsonObject | null {
  return parseStrictly(text) ?? parseStrictly(text.replace(DOUBLED_OPENING, ':"').replace(DOUBLED_CLOSING, '"'));
}

function parseStrictly(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

/**
 * One value of an object as the text it would have been on the wire, where everything is a string: numbers and booleans
 * as they print, null as null, anything nested as JSON. Null too for what nests too deeply to be printed.
 */
export function textOfValue(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}
