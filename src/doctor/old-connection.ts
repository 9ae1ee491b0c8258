/**
 * Is the battery's old connection to the vendor still up? It asks DNS only when that ends.
 */
import type { DoctorFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';
import { HALF_HOUR_MS } from './visitors.ts';

export function checkOldConnection({
  visits,
  batteries,
  nowMs,
  startedMs,
}: Pick<DoctorFacts, 'visits' | 'batteries' | 'nowMs' | 'startedMs'>): Finding[] {
  if (startedMs === null || nowMs - startedMs < HALF_HOUR_MS) return [];
  if (batteries.some(({ connected, delivers }) => connected || delivers)) return [];
  const lately = visits.some(
    ({ outcome, lastMs }) => !['silent', 'http'].includes(outcome) && nowMs - lastMs < HALF_HOUR_MS,
  );
  if (lately) return [];
  const sentence = 'no battery has come for half an hour: its old connection may still be up';
  return [finding('OLD_CONNECTION', sentence)];
}
