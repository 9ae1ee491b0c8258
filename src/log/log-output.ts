/**
 * Where the log goes: a terminal, a pipe, a file. It may be closed, full or slow. That costs lines, which are counted and said
 * when it works again; it ends nothing, holds nothing up, and keeps no more than {@link MOST_WAITING} bytes in memory.
 */
import type { Writable } from 'node:stream';
import { isFile, writeAll } from '../system/output-file.ts';
import type { LineSink } from './log.ts';

/** Bytes that wait for a slow reader at most: a few thousand lines. */
const MOST_WAITING = 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  EPIPE: 'nobody reads it any more',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk quota is used up',
  EFBIG: 'its file is as large as it may be',
};
const TOO_SLOW = 'its reader is too slow';

export class LogOutput implements LineSink {
  readonly #stream: Writable;
  #file: LogFile | null = null;
  #lost = 0;
  /** Of those, how many have not been said; and why the last one was lost. */
  #unsaid = 0;
  #reason = '';
  /** While a line is written that says how many were lost, how many those are; else 0. */
  #saying = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  open(): void {
    const { fd } = this.#stream as { fd?: unknown };
    if (typeof fd === 'number' && isFile(fd)) this.#file = new LogFile(fd);
    // Each line has its own callback, which counts.
    this.#stream.on('error', () => {});
    dontBlock(this.#stream);
  }

  /** Lines that could not be written since the start. */
  get lost(): number {
    return this.#lost;
  }

  write(text: string): void {
    const said = this.#saying;
    if (this.#file !== null) this.#note(this.#file.write(text), said);
    else if (this.#stream.writableLength > MOST_WAITING) this.#lose(TOO_SLOW, said);
    else this.#stream.write(text, (error) => this.#note(error ?? null, said));
  }

  /** Says what was lost since it was last said, if it can be written; to be called now and then. @param say writes one line here */
  sayLost(say: (lines: number, reason: string) => void): void {
    if (this.#unsaid === 0) return;
    this.#saying = this.#unsaid;
    this.#unsaid = 0;
    say(this.#saying, this.#reason);
    this.#saying = 0;
  }

  /** Waits until all is written, or that time is over. @returns whether it is written */
  flushed(ms: number): Promise<boolean> {
    if (this.#file !== null) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#stream.write('', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #note(error: NodeJS.ErrnoException | null, said: number): void {
    if (error !== null) this.#lose(REASONS[error.code ?? ''] ?? error.code ?? error.message, said);
  }

  /** @param said where it was the line that says what was lost: how many lines are to be said again */
  #lose(reason: string, said: number): void {
    this.#reason = reason;
    this.#unsaid += said === 0 ? 1 : said;
    if (said === 0) this.#lost++;
  }
}

/** A file or a device, written at once. */
class LogFile {
  readonly #descriptor: number;
  /** The last line found room for its beginning only. */
  #torn = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(text: string): NodeJS.ErrnoException | null {
    const torn = this.#torn;
    const { written, error } = writeAll(this.#descriptor, Buffer.from(torn ? `\n${text}` : text));
    // Only the line break that ends the torn line may have found room.
    if (error === null) this.#torn = false;
    else if (written > 0) this.#torn = !torn || written > 1;
    return error;
  }
}

/** A terminal that is stopped (Ctrl-S) would hold up the whole program: Node writes to terminals synchronously unless told not to. */
function dontBlock(stream: Writable): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?(blocking: boolean): number } };
  handle?.setBlocking?.(false);
}
