/**
 * The sizes of roll-up, and which is fine enough for a chart.
 */
import { type BucketStep, stepSeconds } from './buckets.ts';

/** The sizes of roll-up, finest first. */
export type RollUpSize = 'minute' | 'hour' | 'day';
export const SPANS: readonly RollUpSize[] = ['minute', 'hour', 'day'];

/** The coarsest roll-up that buckets of that step can be made of. */
export function rollUpFor(step: BucketStep): RollUpSize {
  const seconds = stepSeconds(step);
  return seconds >= 86_400 ? 'day' : seconds >= 3600 ? 'hour' : 'minute';
}
