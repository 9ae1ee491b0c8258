/**
 * The charge and discharge windows of a battery as times of day, such as `02:00–05:30`.
 */
import type { Settings } from '../../now/state.ts';

export const WINDOWS: readonly { readonly key: string; readonly title: string }[] = [
  { key: 'charge_window_1', title: 'Charge window 1' },
  { key: 'charge_window_2', title: 'Charge window 2' },
  { key: 'discharge_window_1', title: 'Discharge window 1' },
  { key: 'discharge_window_2', title: 'Discharge window 2' },
];

const NO_WINDOW = 'none';

/** Each window by its key, of the battery's clock; null where it was not reported or is no time. */
export function windowTimes(settings: Settings): Record<string, string | null> {
  return Object.fromEntries(WINDOWS.map(({ key }) => [key, windowTime(settings, key)]));
}

/** That equal ends mean no window is likely. */
function windowTime(settings: Settings, key: string): string | null {
  const [start, end] = ['start', 'end'].map((edge) => timeOfDay(settings, `${key}_${edge}`));
  if (start === null || end === null) return null;
  return start === end ? NO_WINDOW : `${start}–${end}`;
}

/** Models that know minutes tell them in a setting of their own. */
function timeOfDay(settings: Settings, name: string): string | null {
  const hour = wholeNumber(settings[name]);
  const minute = wholeNumber(settings[`${name}_minute`] ?? 0);
  if (hour === null || minute === null || minute > 59 || hour * 60 + minute > 24 * 60) return null;
  return [hour, minute].map((number) => String(number).padStart(2, '0')).join(':');
}

function wholeNumber(setting: Settings[string] | undefined): number | null {
  const text = String(setting).trim();
  return /^\d{1,2}(?:\.0*)?$/.test(text) ? Number(text) : null;
}
