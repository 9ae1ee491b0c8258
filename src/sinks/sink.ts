/**
 * What an output is, and what it is told (decision 0010, docs/outputs.md).
 */
import type { Value } from '../model.ts';
import type { SinkProblemCode } from '../problems/output.ts';

/** Values by our names (docs/fields.md), without what is private; a key without a value is left out. */
export type Values = Readonly<Record<string, Value>>;

/** kWh of each flow by its name, such as `grid_import_energy`; null where nothing is known. */
export type Energies = Readonly<Record<string, number | null>>;

/** A battery as it may be shown. */
export interface SinkBattery {
  readonly id: string;
  readonly name: string;
  /** Whether a connection of it is open. */
  readonly connected: boolean;
  /** Whether nothing was read of it for longer than the owner allows. */
  readonly stale: boolean;
  /** Arrival of its newest reading, ISO 8601 in UTC; null where there is none. */
  readonly last_reading_at: string | null;
  /** How far its clock is ahead of UTC; null where not known. */
  readonly clock: { readonly offset_seconds: number; readonly ahead_of_house_seconds: number } | null;
  readonly open_gaps: number;
}

/** A reading of the kinds that tell what is now; never history. */
export interface ReadingNews {
  readonly type: 'reading';
  readonly battery: string;
  readonly kind: 'live' | 'detail';
  /** When it was measured, ISO 8601 in UTC. */
  readonly time: string;
  readonly values: Values;
  /** Unknown fields under the vendor's names, without those that seem private. */
  readonly other: Readonly<Record<string, string>>;
}

/** Something happened; `battery` is null where it is not known whose it is. */
export interface EventNews {
  readonly type: 'event';
  readonly battery: string | null;
  readonly event: {
    /** ISO 8601 in UTC; null while the battery's clock is not known. */
    readonly time: string | null;
    readonly received_at: string;
    readonly source: 'battery' | 'server';
    readonly name: string;
    readonly code: number | null;
    /** Inferred; null where nobody knows. */
    readonly meaning: string | null;
    readonly text: string;
  };
}

/** The state of a battery has changed: its connection, its staleness, what waits. */
export interface BatteryNews {
  readonly type: 'battery';
  readonly battery: SinkBattery;
}

/** Energy as the page has it, about once a minute: totals that never fall, and the house's day. */
export interface EnergyNews {
  readonly type: 'energy';
  readonly battery: string;
  /** As of when, ISO 8601 in UTC. */
  readonly time: string;
  /** The battery's own lifetime counters, held from falling. */
  readonly counters: Energies;
  /** Since this server first heard the battery; finer than the counters, held from falling. */
  readonly totals: Energies;
  /** Of the house's day that began at `day_start`. */
  readonly today: Energies;
  readonly day_start: string;
}

/** A setting that is not private, as the battery last reported it. */
export interface ConfigurationNews {
  readonly type: 'configuration';
  readonly battery: string;
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
}

export type SinkNews = ReadingNews | EventNews | BatteryNews | EnergyNews | ConfigurationNews;

/** `starting` until its other side was first reached. `refused`: reached, but it wants something else of its owner. */
export type SinkState = 'starting' | 'up' | 'down' | 'refused' | 'stopped';

export interface SinkStatus {
  readonly state: SinkState;
  /** What waits to be sent. */
  readonly queued: number;
  /** Since the start: what its other side has confirmed, and what was let go. */
  readonly sent: number;
  readonly dropped: number;
  /** When its other side last confirmed something, Unix milliseconds. */
  readonly lastSentMs: number | null;
  /** What keeps it from working at present; null where nothing does. */
  readonly problem: { readonly code: SinkProblemCode; readonly detail: string } | null;
}

export interface Sink {
  /** One word, for log lines, counters and the page. */
  readonly name: string;
  readonly status: SinkStatus;
  /** What it wants to be told at present; nothing where it takes what it needs from the store. */
  readonly wants: readonly SinkNews['type'][];
  /** Begins. Its other side may be away: that is no error. */
  start(): void;
  /**
   * Something was committed. Takes it or lets it go, at once; whatever waits, waits in the sink's own bounded queue. An
   * answer that was asked for may still come after {@link stop}.
   */
  tell(news: SinkNews): void;
  /** Says its last and lets go of everything, within {@link STOP_MS} whatever its other side does. */
  stop(): Promise<void>;
}

/** Details come every five minutes: with three of them missed the last is old, ms. */
export const DETAIL_OLD_MS = 900_000;

/** A server that is told to end has three seconds. */
export const STOP_MS = 1500;
