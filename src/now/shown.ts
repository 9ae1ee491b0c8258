/**
 * What was kept, as it may be shown: under our names, without what is private, and with nothing in it that steers what
 * shows it.
 */
import { type Gap, missingMinutes, type ReadingKind, type Rest, type Value } from '../model.ts';
import type { PrivateValues } from '../privacy/known-values.ts';
import { isPrivateKey, shownText } from '../privacy/redact.ts';
import { inferredMeaning } from '../protocol/event-codes.ts';
import { columnsOf, fieldsOnWire } from '../protocol/fields/fields.ts';
import { canBeDoubted } from '../protocol/fields/plausible.ts';
import type { ShownEvent, ShownGap, Values } from './state.ts';

/** Of what a message holds beyond the table, so many fields are shown. */
const MOST_UNKNOWN = 50;

interface Column {
  readonly index: number;
  readonly name: string;
}

/** Of each kind the columns that are not private. */
const COLUMNS: Readonly<Record<ReadingKind, readonly Column[]>> = {
  live: shownColumns('live'),
  detail: shownColumns('detail'),
  history: shownColumns('history'),
};

function shownColumns(kind: ReadingKind): Column[] {
  return columnsOf(kind).flatMap((field, index) => (field.private === true ? [] : [{ index, name: field.name }]));
}

/**
 * Values by our names, without those that are absent and those that are private.
 * @param values in the order of `columnsOf(kind)`
 * @param secrets serial numbers, which a text may hold
 */
export function shownValues(kind: ReadingKind, values: readonly Value[], secrets: readonly string[]): Values {
  const shown: Record<string, Value> = {};
  for (const { index, name } of COLUMNS[kind]) {
    const value = values[index] ?? null;
    if (value !== null) shown[name] = typeof value === 'string' ? shownText(value, secrets) : value;
  }
  return shown;
}

/** A number of a field that we know, and that is no value of it: one that cannot be. */
function isNumberOfOurs(key: string, text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text)) && fieldsOnWire(key).some(canBeDoubted);
}

/** What was kept under the vendor's own names, without what seems private and what cannot be. */
export function shownRest(rest: Rest | null, secrets: readonly string[]): Record<string, string> {
  const shown = Object.entries(rest ?? {}).flatMap(([key, text]): [string, string][] =>
    text === null || isPrivateKey(key) || isNumberOfOurs(key, text)
      ? []
      : [[shownText(key, secrets), shownText(text, secrets)]],
  );
  return Object.fromEntries(shown.slice(0, MOST_UNKNOWN));
}

/** What is kept of an event. */
export interface KeptEvent {
  readonly source: ShownEvent['source'];
  /** Unix seconds UTC. */
  readonly time: number | null;
  readonly receivedMs: number;
  readonly name: string;
  readonly code: number | null;
  readonly text: string;
}

export function shownEvent(event: KeptEvent, secrets: PrivateValues): ShownEvent {
  const { source, time, receivedMs, name, code, text } = event;
  return {
    timeMs: time === null ? null : time * 1000,
    receivedAtMs: receivedMs,
    source,
    name: shownText(name, secrets),
    code,
    meaning: code === null ? null : inferredMeaning(code),
    text: shownText(text, secrets),
  };
}

export function shownGap(gap: Gap): ShownGap {
  return {
    fromMs: gap.from * 1000,
    toMs: gap.to * 1000,
    minutes: missingMinutes(gap),
    filledMinutes: gap.filledMinutes,
    state: gap.state,
    askedAtMs: gap.askedMs,
  };
}
