/**
 * News as outputs are told it, as short as a test wants to write it.
 */
import type {
  BatteryNews,
  ConfigurationNews,
  EnergyNews,
  EventNews,
  ReadingNews,
  SinkBattery,
  Values,
} from '../src/sinks/sink.ts';

/** 2024-06-12 11:04:00 UTC, Unix milliseconds. */
export const NOW = 1_718_190_240_000;

/** ISO 8601, so many seconds after {@link NOW}. */
export function at(seconds: number): string {
  return new Date(NOW + seconds * 1000).toISOString();
}

export function live(values: Values, seconds = 0, battery = 'b3f1c2'): ReadingNews {
  return { type: 'reading', battery, kind: 'live', time: at(seconds), values, other: {} };
}

export function detail(values: Values, seconds = 0, battery = 'b3f1c2'): ReadingNews {
  return { ...live(values, seconds, battery), kind: 'detail' };
}

export function battery(change: Partial<SinkBattery> = {}): BatteryNews {
  return {
    type: 'battery',
    battery: {
      id: 'b3f1c2',
      name: 'b3f1c2',
      connected: true,
      stale: false,
      last_reading_at: at(0),
      clock: null,
      open_gaps: 0,
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
    time: at(seconds),
    received_at: at(seconds),
    source: 'server' as const,
    name: 'connected',
    code: null,
    meaning: null,
    text: 'connection 1',
    ...change,
  };
  return { type: 'event', battery: of, event };
}

export function energy(change: Partial<EnergyNews> = {}, seconds = 0): EnergyNews {
  return {
    type: 'energy',
    battery: 'b3f1c2',
    time: at(seconds),
    counters: { pv_energy: 433 },
    totals: { pv_energy: 12.345 },
    today: { pv_energy: 1.5 },
    day_start: at(-43_440),
    ...change,
  };
}

export function settings(values: ConfigurationNews['settings']): ConfigurationNews {
  return { type: 'configuration', battery: 'b3f1c2', settings: values };
}
