/**
 * Message bodies in JSON: by its rules where they keep to them, leniently (lenient-json.ts) where they do not.
 */
import { type JsonObject, type ReadObject, readLeniently } from './lenient-json.ts';

/** The object that `text` spells, or null where none can be made out. Of a key given twice the last counts. */
export function parseObject(text: string): JsonObject | null {
  return readObject(text)?.object ?? null;
}

/** The same, and how much of the text was read. */
export function readObject(text: string): ReadObject | null {
  const object = parseStrictly(text);
  return object === null ? readLeniently(text) : { object, condition: 'sound', unfinished: null };
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
