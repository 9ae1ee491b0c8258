/**
 * A recording that is not as it went: segments of another order, twice, overlapping.
 */
import type { Segment } from './network.ts';

export interface Disturbance {
  readonly at: number;
  readonly by: number;
  readonly kind: string;
}

/** Segments somewhat later than they went (not across a time of quiet), twice, or with bytes of the one before. */
export function disturbed(segments: readonly Segment[], changes: readonly Disturbance[]): Segment[] {
  const all = [...segments];
  for (const { at, by, kind } of changes) {
    const place = at % all.length;
    const one = all[place] as Segment;
    const to = Math.min(place + by, all.length - 1);
    const { ms } = all[to] as Segment;
    const isNear = Math.abs(ms - one.ms) < 100;
    if (kind === 'later' && isNear) {
      all.splice(place, 1);
      all.splice(to, 0, { ...one, ms });
    }
    if (kind === 'twice') all.splice(to, 0, { ...one, ms });
    if (kind === 'overlap' && one.bytes.length > 1)
      all.splice(place, 0, { ...one, bytes: one.bytes.subarray(0, one.bytes.length >> 1) });
  }
  return all;
}
