/**
 * What commits leave to do, since it may be much: kept in the transaction of the commit, done in strokes afterwards
 * (decision 0021). Of one battery one after the other, in the order of its commits; batteries take turns.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ClockCorrection } from '../../../model.ts';
import type { ForgetProgress, ForgetWork } from '../forgetting/forgetting.ts';
import type { KeyedReading } from '../journal.ts';
import type { CorrectProgress } from './correcting.ts';
import type { DateProgress } from './dating.ts';

/** What there is to do, by kind, and how far it has come: as JSON holds it, so that a kill in between costs nothing. */
export interface JobKinds {
  /** A battery's clock is known now: its readings and events that wait for it get their time. */
  readonly date: { readonly work: DateWork; readonly progress: DateProgress };
  /** A battery's clock was wrong: what it dated is dated anew. */
  readonly correct: { readonly work: CorrectWork; readonly progress: CorrectProgress };
  /** A connection has named its battery: what it sent before is that battery's. */
  readonly name: { readonly work: NameWork; readonly progress: true };
  /** A battery is forgotten: what is left of it is removed. */
  readonly forget: { readonly work: ForgetWork; readonly progress: ForgetProgress };
}
export type JobKind = keyof JobKinds;

export interface DateWork {
  readonly offsetSeconds: number;
  /** The newest event that may be concerned. */
  readonly lastEvent: number;
}

export interface CorrectWork {
  readonly correction: ClockCorrection;
  readonly lastEvent: number;
  /** Up to where outputs had taken what was committed, wrongly dated; null where there are none. */
  readonly takenUpTo: number | null;
  /** Where the correction stands in the outbox. */
  readonly seq: number;
}

export interface NameWork {
  readonly connection: number;
  readonly lastEvent: number;
  readonly lastFrame: number;
}

export type Job<K extends JobKind = JobKind> = {
  readonly [N in K]: {
    readonly number: number;
    readonly battery: number;
    readonly kind: N;
    readonly work: JobKinds[N]['work'];
    /** The row of the journal up to which readings must be in their place. */
    readonly after: number;
    /** null where it has not begun. */
    readonly progress: JobKinds[N]['progress'] | null;
  };
}[K];

/** What came of a stroke. */
export interface JobStroke<K extends JobKind> {
  /** How far the job has come; null where it is done. */
  readonly progress: JobKinds[K]['progress'] | null;
  /** Readings that got a date, or another one, and that outputs do not wait for already. */
  readonly outgoing: readonly KeyedReading[];
}

/** Does jobs of one kind. */
export interface JobHandler<K extends JobKind> {
  /** Does about `maxRows` rows of a job, within the caller's transaction. */
  stroke(job: Job<K>, maxRows: number): JobStroke<K>;
}

const NOTHING: readonly Job[] = [];

/** Between transactions the state is settled. */
export class Jobs {
  readonly #sql: ReturnType<typeof prepare>;
  /** By number. Replaced, never changed, so that a transaction that fails goes back to the one before. */
  #jobs: readonly Job[];
  #settled: readonly Job[];
  /** Those of each battery, made when somebody asks. */
  #byBattery: ReadonlyMap<number, readonly Job[]> | null = null;
  /** The number of the last that was worked on. */
  #last = 0;
  /** Batteries whose next job failed, and would again. */
  readonly #failed = new Set<number>();

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
    this.#jobs = this.#sql.all.all().map(toJob);
    this.#settled = this.#jobs;
  }

  /** By number. */
  get all(): readonly Job[] {
    return this.#jobs;
  }

  /** Those of a battery, in their order. */
  of(battery: number): readonly Job[] {
    if (this.#jobs.length === 0) return NOTHING;
    this.#byBattery ??= Map.groupBy(this.#jobs, (job) => job.battery);
    return this.#byBattery.get(battery) ?? NOTHING;
  }

  /** The newest row of the journal that any waits for; 0 where there is none. */
  get after(): number {
    return this.#jobs.reduce((newest, { after }) => Math.max(newest, after), 0);
  }

  /** What to go on with; null where there is nothing, or nothing that does not fail. */
  next(): Job | null {
    const first = new Map<number, Job>();
    for (const job of this.#jobs) {
      if (!first.has(job.battery) && !this.#failed.has(job.battery)) first.set(job.battery, job);
    }
    const jobs = [...first.values()];
    return jobs.find(({ number }) => number > this.#last) ?? jobs[0] ?? null;
  }

  /** It failed and would again: others go first, until {@link retry}. */
  failed({ battery }: Job): void {
    this.#failed.add(battery);
  }

  retry(): void {
    this.#failed.clear();
  }

  // ---- inside the caller's transaction ----

  add<K extends JobKind>(battery: number, kind: K, work: JobKinds[K]['work'], after: number): void {
    const number = Number(this.#sql.insert.run(battery, kind, JSON.stringify(work), after).lastInsertRowid);
    this.#change([...this.#jobs, { number, battery, kind, work, after, progress: null } as unknown as Job]);
  }

  /** Of a battery that is forgotten nothing is to be dated any more. What else a job keeps is left to the caller. */
  cancel(jobs: readonly Job[]): void {
    for (const { number, battery } of jobs) {
      this.#sql.remove.run(number);
      this.#failed.delete(battery);
    }
    this.#change(this.#jobs.filter((job) => !jobs.includes(job)));
  }

  /** @param progress null where it is done */
  advance(job: Job, progress: Job['progress']): void {
    this.#last = job.number;
    if (progress === null) {
      this.#sql.remove.run(job.number);
      this.#change(this.#jobs.filter(({ number }) => number !== job.number));
      return;
    }
    this.#sql.save.run(JSON.stringify(progress), job.number);
    this.#change(this.#jobs.map((one) => (one.number === job.number ? ({ ...one, progress } as Job) : one)));
  }

  #change(jobs: readonly Job[]): void {
    this.#jobs = jobs;
    this.#byBattery = null;
  }

  // ---- around it ----

  settle(): void {
    this.#settled = this.#jobs;
  }

  drop(): void {
    if (this.#jobs !== this.#settled) this.#change(this.#settled);
  }
}

/** All that the file holds, for who only reads it. */
export function jobsIn(db: DatabaseSync): Job[] {
  return prepareAll(db).all().map(toJob);
}

function toJob(row: Record<string, unknown>): Job {
  return {
    number: Number(row.number),
    battery: Number(row.battery),
    kind: String(row.kind),
    work: JSON.parse(String(row.work)),
    after: Number(row.after),
    progress: row.progress === null ? null : JSON.parse(String(row.progress)),
  } as Job;
}

function prepareAll(db: DatabaseSync): StatementSync {
  return db.prepare('SELECT * FROM job ORDER BY number');
}

function prepare(db: DatabaseSync) {
  return {
    all: prepareAll(db),
    insert: db.prepare('INSERT INTO job (battery, kind, work, after) VALUES (?, ?, ?, ?)'),
    save: db.prepare('UPDATE job SET progress = ? WHERE number = ?'),
    remove: db.prepare('DELETE FROM job WHERE number = ?'),
  };
}
