/**
 * Lines to InfluxDB until each is settled: written, or let go. Too many at once are halved; of lines among which some are
 * bad the good ones get in.
 *
 * One rule keeps what waits from being lost to a server that refuses everything: a line is let go only where another was
 * taken in the same attempt, or where the server itself says how many it dropped.
 */

import type { LineBatch } from './line-batch.ts';
import type { WriteOutcome } from './writer.ts';

/** An {@link InfluxWriter}, or who acts as one. */
export interface LineWriter {
  write(lines: readonly string[], signal: AbortSignal): Promise<WriteOutcome>;
}

type Halt = Extract<WriteOutcome, { type: 'refused' | 'later' }>;

/** What one attempt came to. The rest of the batch waits for the next one. */
export interface DeliveryOutcome {
  readonly stored: number;
  /** Lines that were let go, and what it said of the first. */
  readonly rejected: number;
  readonly reason: string;
  /** What kept it from going on; null where nothing did. */
  readonly halt: Halt | null;
}

/** What servers recommend. */
const MOST_LINES = 5000;
/** So few are not too many for a server that gave no answer in time. */
const FEWEST_LINES = 10;
/** Requests in one attempt; and where nothing is taken, so that a server that refuses everything is not flooded. */
const MOST_REQUESTS = 100;
const MOST_IN_VAIN = 16;

/** A line that is read when it is needed. */
type Newest = () => string | null | Promise<string | null>;

export class InfluxDelivery {
  readonly #writer: LineWriter;
  /** Lines in a request: fewer after no answer in time, more again after one. */
  #most = MOST_LINES;

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  /**
   * Settles lines of a batch: all, where nothing keeps it from that and they are not too many requests.
   * @param newest a line outside of the batch, to find out whether the server takes any; null where there is none
   * @param signal breaks it off, which is told as `later`
   */
  deliver(batch: LineBatch, newest: Newest, signal: AbortSignal): Promise<DeliveryOutcome> {
    return new Attempt(batch, (lines) => this.#write(lines, signal)).run(() => this.#most, newest);
  }

  async #write(lines: readonly string[], signal: AbortSignal): Promise<WriteOutcome> {
    const outcome = await this.#writer.write(lines, signal);
    if (outcome.type === 'later' && outcome.tooSlow === true) {
      this.#most = Math.max(FEWEST_LINES, Math.ceil(lines.length / 2));
    } else if (outcome.type === 'stored') this.#most = Math.min(MOST_LINES, this.#most * 2);
    return outcome;
  }
}

type LineWrite = (lines: readonly string[]) => Promise<WriteOutcome>;

class Attempt {
  readonly #batch: LineBatch;
  readonly #write: LineWrite;
  /** Lines that were called bad, each by itself. */
  #suspects: string[] = [];
  /** Whether a line was taken. */
  #proven = false;
  #requests = 0;
  #stored = 0;
  #rejected = 0;
  #reason = '';
  #halt: Halt | null = null;

  constructor(batch: LineBatch, write: LineWrite) {
    this.#batch = batch;
    this.#write = write;
  }

  async run(most: () => number, newest: Newest): Promise<DeliveryOutcome> {
    if (this.#batch.begin()) await this.#probe(this.#batch.taken ?? (await newest()));
    await this.#go(most);
    await this.#prove(newest);
    await this.#go(most);
    this.#settleSuspects();
    return { stored: this.#stored, rejected: this.#rejected, reason: this.#reason, halt: this.#halt };
  }

  async #go(most: () => number): Promise<void> {
    while (this.#halt === null && this.#requests < (this.#proven ? MOST_REQUESTS : MOST_IN_VAIN)) {
      const piece = this.#batch.next(most());
      if (piece === null) break;
      this.#judge(piece, await this.#ask(piece));
    }
  }

  #ask(lines: readonly string[]): Promise<WriteOutcome> {
    this.#requests++;
    return this.#write(lines);
  }

  #judge(piece: readonly string[], outcome: WriteOutcome): void {
    if (outcome.type === 'refused' || outcome.type === 'later') {
      this.#halt = outcome;
      this.#batch.keep(piece);
    } else if (outcome.type === 'stored' || outcome.type === 'partly') {
      const dropped = outcome.type === 'partly' ? Math.min(outcome.rejected, piece.length) : 0;
      if (outcome.type === 'partly') this.#blame(outcome.detail);
      this.#stored += piece.length - dropped;
      this.#rejected += dropped;
      this.#proven ||= dropped < piece.length;
      if (dropped === 0) this.#batch.took(piece[0] as string);
    } else if (piece.length > 1) {
      this.#batch.halve(piece);
    } else {
      this.#blame(outcome.type === 'bad' ? outcome.detail : 'HTTP 413: too large by itself');
      this.#suspects.push(...piece);
    }
  }

  #blame(reason: string): void {
    if (this.#reason === '') this.#reason = reason;
  }

  /**
   * Whether it takes anything, where all so far was bad: what it took of the batch before (written again, a point overwrites
   * itself), the newest of the batch, or the newest there is.
   */
  async #prove(newest: Newest): Promise<void> {
    const doubtful = () => this.#suspects.length > 0 && !this.#proven && this.#halt === null;
    if (doubtful()) await this.#probe(this.#batch.taken);
    const last = doubtful() ? this.#batch.newest() : null;
    if (last !== null) this.#judge([last], await this.#ask([last]));
    if (doubtful()) await this.#probe(await newest());
  }

  /** Writes a line that is not one of those to be settled. */
  async #probe(line: string | null): Promise<void> {
    if (line === null || this.#suspects.includes(line)) return;
    const outcome = await this.#ask([line]);
    if (outcome.type === 'stored') this.#proven = true;
    if (outcome.type === 'refused' || outcome.type === 'later') this.#halt = outcome;
  }

  #settleSuspects(): void {
    // Of a server that lets one request in at a time the proof is in the attempt before. It is good for one line.
    const isOwed = this.#batch.credit && this.#suspects.length === 1;
    this.#batch.credit = this.#proven && this.#halt?.type === 'later';
    if (this.#proven || isOwed) this.#rejected += this.#suspects.length;
    else if (this.#suspects.length > 0) {
      this.#batch.doubt(this.#suspects);
      this.#halt ??= { type: 'refused', detail: this.#reason };
    }
  }
}
