/**
 * What can be a serial number, and what looks like one. Captured ones are letters and then digits, 15 in all (`AL2002…`, `ALD…`,
 * `ALB…`); what other models have is not known, so that as little as can be is refused.
 */
import { isNoValue } from './body/no-value.ts';

/** Longest serial number taken; captured ones have 15 characters. */
export const MAX_SERIAL_LENGTH = 64;
/** Printable and with no quote, which would be one of the message's own. */
const PRINTABLE = /^[!#-~]([ !#-~]*[!#-~])?$/;
/** Letters alone, and fewer than any serial number has characters: `False`, `connection`. */
const WORD = /^[a-z]{1,11}$/i;
/** `0`, where none is set (captured); `-1`, `100`, `12.5`. */
const VALUE = /^[+-]?(?:0+|\d{1,3}|\d+[.,]\d*)$/;
/** Letters and digits; what is written with anything else may be a date, a version, a part of a sentence. */
const LETTERS_AND_DIGITS = /^[a-z\d]{8,}$/i;
const FEWEST_DIGITS = 5;
/** In groups, after a letter: with so many digits that it is no version of a part (`AEW2-0002-03` was captured). */
const IN_GROUPS = /^[a-z][a-z\d_-]{8,}$/i;
const FEWEST_DIGITS_IN_GROUPS = 8;
const LETTER = /[a-z]/i;
/** Shorter numbers without a letter are measured (a packed cell voltage has eight digits). */
const SHORTEST_NUMBER = 10;

/** Whether a text can be a serial number: printable, not blank, not endless, no word and no value, and not said to be missing. */
export function isSerial(text: string): boolean {
  if (text.length > MAX_SERIAL_LENGTH || !PRINTABLE.test(text)) return false;
  return !WORD.test(text) && !VALUE.test(text) && !isNoValue(text);
}

/**
 * Whether a text looks like a serial number, so that it is private wherever it stands. Anybody may log in under any name: what
 * is part of what batteries say does not.
 */
export function looksLikeSerial(text: string): boolean {
  if (!isSerial(text)) return false;
  const digits = text.replace(/\D/g, '').length;
  if (!LETTERS_AND_DIGITS.test(text)) return IN_GROUPS.test(text) && digits >= FEWEST_DIGITS_IN_GROUPS;
  return digits >= FEWEST_DIGITS && (LETTER.test(text) || text.length >= SHORTEST_NUMBER);
}
