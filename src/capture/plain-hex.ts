/**
 * Hexadecimal text without offsets: digits with or without spaces, colons, commas, `0x`, `\x`, quotes and comments; arrays of C; texts in
 * quotes of Python, C and JSON, in which letters stand for themselves.
 */
import { CaptureError } from './capture-error.ts';
import { FOLLOW, type StreamBytes } from './hex-dump.ts';
import { literalBytes } from './literal.ts';
import type { Direction } from './tcp-streams.ts';
import type { TextLine } from './text-lines.ts';

/** Between bytes, or around them. */
const SEPARATOR = /[\s,:;.|[\](){}<>=+$_-]/y;
const DIGITS = /(?:0x|\\x)?([0-9a-f]+)(?![0-9a-z])/iy;
const ESCAPES = /(?:\\x[0-9a-f]{2})+/iy;
const LINE_COMMENT = /#|\/\//y;
const QUOTED = /(?:rb|br|b|B|u|f)?(["'`])/y;
/** What stands before bytes in a program or a listing: `data =`, `unsigned char peer0_0[] = {`, `frame 3:`; with a letter that is no digit. */
const HEAD = /^\s*(?:(?!0x)[\w*.]|\s|\[\w*\])*?(?!0x)[g-z_](?:(?!0x)[\w*.]|\s|\[\w*\])*(?:[=:({<]|\s(?=<))/i;
/** Words that stand around bytes. */
const WORD =
  /(?:bytes|bytearray|fromhex|unhexlify|binascii|buffer|from|hex|new|uint8array|const|let|var|char|unsigned|uint8_t|static|return|print|echo|printf|data|payload|frame|line)\b/iy;
/** As xxd -i writes it behind the bytes. */
const LENGTH = /^\s*(?:[\w*]+\s+)*\w*len(?:gth)?\s*=\s*\d+\s*;?\s*$/;
const PEER = /\bpeer([01])_\d+\s*\[/;
const WORDS_OF_FOLLOW = /^(?:=+|Follow: |Filter: |Node [01]: )/;
/** A line that is cut anywhere has at least so many digits. */
const CUT_LINE = 16;
const LONGEST_HEAD = 120;
const LONGEST_LITERAL = 0x100_0000;

export class PlainHexReader {
  #isComment = false;
  /** The digit that a cut line ended with. */
  #carried = '';
  #carriedFrom = 0;
  #direction: Direction | null = null;
  #isFollow = false;
  #connection = 1;
  #hasBytes = false;

  /** @throws CaptureError where a line is no hexadecimal */
  *read({ text, number }: TextLine): Generator<StreamBytes> {
    if (this.#isHeading(text)) return;
    const bytes = this.#bytesOf(text, number);
    if (bytes.length === 0) return;
    this.#hasBytes = true;
    const side: Direction = /^\t/.test(text) ? 'to_battery' : 'from_battery';
    const direction = this.#isFollow ? side : this.#direction;
    yield { kind: 'stream', connection: this.#connection, direction, bytes: Uint8Array.from(bytes) };
  }

  /** @throws CaptureError where half a byte is left */
  end(): readonly StreamBytes[] {
    if (this.#carried !== '') throw refused(this.#carriedFrom, 'has half a byte too many');
    return [];
  }

  #isHeading(text: string): boolean {
    const peer = PEER.exec(text)?.[1];
    if (peer !== undefined) this.#direction = peer === '0' ? 'from_battery' : 'to_battery';
    if (LENGTH.test(text.slice(0, LONGEST_HEAD))) return true;
    if (!WORDS_OF_FOLLOW.test(text)) return false;
    if (FOLLOW.test(text)) {
      this.#isFollow = true;
      if (this.#hasBytes) this.#connection++;
      this.#hasBytes = false;
    }
    return true;
  }

  #bytesOf(text: string, number: number): number[] {
    const bytes: number[] = [];
    const head = this.#isComment || this.#carried !== '' ? null : HEAD.exec(text.slice(0, LONGEST_HEAD));
    for (let at = head?.[0].length ?? 0; at < text.length; ) at = this.#step(text, at, number, bytes);
    return bytes;
  }

  /** @returns where the next begins */
  #step(text: string, at: number, number: number, bytes: number[]): number {
    if (this.#isComment || text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at);
      this.#isComment = end < 0;
      return end < 0 ? text.length : end + 2;
    }
    if (matchAt(LINE_COMMENT, text, at) !== null) return text.length;
    const quote = matchAt(QUOTED, text, at);
    if (quote !== null) return this.#quoted(text, at, quote, number, bytes);
    const escapes = matchAt(ESCAPES, text, at)?.[0];
    if (escapes !== undefined) {
      addPairs(escapes.replace(/\\x/gi, ''), bytes);
      return at + escapes.length;
    }
    const separator = matchAt(SEPARATOR, text, at);
    if (separator !== null || (text[at] === '\\' && at === text.length - 1)) return at + 1;
    const digits = matchAt(DIGITS, text, at);
    if (digits !== null) return this.#digits(text, at, digits, number, bytes);
    const word = matchAt(WORD, text, at)?.[0];
    if (word !== undefined) return at + word.length;
    throw refused(number, `is no hexadecimal from character ${at + 1} on`);
  }

  #digits(text: string, at: number, [all, found = '']: RegExpExecArray, number: number, bytes: number[]): number {
    const isPrefixed = all.length > found.length;
    let digits = this.#carried + found;
    this.#carried = '';
    if (digits.length % 2 !== 0) {
      if (isPrefixed && digits.length === 1) digits = `0${digits}`;
      else if (text.trim() === all && digits.length >= CUT_LINE) {
        this.#carried = digits.slice(-1);
        this.#carriedFrom = number;
        digits = digits.slice(0, -1);
      } else throw refused(number, `has half a byte too many before character ${at + all.length + 1}`);
    }
    addPairs(digits, bytes);
    return at + all.length;
  }

  #quoted(text: string, at: number, [opening, quote = '']: RegExpExecArray, number: number, bytes: number[]): number {
    const start = at + opening.length;
    let end = start;
    while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
    const content = text.slice(start, end);
    if (content.length > LONGEST_LITERAL) throw refused(number, 'has a text in quotes that is too long');
    // Quotes around digits are no more than a separator.
    if (end >= text.length) return start;
    if (isHexadecimal(content)) {
      for (let place = 0; place < content.length; ) place = this.#step(content, place, number, bytes);
      return end + 1;
    }
    const isBytes = /b/i.test(opening);
    const literal = isBytes || /\\[xu]/.test(content) ? literalBytes(content) : null;
    if (literal === null) throw refused(number, `is no hexadecimal from character ${at + 1} on`);
    for (const byte of literal) bytes.push(byte);
    return end + 1;
  }
}

function isHexadecimal(content: string): boolean {
  return /^(?:[\s,:;-]|0x|\\x(?=[0-9a-f]{2}(?:\\x|$)))*(?:(?:0x|\\x)?[0-9a-f]{2}[\s,:;-]*)*$/i.test(content);
}

function addPairs(digits: string, bytes: number[]): void {
  for (let at = 0; at < digits.length; at += 2) bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Without a word of the line: it may be private. */
function refused(number: number, why: string): CaptureError {
  return new CaptureError(`line ${number} ${why}`);
}
