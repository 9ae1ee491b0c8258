/**
 * The words that a bundle says of itself: names of fields, codes, and its README. A private value that is one of them, and nothing but
 * letters, tells nothing of a house.
 */
import { FIELDS } from '../protocol/fields/fields.ts';
import { README } from './readme.ts';

let words: string | null = null;

export function saysOfItself(word: string): boolean {
  words ??= [README, ...FIELDS.flatMap(({ name, wire }) => [name, ...wire])].join(' ').toLowerCase();
  return words.includes(word.toLowerCase());
}
