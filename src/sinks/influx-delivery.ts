/**
 * Lines to InfluxDB until each is settled: written, or known never to be taken. Too many at once are halved; of lines among
 * which some are bad the good ones get in.
 */
import type { WriteOutcome } from './influx-writer.ts';

/** An {@link InfluxWriter}, or who acts as one. */
export interface LineWriter {
  write(lines: readonly string[], signal: AbortSignal): Promise<WriteOutcome>;
}

export interface Delivery {
  readonly stored: number;
  /** Lines that it will never take, and what it said of the first. */
  readonly rejected: number;
  readonly reason: string;
  /** What kept it from going on: then nothing counts as settled. */
  readonly halt: Extract<WriteOutcome, { type: 'refused' | 'later' }> | null;
}

/** What servers recommend. */
const MOST_LINES = 5000;
/** So many bad lines found one by one are enough to believe that what else is called bad is bad as a whole. */
const CONVINCING = 64;
/** Of a server that has never taken a line: then it is not for the lines. Whoever answers there may be no InfluxDB. */
const DOUBTFUL = 8;

export class InfluxDelivery {
  readonly #writer: LineWriter;
  /** Whether it has taken anything of ours since the start. */
  #proven = false;

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  /** @param signal breaks it off, which is told as `later` */
  async deliver(lines: readonly string[], signal: AbortSignal): Promise<Delivery> {
    const work = portions(lines);
    let [stored, rejected, alone, reason] = [0, 0, 0, ''];
    for (let portion = work.pop(); portion !== undefined; portion = work.pop()) {
      const outcome = await this.#writer.write(portion, signal);
      if (outcome.type === 'refused' || outcome.type === 'later') return { stored, rejected: 0, reason, halt: outcome };
      const bad = badOf(outcome, portion.length, alone >= CONVINCING);
      if (bad === null) {
        work.push(...halves(portion));
        continue;
      }
      stored += portion.length - bad;
      rejected += bad;
      this.#proven ||= outcome.type === 'stored' || outcome.type === 'partly';
      if (bad > 0 && reason === '') reason = 'detail' in outcome ? outcome.detail : 'HTTP 413: too large by itself';
      if (bad === 1 && portion.length === 1) alone++;
      if (!this.#proven && alone >= DOUBTFUL) break;
    }
    if (rejected === 0 || this.#proven) return { stored, rejected, reason, halt: null };
    return { stored, rejected: 0, reason, halt: { type: 'refused', detail: reason } };
  }
}

/** How many of so many lines are lost; null where that is to be found out. */
function badOf(outcome: WriteOutcome, lines: number, convinced: boolean): number | null {
  if (outcome.type === 'stored') return 0;
  if (outcome.type === 'partly') return Math.min(outcome.rejected, lines);
  return lines === 1 || (convinced && outcome.type === 'bad') ? lines : null;
}

/** The first on top. */
function portions(lines: readonly string[]): (readonly string[])[] {
  const all: (readonly string[])[] = [];
  for (let from = 0; from < lines.length; from += MOST_LINES) all.push(lines.slice(from, from + MOST_LINES));
  return all.reverse();
}

function halves(lines: readonly string[]): [later: readonly string[], earlier: readonly string[]] {
  const middle = Math.ceil(lines.length / 2);
  return [lines.slice(middle), lines.slice(0, middle)];
}
