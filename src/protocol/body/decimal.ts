/**
 * Numbers as the wire writes them: decimal text such as `1630`, `0.0`, `-688.8960`.
 */

const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** A double holds 15 decimal digits exactly, so such a text can be printed again from the number (IEEE 754). */
const EXACT_DIGITS = 15;
/** One way only to read each digit: with `\d+\.?\d*` a frame full of digits would take seconds to refuse. */
const LENIENT = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i;
/** No plain number is larger, no quantity of a battery near it, and sums stay finite. */
const TOO_LARGE = 1e15;

/**
 * How many decimals a plainly written number has, or -1 where `Number(text).toFixed(n)` would not give the very same
 * text: no number, leading zeros, an exponent, a plus, minus zero, too many digits.
 */
export function plainDecimals(text: string): number {
  const negative = text.charCodeAt(0) === MINUS;
  const first = negative ? 1 : 0;
  const length = text.length;
  let dot = -1;
  let nonZero = false;
  for (let i = first; i < length; i++) {
    const letter = text.charCodeAt(i);
    if (letter === DOT && dot < 0) dot = i;
    else if (letter < ZERO || letter > NINE) return -1;
    else if (letter !== ZERO) nonZero = true;
  }
  const end = dot < 0 ? length : dot;
  const decimals = dot < 0 ? 0 : length - dot - 1;
  if (end === first || dot === length - 1 || length - first > EXACT_DIGITS || (negative && !nonZero)) return -1;
  return end - first > 1 && text.charCodeAt(first) === ZERO ? -1 : decimals;
}

/**
 * The number a text means, read leniently (spaces, plus, exponent), or null where it means none. The empty text, which
 * `Number` takes for 0, and hexadecimal mean none; nor does what is larger than any plain number.
 */
export function lenientNumber(text: string): number | null {
  const trimmed = text.trim();
  if (!LENIENT.test(trimmed)) return null;
  const value = Number(trimmed);
  return Math.abs(value) < TOO_LARGE ? value : null;
}
