/**
 * A copy of a database made by SQLite's online backup: of one moment, in small steps, while a server may be writing.
 */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { writePrivately } from './files.ts';

export interface CopyOptions {
  /** Whether it rests as long as it works, so that the disk is free for others half of the time. */
  readonly resting: boolean;
  /** Told now and then how much of it is done, 0 to 1. */
  readonly progress?: ((share: number) => void) | undefined;
  /** Breaks it off. */
  readonly signal?: AbortSignal | undefined;
}

/** Pages in a step: a megabyte. */
const STEP_PAGES = 256;
/** So many steps are written before they are flushed: a commit of the server waits for what others have not flushed, too. */
const STEPS_A_FLUSH = 4;

/**
 * Copies what a connection sees to a new file of mode 600. The connection must be within a transaction that has read
 * already: else each commit of a server makes SQLite begin again.
 */
export async function copyDatabase(source: DatabaseSync, target: string, options: CopyOptions): Promise<void> {
  writePrivately(target, new Uint8Array(0));
  const url = pathToFileURL(target);
  // Nobody else knows the file, and not every network folder can lock.
  url.search = '?nolock=1';
  const descriptor = openSync(target, 'r+');
  try {
    const pace = new CopyPace(descriptor, options);
    await backup(source, url, { rate: STEP_PAGES, progress: (state) => pace.step(state) });
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

class CopyPace {
  readonly #descriptor: number;
  readonly #options: CopyOptions;
  #steps = 0;
  #workingSinceMs = performance.now();

  constructor(descriptor: number, options: CopyOptions) {
    this.#descriptor = descriptor;
    this.#options = options;
  }

  /** After each step but the last. The next one begins when it returns. */
  step({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }): void {
    const { progress, resting, signal } = this.#options;
    signal?.throwIfAborted();
    if (++this.#steps % STEPS_A_FLUSH !== 0) return;
    fdatasyncSync(this.#descriptor);
    progress?.(1 - remainingPages / totalPages);
    if (resting) rest(performance.now() - this.#workingSinceMs);
    this.#workingSinceMs = performance.now();
  }
}

/** Sleeps with all of this thread: SQLite begins the next step by itself as soon as it is told how far it is. */
function rest(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
