/**
 * What of the time line matters, and what repeats itself: a network link that goes and comes fills pages with the same two lines.
 */
import type { TimelineEntry } from './timeline.ts';

/** Entries of the battery's log about its network (inferred): link up, link reset, connected to the server. */
const ROUTINE_CODES: ReadonlySet<number> = new Set([29, 30, 41]);
const ROUTINE_NAMES: ReadonlySet<string> = new Set([
  'connected',
  'disconnected',
  'login',
  'peer_returned',
  'vendor_up',
  'vendor_settings_same',
]);
const ROUTINE_CLOCKS: ReadonlySet<string> = new Set(['first_frame', 'drift', 'restart']);

/** Whether it belongs to everyday running, and asks nothing of anybody. What is not known counts as important. */
export function isRoutine(entry: TimelineEntry): boolean {
  switch (entry.kind) {
    case 'gap':
      return entry.gap.state === 'filled';
    case 'clock':
      return ROUTINE_CLOCKS.has(entry.epoch.reason) && entry.epoch.unconfirmed !== true;
    case 'server':
      return ROUTINE_NAMES.has(entry.event.name);
    case 'battery':
      return entry.event.code !== null && ROUTINE_CODES.has(entry.event.code);
  }
}

/** A few entries that follow each other again and again. */
export interface EventFold {
  /** The newest of each. */
  readonly pattern: readonly TimelineEntry[];
  readonly times: number;
  /** All of them, in the order given. */
  readonly entries: readonly TimelineEntry[];
}

/** Twice is still easy to read. */
const LEAST_TIMES = 3;
/** A link that is told twice as reset and twice as up. */
const LONGEST_PATTERN = 4;
const LENGTHS = Array.from({ length: LONGEST_PATTERN }, (_, at) => at + 1);

/** Entries of one key say the same but for their time; null: always stands alone. */
function keyOf(entry: TimelineEntry): string | null {
  if (entry.kind === 'gap' || entry.kind === 'clock') return null;
  const { name, code } = entry.event;
  return `${entry.kind} ${entry.battery} ${name} ${code ?? ''}`;
}

/** How often the keys from `at` on, so many of them, stand there one after another. */
function timesOf(keys: readonly (string | null)[], at: number, length: number): number {
  const pattern = keys.slice(at, at + length);
  if (pattern.length < length || pattern.includes(null)) return 0;
  let times = 1;
  while (pattern.every((key, index) => keys[at + times * length + index] === key)) times++;
  return times;
}

/** @param entries in the order in which they are shown */
export function folds(entries: readonly TimelineEntry[]): EventFold[] {
  const keys = entries.map(keyOf);
  const found: EventFold[] = [];
  for (let at = 0; at < entries.length; ) {
    const length = LENGTHS.find((size) => timesOf(keys, at, size) >= LEAST_TIMES) ?? 1;
    const many = timesOf(keys, at, length);
    const times = many >= LEAST_TIMES ? many : 1;
    const end = at + length * times;
    found.push({ pattern: entries.slice(at, at + length), times, entries: entries.slice(at, end) });
    at = end;
  }
  return found;
}
