/**
 * Having readings of a battery dated anew, where a wrong clock had dated them. For the owner alone.
 */
import type { ClockCorrection } from '../../model.ts';
import { WebError } from '../problem.ts';
import * as schema from '../schema.ts';
import { type Route, route } from './route.ts';

/** Who does it. */
export interface Redating {
  /**
   * Has them done, in strokes.
   * @param id of a battery
   * @returns whether there is such a battery
   */
  correct(id: string, corrections: readonly ClockCorrection[]): Promise<boolean>;
}

export const REDATE_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/batteries/{id}/redate',
    summary: 'Date readings of a battery anew that were dated by a wrong clock',
    role: 'control',
    body: schema.corrections,
    response: schema.redating,
    answer: async ({ id, body }, { redating }) => {
      const corrections = body.corrections.map((one) => ({
        kinds: one.kinds,
        fromBatteryTime: one.from_battery_time,
        toBatteryTime: one.to_battery_time,
        receivedSinceMs: one.received_since_ms,
        oldOffsetSeconds: one.old_offset_seconds,
        newOffsetSeconds: one.new_offset_seconds,
      }));
      if (!(await redating.correct(id, corrections))) throw new WebError('BATTERY_NOT_FOUND');
      return { corrections: corrections.length };
    },
  }),
];
