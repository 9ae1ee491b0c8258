/**
 * A small disk of its own, which a test can fill to the last byte; where the machine lets it mount one.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd, folder } from './server.ts';

/** Whether a command can be run and ends well. */
export function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether {@link SmallDisk} can be had here. */
export function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const script = 'd=$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs "$d" && umount "$d" && rmdir "$d"';
  return works('sh', '-c', script);
}

/** Gone after endAll. */
export class SmallDisk {
  readonly path: string;

  constructor(megabytes: number) {
    this.path = join(folder(), 'disk');
    mkdirSync(this.path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path]);
    atEnd(() => {
      execFileSync('umount', [this.path]);
    });
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }

  /** Until not even a page more has room. */
  fill(): void {
    const block = new Uint8Array(65_536);
    for (let size = block.length; size >= 4096; ) {
      try {
        writeFileSync(this.#filler, block.subarray(0, size), { flag: 'a' });
      } catch {
        size /= 2;
      }
    }
  }

  makeRoom(): void {
    rmSync(this.#filler);
  }
}
