/**
 * By how much what is told of a house of odd-house.ts is further from the truth than it may be.
 */
import { type CountedDay, together } from './counted-days.ts';
import type { OddHouse } from './odd-house.ts';
import type { OddFlow, OddKind } from './odd-kinds.ts';

/** @returns kWh more than a step, the noise and what is not known; 0 or less where all is right */
export function missOf(kind: OddKind, { flow, days }: OddHouse): number {
  const may = flow.step * (1 + 2 * flow.jitterSteps) + (kind.unknown?.(flow) ?? 0) + 1e-6;
  const { told, truth } = together(days);
  if (kind.isLost === true) return told - truth - may;
  const whole = kind.isLate === true ? 0 : Math.abs(told - truth) - 2 * may;
  return Math.max(whole, ...days.map((day, number) => (isTold(kind, days, number) ? offOf(day) - may : 0)));
}

const offOf = ({ told, truth, isTorn }: CountedDay) => (isTorn ? 0 : Math.abs(told - truth));

function isTold({ isLate = false }: OddKind, days: readonly CountedDay[], number: number): boolean {
  return !isLate || (number > 0 && number < days.length - 1);
}

export function storyOf(
  kind: OddKind,
  seed: number,
  { flow, days }: { flow: OddFlow; days: readonly CountedDay[] },
): string {
  const told = days.map(({ told, truth }) => `${told.toFixed(2)} of ${truth.toFixed(2)}`).join(', ');
  return `${kind.name}, seed ${seed}: ${told}; ${flow.story.join(', ')}`;
}
