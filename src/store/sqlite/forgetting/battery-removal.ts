/**
 * Batteries that are forgotten: at once there is no such battery, and a job removes what is left of it.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ForgottenBattery } from '../../store.ts';
import type { Job, Jobs } from '../jobs/jobs.ts';
import type { RecordWriter } from '../record-writer.ts';
import type { Forgetting } from './forgetting.ts';

/** Of so many that are done it is known what was removed. */
const REMEMBERED = 100;

interface RemovalParts {
  readonly commit: Pick<RecordWriter, 'forget'>;
  readonly jobs: Pick<Jobs, 'all' | 'of'>;
  readonly forgetting: Pick<Forgetting, 'begin'>;
  readonly outboxes: { forget(battery: number): void };
  /** Those that remember how much there is of what is removed. */
  readonly counting: readonly { forget(): void }[];
}

export class BatteryRemoval {
  readonly #parts: RemovalParts;
  readonly #cut: StatementSync;
  /** Those that are done, the newest last. */
  readonly #done = new Map<number, ForgottenBattery>();
  /** Whether SQLite's log may hold something of those that are done. */
  #isLogged = false;

  constructor(db: DatabaseSync, parts: RemovalParts) {
    this.#parts = parts;
    this.#cut = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /**
   * Within the caller's transaction.
   * @param id its short id
   * @param lastSeq the newest row of the journal and the outbox
   * @returns its number; null where there is no such battery
   */
  begin(id: string, lastSeq: number): number | null {
    const battery = this.#parts.commit.forget(id);
    if (battery === null) return null;
    this.#parts.forgetting.begin(battery.key, battery.serial, lastSeq);
    this.#parts.outboxes.forget(battery.key);
    return battery.key;
  }

  /** One that is under way, or was among the last that were done since the start; null where it is neither. */
  of(number: number): ForgottenBattery | null {
    const job = this.#parts.jobs.of(number).find(({ kind }) => kind === 'forget') as Job<'forget'> | undefined;
    return job === undefined ? (this.#done.get(number) ?? null) : toForgotten(job, false);
  }

  /** A stroke of a job was done. */
  after(job: Job): void {
    if (job.kind !== 'forget') return;
    for (const one of this.#parts.counting) one.forget();
    if (this.#parts.jobs.all.some(({ number }) => number === job.number)) return;
    this.#done.set(job.battery, toForgotten(job, true));
    const [oldest] = this.#done.keys();
    if (this.#done.size > REMEMBERED && oldest !== undefined) this.#done.delete(oldest);
    this.#isLogged = true;
    this.cutLog();
  }

  /** Empties SQLite's log, where it may hold something of a battery that is forgotten, as soon as nobody reads it. */
  cutLog(): void {
    if (!this.#isLogged) return;
    try {
      this.#isLogged = Number(this.#cut.get()?.busy) !== 0;
    } catch {
      // A disk that fails fails the next commit, too, which says so.
    }
  }
}

function toForgotten({ battery, progress }: Job<'forget'>, isDone: boolean): ForgottenBattery {
  return { number: battery, removed: progress?.removed ?? {}, isDone };
}
