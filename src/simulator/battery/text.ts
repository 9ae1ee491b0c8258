/**
 * The battery's words for times, and bytes of a text. Times are seconds since 1970-01-01 00:00 of the wall clock meant:
 * the wire names no zone.
 */

const SECOND_MS = 1000;

/** `2021/03/24 11:00:35` */
export function clockText(seconds: number): string {
  const iso = new Date(Math.floor(seconds) * SECOND_MS).toISOString();
  return `${iso.slice(0, 4)}/${iso.slice(5, 7)}/${iso.slice(8, 10)} ${iso.slice(11, 19)}`;
}

/** Seconds of a `YYYY/MM/DD HH:MM:SS`, or null if it is none. */
export function parseClock(text: string): number | null {
  if (!/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
  const ms = Date.parse(`${text.replaceAll('/', '-').replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? null : ms / SECOND_MS;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** A JSON object, compact as on the wire, that may have a key twice: the captured configuration has `Generator` twice. */
export function objectText(entries: Iterable<readonly [string, string]>): string {
  return `{${Array.from(entries, ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

/** The object in some bytes; null when they hold none. */
export function parseObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(textOf(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Some bytes as one piece. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
