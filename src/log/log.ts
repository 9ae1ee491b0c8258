/**
 * What the owner is told while the server runs: lines for people on a terminal, one JSON object a line everywhere else.
 */
import { type Logger, pino } from 'pino';
import type { Config } from '../config/load.ts';
import type { Value } from '../model.ts';
import { visibleJson } from '../privacy/visible.ts';
import { liveLine, type NoteView, noteLine, type Painter } from './terminal.ts';

export type LogLevel = Config['log']['level'];

export interface LiveReport {
  /** Its name where its owner gave one, else its id; may be worked out when it is asked for. */
  readonly battery: string;
  /** Unix seconds UTC. */
  readonly time: number;
  /** By our names; asked for where the line is written: of thousands a second few are. */
  readonly values: () => Readonly<Record<string, Value>>;
}

export interface Note {
  readonly level: LogLevel;
  /** A word that programs can filter by: an error code, or the name of what happened. */
  readonly code: string;
  /** Tells notes of one code apart where they must not crowd each other out of the log. */
  readonly kind?: string;
  /** One sentence for people. */
  readonly text: string;
  readonly battery?: string | undefined;
  /** Lines below it for a person; a program has the numbers. */
  readonly more?: readonly string[];
  /** Numbers and words that belong to it; never private values. */
  readonly data?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Log {
  /** Whether readings are written at all: at thousands a second, making a report that nobody reads costs more than storing it. */
  readonly wantsLive: boolean;
  live(report: LiveReport): void;
  note(note: Note): void;
}

/** Where lines go. */
export interface LineSink {
  write(text: string): unknown;
}

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One JSON object a line: `time` (UTC), `level`, `code`, then what belongs to it. */
export class JsonLog implements Log {
  readonly #logger: Logger;

  constructor(sink: LineSink, level: LogLevel) {
    const options = {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
    };
    this.#logger = pino(options, { write: (line: string) => void sink.write(visibleJson(line)) });
  }

  get wantsLive(): boolean {
    return this.#logger.isLevelEnabled('info');
  }

  live({ battery, time, values }: LiveReport): void {
    this.#logger.info({ code: 'live', battery, reading_time: utc(time), ...values() });
  }

  note({ level, code, text, battery, data }: Note): void {
    this.#logger[level]({ code, ...(battery === undefined ? {} : { battery }), ...data }, text);
  }
}

export interface TextLogForm {
  readonly paint: Painter;
  /** Of the house. */
  readonly timeZone: string;
  /** On a terminal no line is wider than 80 columns; elsewhere (a file, a pipe) times have their date, and a note is one line. */
  readonly isTerminal: boolean;
  readonly nowMs: () => number;
}

/** Aligned lines for people, in the house's time. */
export class TextLog implements Log {
  readonly #sink: LineSink;
  readonly #level: LogLevel;
  readonly #form: TextLogForm;
  readonly #clock: Intl.DateTimeFormat;

  constructor(sink: LineSink, level: LogLevel, form: TextLogForm) {
    this.#sink = sink;
    this.#level = level;
    this.#form = form;
    const date = form.isTerminal ? {} : ({ dateStyle: 'short' } as const);
    // Swedish times are written as in ISO 8601.
    this.#clock = new Intl.DateTimeFormat('sv-SE', { timeZone: form.timeZone, timeStyle: 'medium', ...date });
  }

  get wantsLive(): boolean {
    return SEVERITY[this.#level] <= SEVERITY.info;
  }

  /** At the time at which it came, as every other line: a battery’s own may be before or after that of the line above. */
  live({ battery, values }: LiveReport): void {
    if (!this.wantsLive) return;
    const view = { time: this.#clock.format(this.#form.nowMs()), battery, values: values() };
    this.#sink.write(`${liveLine(view, this.#form.paint)}\n`);
  }

  note({ level, text, battery = '', code, more = [] }: Note): void {
    if (SEVERITY[level] < SEVERITY[this.#level]) return;
    const isWarning = SEVERITY[level] >= SEVERITY.warn;
    const time = this.#clock.format(this.#form.nowMs());
    this.#write({ time, battery, text: isWarning ? `${text} [${code}]` : text, isWarning });
    for (const one of more) this.#write({ time, battery: '', text: one, isWarning: false });
  }

  #write(view: NoteView): void {
    const { paint, isTerminal } = this.#form;
    this.#sink.write(`${noteLine(view, paint, isTerminal)}\n`);
  }
}

/** Unix seconds as `2021-03-23T23:01:52Z`. */
export function utc(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
