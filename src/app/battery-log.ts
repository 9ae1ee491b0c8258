/**
 * The batteries' own logs, for the log of this server: each entry once, in its order, and behind the first reading.
 */
import type { EventRecord } from '../model.ts';

/** A reading comes every ten seconds: who has sent none for so long may send none at all. */
const LONGEST_WAIT_MS = 30_000;
/** Of one battery; its whole log has sixteen entries. */
const MOST_WAITING = 100;

/**
 * A battery repeats its whole log at every login, newest first. At first contact its owner wants to see that readings come, not what
 * was in the log: the entries wait for the first reading since the server's start.
 */
export class BatteryLog {
  /** Up to when each battery's log was said, in its own time; by serial number. */
  readonly #saidUntil = new Map<string, number>();
  /** Who has sent a live reading since the start; by serial number. */
  readonly #delivering = new Set<string>();
  readonly #waiting = new Map<string, EventRecord[]>();

  /** A live reading came. */
  delivers(serial: string): void {
    this.#delivering.add(serial);
  }

  add(entry: EventRecord): void {
    const serial = serialOf(entry);
    const waiting = this.#waiting.get(serial);
    if (waiting === undefined) this.#waiting.set(serial, [entry]);
    else waiting.push(entry);
  }

  /**
   * @param nowMs when what came last was received, Unix milliseconds
   * @returns what is to be said now, each battery's oldest first
   */
  due(nowMs: number): EventRecord[] {
    return [...this.#waiting].flatMap(([serial, entries]) =>
      this.#isDue(serial, entries, nowMs) ? this.take(serial) : [],
    );
  }

  /** All that waits of one battery, the oldest first, as when its connection ends. */
  take(serial: string): EventRecord[] {
    const entries = this.#waiting.get(serial) ?? [];
    this.#waiting.delete(serial);
    const until = this.#saidUntil.get(serial) ?? 0;
    const fresh = entries.filter((entry) => timeOf(entry) > until).sort((one, other) => timeOf(one) - timeOf(other));
    const newest = fresh.at(-1);
    if (newest !== undefined) this.#saidUntil.set(serial, timeOf(newest));
    return fresh;
  }

  forget(serial: string): void {
    for (const known of [this.#saidUntil, this.#delivering, this.#waiting]) known.delete(serial);
  }

  #isDue(serial: string, entries: readonly EventRecord[], nowMs: number): boolean {
    if (serial === NOBODY || this.#delivering.has(serial) || entries.length >= MOST_WAITING) return true;
    return nowMs - (entries[0]?.receivedMs ?? nowMs) >= LONGEST_WAIT_MS;
  }
}

/** In place of a serial number, before the connection has named its battery. */
const NOBODY = '';

function serialOf({ battery }: EventRecord): string {
  return battery?.reveal() ?? NOBODY;
}

function timeOf({ batteryTime }: EventRecord): number {
  return batteryTime ?? 0;
}
