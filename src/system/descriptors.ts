/**
 * Whether this process may open anything more. Where it may not, the system takes a connection and closes it again at once,
 * and nobody is told: so it is tried, every second, to open something that is always there.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Note } from '../log/log.ts';

/** What is opened, and how many files the process may have open; null where that is not known. */
export interface System {
  /** @throws the system's error */
  tryOpen(): void;
  readonly limit: number | null;
}

const LOOK_MS = 1000;
/** It comes and goes while peers fight for the last ones: over when that long none was missing, ms. */
const OVER_MS = 10_000;

export class Descriptors {
  readonly #system: System;
  readonly #say: (note: Note) => void;
  readonly #monoMs: () => number;
  #timer: NodeJS.Timeout | null = null;
  #sinceMs: number | null = null;
  #lastMs = 0;

  /** @param say must not throw */
  constructor(system: System, say: (note: Note) => void, monoMs: () => number) {
    this.#system = system;
    this.#say = say;
    this.#monoMs = monoMs;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  look(): void {
    const code = this.#missing();
    const nowMs = this.#monoMs();
    if (code === null) this.#over(nowMs);
    else {
      if (this.#sinceMs === null) this.#say({ level: 'error', code: 'DESCRIPTORS_SPENT', text: this.#sentence(code) });
      this.#sinceMs ??= nowMs;
      this.#lastMs = nowMs;
    }
  }

  #over(nowMs: number): void {
    if (this.#sinceMs === null || nowMs - this.#lastMs < OVER_MS) return;
    const seconds = Math.round((this.#lastMs - this.#sinceMs) / 1000) + 1;
    this.#sinceMs = null;
    const text = `connections are taken again, after ${seconds} s without a file descriptor`;
    this.#say({ level: 'info', code: 'DESCRIPTORS_FREE', text });
  }

  /** The system's code where nothing can be opened for want of descriptors. */
  #missing(): 'EMFILE' | 'ENFILE' | null {
    try {
      this.#system.tryOpen();
      return null;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'EMFILE' || code === 'ENFILE' ? code : null;
    }
  }

  #sentence(code: 'EMFILE' | 'ENFILE'): string {
    const { limit } = this.#system;
    const whose =
      code === 'ENFILE'
        ? 'this machine has'
        : `this process has${limit === null ? '' : `, of the ${limit} it may have`}`;
    const cure = 'find out what opens so many connections, or raise the limit (ulimit -n, LimitNOFILE= of systemd)';
    return `no file descriptor is left that ${whose}: new connections are dropped until one is free; ${cure}`;
  }
}

/** The machine itself. */
export function thisSystem(): System {
  return {
    tryOpen: () => closeSync(openSync(devNull, 'r')),
    limit: limitOfProcess(),
  };
}

/** Node raises it to the most it may be, before anything else. */
function limitOfProcess(): number | null {
  try {
    const found = /^Max open files +(\d+) /m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}
