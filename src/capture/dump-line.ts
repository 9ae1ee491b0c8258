/**
 * One line of a hex dump: an offset, bytes in groups, and mostly the same as letters.
 */

export interface DumpLine {
  /** How far it is set in. */
  readonly indent: number;
  /** As it is written: hexadecimal, octal or decimal. */
  readonly offset: string;
  readonly hasColon: boolean;
  readonly bytes: Uint8Array;
  /** Groups of two bytes of which the second stands first, as hexdump and od -x have them. */
  readonly isWords: boolean;
}

const LINE = /^([ \t]*)(0x)?([0-9a-f]{4,16})(:?)(?:[ \t]+(.*))?$/i;
const GROUP = /^(?:[0-9a-f]{2}){1,16}(?=[\s|>]|$)/i;
/** Between the eighth and the ninth byte of a line many programs leave two spaces. */
const HALF = 8;
const MOST_BYTES = 256;

/** @returns null for what is no such line */
export function dumpLine(text: string): DumpLine | null {
  if (text.length > MOST_BYTES * 5) return null;
  const found = LINE.exec(text.trimEnd());
  if (found === null) return null;
  const [, indent = '', prefix = '', offset = '', colon = '', rest = ''] = found;
  const groups = groupsIn(rest);
  if (groups === null) return null;
  const isWords = colon === '' && prefix === '' && groups.length > 0 && groups.every((group) => group.length === 4);
  const digits = groups.map((group) => (isWords ? group.slice(2) + group.slice(0, 2) : group)).join('');
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return { indent: indent.replaceAll('\t', '        ').length, offset, hasColon: colon !== '', bytes, isWords };
}

/** The groups of digits, up to the letters; null where what follows the offset is neither. */
function groupsIn(rest: string): string[] | null {
  const groups: string[] = [];
  let at = 0;
  let digits = 0;
  for (;;) {
    const group = GROUP.exec(rest.slice(at))?.[0];
    if (group === undefined) break;
    groups.push(group);
    at += group.length;
    digits += group.length;
    const gap = /^[ \t]*/.exec(rest.slice(at))?.[0].length ?? 0;
    if (gap === 2 && digits === HALF * 2 && !saysTheSame(rest.slice(at + gap), groups)) at += gap;
    else if (gap === 1) at += gap;
    else return groups;
  }
  const left = rest.slice(at);
  return left === '' || (groups.length > 0 && /^[|>]/.test(left)) || saysTheSame(left, groups) ? groups : null;
}

/** Whether the rest of the line is those bytes as letters. */
function saysTheSame(rest: string, groups: readonly string[]): boolean {
  const pairs = groups.join('').match(/../g) ?? [];
  const letters = pairs.map((pair) => {
    const byte = Number.parseInt(pair, 16);
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
  });
  return groups.length > 0 && rest.trimEnd() === letters.join('').trimEnd();
}
