/**
 * The newest reading of a battery, live or history: from where on something may have been missed; and what it was heard to
 * have lately.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Battery, READING_KINDS, type ReadingKind } from '../../../model.ts';
import { byKey } from '../by-key.ts';
import { datedAfter } from '../jobs/amid.ts';
import { Exemptions } from '../jobs/exemptions.ts';
import type { Job } from '../jobs/jobs.ts';
import type { KeyedReading } from '../journal.ts';
import { KnownParts } from '../known-parts.ts';
import { RatedPower } from '../rollups/rated-power.ts';

type Found = NonNullable<Battery['newest']>;
type NewestRow = [time: number, batteryTime: number | null, receivedMs: number];

const KINDS = ['live', 'history'] as const;

/** One of a time long after its arrival was dated by a clock that was wrong. */
const AHEAD_SECONDS = 60;

export class NewestFinder {
  readonly #downwards: Readonly<Record<(typeof KINDS)[number], StatementSync>>;
  readonly #undated: StatementSync;
  readonly #exemptions: Exemptions;
  readonly #parts: KnownParts;
  readonly #rated: RatedPower;

  /** @param mostKw that the owner allows a power to have; 0 where nothing is said */
  constructor(db: DatabaseSync, mostKw = 0) {
    this.#downwards = byKey(KINDS, (kind) =>
      db.prepare(
        `SELECT time, battery_time, received_at FROM reading_${kind} WHERE battery = ? ORDER BY time DESC, ordinal DESC`,
      ),
    );
    this.#undated = db.prepare(
      `SELECT battery_time AS time, battery_time, reading ->> 4 AS received_at FROM undated
       WHERE battery = ? AND kind = ? ORDER BY battery_time DESC`,
    );
    this.#exemptions = new Exemptions(db);
    this.#parts = new KnownParts(db);
    this.#rated = new RatedPower(db);
    this.#rated.allow(mostKw);
    for (const statement of [...Object.values(this.#downwards), this.#undated]) statement.setReturnArrays(true);
  }

  /**
   * All that was committed must be in its place, or be part of a job.
   * @param jobs of that battery that are not done
   * @returns null where it has none
   */
  of(battery: number, jobs: readonly Job[]): Found | null {
    let newest: Found | null = null;
    for (const kind of KINDS) {
      const rows = this.#downwards[kind].iterate(battery) as Iterable<unknown> as Iterable<NewestRow>;
      newest = later(newest, this.#newestIn(rows, battery, kind, jobs));
      newest = later(newest, this.#newestUndated(battery, kind, jobs));
    }
    return newest;
  }

  /** @param rows by their present time, the newest first */
  #newestIn(rows: Iterable<NewestRow>, battery: number, kind: ReadingKind, jobs: readonly Job[]): Found | null {
    const furthest = furthestMove(jobs);
    let newest: Found | null = null;
    for (const [time, batteryTime, receivedMs] of rows) {
      if (newest !== null && time + furthest <= newest.time) break;
      const reading: KeyedReading = {
        battery,
        kind,
        time,
        batteryTime,
        receivedMs,
        form: null,
        rest: null,
        values: [],
      };
      const dated = datedAfter(reading, jobs, (job, one) => this.#exemptions.has(job, one));
      newest = later(newest, notAhead(dated));
    }
    return newest;
  }

  #newestUndated(battery: number, kind: ReadingKind, jobs: readonly Job[]): Found | null {
    const at = jobs.findIndex((job) => job.kind === 'date');
    if (at < 0) return null;
    const { offsetSeconds } = (jobs[at] as Job<'date'>).work;
    const rows = this.#undated.iterate(
      battery,
      READING_KINDS.indexOf(kind),
    ) as Iterable<unknown> as Iterable<NewestRow>;
    return this.#newestIn(dating(rows, offsetSeconds), battery, kind, jobs.slice(at + 1));
  }

  /** What a session begins with. @param battery its key */
  knownOf(battery: number, jobs: readonly Job[]): Pick<Battery, 'newest' | 'parts' | 'ratedWatts'> {
    const [parts, ratedWatts] = [this.#parts.of(battery), this.#rated.ratedWattsOf(battery)];
    return { newest: this.of(battery, jobs), parts, ratedWatts };
  }
}

function* dating(rows: Iterable<NewestRow>, offsetSeconds: number): Generator<NewestRow> {
  for (const [time, batteryTime, receivedMs] of rows) yield [time - offsetSeconds, batteryTime, receivedMs];
}

/** How far at most jobs move a reading on, in seconds. */
function furthestMove(jobs: readonly Job[]): number {
  const moves = jobs.map((job) =>
    job.kind === 'correct' ? job.work.correction.oldOffsetSeconds - job.work.correction.newOffsetSeconds : 0,
  );
  return moves.reduce((sum, move) => sum + Math.max(0, move), 0);
}

function notAhead({ time, receivedMs }: KeyedReading): Found | null {
  return (time as number) <= receivedMs / 1000 + AHEAD_SECONDS ? { time: time as number, receivedMs } : null;
}

function later(one: Found | null, other: Found | null): Found | null {
  return one === null || (other !== null && other.time > one.time) ? other : one;
}
