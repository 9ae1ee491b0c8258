/**
 * What a command may touch of the process it runs in, so that tests can run it in theirs.
 */
import type { Readable, Writable } from 'node:stream';

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads stdout. */
  readonly terminal: boolean;
  /** Calls back when this process is asked to end. */
  onSignal(handler: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void): void;
  /** Leaves without cleaning up: the second Ctrl-C. */
  exitNow(code: number): void;
}

/** Exit codes: fine, failed, asked wrongly. */
export const FINE = 0;
export const FAILED = 1;

/** Writes and waits where the reader is slower than we are. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (stream.write(text)) return;
  await new Promise<void>((resolve) => stream.once('drain', resolve));
}
