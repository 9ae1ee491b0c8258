/**
 * What a battery brings along from before: its clock, its gaps, its newest reading, who has spoken for it, what its vendor gave.
 */
import { type Battery, Private } from '../../model.ts';
import { isImported } from '../imported.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { NewestFinder } from './places/newest.ts';
import type { RecordWriter } from './record-writer.ts';

export class BatteryMemory {
  readonly #commit: RecordWriter;
  readonly #jobs: Jobs;
  readonly #newest: NewestFinder;

  constructor(commit: RecordWriter, jobs: Jobs, newest: NewestFinder) {
    this.#commit = commit;
    this.#jobs = jobs;
    this.#newest = newest;
  }

  /** null where there is no battery of that serial number, or it was imported: such a one is never heard. */
  of(serial: string): Battery | null {
    const known = this.#commit.batteries.get(serial);
    if (known === undefined || isImported(serial)) return null;
    const { key, id, firstSeenMs } = known;
    const { open, last } = this.#commit.gapsOf(key);
    const vendor = this.#commit.vendorOf(key);
    return {
      id,
      serial: new Private(serial),
      firstSeenMs,
      epochs: this.#commit.batteries.epochsOf(key),
      ...this.#newest.knownOf(key, this.#jobs.of(key)),
      openGaps: open,
      lastGapNumber: last,
      trust: this.#commit.trustOf(key, serial),
      ...(vendor === undefined ? {} : { vendor }),
      control: this.#commit.control.of(key),
      schedules: this.#commit.schedules.of(key),
      reported: this.#commit.control.reportedBy(key),
    };
  }

  /** Those that were heard first, so many at most. */
  first(most: number): Battery[] {
    return this.#commit.batteries.first(most).flatMap((serial) => this.of(serial) ?? []);
  }
}
