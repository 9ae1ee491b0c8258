/**
 * What an output is, and what it is told (decision 0010, docs/outputs.md).
 */
import type { BatteryNews, EnergyNews, EventNews, ReadingNews, SettingsNews } from '../now/news.ts';
import type { Energies } from '../now/state.ts';
import type { SinkProblemCode } from '../problems/output.ts';
import type { ControlNews } from './control-news.ts';

/** Energy for outputs: `total` is held from falling, and so are the counters. */
export interface HeldEnergyNews extends EnergyNews {
  /** The battery's own lifetime counters, kWh. */
  readonly counters: Energies;
}

/** What is now, as outputs may want to be told it: news of the house, and what is asked of the store for them. */
export type SinkNews = ReadingNews | EventNews | BatteryNews | HeldEnergyNews | SettingsNews | ControlNews;

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
  /** Whether its other side asks for what there is, when it likes: it counts as an output once it was asked. */
  readonly isPulled?: boolean;
  /** What it wants to be told at present; nothing where it takes what it needs from the store. */
  readonly wants: readonly SinkNews['type'][];
  /** Begins. Its other side may be away: that is no error. */
  start(): void;
  /**
   * Something was committed. Takes it or lets it go, at once; whatever waits, waits in the sink's own bounded queue. An
   * answer that was asked for may still come after {@link stop}.
   */
  tell(news: SinkNews): void;
  /** A battery is to be forgotten: what is held of it here goes, and what its other side keeps only for us. */
  forget?(battery: string): void;
  /** How much of batteries that are forgotten its other side has not removed yet. */
  readonly clearing?: number;
  /** Says its last and lets go of everything, within {@link STOP_MS} whatever its other side does. */
  stop(): Promise<void>;
}

/** Details come every five minutes: with three of them missed the last is old, ms. */
export const DETAIL_OLD_MS = 900_000;

/** A server that is told to end has three seconds. */
export const STOP_MS = 1500;
