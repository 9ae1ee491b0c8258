/**
 * When the battery will be full, or down to its reserve, if it goes on as in the last minutes.
 */
import type { ShownConfiguration, ShownSetting } from './types.ts';

/** W: below it there is nothing to foretell. */
const IDLE_WATTS = 40;
/** Longer than this it will not go on as now. */
const FARTHEST_SECONDS = 48 * 3600;
const USUAL_RESERVE_PERCENT = 10;
const FULL_PERCENT = 100;

export interface Outlook {
  readonly towards: 'full' | 'reserve';
  readonly targetPercent: number;
  /** Whether the target is the battery's own setting. */
  readonly targetKnown: boolean;
  /** Null: longer than can be foretold. */
  readonly seconds: number | null;
}

export interface ShownBatteryFacts {
  readonly capacity: number | null;
  readonly reserve: number | null;
}

export const NO_FACTS: ShownBatteryFacts = { capacity: null, reserve: null };

export function factsOf(configuration: ShownConfiguration | null): ShownBatteryFacts {
  const number = (name: string): number | null => {
    const found = configuration?.settings.find((setting: ShownSetting) => setting.name === name);
    const value = typeof found?.value === 'string' ? Number(found.value) : found?.value;
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  const capacity = number('battery_capacity');
  return { capacity: capacity !== null && capacity > 0 ? capacity : null, reserve: number('discharge_stop_soc') };
}

/** @param watts + discharging, − charging, the mean of the last minutes */
export function outlook(soc: number | null, watts: number | null, facts: ShownBatteryFacts): Outlook | null {
  if (soc === null || watts === null || facts.capacity === null || Math.abs(watts) < IDLE_WATTS) return null;
  const charging = watts < 0;
  const targetPercent = charging ? FULL_PERCENT : (facts.reserve ?? USUAL_RESERVE_PERCENT);
  const percentLeft = charging ? targetPercent - soc : soc - targetPercent;
  if (percentLeft <= 0) return null;
  const seconds = ((percentLeft / 100) * facts.capacity * 3_600_000) / Math.abs(watts);
  return {
    towards: charging ? 'full' : 'reserve',
    targetPercent,
    targetKnown: charging || facts.reserve !== null,
    seconds: seconds > FARTHEST_SECONDS ? null : seconds,
  };
}
