import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrate } from '../file/schema.ts';
import { type Job, Jobs, jobsIn } from './jobs.ts';

function made(db = new DatabaseSync(':memory:')) {
  migrate(db);
  return { db, jobs: new Jobs(db) };
}

const work = { offsetSeconds: 5, lastEvent: 7 };
/** Jobs of these batteries, in that order. */
function add(jobs: Jobs, ...batteries: number[]): void {
  for (const battery of batteries) jobs.add(battery, 'date', work, 10 * battery);
}
const numbers = (jobs: readonly Job[]) => jobs.map(({ number }) => number);

describe('jobs', () => {
  it('are kept in the file, with what is to be done and how far it has come', () => {
    const { db, jobs } = made();
    add(jobs, 3);
    const job = { number: 1, battery: 3, kind: 'date', work, after: 30 };
    expect(jobs.all).toEqual([{ ...job, progress: null }]);
    jobs.advance(jobs.all[0] as Job, { event: 4 });
    expect(jobs.all).toEqual([{ ...job, progress: { event: 4 } }]);
    expect(made(db).jobs.all).toEqual(jobs.all);
    expect(jobsIn(db)).toEqual(jobs.all);
    jobs.advance(jobs.all[0] as Job, null);
    expect([jobs.all, jobsIn(db)]).toEqual([[], []]);
  });

  it('are those of a battery in their order', () => {
    const { jobs } = made();
    expect(jobs.of(1)).toEqual([]);
    add(jobs, 1, 2, 1);
    expect([numbers(jobs.of(1)), numbers(jobs.of(2)), numbers(jobs.of(3))]).toEqual([[1, 3], [2], []]);
    jobs.advance(jobs.all[0] as Job, null);
    expect(numbers(jobs.of(1))).toEqual([3]);
  });

  it('know the newest row of the journal that one waits for', () => {
    const { jobs } = made();
    expect(jobs.after).toBe(0);
    add(jobs, 2, 9, 4);
    expect(jobs.after).toBe(90);
  });

  it('are as they were where a transaction is rolled back, and as they are where it is not', () => {
    const { db, jobs } = made();
    add(jobs, 1);
    jobs.settle();
    const before = jobs.all;
    db.exec('BEGIN');
    add(jobs, 2);
    jobs.advance(before[0] as Job, null);
    db.exec('ROLLBACK');
    jobs.drop();
    expect([jobs.all, jobs.of(1)]).toEqual([before, before]);
    add(jobs, 2);
    jobs.settle();
    jobs.drop();
    expect(numbers(jobs.all)).toEqual([1, 2]);
  });
});

describe('what is gone on with', () => {
  /** The numbers of the next so many, each of which takes so many strokes. */
  function taken(jobs: Jobs, count: number): number[] {
    return Array.from({ length: count }, () => {
      const job = jobs.next() as Job;
      jobs.advance(job, job.progress === null ? { event: 1 } : null);
      return job.number;
    });
  }

  it('is nothing where there is nothing', () => {
    expect(made().jobs.next()).toBeNull();
  });

  it('is a stroke of one battery after the other, and of each the oldest job first', () => {
    const { jobs } = made();
    add(jobs, 1, 1, 2, 3, 1);
    expect(taken(jobs, 10)).toEqual([1, 3, 4, 1, 2, 3, 4, 2, 5, 5]);
    expect(jobs.next()).toBeNull();
  });

  it('is not that of a battery whose job failed, until it is tried again', () => {
    const { jobs } = made();
    add(jobs, 1, 2, 1);
    jobs.failed(jobs.next() as Job);
    expect(taken(jobs, 2)).toEqual([2, 2]);
    expect(jobs.next()).toBeNull();
    jobs.retry();
    expect(jobs.next()?.number).toBe(1);
  });
});
