/**
 * Forgets batteries: removes what is left of them, a bounded part at a time, so that other batteries are answered between
 * (decisions 0021, 0022).
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { looksLikeSerial } from '../../../protocol/serial.ts';
import type { RemovedKind, RemovedRows } from '../../store.ts';
import type { Job, JobHandler, JobStroke, Jobs } from '../jobs/jobs.ts';
import { FreePages } from './free-pages.ts';

export interface ForgetWork {
  /** Its serial number: by that alone are found what is held of it, and frames that name it. */
  readonly serial: string;
  /** Jobs of it that were not done. */
  readonly cancelled: readonly number[];
  /** The newest row of each of the tables that are looked through, when it was forgotten: what came since is not of it. */
  readonly newest: { readonly held: number; readonly frame: number; readonly outbox: number };
}

export interface ForgetProgress {
  /** By name, so that a later version with other steps goes on at the same; one that it does not know is the first. */
  readonly step: string;
  /** Up to where that has come. */
  readonly place: number;
  readonly removed: RemovedRows;
}

/** What came of a stroke of one step. */
interface Done {
  readonly removed: number;
  /** Up to where it has come; null where the step is done. */
  readonly place: number | null;
}

interface ForgettingStep {
  readonly name: string;
  /** What its rows are, for the owner; null where they are of no interest. */
  readonly what: RemovedKind | null;
  stroke(job: Job<'forget'>, place: number, maxRows: number): Done;
}

/** What waits for outputs holds readings of several batteries in a row. */
interface Waiting {
  /** Removes the readings of a battery from rows behind `after`, about `maxRows` readings looked at. */
  removeBattery(battery: number, after: number, upTo: number, maxRows: number): Done;
}

/** Tables whose key begins with the battery, and what comes behind it. Energy that is due would else be worked out between. */
const BY_PLACE: readonly (readonly [table: string, place: string, what: RemovedKind | null])[] = [
  ['energy_due', 'day', null],
  ['reading_live', 'time', 'live'],
  ['reading_detail', 'time', 'detail'],
  ['reading_history', 'time', 'history'],
  ['rollup_minute', 'start', null],
  ['rollup_hour', 'start', null],
  ['rollup_day', 'start', null],
  ['energy_hour', 'start', null],
  ['energy_day', 'start', null],
  ['clock_epoch', 'number', 'epochs'],
  ['gap', 'number', 'gaps'],
  ['peer', 'number', 'peers'],
  ['vendor_configuration', 'role', 'configurations'],
  ['control_change', 'number', 'changes'],
  ['schedule', 'number', 'schedules'],
];
/** Tables with a key of their own, and an index that begins with the battery. */
const BY_KEY: readonly (readonly [table: string, what: RemovedKind | null])[] = [
  ['undated', 'undated'],
  ['repetition', null],
  ['event', 'events'],
  ['configuration', 'configurations'],
];

/** What tells rows of a job apart, besides its number and the kind of reading. */
const OF_JOB: Readonly<Record<string, string>> = { job_exempt: 'time, received_at', job_waiting: 'battery_time, said' };

/** Before every place. */
const BEGINNING = Number.MIN_SAFE_INTEGER;
/** The last step: nothing is left but what is counted of it. */
const DONE = 'done';
/** Frames that are looked through in one stroke at most: of 64 kB each. */
const FRAMES = 200;
/** Pages that are overwritten in one stroke at most: what the disk is to confirm at once. */
const PAGES = 64;

/** All within the caller's transaction. */
export class Forgetting implements JobHandler<'forget'> {
  readonly #jobs: Jobs;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #steps: readonly ForgettingStep[];

