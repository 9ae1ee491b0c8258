/**
 * One JSON object as a C program may have printed it, with `sprintf` and no JSON library: a bare `nan`, a value missing, a
 * quote inside a text, a buffer too short. What can be read is read; one spoilt value costs no other.
 *
 * A value ends where the next member plainly begins (`,"Key":`) or the object does, not at the first quote. Time is
 * linear in the length: each letter is looked at twice at most, and what is looked for behind a quote or a comma is bounded.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * How much of a body was read. `sound`: all that it says, perhaps with white space, NULs, commas or quotes too many.
 * `spoilt`: a part could not be read, or it was guessed how it is meant. `cut`: its end is missing as well.
 */
export type BodyCondition = 'sound' | 'spoilt' | 'cut';

export interface ReadObject {
  readonly object: JsonObject;
  readonly condition: BodyCondition;
  /** The text that had begun where a body was cut off; null in the object. */
  readonly unfinished: { readonly key: string; readonly text: string } | null;
}

/** Longest key that is looked for; captured ones have up to 18 letters. */
const LONGEST_KEY = 64;
/** White space, byte order marks, NULs and other control characters. */
const BLANK = String.raw`[\s\p{Cc}]`;
const IS_BLANK = new RegExp(BLANK, 'u');
const COLON = `${BLANK}{0,${LONGEST_KEY}}:`;
type Quote = '"' | "'";
/** `"Key":`, with up to three quotes too many on either side, or `'Key':`. */
const QUOTED_KEY: Readonly<Record<Quote, RegExp>> = {
  '"': new RegExp(String.raw`"{1,4}((?:[^"\\\p{Cc}]|\\.){0,${LONGEST_KEY}})"{1,4}${COLON}`, 'uy'),
  "'": new RegExp(String.raw`'([^'\p{Cc}]{0,${LONGEST_KEY}})'${COLON}`, 'uy'),
};
/** A key in which the body is cut off. */
const CUT_KEY: Readonly<Record<Quote, RegExp>> = {
  '"': new RegExp(String.raw`^"{1,4}[^"\\\p{Cc}]{0,${LONGEST_KEY}}"{0,4}$`, 'u'),
  "'": new RegExp(String.raw`^'[^'\p{Cc}]{0,${LONGEST_KEY}}'?$`, 'u'),
};
const BARE_KEY = new RegExp(String.raw`([A-Za-z_][\w.-]{0,${LONGEST_KEY - 1}})${COLON}`, 'uy');

