/**
 * Where a field is shown, on the page and in Home Assistant.
 */
import type { Field, FieldSource, Shown } from './field.ts';

const READINGS: readonly FieldSource[] = ['live', 'detail', 'history'];

/**
 * As what a field is shown; null where it is not, but in the list of the whole configuration. A value of a reading is a detail
 * unless its entry says otherwise, so that one that is added is seen.
 */
export function shownAs({ show, in: sources, private: isPrivate }: Field): Shown | null {
  if (isPrivate === true) return null;
  return show ?? (sources.some((source) => READINGS.includes(source)) ? 'detail' : null);
}
