/**
 * Bytes in quotes, as Python, C, JavaScript and JSON write them: letters stand for themselves, the rest is escaped.
 */

const ESCAPE = /\\(?:x([0-9a-f]{2})|u00([0-9a-f]{2})|([0-7]{1,3})|([\s\S]))|[\s\S]/gi;
const LETTERS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
  ['e', 27],
  ...Array.from('\\\'"`/?', (letter) => [letter, letter.charCodeAt(0)] as const),
]);

/** @param content what stands between the quotes @returns null where it is not bytes */
export function literalBytes(content: string): number[] | null {
  const bytes: number[] = [];
  for (const [all, hex, unicode, octal, letter] of content.matchAll(ESCAPE)) {
    const byte = byteOf(all, hex ?? unicode, octal, letter);
    if (byte === undefined || byte > 0xff) return null;
    bytes.push(byte);
  }
  return bytes;
}

function byteOf(all: string, hex?: string, octal?: string, letter?: string): number | undefined {
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return letter === undefined ? all.charCodeAt(0) : LETTERS.get(letter);
}
