/**
 * What is known of one battery: its newest readings, its clock, its gaps, who speaks for it.
 */
import type { ClockEpoch, EventRecord, Gap, KnownPeer } from '../model.ts';
import type { KeptSnapshot } from './snapshot.ts';
import type { BatteryState, ClockState, ConflictState, CurrentKind } from './state.ts';

/** Who a battery is. */
export interface BatteryIdentity {
  readonly id: string;
  readonly name: string;
  /** Private. */
  readonly serial: string;
  readonly firstSeenMs: number;
}

/** What the state of a battery depends on besides itself. */
export interface HouseMoment {
  readonly nowMs: number;
  /** How far the house's time is ahead of UTC now. */
  readonly houseOffsetSeconds: number;
  /** Without a reading for so long a battery is stale. */
  readonly staleMs: number;
}

/** How far a reading's time may be wrong while its clock is known (decision 0006). */
const AHEAD_MS = 5000;
/** Entries of a battery's log that were told lately, so many of each. */
const LOG_REMEMBERED = 100;
/** A clock's first estimate is corrected as a whole while it is younger than this (decision 0006). */
export const UNSETTLED_MS = 600_000;

export class TrackedBattery {
  readonly id: string;
  readonly name: string;
  /** Its serial number. */
  readonly secrets: readonly string[];
  /** Whether it was told to be stale. */
  toldStale = true;
  readonly #firstSeenMs: number;
  /** How many connections it is named on: its own to this server, and those that are overheard. */
  #own = 0;
  #taps = 0;
  readonly #newest: Record<CurrentKind, KeptSnapshot | null> = { live: null, detail: null };
  #lastReadingMs: number | null = null;
  #epoch: ClockEpoch | null = null;
  readonly #openGaps = new Set<number>();
  /** When each peer was last in conflict with the trusted one, Unix ms, by its number. */
  readonly #conflicts = new Map<number, number>();
  /** Entries of its log that were told, the oldest first. */
  readonly #toldLog = new Set<string>();

  constructor({ id, name, serial, firstSeenMs }: BatteryIdentity) {
    this.id = id;
    this.name = name;
    this.secrets = [serial];
    this.#firstSeenMs = firstSeenMs;
  }

  /** Whether nothing of it can be shown yet. */
  get isUnheard(): boolean {
    return this.#newest.live === null && this.#newest.detail === null;
  }

  /** It is named on one more connection. */
  joined(isTapped: boolean): void {
    if (isTapped) this.#taps++;
    else this.#own++;
  }

  left(isTapped: boolean): void {
    if (isTapped) this.#taps--;
    else this.#own--;
  }

  leftAll(): void {
    this.#taps = 0;
    this.#own = 0;
  }

  /** How many connections it is named on, overheard ones among them. */
  get connections(): number {
    return this.#own + this.#taps;
  }

  newest(kind: CurrentKind): KeptSnapshot | null {
    return this.#newest[kind];
  }

  isStale({ nowMs, staleMs }: HouseMoment): boolean {
    return this.#lastReadingMs === null || nowMs - this.#lastReadingMs > staleMs;
  }

  /** A reading came, whatever its time. */
  arrived(receivedMs: number): void {
    this.#lastReadingMs = receivedMs;
  }

  /** … and of before the start, if nothing newer came since. */
  arrivedBefore(receivedMs: number): void {
    this.#lastReadingMs = Math.max(this.#lastReadingMs ?? 0, receivedMs);
  }

  show(kind: CurrentKind, snapshot: KeptSnapshot): void {
    this.#newest[kind] = snapshot;
  }

  /**
   * At which moment a reading is shown that has come, a whole second in Unix ms; null where a newer one is known. Nothing is
   * measured after it came: what is dated so goes by its arrival, since its battery's clock, or ours, is about to be found out to
   * have been set.
   * @param time Unix seconds; null while the clock is not known
   */
  shownTime(kind: CurrentKind, time: number | null, receivedMs: number): number | null {
    const arrivedMs = Math.floor(receivedMs / 1000) * 1000;
    const latestMs = arrivedMs + AHEAD_MS;
    const knownMs = this.#newest[kind]?.timeMs ?? 0;
    const newestMs = knownMs > latestMs ? 0 : knownMs;
    const timeMs = time === null ? null : time * 1000;
    if (timeMs === null || timeMs > latestMs) return Math.max(arrivedMs, newestMs);
    return timeMs < newestMs ? null : timeMs;
  }

  noteEpochs(epochs: readonly ClockEpoch[]): void {
    this.#epoch = epochs.at(-1) ?? this.#epoch;
  }

  noteGap({ number, state }: Gap): void {
    if (state === 'open' || state === 'asked') this.#openGaps.add(number);
    else this.#openGaps.delete(number);
  }

  /** What the owner has decided is a conflict no more. @returns whether that changes what is shown */
  notePeer({ number, standing, conflictMs }: KnownPeer, forgotten: boolean): boolean {
    const before = this.#conflict()?.sinceMs;
    if (forgotten || conflictMs === null || standing !== 'other') this.#conflicts.delete(number);
    else this.#conflicts.set(number, conflictMs);
    return this.#conflict()?.sinceMs !== before;
  }

  /** Whether an entry of its log was not told yet; remembers it. */
  isFirst({ batteryTime, code, occurrence }: EventRecord): boolean {
    const told = this.#toldLog;
    const entry = `${batteryTime} ${code} ${occurrence}`;
    if (told.has(entry)) return false;
    told.add(entry);
    const [oldest] = told;
    if (told.size > LOG_REMEMBERED && oldest !== undefined) told.delete(oldest);
    return true;
  }

  state(moment: HouseMoment): BatteryState {
    return {
      id: this.id,
      name: this.name,
      firstSeenMs: this.#firstSeenMs,
      connected: this.connections > 0,
      tapped: this.#taps > 0 && this.#own === 0,
      stale: this.isStale(moment),
      lastReadingAtMs: this.#lastReadingMs,
      live: this.#newest.live,
      detail: this.#newest.detail,
      clock: this.clock(moment),
      openGaps: this.#openGaps.size,
      conflict: this.#conflict(),
    };
  }

  clock({ nowMs, houseOffsetSeconds }: HouseMoment): ClockState | null {
    if (this.#epoch === null) return null;
    const { offsetSeconds, driftPpm, reason, sinceMs, unconfirmed = false } = this.#epoch;
    return {
      offsetSeconds,
      aheadOfHouseSeconds: offsetSeconds - houseOffsetSeconds,
      driftPpm,
      settled: reason !== 'first_frame' || nowMs - sinceMs >= UNSETTLED_MS,
      unconfirmed,
    };
  }

  /** The newest. */
  #conflict(): ConflictState | null {
    let newest: ConflictState | null = null;
    for (const [peer, sinceMs] of this.#conflicts) {
      if (newest === null || sinceMs > newest.sinceMs) newest = { peer, sinceMs };
    }
    return newest;
  }
}
