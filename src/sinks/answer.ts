/**
 * What a server answers, as far as it is of use.
 */

/** The beginning of an answer, about so many bytes; the rest is not waited for. @throws what breaks the connection */
export async function textOf({ body }: Response, mostBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length >= mostBytes) break;
  }
  return Buffer.concat(pieces).toString('utf8', 0, mostBytes);
}

/** A server's words on one line of a log, at most so many characters. */
export function onOneLine(words: string, most: number): string {
  return words
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, most);
}
