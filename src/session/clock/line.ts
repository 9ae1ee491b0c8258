/**
 * The line along which a clock ran on while nobody listened: a step of a second each, as even as can be.
 */

/** Steps laid along an outage at most: three years cut off are 2,340 s (captured). */
const MOST_STEPS = 100;

/** An offset, in seconds, and from which moment on it holds, Unix seconds. */
export interface LineStep {
  readonly time: number;
  readonly offsetSeconds: number;
}

/**
 * @param from the offset that held when the clock was last heard, and when that was, Unix milliseconds
 * @param to the offset it had when it was heard again, and when
 */
export function stepsBetween(
  from: { readonly wallMs: number; readonly offsetSeconds: number },
  to: { readonly wallMs: number; readonly offsetSeconds: number },
): LineStep[] {
  const seconds = to.offsetSeconds - from.offsetSeconds;
  const steps = Math.min(Math.abs(seconds), MOST_STEPS);
  const spanMs = to.wallMs - from.wallMs;
  return Array.from({ length: steps }, (_, index) => ({
    // Half a step before the line is there, so that it is never off by more than half a step.
    time: Math.round((from.wallMs + (spanMs * (index + 0.5)) / steps) / 1000),
    offsetSeconds: from.offsetSeconds + Math.round((seconds * (index + 1)) / steps),
  }));
}
