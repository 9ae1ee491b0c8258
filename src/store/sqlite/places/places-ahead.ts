/**
 * The places of one kind as they will be once the journal is folded: for who reads it before.
 */
import { type Amid, datedAfter, jobsBefore } from '../jobs/amid.ts';
import type { Job } from '../jobs/jobs.ts';
import type { KeyedReading } from '../journal.ts';
import { contentOf, type Places } from './places.ts';

/** A reading that was asked about before. */
interface Ahead {
  readonly time: number;
  readonly receivedMs: number;
  readonly seq: number;
}

/** Readings are asked about in the order of the journal. */
export class PlacesAhead {
  readonly #places: Places;
  readonly #amid: Amid;
  readonly #jobsOf: (battery: number) => readonly Job[];
  /** By battery and content. */
  readonly #ahead = new Map<string, Ahead[]>();
  /** By battery and second. */
  readonly #ordinals = new Map<string, number>();

  constructor(places: Places, amid: Amid, jobsOf: (battery: number) => readonly Job[]) {
    this.#places = places;
    this.#amid = amid;
    this.#jobsOf = jobsOf;
  }

  /** The ordinal that a dated reading will have, of a row of the journal; null where it repeats another. */
  take(reading: KeyedReading, seq: number): number | null {
    const { battery, receivedMs } = reading;
    const time = reading.time as number;
    const jobs = jobsBefore(this.#jobsOf(battery), seq);
    const name = `${battery} ${contentOf(reading)}`;
    const same = this.#ahead.get(name) ?? [];
    if (this.#amid.repeated(reading, jobs) !== null || same.some((one) => comesTo(reading, one, jobs))) return null;
    this.#ahead.set(name, [...same, { time, receivedMs, seq }]);
    const place = `${battery} ${time}`;
    const ordinal = this.#ordinals.get(place) ?? this.#places.nextOrdinal(battery, time);
    this.#ordinals.set(place, ordinal + 1);
    return ordinal;
  }
}

/** Whether one that says the same will be at the time of a reading, after the jobs that were there before that. */
function comesTo(reading: KeyedReading, { time, receivedMs, seq }: Ahead, jobs: readonly Job[]): boolean {
  const toCome = jobs.filter(({ after }) => after >= seq);
  return datedAfter({ ...reading, time, receivedMs }, toCome).time === reading.time;
}
