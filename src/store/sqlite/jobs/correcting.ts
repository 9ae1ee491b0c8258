/**
 * Dates anew what a wrong clock had dated: takes readings from their places, puts them in their new ones, and has the
 * roll-ups of both counted again; then the battery's events. Each stroke leaves all of it in order.
 */
import type { DatabaseSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../../../model.ts';
import { byKey } from '../by-key.ts';
import type { KeyedReading } from '../journal.ts';
import { Repetitions } from '../places/repetitions.ts';
import { isConcerned, redated } from './correction.ts';
import { type EventPosition, EventTimes } from './event-times.ts';
import { Exemptions } from './exemptions.ts';
import type { Job, JobHandler, JobStroke } from './jobs.ts';
import { WaitingReadings } from './waiting-readings.ts';
import { type RowPosition, SEEN_AT_ONCE, WronglyDated } from './wrongly-dated.ts';

/**
 * What is done, in this order:
 *
 *     waiting    what still waits in the outbox is noted: the correction dates it when it is taken
 *     rows       readings in their places are moved, kind by kind
 *     repeated   those that repeated one of them may be of another moment now
 *     events     the battery's own events, where live readings are concerned
 *     clear      what was noted is forgotten
 */
export type CorrectProgress =
  | { readonly step: 'waiting'; readonly seq: number }
  | { readonly step: 'rows'; readonly kind: number; readonly at: RowPosition | null }
  | { readonly step: 'repeated'; readonly kind: number; readonly key: number }
  | { readonly step: 'events'; readonly at: EventPosition | null }
  | { readonly step: 'clear' };

/** What puts readings in their places and keeps the roll-ups; ReadingPlacer is one. */
interface CorrectionTarget {
  /** Puts a reading in its place, without its roll-ups. */
  settle(reading: KeyedReading): unknown;
  /** Works the roll-ups of these minutes out anew, of which rows of these kinds were moved. Starts in Unix seconds. */
  recount(battery: number, minutes: ReadonlySet<number>, kinds: readonly ReadingKind[]): void;
}

/** What waits for outputs; Outboxes is one. */
interface WaitingReadingsSource {
  waitingBetween(after: number, before: number, maxRows: number): { upTo: number | null; readings: KeyedReading[] };
}

/** What came of a part of a stroke. */
interface StrokePart {
  readonly next: CorrectProgress | null;
  /** What it cost, in rows that are moved; all there were where it is not at its end. */
  readonly rows: number;
  readonly outgoing?: readonly KeyedReading[];
}

/** All within the caller's transaction. */
export class Correcting implements JobHandler<'correct'> {
  readonly #places: CorrectionTarget;
  readonly #outbox: WaitingReadingsSource;
  readonly #wronglyDated: Readonly<Record<ReadingKind, WronglyDated>>;
  readonly #repetitions: Repetitions;
  readonly #times: EventTimes;
  readonly #exemptions: Exemptions;
  readonly #waiting: WaitingReadings;

  constructor(db: DatabaseSync, places: CorrectionTarget, outbox: WaitingReadingsSource) {
    this.#places = places;
    this.#outbox = outbox;
    this.#wronglyDated = byKey(READING_KINDS, (kind) => new WronglyDated(db, kind));
    this.#repetitions = new Repetitions(db);
    this.#times = new EventTimes(db);
    this.#exemptions = new Exemptions(db);
    this.#waiting = new WaitingReadings(db);
  }

  stroke(job: Job<'correct'>, maxRows: number): JobStroke<'correct'> {
    const outgoing: KeyedReading[] = [];
    let progress: CorrectProgress | null = job.progress ?? begun(job);
    for (let left = maxRows; progress !== null && left > 0; ) {
      const part = this.#part(job, progress, left);
      if (part.outgoing !== undefined) outgoing.push(...part.outgoing);
      left -= Math.max(1, Math.ceil(part.rows));
      progress = part.next;
    }
    return { progress, outgoing };
  }

  #part(job: Job<'correct'>, progress: CorrectProgress, maxRows: number): StrokePart {
    switch (progress.step) {
      case 'waiting':
        return this.#noteWaiting(job, progress.seq, maxRows);
      case 'rows':
        return this.#moveRows(job, progress.kind, progress.at, maxRows);
      case 'repeated':
        return this.#moveRepeated(job, progress.kind, progress.key, maxRows);
      case 'events':
        return this.#correctEvents(job, progress.at, maxRows);
      case 'clear':
        return this.#clear(job, maxRows);
    }
  }

  #noteWaiting({ number, battery, work }: Job<'correct'>, seq: number, maxRows: number): StrokePart {
    const { upTo, readings } = this.#outbox.waitingBetween(seq, work.seq, maxRows * SEEN_AT_ONCE);
    for (const reading of readings) {
      if (reading.battery === battery && isConcerned(reading, work.correction)) this.#waiting.add(number, reading);
    }
    const next = upTo === null ? rowsOf(0) : { step: 'waiting' as const, seq: upTo };
    return { next, rows: readings.length / SEEN_AT_ONCE };
  }

  #moveRows(job: Job<'correct'>, index: number, from: RowPosition | null, maxRows: number): StrokePart {
    const { battery, work } = job;
    const kind = work.correction.kinds[index];
    if (kind === undefined) return { next: { step: 'repeated', kind: 0, key: 0 }, rows: 0 };
    const isExempt = this.#exemptOf(job);
    const { readings, at, seen } = this.#wronglyDated[kind].take(battery, work.correction, from, maxRows, isExempt);
    const next: CorrectProgress = at === null ? rowsOf(index + 1) : { step: 'rows', kind: index, at };
    return { next, rows: readings.length + seen / SEEN_AT_ONCE, outgoing: this.#move(job, kind, readings) };
  }

  #moveRepeated(job: Job<'correct'>, index: number, after: number, maxRows: number): StrokePart {
    const { battery, work } = job;
    const kind = work.correction.kinds[index];
    if (kind === undefined) return { next: { step: 'events', at: null }, rows: 0 };
    const most = maxRows * SEEN_AT_ONCE;
    const { readings, key } = this.#repetitions.take(battery, kind, work.correction, after, most, this.#exemptOf(job));
    const next: CorrectProgress = { step: 'repeated', kind: key === null ? index + 1 : index, key: key ?? 0 };
    return { next, rows: key === null ? readings.length : maxRows, outgoing: this.#move(job, kind, readings) };
  }

  #exemptOf({ number }: Job<'correct'>): (reading: KeyedReading) => boolean {
    return this.#exemptions.any(number) ? (reading) => this.#exemptions.has(number, reading) : () => false;
  }

  /** @returns those that outputs must be handed again */
  #move(job: Job<'correct'>, kind: ReadingKind, readings: readonly KeyedReading[]): KeyedReading[] {
    const minutes = new Set<number>();
    const inOrder = readings.toSorted(byTimeAndArrival);
    const moved = inOrder.map((reading) => redated(reading, job.work.correction));
    for (const reading of moved) this.#places.settle(reading);
    for (const { time } of [...inOrder, ...moved]) minutes.add(Math.floor((time as number) / 60) * 60);
    if (minutes.size > 0) this.#places.recount(job.battery, minutes, [kind]);
    if (!this.#waiting.any(job.number)) return moved;
    return moved.filter((reading) => !this.#waiting.has(job.number, reading));
  }

  /** The log of events goes by the clock as such, of which a correction of history alone says nothing. */
  #correctEvents({ battery, work }: Job<'correct'>, after: EventPosition | null, maxRows: number): StrokePart {
    const { correction, lastEvent } = work;
    if (!correction.kinds.includes('live')) return { next: { step: 'clear' }, rows: 0 };
    const at = this.#times.correct(battery, correction, after, lastEvent, maxRows);
    return at === null ? { next: { step: 'clear' }, rows: 0 } : { next: { step: 'events', at }, rows: maxRows };
  }

  #clear({ number }: Job<'correct'>, maxRows: number): StrokePart {
    const more = [this.#exemptions.clear(number, maxRows), this.#waiting.clear(number, maxRows)].includes(true);
    return { next: more ? { step: 'clear' } : null, rows: maxRows };
  }
}

function begun({ work }: Job<'correct'>): CorrectProgress {
  return work.takenUpTo === null ? rowsOf(0) : { step: 'waiting', seq: work.takenUpTo };
}

function rowsOf(kind: number): CorrectProgress {
  return { step: 'rows', kind, at: null };
}

function byTimeAndArrival(one: KeyedReading, other: KeyedReading): number {
  return (one.time as number) - (other.time as number) || one.receivedMs - other.receivedMs;
}
