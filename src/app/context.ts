/**
 * What every part of the server is built with.
 */
import type { Config } from '../config/load.ts';
import type { LogOutput } from '../log/log-output.ts';
import type { ThrottledLog } from '../log/throttled-log.ts';
import type { Instant } from '../model.ts';
import type { GivenSecrets } from './given-secrets.ts';

/** What the log is written to: how many lines it lost. */
export type LogLosses = Pick<LogOutput, 'lost' | 'sayLost'>;

export interface AppContext {
  readonly config: Config;
  readonly log: ThrottledLog;
  readonly output: LogLosses;
  /** The newest lines of the log, the oldest first. */
  readonly recentLines: () => readonly object[];
  /** Proves to the web port that a command may read the data folder (decision 0011). */
  readonly localToken: string;
  /** Passwords and tokens of the configuration. */
  readonly secrets: GivenSecrets;
  /** Tells the owner the code with which the first password is set. */
  readonly tellCode: (code: string) => void;
  /** A recording under way that is listened to instead of what a command writes; null where there is none. */
  readonly input: AsyncIterable<Uint8Array> | null;
  /** Whether both ports are open, and the server is not ending. */
  readonly isRunning: () => boolean;
}

export function now(): Instant {
  return { wallMs: wallMs(), monoMs: monoMs() };
}

/** Unix milliseconds. */
export function wallMs(): number {
  return Date.now();
}

/** Milliseconds since some moment of this process; never set. */
export function monoMs(): number {
  return performance.now();
}
