/**
 * The files of recordings: as large in all as their owner allows, the oldest go first. Mode 600, in a folder of mode 700.
 */
import {
  createWriteStream,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  type WriteStream,
} from 'node:fs';
import { join } from 'node:path';

export interface RecordingFile {
  readonly name: string;
  readonly bytes: number;
  /** When it was begun, Unix ms. */
  readonly sinceMs: number;
  /** Whether private values are in it. */
  readonly isPrivate: boolean;
}

/** When it was begun, whether it is private, and which of that second. */
const NAME = /^(recording|private)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{1,4})\.pcapng$/;
/** So many files share the room, so that little goes with the oldest. */
const FILES = 8;
/** Bytes that the disk has not taken yet. */
const MOST_UNWRITTEN = 4 * 1024 * 1024;
const MODE = 0o600;
const FOLDER_MODE = 0o700;

export interface RingOptions {
  readonly folder: string;
  /** Of all files. */
  readonly maxBytes: number;
  readonly isPrivate: boolean;
  /** What each file begins with. */
  readonly head: Uint8Array;
  /** Told once, where a file cannot be written; nothing more is written then. Must not throw. */
  readonly failed: (error: Error) => void;
}

export class RecordingRing {
  readonly #options: RingOptions;
  #stream: WriteStream | null = null;
  #name = '';
  #size = 0;
  #files = 0;
  /** Of its files by name: the disk may not have all of them yet. */
  readonly #sizes = new Map<string, number>();
  readonly #closing = new Set<Promise<void>>();
  #hasFailed = false;

  constructor(options: RingOptions) {
    this.#options = options;
  }

  /** Begins another file where there is none, or it is large enough. @returns the how manieth it is */
  turn(nowMs: number): number {
    const isDue = this.#stream === null || this.#size >= this.#options.maxBytes / FILES;
    if (isDue && !this.#hasFailed) this.#begin(nowMs);
    return this.#files;
  }

  /** Into the file of the last {@link turn}. @returns whether they will be written; false where the disk is too slow, or cannot be written */
  write(bytes: Uint8Array): boolean {
    const stream = this.#stream;
    if (stream === null || stream.writableLength > MOST_UNWRITTEN) return false;
    stream.write(bytes);
    this.#size += bytes.length;
    return true;
  }

  /** Resolves when all is written. */
  async end(): Promise<void> {
    this.#close();
    await Promise.all(this.#closing);
  }

  #close(): void {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null || stream.destroyed) return;
    const closed = new Promise<void>((resolve) => {
      stream.once('close', () => {
        this.#closing.delete(closed);
        resolve();
      });
    });
    this.#closing.add(closed);
    stream.end();
  }

  #begin(nowMs: number): void {
    this.#close();
    this.#sizes.set(this.#name, this.#size);
    const { folder, maxBytes, head } = this.#options;
    try {
      mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
      makeRoom(folder, maxBytes - maxBytes / FILES, this.#sizes);
      this.#name = this.#freeName(nowMs);
      const fd = openSync(join(folder, this.#name), 'wx', MODE);
      const stream = createWriteStream('', { fd });
      stream.on('error', (error) => this.#fail(error));
      stream.write(head);
      this.#stream = stream;
      this.#files++;
      this.#size = head.length;
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #freeName(nowMs: number): string {
    const { folder, isPrivate } = this.#options;
    const second = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
    const begin = `${isPrivate ? 'private' : 'recording'}-${second}-`;
    // Behind those of the same second, though some of them are gone.
    const there = readdirSync(folder).filter((name) => name.startsWith(begin));
    const last = Math.max(0, this.#name.startsWith(begin) ? numberOf(this.#name) : 0, ...there.map(numberOf));
    return `${begin}${last + 1}.pcapng`;
  }

  #fail(error: Error): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#stream?.destroy();
    this.#stream = null;
    this.#options.failed(error);
  }
}

/** The newest first; none where there is no folder. */
export function recordingsIn(folder: string): RecordingFile[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // Nothing was recorded yet.
  }
  const found = names.flatMap((name) => fileOf(folder, name) ?? []);
  return found.sort((one, other) => other.sinceMs - one.sinceMs || numberOf(other.name) - numberOf(one.name));
}

/** The bytes of a recording without private values; null where there is none of that name. */
export function readRecording(folder: string, name: string): Uint8Array | null {
  const found = recordingsIn(folder).find((file) => file.name === name && !file.isPrivate);
  return found === undefined ? null : readFileSync(join(folder, found.name));
}

/** @param sizes of files that the disk may not have as a whole yet */
function makeRoom(folder: string, maxBytes: number, sizes: ReadonlyMap<string, number>): void {
  let bytes = 0;
  for (const file of recordingsIn(folder)) {
    bytes += Math.max(file.bytes, sizes.get(file.name) ?? 0);
    if (bytes > maxBytes) rmSync(join(folder, file.name), { force: true });
  }
}

function fileOf(folder: string, name: string): RecordingFile | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, kind, year, month, day, hour, minute, second] = match;
  const sinceMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  try {
    return { name, bytes: statSync(join(folder, name)).size, sinceMs, isPrivate: kind === 'private' };
  } catch {
    return null;
  }
}

function numberOf(name: string): number {
  return Number(NAME.exec(name)?.at(-1) ?? 0);
}