/** What JSON has without quotes (RFC 8259, 3 and 6), its escapes in a text (7), and what is wrong beside those. */
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const ESCAPES = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/g;
const BROKEN = /["\\]|(?![\x7f-\x9f])\p{Cc}/u;

/**
 * Reads the object that `text` begins with.
 * @returns null where it begins none, or none of its members could be made out
 */
export function readLeniently(text: string): ReadObject | null {
  const end = endOfContent(text);
  const behind = behindBlanks(text, end);
  return new LenientReader(text, end, behind < text.length ? 'spoilt' : 'sound').read();
}

/**
 * Where values end in any text that has members of objects in it, by the same rules.
 * @returns the place behind the value that begins at a place
 */
export function valueEnds(text: string): (at: number) => number {
  const reader = new LenientReader(text, text.length, 'sound');
  return (at) => reader.endOfValue(at);
}

/** A text of C ends at its NUL: what follows an object and a NUL is what the buffer held before. */
function endOfContent(text: string): number {
  const nul = text.indexOf('\0');
  const end = nul < 0 ? 0 : beforeBlanks(text, nul);
  return text[end - 1] === '}' ? end : beforeBlanks(text, text.length);
}

/** Whether a value may end at a place: surely, or only if nothing speaks against it. */
type Ending = 'none' | 'likely' | 'sure';

class LenientReader {
  readonly #text: string;
  readonly #members: [key: string, value: unknown][] = [];
  /** Behind the last letter that is neither blank nor behind the object. */
  readonly #end: number;
  /** Where the braces begin that end the object, one of them or more. */
  readonly #closing: number;
  #at = 0;
  #condition: BodyCondition;
  #unfinished: string | null = null;

  constructor(text: string, end: number, condition: BodyCondition) {
    this.#text = text;
    this.#end = end;
    this.#condition = condition;
    let closing = end;
    while (text[closing - 1] === '}') closing--;
    this.#closing = closing;
  }

  read(): ReadObject | null {
    this.#at = behindBlanks(this.#text, 0);
    if (this.#text[this.#at] !== '{') return null;
    this.#at++;
    while (this.#readMember());
    if (this.#members.length === 0 && this.#condition !== 'sound') return null;
    const [key] = this.#members.at(-1) ?? [];
    const unfinished = this.#unfinished === null ? null : { key: key as string, text: this.#unfinished };
    return { object: Object.fromEntries(this.#members), condition: this.#condition, unfinished };
  }

  endOfValue(at: number): number {
    this.#at = at;
    this.#readValue();
    return this.#at;
  }

  /** @returns whether there may be another */
  #readMember(): boolean {
    this.#at = this.#behindCommas(this.#at);
    if (this.#at >= this.#end) {
      this.#condition = 'cut';
      return false;
    }
    if (this.#text[this.#at] === '}') {
      if (this.#at < this.#end - 1) this.#spoil();
      return false;
    }
    const key = this.#readKey();
    if (key !== null) this.#members.push([key, this.#readValue()]);
    else this.#skipSpoilt();
    return true;
  }

  #readKey(): string | null {
    const match = this.#anyKeyAt(this.#at);
    if (match === null) return null;
    if (this.#text[this.#at] !== '"') this.#spoil();
    this.#at += match[0].length;
    const key = match[1] as string;
    return contentOf(key) ?? key;
  }

  #readValue(): unknown {
    this.#at = behindBlanks(this.#text, this.#at);
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") return this.#readText(first);
    const isNested = (first === '{' || first === '[') && this.#text[behindBlanks(this.#text, this.#at + 1)] !== ',';
    if (isNested) return this.#readNested();
    return this.#readBare();
  }

  // ---- texts -----------------------------------------------------------------------------------------------------

  /** By JSON's rules where the text ends with a member's end, else by where the next member begins. */
  #readText(quote: Quote): string | null {
    const from = this.#at + 1;
    const closing = this.#closingQuote(from, quote);
    if (closing < 0 || this.#endingAt(closing + 1, quote) === 'none') return this.#readSpoiltText(from, quote);
    this.#at = closing + 1;
    return this.#written(this.#text.slice(from, closing), quote);
  }

  /** The first quote that no backslash stands before; -1 where there is none. */
  #closingQuote(from: number, quote: Quote): number {
    for (let at = from; at < this.#end; at++) {
      if (this.#text[at] === '\\') at++;
      else if (this.#text[at] === quote) return at;
    }
    return -1;
  }

  /** A text with quotes or backslashes that JSON would have written otherwise, or without its closing quote. */
  #readSpoiltText(from: number, quote: Quote): string | null {
    let inside = 0;
    for (let at = from; at < this.#end; ) {
      const letter = this.#text[at];
      if (letter === quote && this.#closes(at, quote, inside)) {
        this.#at = at + 1;
        return this.#withoutSpareQuotes(this.#text.slice(from, at), quote);
      }
      if (letter === quote) inside++;
      const next = letter === ',' ? this.#behindCommas(at) : at + 1;
      if (this.#endsWithoutQuote(at, next, quote)) {
        this.#at = at;
        this.#spoil();
        return null;
      }
      at = next;
    }
    this.#at = this.#end;
    this.#condition = 'cut';
    this.#unfinished = this.#text.slice(from, this.#end);
    return null;
  }

  /** Whether the quote at `at` closes a text; after an odd number of quotes inside it, it may be one of a pair. */
  #closes(at: number, quote: Quote, inside: number): boolean {
    const ending = this.#endingAt(at + 1, quote);
    return ending === 'sure' || (ending === 'likely' && inside % 2 === 0);
  }

  #endsWithoutQuote(at: number, next: number, quote: Quote): boolean {
    const letter = this.#text[at];
    if (letter === '}') return at === this.#closing;
    return letter === ',' && this.#hasQuotedKey(next, quote);
  }

  /** Quotes too many at its ends (`"SN":""AL2002"` was captured) are no part of a text, unless it has others inside. */
  #withoutSpareQuotes(raw: string, quote: Quote): string {
    let from = 0;
    let to = raw.length;
    while (raw[from] === quote) from++;
    while (to > from && raw[to - 1] === quote) to--;
    const bare = raw.slice(from, to);
    if (!bare.includes(quote)) return this.#written(bare, quote);
    this.#spoil();
    return withoutPadding(raw);
  }

  /** What a text between quotes says: by JSON's escapes if all of it keeps to them, else letter by letter. */
  #written(raw: string, quote: Quote): string {
    const content = contentOf(raw);
    if (content !== null && quote === '"') return content;
    this.#spoil();
    return withoutPadding(content ?? contentOf(raw.replace(/(?<!\\)\p{Cc}/gu, escaped)) ?? raw);
  }

  // ---- what stands without quotes ----------------------------------------------------------------------------------

  /** A number, `true`, `false` or `null` as JSON has it; else the letters themselves, or null if there are none. */
  #readBare(): unknown {
    const from = this.#at;
    this.#at = this.#endOfBare(from);
    const raw = this.#text.slice(from, beforeBlanks(this.#text, this.#at));
    if (this.#at >= this.#end) {
      this.#condition = 'cut';
      return null;
    }
    // A brace with more behind it may be the value's own: then the rest of the object is missing.
    if (this.#text[this.#at] === '}' && this.#at < this.#closing) this.#condition = 'cut';
    if (LITERAL.test(raw)) return JSON.parse(raw);
    this.#spoil();
    return raw === '' || raw.includes('"') ? null : raw;
  }

  #skipSpoilt(): void {
    this.#spoil();
    this.#at = this.#endOfBare(this.#at);
  }

  #endOfBare(from: number): number {
    let at = from;
    while (at < this.#end && this.#text[at] !== '}') {
      const letter = this.#text[at];
      if (letter === ',' && this.#endingAt(at) !== 'none') break;
      if (letter === '"' && this.#hasQuotedKey(at, '"')) break;
      at = letter === ',' ? this.#behindCommas(at) : at + 1;
    }
    return at;
  }

  /** A list or an object within the object, as its letters. One that does not end takes the rest along: it may be its own. */
  #readNested(): string | null {
    const from = this.#at;
    const end = this.#closingBracket(from);
    if (end < 0) {
      this.#at = this.#end;
      this.#condition = 'cut';
      return null;
    }
    this.#at = end + 1;
    if (this.#endingAt(this.#at) !== 'none') return this.#text.slice(from, this.#at);
    this.#skipSpoilt();
    return null;
  }

  #closingBracket(from: number): number {
    let depth = 0;
    for (let at = from; at < this.#end; at++) {
      const letter = this.#text[at];
      if (letter === '{' || letter === '[') depth++;
      else if (letter === '}' || letter === ']') depth--;
      else if (letter === '"') at = this.#closingQuote(at + 1, '"');
      if (at < 0) return -1;
      if (depth === 0) return at;
    }
    return -1;
  }

  // ---- what follows ------------------------------------------------------------------------------------------------

  /** @param quote what the value was begun with */
  #endingAt(at: number, quote: Quote = '"'): Ending {
    const next = behindBlanks(this.#text, at);
    const member = this.#behindCommas(next);
    if (member >= this.#end) return 'sure';
    if (this.#text[member] === '}') return member >= this.#closing ? 'sure' : 'likely';
    const hasComma = member > next;
    if (this.#hasQuotedKey(member, quote)) return hasComma ? 'sure' : 'likely';
    return hasComma && (this.#anyKeyAt(member) !== null || this.#isCutKey(member, quote)) ? 'likely' : 'none';
  }

  #isCutKey(at: number, quote: Quote): boolean {
    return this.#end - at <= 2 * LONGEST_KEY && CUT_KEY[quote].test(this.#text.slice(at, this.#end));
  }

  /** A key in quotes as JSON has them, or as the value before it has. */
  #hasQuotedKey(at: number, quote: Quote): boolean {
    return this.#keyAt(QUOTED_KEY['"'], at) !== null || this.#keyAt(QUOTED_KEY[quote], at) !== null;
  }

  #keyAt(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(this.#text);
  }

  #anyKeyAt(at: number): RegExpExecArray | null {
    return this.#keyAt(QUOTED_KEY['"'], at) ?? this.#keyAt(QUOTED_KEY["'"], at) ?? this.#keyAt(BARE_KEY, at);
  }

  #behindCommas(from: number): number {
    let at = from;
    while (at < this.#text.length && (this.#text[at] === ',' || isBlank(this.#text, at))) at++;
    return at;
  }

  #spoil(): void {
    if (this.#condition === 'sound') this.#condition = 'spoilt';
  }
}

function behindBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text, at)) at++;
  return at;
}

function beforeBlanks(text: string, to: number): number {
  let at = to;
  while (at > 0 && isBlank(text, at - 1)) at--;
  return at;
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 0x20 || (code >= 0x7f && IS_BLANK.test(text[at] as string));
}

/** The text that stands between two quotes of JSON; null where it breaks JSON's rules. */
function contentOf(raw: string): string | null {
  // Looked at before: for each error that is thrown a hostile message could take longer than for all its letters.
  return BROKEN.test(raw.replace(ESCAPES, '')) ? null : JSON.parse(`"${raw}"`);
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Without the NULs that fill up a text of fixed length. */
function withoutPadding(raw: string): string {
  let to = raw.length;
  while (raw[to - 1] === '\0') to--;
  return raw.slice(0, to);
}
