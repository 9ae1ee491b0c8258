/**
 * Which readings a clock that was set may have dated before that was found out.
 */
import { SERVER_STEP_SECONDS } from './server-clock.ts';
import type { ClockSample } from './suspicion.ts';

/** What was dated in a new epoch before its first live frame: details come so often. */
export const DETAIL_SECONDS = 300;

/** Readings by the battery's time, inclusive, and by their arrival. */
export interface ReadingsMeanwhile {
  readonly fromBatteryTime: number;
  readonly toBatteryTime: number;
  readonly receivedSinceMs: number;
}

/**
 * When the clock was last seen as it was: a server before this one may have heard the new one already. Where it differs by much, it
 * cannot be taken for the other. What came by a server's clock that was ahead of this one came before.
 * @param ahead by how much it is ahead of what it was, in seconds
 */
export function agreedBefore(agreed: ClockSample, first: ClockSample, ahead: number): ClockSample {
  if (first.wallMs < agreed.wallMs) return agreed;
  const wallMs = Math.min(agreed.wallMs, first.wallMs - DETAIL_SECONDS * 1000);
  return Number.isNaN(agreed.monoMs) && Math.abs(ahead) > 2 * DETAIL_SECONDS ? { ...agreed, wallMs } : agreed;
}

/** What came of a clock whose first sample was `first`, until now; the one before was last seen at `agreed`. */
export function meanwhile(agreed: ClockSample, first: ClockSample, now: ClockSample): ReadingsMeanwhile {
  // By the server's clock, which may itself have been set between.
  const between = Math.min(Math.max(0, (first.wallMs - agreed.wallMs) / 1000), DETAIL_SECONDS);
  const soonestMs = Math.max(Math.min(agreed.wallMs + 1, first.wallMs), first.wallMs - DETAIL_SECONDS * 1000);
  return {
    fromBatteryTime: first.batteryTime - Math.ceil(between) - SERVER_STEP_SECONDS,
    toBatteryTime: now.batteryTime,
    receivedSinceMs: Math.ceil(soonestMs),
  };
}
