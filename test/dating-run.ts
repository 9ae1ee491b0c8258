/**
 * A store that is told anything, in strokes and through crashes, beside the plain truth (told.ts); and an output that takes from
 * it.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect } from 'vitest';
import { READING_KINDS } from '../src/model.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import { OTHER, SERIAL, settle } from './records.ts';
import { anyWords, type Content, contentName, Speaker, Truth } from './told.ts';

const SOC = READING_KINDS.map((kind) => columnsOf(kind).findIndex(({ name }) => name === 'soc'));

interface Seen extends Content {
  readonly time: number | null;
  readonly ordinal: number;
}

class Run {
  readonly #truth = new Truth();
  readonly #speaker = new Speaker();
  /** What the output was handed: name and time. */
  readonly #handed = new Set<string>();
  /** At how many times each reading was since nothing was under way. */
  readonly #most = new Map<string, number>();
  readonly #folders: string[] = [];
  #folder = this.#freshFolder();
  readonly #outboxes: readonly { name: string; bytes: number }[];
  #store: SqliteStore;

  /** @param output whether there is one */
  constructor(output: boolean) {
    this.#outboxes = output ? [{ name: 'one', bytes: 1e9 }] : [];
    this.#store = this.#open();
  }

  #freshFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'alphaess-local-test-'));
    this.#folders.push(folder);
    return folder;
  }

  #open(): SqliteStore {
    return SqliteStore.open({ folder: this.#folder, timeZone: 'UTC', outboxes: this.#outboxes });
  }

  commit(words: Parameters<Speaker['records']>[0]): void {
    const records = this.#speaker.records(words);
    if (records.length === 0) return;
    this.#store.commit(records);
    this.#truth.commit(records);
  }

  fold(rows: number): void {
    this.#store.fold(rows);
  }

  work(rows: number): void {
    this.#store.work(rows);
  }

  /** What an output takes has the time that is known by then. */
  take(rows: number): void {
    if (this.#outboxes.length === 0) return;
    const outbox = this.#store.outbox('one');
    const { upTo, readings } = outbox.next(rows);
    const times = this.#truth.times();
    for (const { battery, kind, time, values } of readings) {
      const soc = values[SOC[READING_KINDS.indexOf(kind)] as number] as number;
      const serial = this.#store
        .batteries()
        .find(({ id }) => id === battery)
        ?.serial.reveal();
      if (serial === undefined) expect.unreachable('a reading of no battery was handed out');
      const all = [...times].filter(
        ([name, at]) => name.startsWith(shortName(serial, kind)) && name.endsWith(` ${soc}`) && at.has(time),
      );
      expect(all.length, `${serial} ${kind} ${time} ${soc} is known to be wrong`).toBeGreaterThan(0);
      this.#handed.add(`${shortName(serial, kind)} ${time} ${soc}`);
    }
    outbox.done(upTo);
  }

  /** A battery is forgotten: from then on it is as if it had never been heard. */
  forget(serial: string): void {
    const id = this.#store.idOf(serial);
    if (id !== undefined) this.#store.forget(id);
    this.#truth.forget(serial);
    this.#speaker.forget(serial);
    for (const kind of READING_KINDS) {
      const name = shortName(serial, kind);
      for (const handed of this.#handed) if (handed.startsWith(name)) this.#handed.delete(handed);
      for (const most of this.#most.keys()) if (most.startsWith(name)) this.#most.delete(most);
    }
  }

  crash(): void {
    // What a power cut would leave of a folder in use.
    const copy = this.#freshFolder();
    cpSync(this.#folder, copy, { recursive: true, filter: (file) => !file.endsWith('-shm') });
    this.#store.close();
    this.#folder = copy;
    this.#store = this.#open();
  }

  restart(): void {
    this.#store.close();
    this.#store = this.#open();
  }

  #seen(): Seen[] {
    const reader = new SqliteReader(this.#folder);
    try {
      return READING_KINDS.flatMap((kind, n) =>
        Array.from(reader.readings(kind), ({ owner, time, ordinal, batteryTime, values }) => ({
          serial: owner.serial.reveal(),
          kind,
          batteryTime: batteryTime as number,
          soc: values[SOC[n] as number] as number,
          time,
          ordinal,
        })),
      );
    } finally {
      reader.close();
    }
  }

  /** Each reading is there, and none more often than it is or was before what is under way. */
  isThere(): void {
    const told = this.#truth.times();
    if (this.#store.jobs === 0) this.#most.clear();
    for (const [name, { size }] of told) this.#most.set(name, Math.max(size, this.#most.get(name) ?? 0));
    const seen = Map.groupBy(this.#seen(), contentName);
    expect([...seen.keys()].sort()).toEqual([...told.keys()].sort());
    for (const [name, all] of seen) {
      const times = all.map(({ time }) => time);
      expect(times.length, `${name} at ${times}`).toBeLessThanOrEqual(this.#most.get(name) as number);
    }
  }

  /** In the end all is as it would be without strokes. */
  ends(): void {
    settle(this.#store);
    while (this.#outboxes.length > 0 && this.#store.outbox('one').waiting > 0) this.take(100);
    const seen = this.#seen();
    const times = new Map(
      Array.from(Map.groupBy(seen, contentName), ([name, all]) => [name, new Set(all.map(({ time }) => time))]),
    );
    expect(times).toEqual(this.#truth.times());
    expect(this.#events()).toEqual(this.#truth.events());
    expect(new Set(seen.map((one) => `${contentName(one)} ${one.time}`)).size, 'each once at its time').toBe(
      seen.length,
    );
    this.#hasItsPlaces(seen);
    if (this.#outboxes.length > 0) this.#wasHanded(seen);
    this.#isRolledUp(seen.filter(({ time, ordinal }) => time !== null && ordinal === 0));
    for (const table of ['job', 'job_exempt', 'job_waiting']) expect(this.#rows(table), table).toEqual([]);
    this.#store.close();
  }

  #events(): Map<number, number | null> {
    const rows = this.#rows('event').sort((one, other) => Number(one.code) - Number(other.code));
    return new Map(rows.map(({ code, time }) => [Number(code), time as number | null]));
  }

  /** Each second that has readings has a value. */
  #hasItsPlaces(seen: readonly Seen[]): void {
    const seconds = Map.groupBy(
      seen.filter(({ time }) => time !== null),
      ({ serial, kind, time }) => `${serial} ${kind} ${time}`,
    );
    for (const [second, all] of seconds) {
      expect(
        all.filter(({ ordinal }) => ordinal === 0),
        second,
      ).toHaveLength(1);
      expect(new Set(all.map(({ ordinal }) => ordinal)).size, second).toBe(all.length);
    }
  }

  #wasHanded(seen: readonly Seen[]): void {
    for (const { serial, kind, time, soc } of seen) {
      if (time !== null) expect(this.#handed).toContain(`${shortName(serial, kind)} ${time} ${soc}`);
    }
  }

  /** Roll-ups are those of the values of seconds. */
  #isRolledUp(values: readonly Seen[]): void {
    const keys = new Map(this.#rows('battery').map(({ key, serial }) => [String(serial), Number(key)]));
    const minutes = Map.groupBy(
      values.filter(({ kind }) => kind !== 'detail'),
      ({ serial, time }) => `${keys.get(serial)} ${Math.floor((time as number) / 60) * 60}`,
    );
    const expected = Array.from(minutes, ([minute, all]) => {
      const live = all.filter(({ kind }) => kind === 'live');
      const socs = (live.length > 0 ? live : all).map(({ soc }) => soc);
      return [minute, socs.length, socs.reduce((sum, soc) => sum + soc, 0), Math.min(...socs), Math.max(...socs)];
    });
    const kept = this.#rows('rollup_minute').map((row) => [
      `${row.battery} ${row.start}`,
      row.soc_n,
      row.soc_sum,
      row.soc_min,
      row.soc_max,
    ]);
    expect(kept.sort()).toEqual(expected.sort());
    for (const [table, seconds] of [
      ['rollup_hour', 3600],
      ['rollup_day', 86_400],
    ] as const) {
      const spans = Map.groupBy(expected, ([minute]) => {
        const [battery, start] = String(minute).split(' ');
        return `${battery} ${Math.floor(Number(start) / seconds) * seconds}`;
      });
      const sums = this.#rows(table).map((row) => [
        `${row.battery} ${row.start}`,
        row.soc_n,
        Number(row.soc_sum).toFixed(6),
      ]);
      const means = Array.from(spans, ([span, all]) => [
        span,
        all.length,
        all.reduce((sum, [, n, total]) => sum + Number(total) / Number(n), 0).toFixed(6),
      ]);
      expect(sums.sort(), table).toEqual(means.sort());
    }
  }

  #rows(table: string): Record<string, unknown>[] {
    const db = new DatabaseSync(join(this.#folder, DATABASE_FILE), { readOnly: true });
    try {
      return db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
    } finally {
      db.close();
    }
  }

  close(): void {
    try {
      this.#store.close();
    } catch {
      // It is closed already.
    }
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}

function shortName(serial: string, kind: string): string {
  return contentName({ serial, kind: kind as Content['kind'], batteryTime: 0, soc: 0 })
    .split(' ')
    .slice(0, 2)
    .join(' ');
}

const STEPS = [
  { weight: 5, arbitrary: fc.record({ act: fc.constant('commit' as const), words: anyWords }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('work' as const), rows: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constantFrom('fold', 'take' as const), rows: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('crash', 'restart' as const) }) },
] as const;
const FORGETTING = {
  weight: 1,
  arbitrary: fc.record({ act: fc.constant('forget' as const), serial: fc.constantFrom(SERIAL, SERIAL, OTHER) }),
};

/** That nothing which comes between strokes shows. @param numRuns how many sequences are tried */
export function datesAsIfAtOnce(numRuns: number): void {
  isAsIfAtOnce(numRuns, fc.oneof(...STEPS));
}

/** The same where batteries are forgotten, and speak again. */
export function forgetsAsIfAtOnce(numRuns: number): void {
  isAsIfAtOnce(numRuns, fc.oneof(...STEPS, FORGETTING));
}

type Step = (typeof STEPS)[number]['arbitrary'] | (typeof FORGETTING)['arbitrary'];

function isAsIfAtOnce(numRuns: number, anyStep: fc.Arbitrary<Step extends fc.Arbitrary<infer S> ? S : never>): void {
  fc.assert(
    fc.property(fc.boolean(), fc.array(anyStep, { minLength: 5, maxLength: 40 }), (output, steps) => {
      const run = new Run(output);
      try {
        for (const one of steps) {
          if (one.act === 'commit') run.commit(one.words);
          else if (one.act === 'forget') run.forget(one.serial);
          else if ('rows' in one) run[one.act](one.rows);
          else run[one.act]();
          run.isThere();
        }
        run.ends();
      } finally {
        run.close();
      }
    }),
    { numRuns },
  );
}
