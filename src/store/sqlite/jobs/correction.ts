/**
 * Which readings a correction of a clock is about, and what it makes of them.
 */
import type { ClockCorrection, ReadingKind } from '../../../model.ts';

/** What tells whether a reading is concerned. */
interface CorrectableReading {
  readonly kind: ReadingKind;
  readonly time: number | null;
  readonly batteryTime: number | null;
  readonly receivedMs: number;
}

/** Whether a reading is one of those that the correction is about: dated by the wrong clock. */
export function isConcerned(reading: CorrectableReading, correction: ClockCorrection): boolean {
  const { kind, time, batteryTime, receivedMs } = reading;
  if (time === null || batteryTime === null || !correction.kinds.includes(kind)) return false;
  return (
    batteryTime >= correction.fromBatteryTime &&
    batteryTime <= correction.toBatteryTime &&
    receivedMs >= correction.receivedSinceMs &&
    time === batteryTime - correction.oldOffsetSeconds
  );
}

/** The same reading, dated by the right clock. */
export function redated<R extends CorrectableReading>(reading: R, correction: ClockCorrection): R {
  return { ...reading, time: (reading.batteryTime as number) - correction.newOffsetSeconds };
}

/** The seconds that the wrong clock gave, Unix seconds, both inclusive. */
export function secondsOf({ fromBatteryTime, toBatteryTime, oldOffsetSeconds }: ClockCorrection): {
  readonly from: number;
  readonly to: number;
} {
  return { from: fromBatteryTime - oldOffsetSeconds, to: toBatteryTime - oldOffsetSeconds };
}
