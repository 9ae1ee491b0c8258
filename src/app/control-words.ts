/**
 * What a change will do, in words, before it is made; and what its owner should know first.
 */
import { counted } from '../counted.ts';
import type { ControlWish } from '../model.ts';
import type { ShownChange } from '../session/control/owner-words.ts';

export interface ForeseenChange {
  readonly wish: ControlWish;
  readonly untilMs: number | null;
  readonly nowMs: number;
  readonly changes: readonly ShownChange[];
  /** By which the battery's clock is ahead of the house's, s; null where it is not known. */
  readonly clockAheadSeconds: number | null;
  /** Whether other settings hold on some days; null where that is not known. */
  readonly hasWeekendScheme: boolean | null;
  /** When it is written at the soonest, Unix ms; null where at once. */
  readonly earliestMs: number | null;
  readonly doubt: string | null;
  readonly isExperiment: boolean;
}

/** What people call the settings of the interface. */
const LABELS: Readonly<Record<string, string>> = {
  grid_charge: 'grid charging',
  charge_limit: 'the charge limit',
  charge_windows: 'charge windows',
  discharge_only_in_windows: 'discharging only in its windows',
  discharge_windows: 'discharge windows',
  lowest_charge: 'the lowest charge',
  reserve: 'the reserve for outages',
};
const PERCENT_SETTINGS: ReadonlySet<string> = new Set(['charge_limit', 'lowest_charge', 'reserve']);
/** The same at weekends, by the vendor's names: a warning of its own says so. */
const WEEKEND_KEY = /WE\d?$/;

/** The house's time of a moment: `06:00`, with its date where that is not within a day. */
export function houseMoment(ms: number, nowMs: number, offsetSeconds: (time: number) => number): string {
  const text = new Date(ms + offsetSeconds(ms / 1000) * 1000).toISOString();
  const time = text.slice(11, 16);
  return Math.abs(ms - nowMs) < 20 * 3_600_000 ? time : `${text.slice(0, 10)} ${time}`;
}

/** One sentence. @param moment of a time, as {@link houseMoment} says it */
export function effectOf({ wish, untilMs, changes }: ForeseenChange, moment: (ms: number) => string): string {
  const until = untilMs === null ? '' : moment(untilMs);
  const limit = changes.find(({ name }) => name === 'charge_limit')?.to ?? null;
  if (wish.kind === 'hold')
    return `will not discharge until ${until}; will charge from the grid while below ${limit} %; then as it was before`;
  if (wish.kind === 'charge')
    return `will charge up to ${wish.limit} %, from PV first and then from the grid, and not discharge, until ${until}; then as it was before`;
  const said = settingsInWords(changes.filter(({ from, to }) => !isSame(from, to)));
  if (said === '') return 'nothing would change';
  return wish.kind === 'restore' ? `will be as it was before: ${said}` : `will have ${said}`;
}

/** What settings are to be, such as “grid charging off, the charge limit 100 %”; empty where there are none. */
export function settingsInWords(changes: readonly Pick<ShownChange, 'name' | 'to'>[]): string {
  return changes
    .filter(({ name }) => !WEEKEND_KEY.test(name))
    .map(({ name, to }) => `${LABELS[name] ?? name} ${wordOf(name, to)}`)
    .join(', ');
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function wordOf(name: string, value: ShownChange['to']): string {
  if (value === null) return 'unknown';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'object') return PERCENT_SETTINGS.has(name) ? `${value} %` : String(value);
  return value.length === 0
    ? 'none'
    : joined(value)
        .map(([from, to]) => `${from}–${to}`)
        .join(' and ');
}

type ShownWindows = Extract<ShownChange['to'], readonly unknown[]>;

/** One that passes midnight is two for the battery, and one for people. */
function joined(windows: ShownWindows): ShownWindows {
  const [one, other] = windows;
  if (one === undefined || other === undefined) return windows;
  if (one[1] === other[0]) return [[one[0], other[1]]];
  return other[1] === one[0] ? [[other[0], one[1]]] : windows;
}

/** Sentences. @param moment as of {@link effectOf} */
export function warningsOf(foreseen: ForeseenChange, moment: (ms: number) => string): string[] {
  const { wish, changes, clockAheadSeconds, hasWeekendScheme, earliestMs, doubt, isExperiment } = foreseen;
  const isVerb = wish.kind === 'hold' || wish.kind === 'charge';
  const hasWindows = changes.some(({ name }) => /^(?:dis)?charge_windows$/.test(name));
  const minutes = Math.round((clockAheadSeconds ?? 0) / 60);
  const warnings: [boolean, string][] = [
    [isVerb, 'charging from PV goes on'],
    [isVerb, 'what the vendor or its app changes of it meanwhile stays as it is set there, at the end too'],
    [
      hasWindows && minutes !== 0,
      `the battery’s clock is ${counted(Math.abs(minutes), 'minute')} ${minutes > 0 ? 'ahead of' : 'behind'} the house’s: windows are told to it in its own hours`,
    ],
    [
      isVerb,
      'the battery has this every day at these hours until this server undoes it: if the server never comes back, it stays so (docs/control.md has the way back without it)',
    ],
    [
      wish.kind === 'settings' && hasWindows,
      'windows are whole hours of the battery’s clock, and the same every day: when that clock, or the house’s for summer time, is set, they are at other times of the house',
    ],
    [hasWeekendScheme === true, 'at weekends other settings are in use: they are changed too'],
    [hasWeekendScheme === null, 'whether other settings are in use at weekends is not known'],
    [earliestMs !== null, `it waits until ${moment(earliestMs ?? 0)}, since the last write was just before`],
    [doubt !== null, `${doubt}; confirm, if what the vendor set besides is as it was`],
    [isExperiment, 'no configuration of the vendor’s is known: what is sent was never seen to work'],
  ];
  return warnings.filter(([applies]) => applies).map(([, sentence]) => sentence);
}
