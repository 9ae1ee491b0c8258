/**
 * What is said of a battery's energy: its lifetime counters, and the flows that are worked out here.
 */
import type { HeldEnergyNews } from '../sink.ts';
import { COUNTERS } from '../totals.ts';
import { FLOW_NAMES, INTEGRATED, TODAY } from './entities.ts';

export function energyBody({ timeMs, dayStartMs, counters, total, today }: HeldEnergyNews): Record<string, unknown> {
  const lifetime = COUNTERS.map((name) => [name, counters[name] ?? null]);
  const flows = FLOW_NAMES.flatMap((name) => [
    [`${name}${INTEGRATED}`, toWattHours(total[name])],
    [`${name}${TODAY}`, toWattHours(today[name])],
  ]);
  const [time, dayStart] = [timeMs, dayStartMs].map((ms) => new Date(ms).toISOString());
  return { time, day_start: dayStart, ...Object.fromEntries([...lifetime, ...flows]) };
}

/** kWh without binary dust. Rounded down, so that what never falls does not. */
function toWattHours(energy: number | null | undefined): number | null {
  return energy === null || energy === undefined ? null : Math.floor(energy * 1000 + 1e-6) / 1000;
}
