/**
 * Control without a browser: ends in the house's time, settings as people read them, requests, and how far a change is.
 */
import { controlTexts as words } from './control-texts.ts';
import * as format from './format.ts';
import { localTime, timeAt } from './house-time.ts';
import type {
  ControlChangeOnPage,
  ControlOnPage,
  RequestFromPage,
  SettingChangeOnPage,
  SettingValue,
  StateOnPage,
} from './types.ts';

export type ControlVerb = NonNullable<RequestFromPage['verb']>;
type SettingsFromPage = NonNullable<RequestFromPage['settings']>;

const MORNING = '06:00';
const MINUTE = 60;
const HOUR = 3600;
const PERCENT_SETTINGS: ReadonlySet<string> = new Set(['charge_limit', 'lowest_charge', 'reserve']);

/** The next time that the house's clock shows `HH:MM`, at least a minute from now; null where that is no time. */
export function nextTime(text: string, now: number, zone: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  const { year, month, day } = localTime(now, zone);
  const on = (later: number) => timeAt(zone, year, month, day + later, Number(hours), Number(minutes));
  const today = on(0);
  return today >= now + MINUTE ? today : on(1);
}

/** What is offered first: the next morning, or an hour on where that is near. */
export function usualEnd(now: number, zone: string): string {
  const morning = nextTime(MORNING, now, zone) as number;
  return morning - now >= HOUR ? MORNING : shifted(MORNING, 1);
}

/** Another time so many hours later, round the clock. */
export function shifted(text: string, hours: number): string {
  const [hour = '0', minute = '00'] = text.split(':');
  return `${String((Number(hour) + hours + 24) % 24).padStart(2, '0')}:${minute}`;
}

export function settingName(name: string): string {
  return words.names[name] ?? name;
}

/** Such as “02:00–05:00 and 22:00–23:00”, “on”, “80 %”. */
export function settingText(name: string, value: SettingValue | undefined): string {
  if (value === null || value === undefined) return words.unknown;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (Array.isArray(value)) {
    const windows = joined(value as [string, string][]).map(([from, to]) => `${from}–${to}`);
    return windows.length === 0 ? words.none : windows.join(' and ');
  }
  return PERCENT_SETTINGS.has(name) ? format.text({ number: String(value), unit: '%' }) : String(value);
}

/** One that passes midnight is two for the battery, and one for people. */
function joined(windows: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const [one, other, ...more] = windows;
  if (one === undefined || other === undefined || more.length > 0) return windows;
  if (one[1] === other[0]) return [[one[0], other[1]]];
  return other[1] === one[0] ? [[other[0], one[1]]] : windows;
}

/** Those that become something else. */
export function realChanges(changes: readonly SettingChangeOnPage[]): SettingChangeOnPage[] {
  return changes.filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
}

/** How many of the day's writes a request takes: of a verb its end too, of normal none. */
export function writesOf({ verb, override }: RequestFromPage): 0 | 1 | 2 {
  if (verb === 'normal' || override === true) return 0;
  return verb === undefined ? 1 : 2;
}

const WAY: readonly StateOnPage[] = ['proposed', 'asked', 'accepted', 'fetched', 'echoed', 'observed', 'done'];
const FAILURES: ReadonlySet<StateOnPage> = new Set(['refused', 'timed_out', 'different']);

export function hasFailed(state: StateOnPage): boolean {
  return FAILURES.has(state);
}

export function isUnderWay({ state }: Pick<ControlChangeOnPage, 'state'>): boolean {
  return WAY.includes(state) && state !== 'done';
}

export interface ProgressStep {
  readonly state: StateOnPage;
  readonly at: string | null;
  readonly note: string;
  readonly is: 'past' | 'current' | 'ahead' | 'failed';
}

/** The steps that a change has made, and those still ahead of it. */
export function progressOf(change: Pick<ControlChangeOnPage, 'state' | 'steps' | 'wish'>): ProgressStep[] {
  const made = change.steps.map(({ state, at, note }, index): ProgressStep => {
    const isLast = index === change.steps.length - 1;
    const is = hasFailed(state) ? 'failed' : isLast && isUnderWay(change) ? 'current' : 'past';
    return { state, at, note, is };
  });
  if (!isUnderWay(change)) return made;
  const ahead = WAY.slice(WAY.indexOf(change.state) + 1);
  const isObserved = change.wish === 'hold' || change.wish === 'charge';
  return [
    ...made,
    ...ahead
      .filter((state) => isObserved || state !== 'observed')
      .map((state) => ({ state, at: null, note: '', is: 'ahead' }) as const),
  ];
}

/** What it was, and what an undo would make of it again. */
export function reversed(changes: readonly SettingChangeOnPage[]): SettingChangeOnPage[] {
  return realChanges(changes).map(({ name, from, to }) => ({ name, from: to, to: from }));
}

/**
 * Whether the battery was given anything by it that may still be there. What put the battery right is not undone: a verb
 * that came back so would have no end.
 */
export function canBeUndone({
  state,
  wish,
  written,
}: Pick<ControlChangeOnPage, 'state' | 'wish' | 'written'>): boolean {
  const isRestoring = wish === 'normal' || wish === 'undo';
  return written.length > 0 && !isRestoring && state !== 'undone' && state !== 'superseded';
}

// ---- settings, edited ----------------------------------------------------------------------------------------------

export type EditedValue = boolean | string | readonly (readonly [string, string])[];
export type EditedSettings = Readonly<Record<string, EditedValue>>;

/** As fields show them: percent as text, always two windows. */
export function editedOf(settings: ControlOnPage['settings']): EditedSettings {
  const known = Object.entries(settings).filter(([name]) => name in words.names);
  return Object.fromEntries(
    known.map(([name, value]): [string, EditedValue] => {
      if (typeof value === 'boolean') return [name, value];
      if (!Array.isArray(value)) return [name, value === null ? '' : String(value)];
      const windows = value as [string, string][];
      return [name, [windows[0] ?? ['', ''], windows[1] ?? ['', '']]];
    }),
  );
}

/**
 * What differs from before, as a request.
 * @returns a sentence where a field is not filled in as it should be; null where nothing differs
 */
export function requestedSettings(before: EditedSettings, after: EditedSettings): SettingsFromPage | string | null {
  const names = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (names.length === 0) return null;
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const value = after[name] as EditedValue;
    if (Array.isArray(value)) {
      if (value.some(([from, to]) => (from === '') !== (to === ''))) return words.halfWindow(settingName(name));
      found[name] = value.filter(([from]) => from !== '');
    } else if (typeof value === 'boolean') found[name] = value;
    else if (/^\d+$/.test((value as string).trim())) found[name] = Number(value);
    else return words.noPercent(settingName(name));
  }
  return found as SettingsFromPage;
}

/** For one press: sent again, it is no second change. Also where the page did not come by https. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}
