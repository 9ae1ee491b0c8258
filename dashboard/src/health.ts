/**
 * Whether everything is well, and if not, what is wrong: the one sentence on top of the page.
 */
import { secondsOf } from './house-time.ts';
import type { ShownBattery, ShownField, ShownServer, ShownValues } from './types.ts';

export type Trouble =
  | { readonly kind: 'not_storing' }
  | { readonly kind: 'not_connected' | 'stale'; readonly battery: string; readonly since: number | null }
  | { readonly kind: 'fault'; readonly battery: string; readonly faults: readonly Fault[] }
  | { readonly kind: 'blackout'; readonly battery: string }
  | { readonly kind: 'clock'; readonly battery: string; readonly seconds: number }
  | { readonly kind: 'conflict'; readonly battery: string; readonly since: number };

export interface Fault {
  readonly name: string;
  readonly title: string;
  readonly code: string;
  readonly words: string | null;
  readonly certainty: ShownField['certainty'];
}

/** The battery's charge windows are in hours: from here on they begin noticeably wrong. */
const CLOCK_TROUBLE_SECONDS = 300;
const NO_FAULT = new Set(['', '0', '0.0']);

/** Every fault field that says something else than none. */
export function faultsOf(values: ShownValues | undefined, fields: Iterable<ShownField>): Fault[] {
  const found: Fault[] = [];
  for (const { name, title, kind, words, certainty } of fields) {
    if (kind !== 'fault') continue;
    const value = values?.[name];
    if (value === null || value === undefined || NO_FAULT.has(String(value))) continue;
    found.push({ name, title, code: String(value), words: words?.[String(value)] ?? null, certainty });
  }
  return found;
}

export function troubles(
  server: ShownServer | null,
  batteries: readonly ShownBattery[],
  fields: Iterable<ShownField>,
): Trouble[] {
  const table = [...fields];
  const found: Trouble[] = server?.storing === false ? [{ kind: 'not_storing' }] : [];
  for (const { name, connected, stale, last_reading_at: last, detail, clock, conflict } of batteries) {
    const since = last === null ? null : secondsOf(last);
    if (!connected) found.push({ kind: 'not_connected', battery: name, since });
    else if (stale) found.push({ kind: 'stale', battery: name, since });
    const faults = faultsOf(detail?.values, table);
    if (faults.length > 0) found.push({ kind: 'fault', battery: name, faults });
    if (detail?.values.blackout === 1 && !stale) found.push({ kind: 'blackout', battery: name });
    const wrong = clock?.ahead_of_house_seconds ?? 0;
    if (conflict !== null) found.push({ kind: 'conflict', battery: name, since: secondsOf(conflict.since) });
    if (Math.abs(wrong) >= CLOCK_TROUBLE_SECONDS) found.push({ kind: 'clock', battery: name, seconds: wrong });
  }
  return found;
}
