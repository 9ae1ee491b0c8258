/**
 * The lines of a dump from one offset 0 up to the next: whether they follow each other, and the bytes they stand for.
 */
import { CaptureError } from './capture-error.ts';
import type { DumpLine } from './dump-line.ts';

const RADIXES = [16, 8, 10] as const;
/** od writes octal, or decimal; nobody else does, and in so many digits. */
const DIGITS_OF_OD = 7;
const MOST_REPEATED = 0x400_0000;

export class DumpBlock {
  #expected: number;
  /** In which offsets are written; null until it shows. */
  #radix: (typeof RADIXES)[number] | null = null;
  #last: Uint8Array | null = null;
  /** The last line of words, of which only the next tells whether its last byte is one. */
  #held: Uint8Array | null = null;
  #repeats = false;

  /** @param first its first line; mostly of offset 0 */
  constructor(first: DumpLine) {
    this.#expected = Number.parseInt(first.offset, 16);
  }

  /** Whether a line of this offset follows those before. */
  follows(offset: string): boolean {
    return this.#repeats || RADIXES.some((radix) => this.#at(offset, radix));
  }

  /** A line of `*`: as the last, up to the offset of the next. */
  repeat(): void {
    this.#repeats = this.#last !== null;
  }

  /** @throws CaptureError where it does not follow those before */
  *take(line: DumpLine, number: number): Generator<Uint8Array> {
    if (this.#repeats) yield* this.#repeated(line.offset, number);
    // Of an odd number of bytes hexdump and od -x pad the last word; the offset at the end tells.
    const isOdd = line.bytes.length === 0 && RADIXES.some((radix) => this.#at(line.offset, radix, -1));
    if (isOdd) this.#held = this.#held?.subarray(0, -1) ?? null;
    else this.#settle(line.offset, number);
    if (this.#held !== null) yield this.#held;
    this.#held = null;
    if (line.bytes.length === 0) return;
    this.#last = line.bytes;
    this.#expected += line.bytes.length;
    if (line.isWords) this.#held = line.bytes;
    else yield line.bytes;
  }

  *end(): Generator<Uint8Array> {
    if (this.#held !== null) yield this.#held;
    this.#held = null;
  }

  #at(offset: string, radix: (typeof RADIXES)[number], difference = 0): boolean {
    if (this.#radix === null ? radix !== 16 && offset.length !== DIGITS_OF_OD : this.#radix !== radix) return false;
    return Number.parseInt(offset, radix) === this.#expected + difference;
  }

  #settle(offset: string, number: number): void {
    const radix = RADIXES.find((one) => this.#at(offset, one));
    if (radix === undefined) {
      const expected = this.#expected.toString(this.#radix ?? 16);
      throw new CaptureError(
        `line ${number}: its offset is ${offset} where ${expected} should follow: a line before it is missing or spoilt`,
      );
    }
    if (this.#expected > 8) this.#radix = radix;
  }

  *#repeated(offset: string, number: number): Generator<Uint8Array> {
    const last = this.#last as Uint8Array;
    this.#repeats = false;
    // Behind a single line it is not known whether they are octal; then they are hexadecimal.
    const count = Number.parseInt(offset, this.#radix ?? 16) - this.#expected;
    if (count < 0 || count % last.length !== 0 || count > MOST_REPEATED) {
      throw new CaptureError(
        `line ${number}: its offset is ${offset}, up to which the line above the * cannot be repeated`,
      );
    }
    if (this.#held !== null) yield this.#held;
    this.#held = null;
    for (let at = 0; at < count; at += last.length) yield last;
    this.#expected += count;
  }
}
