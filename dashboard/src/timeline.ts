/**
 * One time line of everything that happened: the battery's own log, ours, gaps, and changes of the clock.
 */
import { dayStart, secondsOf } from './house-time.ts';
import type { Epoch, GapOnPage, LogEvent } from './types.ts';

interface Happening {
  /** Unix seconds. */
  readonly at: number;
  readonly battery: string;
}
export type TimelineEntry =
  | (Happening & { readonly kind: 'battery' | 'server'; readonly event: LogEvent })
  | (Happening & { readonly kind: 'gap'; readonly gap: GapOnPage })
  | (Happening & { readonly kind: 'clock'; readonly epoch: Epoch; readonly before: Epoch | null });
export type EntryKind = TimelineEntry['kind'];
export const ENTRY_KINDS: readonly EntryKind[] = ['battery', 'server', 'gap', 'clock'];

export interface Happenings {
  readonly battery: string;
  readonly events: readonly LogEvent[];
  readonly gaps: readonly GapOnPage[];
  readonly epochs: readonly Epoch[];
}

export function entriesOf({ battery, events, gaps, epochs }: Happenings): TimelineEntry[] {
  const inOrder = [...epochs].sort((a, b) => secondsOf(a.since) - secondsOf(b.since));
  return [
    ...events.map((event): TimelineEntry => {
      return { kind: event.source, at: secondsOf(event.time ?? event.received_at), battery, event };
    }),
    ...gaps.map((gap): TimelineEntry => ({ kind: 'gap', at: secondsOf(gap.from), battery, gap })),
    ...inOrder.map((epoch, index): TimelineEntry => {
      return { kind: 'clock', at: secondsOf(epoch.since), battery, epoch, before: inOrder[index - 1] ?? null };
    }),
  ];
}

export interface Day {
  readonly start: number;
  readonly entries: readonly TimelineEntry[];
}

/** The newest first, by the house's days. */
export function days(entries: readonly TimelineEntry[], zone: string): Day[] {
  const found: { start: number; entries: TimelineEntry[] }[] = [];
  for (const entry of [...entries].sort((a, b) => b.at - a.at)) {
    const open = found.at(-1);
    if (open !== undefined && entry.at >= open.start) open.entries.push(entry);
    else found.push({ start: dayStart(entry.at, zone), entries: [entry] });
  }
  return found;
}
