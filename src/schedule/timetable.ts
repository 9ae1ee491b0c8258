/**
 * Schedules as stretches of time: which window applies when. Windows of dates go before those of weekdays, and both before what prices suggest.
 */

import { beginsOn, minutesOf, type ScheduleVerb, type ScheduleWindow } from './schedules.ts';
import { DAY_SECONDS, dayOf, momentOf, type WallClock } from './wall-clock.ts';

export interface Demand {
  readonly verb: ScheduleVerb;
  /** Of `charge`, percent; null of others. */
  readonly chargeLimit: number | null;
}

/** Unix seconds; `to` is the first that is outside. */
export interface Stretch extends Demand {
  readonly from: number;
  readonly to: number;
  /** What it is called: a window, or a rule. */
  readonly by: string;
}

/** What applies at a moment. */
export interface Applying {
  /** null: nothing is wanted. */
  readonly stretch: Stretch | null;
  /** When something else is wanted, Unix seconds: stretches that follow each other and want the same are one. null: not within the timetable. */
  readonly until: number | null;
  /** What is wanted then; null: nothing. */
  readonly next: Stretch | null;
}

/** A window begins on one day, and may end on the next. */
const DAYS_BEFORE = 2;

/**
 * The stretches that begin or go on between two moments, in their order, none at the same time as another.
 * @param from, to Unix seconds
 * @param priced what prices suggest: in its order, none at the same time as another
 */
export function timetable(
  windows: readonly ScheduleWindow[],
  from: number,
  to: number,
  house: WallClock,
  priced: readonly (readonly Stretch[])[] = [],
): Stretch[] {
  const dated = windows.filter(({ dates }) => dates !== undefined);
  const weekly = windows.filter(({ dates }) => dates === undefined);
  const layers = [occurrences(dated, from, to, house), occurrences(weekly, from, to, house), ...priced];
  return layers.reduce<Stretch[]>(over, []).filter((stretch) => stretch.to > from && stretch.from < to);
}

function occurrences(windows: readonly ScheduleWindow[], from: number, to: number, house: WallClock): Stretch[] {
  const found: Stretch[] = [];
  for (let day = dayOf(from, house) - DAYS_BEFORE; day <= dayOf(to, house) + 1; day++)
    for (const window of windows) {
      const minutes = minutesOf(window);
      if (minutes === null || !beginsOn(window, day)) continue;
      const at = (minute: number) => momentOf(day * DAY_SECONDS + minute * 60, house);
      const { name, verb, charge_limit: limit } = window;
      const by = name === '' ? `${window.from}–${window.to}` : name;
      found.push({ from: at(minutes.from), to: at(minutes.to), verb, chargeLimit: limit ?? null, by });
    }
  // One that lies in a missing hour is not.
  return found.filter((stretch) => stretch.from < stretch.to).sort((one, other) => one.from - other.from);
}

/** What of `lower` is not covered by `upper`, between it. Both in their order. */
function over(upper: readonly Stretch[], lower: readonly Stretch[]): Stretch[] {
  const left: Stretch[] = [];
  let first = 0;
  for (const stretch of lower) {
    while (first < upper.length && (upper[first] as Stretch).to <= stretch.from) first++;
    let { from } = stretch;
    for (let index = first; index < upper.length; index++) {
      const above = upper[index] as Stretch;
      if (above.from >= stretch.to) break;
      if (above.from > from) left.push({ ...stretch, from, to: above.from });
      from = Math.max(from, above.to);
    }
    if (from < stretch.to) left.push({ ...stretch, from });
  }
  return [...upper, ...left].sort((one, other) => one.from - other.from);
}

/** @param stretches a timetable. @param time Unix seconds */
export function applyingAt(stretches: readonly Stretch[], time: number): Applying {
  const at = stretches.findIndex(({ from, to }) => from <= time && time < to);
  const stretch = at < 0 ? null : (stretches[at] as Stretch);
  if (stretch === null || stretch.verb === 'normal') {
    const next = stretches.find(({ from, verb }) => from > time && verb !== 'normal') ?? null;
    return { stretch, until: next?.from ?? null, next };
  }
  let last = stretch;
  let index = at + 1;
  for (; index < stretches.length; index++) {
    const after = stretches[index] as Stretch;
    if (after.from !== last.to || !isSame(after, stretch)) break;
    last = after;
  }
  const after = stretches[index];
  const next = after?.from === last.to && after.verb !== 'normal' ? after : null;
  return { stretch, until: last.to, next };
}

function isSame(one: Demand, other: Demand): boolean {
  return one.verb === other.verb && one.chargeLimit === other.chargeLimit;
}
