/**
 * What is wanted at which time, by windows and by prices, and what of it cannot be known yet.
 */
import type { KnownPrice } from '../model.ts';
import {
  nameOfRule,
  type PriceRule,
  problemOfRules,
  type RuleSpan,
  type Suggestion,
  suggestionOf,
} from './price-rules.ts';
import { problemOfWindows, type ScheduleWindow } from './schedules.ts';
import { type Stretch, timetable } from './timetable.ts';
import type { WallClock } from './wall-clock.ts';

/** Of one battery, as its owner set them. */
export interface Schedules {
  readonly windows: readonly ScheduleWindow[];
  /** Of two that want something at the same time the first counts; windows go before all. */
  readonly rules: readonly PriceRule[];
}

export interface SetSchedules extends Schedules {
  /** When each rule was set as it is, Unix seconds. */
  readonly rulesSince: readonly number[];
}

/** A span of a rule for which a price is missing. */
export interface UnpricedSpan extends RuleSpan {
  readonly by: string;
}

export interface SchedulePlan {
  /** In their order, none at the same time as another. */
  readonly stretches: readonly Stretch[];
  readonly unpriced: readonly UnpricedSpan[];
  /** By each rule, as {@link ruleKey} names it. */
  readonly suggested: SuggestedByRule;
}

export type SuggestedByRule = ReadonlyMap<string, Suggestion>;

/** One rule; once it is set otherwise, it is another. */
export function ruleKey(rule: PriceRule): string {
  return JSON.stringify(rule);
}

/**
 * @param from, to Unix seconds
 * @param prices in their order, none at the same time as another
 * @param before what was suggested by a plan before this one, which stays up to `until`, Unix seconds
 */
export function planOf(
  { windows, rules, rulesSince }: SetSchedules,
  prices: readonly KnownPrice[],
  { from, to }: { readonly from: number; readonly to: number },
  house: WallClock,
  before: { readonly suggested: SuggestedByRule; readonly until: number } | null = null,
): SchedulePlan {
  const suggested = rules.map((rule, index) => {
    const suggestion = before?.suggested.get(ruleKey(rule));
    const settled = suggestion === undefined ? undefined : { suggestion, until: before?.until as number };
    const asked = { from, to, since: rulesSince[index] ?? 0, settled };
    return { by: nameOfRule(rule), key: ruleKey(rule), ...suggestionOf(rule, prices, asked, house) };
  });
  return {
    stretches: timetable(
      windows,
      from,
      to,
      house,
      suggested.map(({ stretches }) => stretches),
    ),
    suggested: new Map(suggested.map(({ key, stretches, missing }) => [key, { stretches, missing }])),
    unpriced: suggested.flatMap(({ by, missing }) => missing.map((span) => ({ by, ...span }))),
  };
}

/** Why schedules cannot be meant so, in a sentence; null where they can. */
export function problemOfSchedules({ windows, rules }: Schedules): string | null {
  const wrong = problemOfWindows(windows) ?? problemOfRules(rules);
  if (wrong !== null) return wrong;
  const names = [...rules.map(nameOfRule), ...windows.map(({ name }) => name)];
  const twice = names.find((name, index) => name !== '' && index < rules.length && names.indexOf(name, index + 1) > 0);
  return twice === undefined ? null : `${twice} is the name of two; name one of them otherwise`;
}
