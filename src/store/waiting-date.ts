/**
 * When something was that came before its battery's clock was known, once that is: by a clock that one odd frame may have told, so it is
 * held against its arrival.
 */
import type { ReadingKind } from '../model.ts';

/** Something may seem to be of so much after it came: the frame that told the clock may have been late. */
export const WAITED_AHEAD_SECONDS = 60;
/** A detail is sent when it is taken, and held up for no longer. */
const HELD_SECONDS = 7200;

/** What waits; an event of the battery's is of any time before it came. */
interface WaitingForDate {
  readonly kind: ReadingKind | 'event';
  /** Seconds as if UTC. */
  readonly batteryTime: number;
  /** Unix milliseconds. */
  readonly receivedMs: number;
}

/**
 * @param offsetSeconds how far the battery's clock is ahead of UTC
 * @returns Unix seconds: of its arrival, where by the clock it cannot have been when it says
 */
export function dateOfWaiting({ kind, batteryTime, receivedMs }: WaitingForDate, offsetSeconds: number): number {
  const told = batteryTime - offsetSeconds;
  const received = Math.floor(receivedMs / 1000);
  const isTooEarly = kind === 'detail' && told < received - HELD_SECONDS;
  return told > received + WAITED_AHEAD_SECONDS || isTooEarly ? received : told;
}
