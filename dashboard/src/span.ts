/**
 * The stretch of time a chart shows, how to step to its neighbours, and how it stands in the address.
 */
import { dateText, dayStart, isoOf, monthStart, secondsOf, timeOfDate, weekStart, yearStart } from './house-time.ts';

export const CALENDAR_KINDS = ['day', 'week', 'month', 'year'] as const;
export type CalendarKind = (typeof CALENDAR_KINDS)[number];
export type SpanKind = CalendarKind | 'any';

export interface ShownSpan {
  readonly kind: SpanKind;
  /** Unix seconds; `to` is the first that is outside. */
  readonly from: number;
  readonly to: number;
}

export const SHORTEST_SECONDS = 60;

const starts = { day: dayStart, week: weekStart, month: monthStart, year: yearStart };

export function spanAt(kind: CalendarKind, time: number, zone: string): ShownSpan {
  return { kind, from: starts[kind](time, zone), to: starts[kind](time, zone, 1) };
}

export function anySpan(from: number, to: number): ShownSpan {
  const [first, last] = from <= to ? [from, to] : [to, from];
  return { kind: 'any', from: Math.floor(first), to: Math.max(Math.ceil(last), Math.floor(first) + SHORTEST_SECONDS) };
}

/** The next span of the same kind (+1) or the one before (−1). */
export function step(span: ShownSpan, direction: 1 | -1, zone: string): ShownSpan {
  if (span.kind !== 'any') return spanAt(span.kind, starts[span.kind](span.from, zone, direction), zone);
  const length = span.to - span.from;
  return { ...span, from: span.from + direction * length, to: span.to + direction * length };
}

/** The same moment in another kind of span: today if it is inside, otherwise where the span began. */
export function changeKind(span: ShownSpan, kind: CalendarKind, now: number, zone: string): ShownSpan {
  const inside = now >= span.from && now < span.to;
  return spanAt(kind, inside ? now : span.from, zone);
}

export function spanOfQuery(query: ReadonlyMap<string, string>, now: number, zone: string): ShownSpan {
  const kind = query.get('span');
  if (kind === 'any') {
    const from = secondsOf(query.get('from') ?? '');
    const to = secondsOf(query.get('to') ?? '');
    if (Number.isFinite(from) && Number.isFinite(to)) return anySpan(from, to);
  }
  const known = CALENDAR_KINDS.find((candidate) => candidate === kind) ?? 'day';
  return spanAt(known, timeOfDate(query.get('at') ?? '', zone) ?? now, zone);
}

export function queryOfSpan(span: ShownSpan, zone: string): Record<string, string> {
  if (span.kind === 'any') return { span: 'any', from: isoOf(span.from), to: isoOf(span.to) };
  return { span: span.kind, at: dateText(span.from, zone) };
}

/** Into which pieces the energies of a span are put, so that there are few enough to be told apart. */
export function energyPiece(span: ShownSpan): 'hour' | 'day' | 'month' {
  const days = (span.to - span.from) / 86_400;
  if (days <= 3) return 'hour';
  return days <= 92 ? 'day' : 'month';
}
