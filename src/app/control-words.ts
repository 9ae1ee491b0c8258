/**
 * What a change will do, in words, before it is made; and what its owner should know first.
 */
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
  const said = changes.filter(({ from, to }) => !isSame(from, to)).map(({ name, to }) => `${name} ${wordOf(to)}`);
  if (said.length === 0) return 'nothing would change';
  return wish.kind === 'restore' ? `will be as it was before: ${said.join(', ')}` : `will have ${said.join(', ')}`;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function wordOf(value: ShownChange['to']): string {
  if (value === null) return 'unknown';
  if (typeof value !== 'object') return value === true ? 'on' : value === false ? 'off' : String(value);
  return value.length === 0 ? 'none' : value.map(([from, to]) => `${from}–${to}`).join(' and ');
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
      `the battery’s clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} the house’s: windows are told to it in its own hours`,
    ],
    [
      isVerb,
      'the battery has this every day at these hours until this server undoes it: if the server never comes back, it stays so (docs/control.md has the way back without it)',
    ],
    [wish.kind === 'settings' && hasWindows, 'windows are whole hours of the battery’s clock, and the same every day'],
    [hasWeekendScheme === true, 'at weekends other settings are in use: they are changed too'],
    [hasWeekendScheme === null, 'whether other settings are in use at weekends is not known'],
    [earliestMs !== null, `it waits until ${moment(earliestMs ?? 0)}, since the last write was just before`],
    [doubt !== null, `${doubt}; confirm, if what the vendor set besides is as it was`],
    [isExperiment, 'no configuration of the vendor’s is known: what is sent was never seen to work'],
  ];
  return warnings.filter(([applies]) => applies).map(([, sentence]) => sentence);
}
