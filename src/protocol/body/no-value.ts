/**
 * What C programs print in the place of a value that they do not have.
 */

/** Floats without a number: glibc's and Microsoft's spellings (`nan`, `-nan(ind)`, `1.#QNAN`, `-1.#IND00`). */
const NO_NUMBER = /^[+-]?(?:[qs]?nan(?:\([\w]{0,20}\))?|inf(?:inity)?|1?\.?#(?:ind|[qs]?nan|inf|j)\d{0,8})$/i;
/** A null pointer printed as a text. */
const NO_TEXT = /^(?:\((?:null|nil)\)|null)$/i;
const LONGEST = 32;

/** Whether a text says that there is no value: no number, and no text for a state or a serial number either. */
export function isNoValue(text: string): boolean {
  if (text.length > LONGEST) return false;
  const trimmed = text.trim();
  return NO_NUMBER.test(trimmed) || NO_TEXT.test(trimmed);
}
