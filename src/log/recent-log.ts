/**
 * Remembers the newest lines of the log, for who asks what was said lately.
 */
import type { LiveReport, Log, Note } from './log.ts';

export interface RecentLine {
  /** UTC, as the log writes it. */
  readonly time: string;
  readonly level: string;
  readonly code: string;
  readonly battery: string | undefined;
  readonly text: string;
}

const REMEMBERED = 300;

export class RecentLog implements Log {
  readonly #log: Log;
  readonly #wallMs: () => number;
  readonly #lines: RecentLine[] = [];

  constructor(log: Log, wallMs: () => number) {
    this.#log = log;
    this.#wallMs = wallMs;
  }

  /** The oldest first; readings are none of them. */
  get lines(): readonly RecentLine[] {
    return this.#lines;
  }

  get wantsLive(): boolean {
    return this.#log.wantsLive;
  }

  live(report: LiveReport): void {
    this.#log.live(report);
  }

  note(note: Note): void {
    const { level, code, battery, text } = note;
    this.#lines.push({ time: new Date(this.#wallMs()).toISOString(), level, code, battery, text });
    if (this.#lines.length > REMEMBERED) this.#lines.shift();
    this.#log.note(note);
  }
}
