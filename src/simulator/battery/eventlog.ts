/**
 * The battery's event log: the newest 16 entries, `YY/MM/DD HH:MM:SS code;`, newest first (sample 1-1-9).
 * Codes have no public table; those used here are inferred from two captured logs.
 */
import { clockText } from './text.ts';

const EVENT_CONNECTED = 41;
const EVENT_LOST = 42;
const EVENT_LINK_RESET = 30;
const EVENT_LINK_UP = 29;
/** Seen once, at a boot: 29, then 23 and 28 in one second and 24 and 27 in the next. Their meaning is unknown. */
const BOOT = [
  [0, EVENT_LINK_UP],
  [2, 23],
  [2, 28],
  [3, 24],
  [3, 27],
] as const;
const ENTRIES = 16;
/** Offline, the battery resets its network module every 30 minutes; the link is up again about 14 s later. */
const RESET_SECONDS = 1800;
const LINK_SECONDS = 14;

export class SimulatedEventLog {
  #entries: string[] = [];
  #lostAt: number | null = null;

  /** @param clock seconds of the battery's wall clock, here and below */
  booted(clock: number): void {
    for (const [later, code] of BOOT) this.#add(clock + later, code);
    this.#lostAt = clock;
  }

  connected(clock: number): void {
    if (this.#lostAt !== null) this.#resets(this.#lostAt, clock);
    this.#lostAt = null;
    this.#add(clock, EVENT_CONNECTED);
  }

  lost(clock: number): void {
    this.#lostAt = clock;
    this.#add(clock, EVENT_LOST);
  }

  /** `MsgContent` of 1,1,9. */
  text(): string {
    return this.#entries.join('');
  }

  /** The resets of an offline time, only as many as the log holds. */
  #resets(from: number, until: number): void {
    const count = Math.max(0, Math.floor((until - LINK_SECONDS - from) / RESET_SECONDS));
    for (let n = Math.max(1, count - ENTRIES + 1); n <= count; n++) {
      this.#add(from + n * RESET_SECONDS, EVENT_LINK_RESET);
      this.#add(from + n * RESET_SECONDS + LINK_SECONDS, EVENT_LINK_UP);
    }
  }

  #add(clock: number, code: number): void {
    this.#entries = [`${clockText(clock).slice(2)} ${code};`, ...this.#entries].slice(0, ENTRIES);
  }
}
