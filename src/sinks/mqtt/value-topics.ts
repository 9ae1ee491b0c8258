/**
 * Topics with one plain value each, for clients that read no JSON: `alphaess/b3f1c2/value/soc` holds `71.2`.
 */
import { shownAs } from '../../protocol/fields/shown.ts';
import { COUNTERS } from '../totals.ts';
import { DETAIL_FIELDS, FLOW_NAMES, INTEGRATED, PROBLEM, STATE_FIELDS, STORED_ENERGY, TODAY } from './entities.ts';

/** Names of the values that have a topic of their own: what is shown without being asked for, and energy. */
export const VALUE_NAMES: ReadonlySet<string> = new Set([
  ...[...STATE_FIELDS, ...DETAIL_FIELDS].filter((field) => shownAs(field) !== 'hidden').map(({ name }) => name),
  ...COUNTERS,
  ...FLOW_NAMES.flatMap((name) => [`${name}${INTEGRATED}`, `${name}${TODAY}`]),
  ...[STORED_ENERGY, PROBLEM],
]);

/** The last levels of its topic. */
export function valueLevel(name: string): string {
  return `value/${name}`;
}

/** Those of a JSON object's members that have a topic of their own and a value, as text. */
export function plainValues(body: Readonly<Record<string, unknown>>): [name: string, text: string][] {
  return Object.entries(body).flatMap(([name, value]): [string, string][] =>
    !VALUE_NAMES.has(name) || value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  );
}

const LIVE: ReadonlySet<string> = new Set(STATE_FIELDS.map(({ name }) => name));

/** Of a detail, what is in no live reading: those tell the rest sooner. */
export function withoutLive(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !LIVE.has(name)));
}
