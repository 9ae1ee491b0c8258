/**
 * What is kept, in the words of the interface and without what is private.
 */
import type * as z from 'zod';
import { type Gap, missingMinutes, type ReadingKind, type Rest, type Value } from '../../model.ts';
import { isPrivateKey, shownText } from '../../privacy/redact.ts';
import { inferredMeaning } from '../../protocol/event-codes.ts';
import { columnsOf } from '../../protocol/fields/fields.ts';
import type * as schema from '../schema.ts';

/** All that comes. */
export async function listOf<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

/** Unix milliseconds as `2021-03-23T23:01:52.000Z`. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Values by our names, without those that are absent and those that are private. */
export function named(kind: ReadingKind, values: readonly Value[], secrets: readonly string[]): Record<string, Value> {
  const shown: Record<string, Value> = {};
  for (const [index, field] of columnsOf(kind).entries()) {
    const value = values[index] ?? null;
    if (value === null || field.private === true) continue;
    shown[field.name] = typeof value === 'string' ? shownText(value, secrets) : value;
  }
  return shown;
}

/** Of what a message holds beyond the table, so many fields are handed on. */
const MOST_UNKNOWN = 50;

/** What was kept under the vendor's own names, without what seems private. */
export function unknownFields(rest: Rest | null, secrets: readonly string[]): Record<string, string> {
  const shown = Object.entries(rest ?? {}).flatMap(([key, text]): [string, string][] =>
    text === null || isPrivateKey(key) ? [] : [[shownText(key, secrets), shownText(text, secrets)]],
  );
  return Object.fromEntries(shown.slice(0, MOST_UNKNOWN));
}

interface Happened {
  readonly source: 'battery' | 'server';
  /** Unix seconds UTC. */
  readonly time: number | null;
  readonly receivedMs: number;
  readonly name: string;
  readonly code: number | null;
  readonly text: string;
}

export function eventView(event: Happened, secrets: readonly string[]): z.infer<typeof schema.events>[number] {
  const { source, time, receivedMs, name, code, text } = event;
  return {
    time: time === null ? null : iso(time * 1000),
    received_at: iso(receivedMs),
    source,
    name: shownText(name, secrets),
    code,
    meaning: code === null ? null : inferredMeaning(code),
    text: shownText(text, secrets),
  };
}

export function gapView(gap: Gap): z.infer<typeof schema.gaps>[number] {
  return {
    from: iso(gap.from * 1000),
    to: iso(gap.to * 1000),
    minutes: missingMinutes(gap),
    filled_minutes: gap.filledMinutes,
    state: gap.state,
    asked_at: gap.askedMs === null ? null : iso(gap.askedMs),
  };
}
