/**
 * Which readings a clock that was set may have dated before that was found out.
 */
import type { Sample } from './suspicion.ts';

/** A change of the server's own clock against its monotonic one that is no mere adjustment. */
export const SERVER_STEP_SECONDS = 2;
/** What was dated in a new epoch before its first live frame: details come so often. */
export const DETAIL_SECONDS = 300;

/** Readings by the battery's time, inclusive, and by their arrival. */
export interface Readings {
  readonly fromBatteryTime: number;
  readonly toBatteryTime: number;
  readonly receivedSinceMs: number;
}

/** What came of a clock whose first sample was `first`, until now; the one before was last seen at `agreed`. */
export function meanwhile(agreed: Sample, first: Sample, now: Sample): Readings {
  // By the server's clock, which may itself have been set between.
  const between = Math.min(Math.max(0, (first.wallMs - agreed.wallMs) / 1000), DETAIL_SECONDS);
  const soonestMs = Math.max(Math.min(agreed.wallMs + 1, first.wallMs), first.wallMs - DETAIL_SECONDS * 1000);
  return {
    fromBatteryTime: first.batteryTime - Math.ceil(between) - SERVER_STEP_SECONDS,
    toBatteryTime: now.batteryTime,
    receivedSinceMs: Math.ceil(soonestMs),
  };
}