  constructor(db: DatabaseSync, jobs: Jobs, waiting: Waiting) {
    this.#jobs = jobs;
    this.#sql = prepare(db);
    this.#steps = [
      ...BY_PLACE.map(([table, place, what]) => byPlace(db, table, place, what)),
      ...BY_KEY.map(([table, what]) => byKey(db, table, what)),
      ...Object.entries(OF_JOB).map(([table, place]) => ofJobs(db, table, place)),
      frames(db),
      held(db),
      outboxes(waiting),
      ...freePages(db),
    ];
  }

  /**
   * There is no such battery any more: leaves to a job what is to be removed. What gives it frames and events of before it
   * was named is done first.
   * @param battery its key
   * @param after the newest row of the journal
   */
  begin(battery: number, serial: string, after: number): void {
    const cancelled = this.#jobs.of(battery).filter(({ kind }) => kind === 'date' || kind === 'correct');
    const newest = {
      held: newestOf(this.#sql.newestHeld, serial),
      frame: newestOf(this.#sql.newestFrame),
      outbox: after,
    };
    this.#sql.deleteAdoptions.run(serial);
    // Before the others are out: by its number rows of theirs are not taken for those of a later job.
    this.#jobs.add(battery, 'forget', { serial, cancelled: cancelled.map(({ number }) => number), newest }, after);
    this.#jobs.cancel(cancelled);
  }

  stroke(job: Job<'forget'>, maxRows: number): JobStroke<'forget'> {
    const { step: name, place, removed } = job.progress ?? { step: '', place: BEGINNING, removed: {} };
    if (name === DONE) {
      this.#sql.deleteUsage.run(job.battery);
      return { progress: null, outgoing: [] };
    }
    const index = Math.max(
      0,
      this.#steps.findIndex((step) => step.name === name),
    );
    const step = this.#steps[index] as ForgettingStep;
    const done = step.stroke(job, place, maxRows);
    const next = done.place === null ? (this.#steps[index + 1]?.name ?? DONE) : step.name;
    const progress = { step: next, place: done.place ?? BEGINNING, removed: counted(removed, step.what, done.removed) };
    return { progress, outgoing: [] };
  }
}

function counted(before: RemovedRows, what: RemovedKind | null, rows: number): RemovedRows {
  return what === null || rows === 0 ? before : { ...before, [what]: (before[what] ?? 0) + rows };
}

function newestOf(statement: StatementSync, ...values: string[]): number {
  return Number(statement.get(...values)?.key);
}

function byPlace(db: DatabaseSync, table: string, place: string, what: RemovedKind | null): ForgettingStep {
  const last = db.prepare(
    `SELECT max(place) AS last FROM (SELECT ${place} AS place FROM ${table} WHERE battery = ? ORDER BY ${place} LIMIT ?)`,
  );
  const remove = db.prepare(`DELETE FROM ${table} WHERE battery = ? AND ${place} <= ?`);
  return {
    name: table,
    what,
    stroke: ({ battery }, _place, maxRows) => {
      const upTo = last.get(battery, maxRows)?.last;
      if (upTo === null || upTo === undefined) return { removed: 0, place: null };
      return { removed: Number(remove.run(battery, Number(upTo)).changes), place: 0 };
    },
  };
}

function byKey(db: DatabaseSync, table: string, what: RemovedKind | null): ForgettingStep {
  const remove = db.prepare(`DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE battery = ? LIMIT ?)`);
  return {
    name: table,
    what,
    stroke: ({ battery }, _place, maxRows) => {
      const removed = Number(remove.run(battery, maxRows).changes);
      return { removed, place: removed === 0 ? null : 0 };
    },
  };
}

/** What an unfinished job kept. */
function ofJobs(db: DatabaseSync, table: string, place: string): ForgettingStep {
  const remove = db.prepare(
    `DELETE FROM ${table} WHERE (job, kind, ${place}) IN
     (SELECT job, kind, ${place} FROM ${table} WHERE job IN (SELECT value FROM json_each(?)) LIMIT ?)`,
  );
  return {
    name: table,
    what: null,
    stroke: ({ work }, _place, maxRows) => {
      const removed = Number(remove.run(JSON.stringify(work.cancelled), maxRows).changes);
      return { removed, place: removed === 0 ? null : 0 };
    },
  };
}

/**
 * No index leads to those of a battery, nor to those of nobody that say its serial number: they are looked through. What
 * is another battery's stays, and so does what says a word that is no serial number by its look.
 */
function frames(db: DatabaseSync): ForgettingStep {
  const last = db.prepare(
    'SELECT max(key) AS last FROM (SELECT key FROM frame WHERE key > ? AND key <= ? ORDER BY key LIMIT ?)',
  );
  const remove = db.prepare('DELETE FROM frame WHERE key > ? AND key <= ? AND battery = ?');
  const nameless = db.prepare(
    `SELECT key, bytes FROM frame WHERE key > ? AND key <= ? AND battery IS NULL
     AND instr(bytes, CAST(? AS BLOB)) > 0 ORDER BY key`,
  );
  const removeOne = db.prepare('DELETE FROM frame WHERE key = ?');
  return {
    name: 'frame',
    what: 'frames',
    stroke: ({ battery, work: { serial, newest } }, place, maxRows) => {
      const upTo = last.get(place, newest.frame, Math.min(maxRows, FRAMES))?.last;
      if (upTo === null || upTo === undefined) return { removed: 0, place: null };
      const among = [place, Number(upTo)] as const;
      const saying = looksLikeSerial(serial)
        ? nameless.all(...among, serial).filter(({ bytes }) => says(bytes, serial))
        : [];
      for (const { key } of saying) removeOne.run(Number(key));
      return { removed: Number(remove.run(...among, battery).changes) + saying.length, place: Number(upTo) };
    },
  };
}

/** Whether bytes have a serial number as a word of its own: it may be the beginning of another. */
function says(bytes: unknown, serial: string): boolean {
  const text = Buffer.from(bytes as Uint8Array).toString('latin1');
  const word = Buffer.from(serial).toString('latin1');
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = [text.charAt(at - 1), text.charAt(at + word.length)];
    if (!around.some((letter) => /[a-z\d]/i.test(letter))) return true;
  }
  return false;
}

/** What is held is looked for behind what was removed: where nothing is left, keys begin anew. */
function held(db: DatabaseSync): ForgettingStep {
  const last = db.prepare(
    `SELECT max(key) AS last FROM
     (SELECT key FROM held WHERE serial = ? AND key > ? AND key <= ? ORDER BY key LIMIT ?)`,
  );
  const remove = db.prepare('DELETE FROM held WHERE serial = ? AND key > ? AND key <= ?');
  return {
    name: 'held',
    what: 'held',
    stroke: ({ work: { serial, newest } }, place, maxRows) => {
      const upTo = last.get(serial, place, newest.held, maxRows)?.last;
      if (upTo === null || upTo === undefined) return { removed: 0, place: null };
      return { removed: Number(remove.run(serial, place, Number(upTo)).changes), place: Number(upTo) };
    },
  };
}

function outboxes(waiting: Waiting): ForgettingStep {
  return {
    name: 'outbox',
    what: 'waiting',
    stroke: ({ battery, work }, place, maxRows) => waiting.removeBattery(battery, place, work.newest.outbox, maxRows),
  };
}

/** What was deleted is still in the file, until its pages are written again. */
function freePages(db: DatabaseSync): ForgettingStep[] {
  const pages = new FreePages(db);
  const step = (name: string, work: (maxPages: number) => boolean): ForgettingStep => ({
    name,
    what: null,
    stroke: (_job, _place, maxRows) => ({ removed: 0, place: work(Math.min(maxRows, PAGES)) ? 0 : null }),
  });
  return [step('fill', (most) => pages.fill(most)), step('release', (most) => pages.release(most))];
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    newestHeld: sql('SELECT coalesce(max(key), 0) AS key FROM held WHERE serial = ?'),
    newestFrame: sql('SELECT coalesce(max(key), 0) AS key FROM frame'),
    deleteAdoptions: sql('DELETE FROM adoption WHERE serial = ?'),
    deleteUsage: sql('DELETE FROM usage WHERE battery = ?'),
  };
}
