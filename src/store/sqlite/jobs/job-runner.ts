/**
 * Does jobs, a stroke at a time, and hands outputs what was dated by it.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Forgetting } from '../forgetting/forgetting.ts';
import type { Outboxes } from '../outbox/outboxes.ts';
import type { ReadingPlacer } from '../places/reading-placer.ts';
import type { LeftToDo } from '../record-writer.ts';
import { datedAfter } from './amid.ts';
import { Correcting } from './correcting.ts';
import { Dating } from './dating.ts';
import type { Job, JobHandler, JobKind, JobStroke, Jobs } from './jobs.ts';
import type { ConnectionNaming } from './naming.ts';

type JobHandlers = { readonly [K in JobKind]: JobHandler<K> };

export class JobRunner {
  readonly #jobs: Jobs;
  readonly #outboxes: Outboxes;
  readonly #handlers: JobHandlers;

  constructor(
    db: DatabaseSync,
    jobs: Jobs,
    folder: ReadingPlacer,
    outboxes: Outboxes,
    { naming, forgetting }: { readonly naming: ConnectionNaming; readonly forgetting: Forgetting },
  ) {
    this.#jobs = jobs;
    this.#outboxes = outboxes;
    this.#handlers = {
      date: new Dating(db, folder),
      correct: new Correcting(db, folder, outboxes),
      name: naming,
      forget: forgetting,
    };
  }

  /**
   * Makes jobs of what a commit leaves to do. Within its transaction.
   * @param lastSeq the newest row of the journal and the outbox
   * @returns the newest row now
   */
  add(left: readonly LeftToDo[], lastSeq: number): number {
    let seq = lastSeq;
    for (const { kind, battery, work } of left) {
      if (kind === 'correct') {
        const takenUpTo = this.#outboxes.correct(++seq, battery, work.correction);
        this.#jobs.add(battery, kind, { ...work, seq, takenUpTo }, seq);
      } else this.#jobs.add(battery, kind, work, seq);
    }
    return seq;
  }

  /**
   * Does about `maxRows` rows of a job. Within the caller's transaction; what was in the journal before the job must be in its
   * place.
   * @param lastSeq the newest row of the journal and the outbox
   * @returns the newest row now
   */
  stroke(job: Job, maxRows: number, lastSeq: number): number {
    if (!this.#outboxes.moveUpTo(lastSeq, maxRows)) return lastSeq;
    const { progress, outgoing } = this.#handle(job, maxRows);
    const later = this.#jobs.of(job.battery).filter(({ number }) => number > job.number);
    this.#jobs.advance(job, progress);
    // Nobody is to be told a time that is known to be wrong.
    const dated = outgoing.map((reading) => datedAfter(reading, later));
    return this.#outboxes.put(dated, lastSeq);
  }

  #handle<K extends JobKind>(job: Job<K>, maxRows: number): JobStroke<K> {
    return (this.#handlers[job.kind] as unknown as JobHandler<K>).stroke(job, maxRows);
  }
}
