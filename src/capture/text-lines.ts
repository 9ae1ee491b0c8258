/**
 * Text in chunks of bytes, as lines: of UTF-8 or UTF-16, with or without its mark, with any line ends.
 */

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A longer line comes in parts, each with its number. */
const LONGEST_PART = 0x10_0000;
const LINE_END = /\r\n|\n|\r(?!\n|$)/g;
/** Where a long line may be parted. */
const SEPARATOR = /[\s,;]/;

/** Which encoding the mark at the beginning tells, or else null. */
export function markedEncoding(head: Uint8Array): TextEncoding | null {
  const [first, second, third] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : null;
}

export class TextLines {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  #rest = '';
  #number = 1;

  constructor(encoding: TextEncoding) {
    this.#decoder = new TextDecoder(encoding);
  }

  *read(chunk: Uint8Array): Generator<TextLine> {
    yield* this.#lines(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The last line, which needs no end. */
  *end(): Generator<TextLine> {
    yield* this.#lines(this.#decoder.decode());
    const last = this.#rest.replace(/\r$/, '');
    if (last !== '') yield { number: this.#number, text: last };
    this.#rest = '';
  }

  *#lines(more: string): Generator<TextLine> {
    const text = this.#rest + more;
    let start = 0;
    LINE_END.lastIndex = 0;
    for (let found = LINE_END.exec(text); found !== null; found = LINE_END.exec(text)) {
      const { index } = found;
      const next = LINE_END.lastIndex;
      start = yield* this.#parts(text, start, index);
      yield { number: this.#number++, text: text.slice(start, index) };
      start = next;
      LINE_END.lastIndex = next;
    }
    start = yield* this.#parts(text, start, text.length);
    this.#rest = text.slice(start);
  }

  /** @returns where the last part begins, which is not too long */
  *#parts(text: string, from: number, to: number): Generator<TextLine, number> {
    let start = from;
    while (to - start > LONGEST_PART) {
      let end = start + LONGEST_PART;
      while (end > start && !SEPARATOR.test(text[end - 1] as string)) end--;
      if (end === start) end = start + LONGEST_PART;
      yield { number: this.#number, text: text.slice(start, end) };
      start = end;
    }
    return start;
  }
}
