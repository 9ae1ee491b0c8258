/**
 * A log that a flood cannot fill: of each kind of line, and of all together, so many are written; the rest are counted, and said
 * in one line when it is over.
 */
import { counted } from '../counted.ts';
import type { LiveReport, Log, LogLevel, Note } from './log.ts';

/** How many lines of one kind are written in {@link WINDOW_MS}: a battery's whole log of sixteen, and some. */
const BURST = 20;
const WINDOW_MS = 10_000;
/** Of all kinds together: at once, and per second from then on. At some 500 bytes a line the three groups come to 300 MB a day at most. */
const MOST_AT_ONCE = 200;
const LINES_A_SECOND = 2;

/** Lines of one kind, from the first on. */
interface LogWindow {
  readonly sinceMs: number;
  written: number;
  held: number;
  /** Says how many were held back. */
  summary: (held: number) => Note;
}

/** What shares one allowance, so that a flood of readings hides no warning. */
class Group {
  #allowance = MOST_AT_ONCE;
  #atMs = Number.NEGATIVE_INFINITY;
  held = 0;

  /** Whether a line may be written now; one that may not is counted. */
  hasRoom(nowMs: number): boolean {
    const earned = ((nowMs - this.#atMs) / 1000) * LINES_A_SECOND;
    this.#allowance = Math.min(MOST_AT_ONCE, this.#allowance + earned);
    this.#atMs = nowMs;
    if (this.#allowance >= 1) return true;
    this.held++;
    return false;
  }

  take(nowMs: number): boolean {
    if (!this.hasRoom(nowMs)) return false;
    this.#allowance--;
    return true;
  }
}

export class ThrottledLog implements Log {
  readonly #log: Log;
  readonly #monoMs: () => number;
  readonly #windows = new Map<string, LogWindow>();
  /** Of readings, by their battery. */
  readonly #live = new Map<string, LogWindow>();
  readonly #readings = new Group();
  readonly #notes = new Group();
  readonly #warnings = new Group();

  constructor(log: Log, monoMs: () => number) {
    this.#log = log;
    this.#monoMs = monoMs;
  }

  get wantsLive(): boolean {
    return this.#log.wantsLive;
  }

  live(report: LiveReport): void {
    const nowMs = this.#monoMs();
    // Of thousands a second nearly none is written: whose it is is not asked for.
    if (!this.#readings.hasRoom(nowMs)) return;
    const { battery } = report;
    const summary = (held: number) => ({
      ...throttled('info', `${counted(held, 'more reading')} came than the log takes`),
      battery,
    });
    if (this.#admits(this.#live, battery, this.#readings, nowMs, summary)) this.#log.live(report);
  }

  note(note: Note): void {
    const { level, code, kind, text } = note;
    const summary = (held: number) => ({ level, code, text: `${held} more like this: ${text}` });
    const group = level === 'warn' || level === 'error' ? this.#warnings : this.#notes;
    const nowMs = this.#monoMs();
    if (this.#admits(this.#windows, `${code} ${kind ?? ''}`, group, nowMs, summary)) this.#log.note(note);
  }

  /** Says what was held back and is over; to be called now and then, and at the end for all that is left. */
  tick(last = false): void {
    const nowMs = this.#monoMs();
    for (const windows of [this.#windows, this.#live]) {
      for (const [name, window] of windows) {
        if (!last && nowMs - window.sinceMs < WINDOW_MS) continue;
        windows.delete(name);
        this.#sayHeld(window);
      }
    }
    this.#sayGroup(this.#readings, 'info', 'reading', ' of all batteries');
    this.#sayGroup(this.#notes, 'info', 'line');
    this.#sayGroup(this.#warnings, 'warn', 'warning');
  }

  #admits(
    windows: Map<string, LogWindow>,
    name: string,
    group: Group,
    nowMs: number,
    summary: LogWindow['summary'],
  ): boolean {
    let window = windows.get(name);
    if (window !== undefined && nowMs - window.sinceMs >= WINDOW_MS) {
      windows.delete(name);
      this.#sayHeld(window);
      window = undefined;
    }
    if (window !== undefined && window.written >= BURST) {
      window.held++;
      window.summary = summary;
      return false;
    }
    if (!group.take(nowMs)) return false;
    if (window === undefined) windows.set(name, { sinceMs: nowMs, written: 1, held: 0, summary });
    else window.written++;
    return true;
  }

  #sayHeld({ held, summary }: LogWindow): void {
    if (held > 0) this.#log.note(summary(held));
  }

  #sayGroup(group: Group, level: LogLevel, what: string, whose = ''): void {
    const { held } = group;
    group.held = 0;
    if (held > 0) this.#log.note(throttled(level, `${counted(held, `more ${what}`)}${whose} came than the log takes`));
  }
}

function throttled(level: LogLevel, text: string): Note {
  return { level, code: 'LOG_THROTTLED', text };
}
