/**
 * What is now, in plain values: what the page, the interface and every output are told of a battery, a connection and the
 * server. Nothing in it is private. Moments are Unix milliseconds; names without a unit have none.
 */
import type { EpochReason, GapState, Value } from '../model.ts';

/** Values by our names (docs/fields.md), without what is private; a key without a value is left out. */
export type Values = Readonly<Record<string, Value>>;

/** kWh of each flow by its name, such as `grid_import_energy`; null where nothing is known. */
export type Energies = Readonly<Record<string, number | null>>;

/** Settings by our names, or the vendor's where we have none, without what is private. */
export type Settings = Readonly<Record<string, string | number | boolean | null>>;

/** The kinds of reading that tell what is now; history does not. */
export type CurrentKind = 'live' | 'detail';

/** A reading as it may be shown. */
export interface Snapshot {
  /** When it was measured. */
  readonly timeMs: number;
  /** Worked out when it is asked for. */
  readonly values: Values;
  /** Those of them that are of before, since in this reading they could not be read, or cannot be. */
  readonly held: readonly HeldValue[];
}

/** A value of before the reading it is shown with. */
export interface HeldValue {
  /** By our name. */
  readonly field: string;
  /** When it was measured. */
  readonly timeMs: number;
}

export interface ClockState {
  /** How far the battery's clock is ahead of UTC. */
  readonly offsetSeconds: number;
  /** … and of the house's own time. */
  readonly aheadOfHouseSeconds: number;
  readonly driftPpm: number;
  readonly settled: boolean;
  /** Whether it was measured by a server's clock that nothing has confirmed. */
  readonly unconfirmed: boolean;
}

/** From when on an offset of a battery's clock held, and why it changed. */
export interface EpochState {
  readonly sinceMs: number;
  readonly offsetSeconds: number;
  readonly driftPpm: number;
  readonly reason: EpochReason;
  /** Whether it was measured by a server's clock that nothing had confirmed. */
  readonly unconfirmed: boolean;
}

/** Another peer speaks with the battery's serial number, and the owner has not decided. */
export interface ConflictState {
  /** The number of that peer. */
  readonly peer: number;
  /** When it last did. */
  readonly sinceMs: number;
}

export interface BatteryState {
  /** The short id. */
  readonly id: string;
  /** As its owner calls it; the id where he has not named it. */
  readonly name: string;
  readonly firstSeenMs: number;
  /** Whether a connection of it is open. */
  readonly connected: boolean;
  /** Whether it speaks to the vendor alone, and is overheard: nothing can be asked of it. */
  readonly tapped: boolean;
  /** Whether nothing was read of it for longer than the owner allows. */
  readonly stale: boolean;
  /** Arrival of its newest reading; null where there is none. */
  readonly lastReadingAtMs: number | null;
  /** The newest of each kind; null where there is none. */
  readonly live: Snapshot | null;
  readonly detail: Snapshot | null;
  /** null where it is not known. */
  readonly clock: ClockState | null;
  readonly openGaps: number;
  readonly conflict: ConflictState | null;
}

export interface ConnectionState {
  readonly connection: number;
  /** In words, without its address. */
  readonly peer: string;
  readonly sinceMs: number;
  /** Whether it leads to another server, and is only overheard. */
  readonly tapped: boolean;
  /** The battery that was named last; null while none was. */
  readonly battery: string | null;
  /** All that speak on it, in the order in which they were named. */
  readonly batteries: readonly string[];
}

/** Something that happened, as it may be shown. */
export interface ShownEvent {
  /** null while the battery's clock is not known. */
  readonly timeMs: number | null;
  readonly receivedAtMs: number;
  readonly source: 'battery' | 'server';
  readonly name: string;
  readonly code: number | null;
  /** Inferred; null where nobody knows. */
  readonly meaning: string | null;
  readonly text: string;
}

/** A stretch of time that no live reading covers. */
export interface ShownGap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly minutes: number;
  readonly filledMinutes: number;
  readonly state: GapState;
  /** When its battery was last asked for it; null where it was not. */
  readonly askedAtMs: number | null;
}
