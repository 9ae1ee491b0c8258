/**
 * Texts that others have written, for people to look at: nothing in them steers what shows them. Not the terminal (control characters,
 * escape sequences), not the order of letters (bidirectional controls), nor is there anything that cannot be seen. Every text of a peer
 * goes through here on its way to the log, a terminal and the page; in JSON the same characters are escaped.
 */

/** Controls (C0, C1), formats (bidirectional, zero width), separators of lines, halves of characters, and what is ignored when shown. */
const STEERING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Those of them that part words. */
const SPACE = /^[\t-\r\u0085\u2028\u2029]$/;
const PLAIN = /^[\x20-\x7e]*$/;
const PLAIN_LINE = /^[\x20-\x7e]*\n?$/;
/** Stands where something is that cannot be shown. */
const INSTEAD = '\ufffd';

/** On one line. @param instead stands for each character that steers or cannot be seen, but for spaces */
export function visible(text: string, instead = INSTEAD): string {
  if (PLAIN.test(text)) return text;
  return text.replace(STEERING, (found) => (SPACE.test(found) ? ' ' : instead));
}

/** On the lines that it has. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => visible(line))
    .join('\n');
}

/** A JSON text that says the same, on one line, and holds nothing that steers. */
export function visibleJson(json: string): string {
  if (PLAIN_LINE.test(json)) return json;
  const line = json.endsWith('\n') ? json.slice(0, -1) : json;
  return line.replace(STEERING, escaped) + json.slice(line.length);
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
