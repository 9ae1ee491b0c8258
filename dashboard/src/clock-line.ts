/**
 * The battery's clock over time: each epoch is a line that begins at its offset and rises or falls with its drift.
 */
import { secondsOf } from './house-time.ts';
import type { Picture } from './picture.ts';
import type { Epoch } from './types.ts';

/** Seconds between the end of one epoch and the beginning of the next, so that the jump is drawn upright. */
const JUMP_SECONDS = 1;
const SHORTEST_SPAN = 3600;

export interface ClockPoint {
  readonly time: number;
  /** How far the clock is ahead of where it is now, in seconds. */
  readonly seconds: number;
}

export function clockPoints(epochs: readonly Epoch[], now: number): ClockPoint[] {
  const inOrder = [...epochs].sort((a, b) => secondsOf(a.since) - secondsOf(b.since));
  const points = inOrder.flatMap(({ since, offset_seconds: offset, drift_ppm: drift }, at) => {
    const start = secondsOf(since);
    const next = inOrder[at + 1];
    const end = next === undefined ? now : secondsOf(next.since) - JUMP_SECONDS;
    const moved = ((end - start) * drift) / 1e6;
    return end <= start
      ? [{ time: start, seconds: offset }]
      : [
          { time: start, seconds: offset },
          { time: end, seconds: offset + moved },
        ];
  });
  const last = points.at(-1)?.seconds ?? 0;
  return points.map(({ time, seconds }) => ({ time, seconds: seconds - last }));
}

export function clockPicture(epochs: readonly Epoch[], now: number): Picture {
  const points = clockPoints(epochs, now);
  const column = points.map(({ seconds }) => seconds);
  const x = points.map(({ time }) => time);
  const from = Math.min(x[0] ?? now, now - SHORTEST_SPAN);
  const lines = [{ key: 'clock', thing: 'ink', drawn: column, told: column, form: 'line' }] as const;
  return { x, starts: x, ends: x, axis: 'time', from, to: now, holes: [], lines };
}
