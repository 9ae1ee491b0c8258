/**
 * What an owner asks for, in the words of the interface, as settings of the battery's; and back.
 */
import type { SettingTexts } from '../../model.ts';
import { type Refusal, refused } from './refusal.ts';
import { type HourWindow, isOff, toHour, type WindowKind, windowsOf, windowTexts } from './windows.ts';

/** Every setting that may be changed by name. Windows in the house's time, `["02:00", "05:00"]`; percent; yes or no. */
export interface OwnerSettings {
  readonly grid_charge?: boolean | undefined;
  readonly charge_limit?: number | undefined;
  readonly charge_windows?: readonly (readonly [string, string])[] | undefined;
  readonly discharge_only_in_windows?: boolean | undefined;
  readonly discharge_windows?: readonly (readonly [string, string])[] | undefined;
  readonly lowest_charge?: number | undefined;
  readonly reserve?: number | undefined;
}

const SWITCHES = { grid_charge: 'GridCharge', discharge_only_in_windows: 'CtrDis' } as const;
const PERCENTS = { charge_limit: 'BatHighCap', lowest_charge: 'BatUseCap', reserve: 'UPSReserve' } as const;
const WINDOWS = { charge_windows: 'Cha', discharge_windows: 'Dis' } as const;
const SETTING_NAMES: readonly string[] = [SWITCHES, PERCENTS, WINDOWS].flatMap((names) => Object.keys(names));

/** @param aheadSeconds by which the battery's clock is ahead of the house's; null where it is not known */
export function textsOf(settings: OwnerSettings, aheadSeconds: number | null): SettingTexts | Refusal {
  const unknown = Object.keys(settings).find((name) => !SETTING_NAMES.includes(name));
  if (unknown !== undefined)
    return refused(`${unknown} is no setting of the owner’s; there are: ${SETTING_NAMES.join(', ')}`);
  const texts: Record<string, string> = {};
  for (const [name, key] of Object.entries(SWITCHES) as [keyof typeof SWITCHES, string][])
    if (settings[name] !== undefined) texts[key] = settings[name] ? '1' : '0';
  for (const [name, key] of Object.entries(PERCENTS) as [keyof typeof PERCENTS, string][])
    if (settings[name] !== undefined) texts[key] = String(settings[name]);
  for (const [name, kind] of Object.entries(WINDOWS) as [keyof typeof WINDOWS, WindowKind][]) {
    const given = settings[name];
    if (given === undefined) continue;
    const windows = windowTextsOf(name, kind, given, aheadSeconds);
    if ('detail' in windows) return windows as Refusal;
    Object.assign(texts, windows);
  }
  return texts;
}

function windowTextsOf(
  name: string,
  kind: WindowKind,
  given: readonly (readonly [string, string])[],
  aheadSeconds: number | null,
): SettingTexts | Refusal {
  if (given.length > 0 && aheadSeconds === null)
    return refused(`${name}: the battery’s clock is not known yet, so that hours of the house cannot be told to it`);
  const ahead = aheadSeconds ?? 0;
  const windows: HourWindow[] = [];
  for (const [from, end] of given) {
    const [first, last] = [secondsOf(from), secondsOf(end)];
    if (first === null || last === null) return refused(`${name}: expected times such as 02:00`);
    if (first === 0 && last === 86_400)
      return refused(`${name}: a battery takes no window of a whole day; two do: 00:00 to 12:00, 12:00 to 24:00`);
    if (first === last % 86_400) return refused(`${name}: ${from} to ${end} is no time at all; leave it out instead`);
    const window = { from: toHour(first, ahead), end: toHour(last, ahead) };
    if (isOff(window)) return refused(`${name}: ${from} to ${end} is no whole hour of the battery’s clock`);
    windows.push(window);
  }
  const pair = windowsOf(windows);
  return pair === null
    ? refused(`${name}: a battery has two windows; one that passes midnight takes both`)
    : windowTexts(kind, pair);
}

function secondsOf(time: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(time) ?? [];
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return hours === undefined || Number(minutes) > 59 || seconds > 86_400 ? null : seconds;
}

/** What the interface calls a key of the battery's; what has no name there keeps the vendor's. */
export function settingName(key: string): string {
  const single = Object.entries({ ...SWITCHES, ...PERCENTS }).find(([, one]) => one === key);
  const window = Object.entries(WINDOWS).find(([, kind]) => key.startsWith(`Time${kind}`));
  return (single ?? window)?.[0] ?? key;
}

/** An hour of the battery's clock in the house's time, `HH:MM`. @param aheadSeconds as of {@link textsOf} */
function houseTime(hour: number, aheadSeconds: number): string {
  const minutes = Math.round((hour * 3600 - aheadSeconds) / 60);
  const ofDay = ((minutes % 1440) + 1440) % 1440;
  return [Math.floor(ofDay / 60), ofDay % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A change of one setting of the interface's: what it was and is to be, as it is shown. */
export interface ShownChange {
  readonly name: string;
  readonly from: ShownValue;
  readonly to: ShownValue;
}

export type ShownValue = boolean | number | string | null | readonly (readonly [string, string])[];

/** What texts of the battery's say, in the words of the interface; what has no name there keeps the vendor's. */
export function shownChanges(before: SettingTexts, after: SettingTexts, aheadSeconds: number): ShownChange[] {
  const [from, to] = [shownSettings(before, aheadSeconds), shownSettings(after, aheadSeconds)];
  return [...to].map(([name, value]) => ({ name, from: from.get(name) ?? null, to: value }));
}

/** @param aheadSeconds by which the battery's clock is ahead of the house's */
export function shownSettings(texts: SettingTexts, aheadSeconds: number): Map<string, ShownValue> {
  const shown = new Map<string, ShownValue>();
  const taken = new Set<string>();
  for (const [name, key] of Object.entries(SWITCHES)) if (takes(key)) shown.set(name, texts[key] === '1');
  for (const [name, key] of Object.entries(PERCENTS)) if (takes(key)) shown.set(name, Number(texts[key]));
  for (const [name, kind] of Object.entries(WINDOWS)) {
    const windows = [1, 2].flatMap((n) => {
      const [from, end] = [`Time${kind}F${n}`, `Time${kind}E${n}`];
      if (![takes(from), takes(end)].every(Boolean)) return [];
      return [{ from: Number(texts[from]), end: Number(texts[end]) }];
    });
    const open = windows.filter((window) => !isOff(window));
    const times = open.map(({ from, end }) => [houseTime(from, aheadSeconds), houseTime(end, aheadSeconds)] as const);
    if (windows.length > 0) shown.set(name, times);
  }
  for (const [key, text] of Object.entries(texts)) if (!taken.has(key)) shown.set(key, text);
  return shown;

  function takes(key: string): boolean {
    taken.add(key);
    return texts[key] !== undefined;
  }
}
