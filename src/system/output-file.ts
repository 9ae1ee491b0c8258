/**
 * Standard output where it is a file or a device. Node's own stream takes for written what found room for its beginning
 * only, so that a file on a disk that fills up ends too early without a word.
 */
import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';

/** Whether it is a file or a device that is no terminal, rather than a pipe, a socket or a terminal. */
export function isFile(descriptor: number): boolean {
  const found = fstatSync(descriptor);
  return found.isFile() || (found.isCharacterDevice() && !isatty(descriptor));
}

export class OutputFile extends Writable {
  readonly fd: number;

  constructor(descriptor: number) {
    super({ decodeStrings: true });
    this.fd = descriptor;
  }

  override _write(bytes: Uint8Array, _encoding: string, done: (error: Error | null) => void): void {
    done(writeAll(this.fd, bytes).error);
  }
}

/** @returns how many bytes found room, and the system's error where those are not all */
export function writeAll(
  descriptor: number,
  bytes: Uint8Array,
): { readonly written: number; readonly error: NodeJS.ErrnoException | null } {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    return { written, error: null };
  } catch (error) {
    return { written, error: error as NodeJS.ErrnoException };
  }
}
