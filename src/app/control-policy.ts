/**
 * What the owner's file says of control, in the core's words.
 */
import type { Config } from '../config/load.ts';
import type { ControlPolicy } from '../session/control/battery-control.ts';

/**
 * @param calendar of the house: writes are counted by its days
 * @param leaving while the owner is about to leave, control is not enabled
 */
export function controlPolicy(
  {
    enabled,
    writes_per_day: writesPerDay,
    min_interval: minInterval,
    experiments,
    answer_replies: answersReplies,
  }: Config['control'],
  calendar: { dayStart(time: number): number },
  leaving: { readonly sinceMs: number | null },
): ControlPolicy {
  return {
    get isEnabled() {
      return enabled && leaving.sinceMs === null;
    },
    writesPerDay,
    minIntervalMs: minInterval * 1000,
    experiments,
    answersReplies,
    dayStartMs: (ms) => calendar.dayStart(Math.floor(ms / 1000)) * 1000,
  };
}
