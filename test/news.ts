/**
 * News as outputs are told it, as short as a test wants to write it.
 */
import type { BatteryNews, EventNews, ReadingNews, SettingsNews } from '../src/now/news.ts';
import type { BatteryState, Settings, Values } from '../src/now/state.ts';
import type { ControlNews } from '../src/sinks/control-news.ts';
import type { HeldEnergyNews } from '../src/sinks/sink.ts';

/** 2024-06-12 11:04:00 UTC, Unix milliseconds. */
export const NOW = 1_718_190_240_000;

/** So many seconds after {@link NOW}, Unix milliseconds. */
export function at(seconds: number): number {
  return NOW + seconds * 1000;
}

/** … in ISO 8601. */
export function isoAt(seconds: number): string {
  return new Date(at(seconds)).toISOString();
}

export function live(values: Values, seconds = 0, battery = 'b3f1c2'): ReadingNews {
  return { type: 'reading', battery, kind: 'live', snapshot: { timeMs: at(seconds), held: [], values }, other: {} };
}

export function detail(values: Values, seconds = 0, battery = 'b3f1c2'): ReadingNews {
  return { ...live(values, seconds, battery), kind: 'detail' };
}

export function battery(change: Partial<BatteryState> = {}): BatteryNews {
  return {
    type: 'battery',
    battery: {
      id: 'b3f1c2',
      name: 'b3f1c2',
      firstSeenMs: at(0),
      connected: true,
      tapped: false,
      stale: false,
      lastReadingAtMs: at(0),
      live: null,
      detail: null,
      clock: null,
      openGaps: 0,
      conflict: null,
      ...change,
    },
  };
}

export function happened(
  change: Partial<EventNews['event']> = {},
  seconds = 0,
  of: string | null = 'b3f1c2',
): EventNews {
  const event = {
    timeMs: at(seconds),
    receivedAtMs: at(seconds),
    source: 'server' as const,
    name: 'connected',
    code: null,
    meaning: null,
    text: 'connection 1',
    ...change,
  };
  return { type: 'event', battery: of, event };
}

export function energy(change: Partial<HeldEnergyNews> = {}, seconds = 0): HeldEnergyNews {
  return {
    type: 'energy',
    battery: 'b3f1c2',
    timeMs: at(seconds),
    counters: { pv_energy: 433 },
    total: { pv_energy: 12.345 },
    today: { pv_energy: 1.5 },
    dayStartMs: at(-43_440),
    ...change,
  };
}

/** A battery in its normal mode, that can be set. */
export function control(change: Partial<ControlNews> = {}): ControlNews {
  return {
    type: 'control',
    battery: 'b3f1c2',
    unavailable: null,
    mode: 'normal',
    untilMs: null,
    chargeLimit: 100,
    lowestCharge: 13,
    gridCharge: false,
    last: null,
    ...change,
  };
}

export function settings(values: Settings): SettingsNews {
  return { type: 'settings', battery: 'b3f1c2', settings: values };
}
