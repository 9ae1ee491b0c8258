/**
 * A JSON object that every reader must understand alike: flat, each key once, keys of plain letters, values that are texts, numbers, `true`,
 * `false` or `null`. What is to be passed on to a battery is read so, since whoever reads leniently may read something else than the battery does.
 */
import { textOf } from './text.ts';

/** The texts of the values by their keys, as {@link textOfValue} gives them; null for JSON's null. */
export type PlainObject = ReadonlyMap<string, string | null>;

/** In a text: no control characters, no quote and no backslash but in an escape (RFC 8259, 7). */
const TEXT = String.raw`"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"`;
const VALUE = String.raw`${TEXT}|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?`;
const BLANK = String.raw`[ \t\r\n]*`;
const MEMBER = new RegExp(String.raw`${BLANK}"(\w{1,64})"${BLANK}:${BLANK}(${VALUE})${BLANK}([,}])`, 'uy');
const BEGIN = new RegExp(`^${BLANK}\\{`);
const END = new RegExp(`^${BLANK}$`);

/** @returns null where the body is not such an object, or not UTF-8; an object without members is none */
export function readPlainObject(body: Uint8Array): PlainObject | null {
  const literals = readPlainLiterals(body);
  return literals === null ? null : new Map(Array.from(literals, ([key, value]) => [key, plainText(value)]));
}

/** The same with the values as they are written: `"100.00"`, `false`. */
export function readPlainLiterals(body: Uint8Array): ReadonlyMap<string, string> | null {
  const text = textOf(body);
  const begin = text === null ? null : BEGIN.exec(text);
  return text === null || begin === null ? null : membersOf(text, begin[0].length);
}

function membersOf(text: string, start: number): ReadonlyMap<string, string> | null {
  const members = new Map<string, string>();
  for (let at = start; ; ) {
    MEMBER.lastIndex = at;
    const [whole, key, value, behind] = MEMBER.exec(text) ?? [];
    if (whole === undefined || members.has(key as string)) return null;
    members.set(key as string, value as string);
    at += whole.length;
    if (behind === '}') return END.test(text.slice(at)) ? members : null;
  }
}

function plainText(value: string): string | null {
  if (value === 'null') return null;
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}
