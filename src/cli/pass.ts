/**
 * Waiting, however long.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** The longest a timer of Node's runs, in ms; asked for more, it would end at once. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

/** Resolves after so many seconds. Aborted, it keeps the process from ending no longer. */
export async function pass(seconds: number, signal: AbortSignal): Promise<void> {
  for (let left = seconds * 1000; left > 0; left -= LONGEST_TIMER_MS)
    await sleep(Math.min(left, LONGEST_TIMER_MS), undefined, { signal });
}
