/**
 * The sizes of roll-up, and which is fine enough for a chart.
 */

/** The sizes of roll-up, finest first. */
export type RollUpSize = 'minute' | 'hour' | 'day';
export const SPANS: readonly RollUpSize[] = ['minute', 'hour', 'day'];

/** How long each is, as a rule: some days of a house have 23 or 25 hours. */
export const SPAN_SECONDS: Readonly<Record<RollUpSize, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** The coarsest roll-up with a bucket or more for each point. */
export function spanFor(seconds: number, points: number): RollUpSize {
  const wanted = seconds / points;
  return [...SPANS].reverse().find((span) => SPAN_SECONDS[span] <= wanted) ?? 'minute';
}
