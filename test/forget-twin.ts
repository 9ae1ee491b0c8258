/**
 * Two stores: one is told anything and forgets batteries amid it, in strokes and through crashes; the other is told the same
 * but for what was forgotten. In the end each table of the one says what that of the other says.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Gap, Private, type StoreRecord } from '../src/model.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { rowsOfBatteries, textOf } from './kept-rows.ts';
import {
  adoption,
  bytes,
  configuration,
  event,
  held,
  identity,
  OTHER,
  peer,
  reading,
  SERIAL,
  settle,
  T,
} from './records.ts';
import { anyWords, Speaker } from './told.ts';

/** Is no battery yet. */
const NEWCOMER = 'AL2002021010103';
const OUTBOXES = [{ name: 'one', bytes: 1e9 }];

type Words = typeof anyWords extends fc.Arbitrary<infer W> ? W : never;

/** Tens of seconds between two readings: no offset of a clock makes them one. */
const APART = 1000;

/** What else may be told of a battery. */
const anyMore = fc.record({
  what: fc.constantFrom(
    'configuration',
    'gap',
    'peer',
    'held',
    'adopted',
    'repeated',
    'named',
    'frames',
    'unknown',
    'newcomer',
  ),
  serial: fc.constantFrom(SERIAL, SERIAL, OTHER),
  n: fc.integer({ min: 1, max: 3 }),
});
type More = typeof anyMore extends fc.Arbitrary<infer M> ? M : never;

interface Told {
  readonly serial: string;
  readonly record: StoreRecord;
}

class Twins {
  readonly #speaker = new Speaker();
  readonly #folders: string[] = [];
  /** What the other store is to be told: commits. */
  #told: Told[][] = [];
  #folder = this.#freshFolder();
  #store = this.#open(this.#folder);
  #connection = 10;
  #n = 0;

  #freshFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'alphaess-local-test-'));
    this.#folders.push(folder);
    return folder;
  }

  #open(folder: string): SqliteStore {
    return SqliteStore.open({ folder, timeZone: 'UTC', outboxes: OUTBOXES });
  }

  /** Each of another time: which of two has the second, is a matter of the moment at which they are dated. */
  commit(words: Words): void {
    const apart = words.map((word) => ('slot' in word ? { ...word, slot: ++this.#n * APART } : word));
    this.#tell(this.#speaker.records(apart).map((record) => ({ serial: serialOf(record), record })));
  }

  more({ what, serial, n }: More): void {
    const whose = what === 'newcomer' ? NEWCOMER : serial;
    this.#tell(this.#recordsOf(what, whose, n).map((record) => ({ serial: whose, record })));
  }

  #recordsOf(what: More['what'], serial: string, n: number): StoreRecord[] {
    const connection = ++this.#connection;
    const receivedMs = (T + 7200 + ++this.#n) * 1000;
    const time = T + this.#n * APART * 10;
    const said = reading('live', time, { soc: n }, { serial, receivedMs });
    const gap: Gap = {
      number: n,
      from: T,
      to: T + 600,
      filledMinutes: n,
      state: n === 1 ? 'open' : 'filled',
      askedMs: null,
    };
    switch (what) {
      case 'configuration':
        return [configuration(`{"n":${n}}`, receivedMs, serial)];
      case 'gap':
        return [{ type: 'gap', battery: new Private(serial), receivedMs, gap }];
      case 'peer':
        return [peer({ number: n, conflicts: n }, false, serial)];
      case 'held':
        return [held(said)];
      case 'adopted':
        return [held(said), adoption(null, serial)];
      case 'repeated':
        return [said, { ...said, receivedMs: receivedMs + 500 }];
      case 'named': {
        // More than are named at once are left to a job.
        const nameless = Array.from({ length: n === 3 ? 120 : n }, (_, at) =>
          event({
            serial: null,
            source: 'server',
            connection,
            time: T,
            batteryTime: null,
            code: null,
            text: `${at}`,
            receivedMs,
          }),
        );
        return [...nameless, bytes({ connection, receivedMs }), identity(serial, connection)];
      }
      case 'frames':
        return [
          bytes({ serial, receivedMs, connection }),
          bytes({ receivedMs, connection, bytes: Buffer.from(`{"SN":"${serial}","n":${n}}`) }),
        ];
      case 'unknown':
        return [reading('detail', time, { soc: n }, { serial, receivedMs, rest: { Strange: `${n}` } })];
      case 'newcomer':
        return [held(reading('live', null, { soc: n }, { serial, batteryTime: T, receivedMs }), { why: 'newcomer' })];
    }
  }

  #tell(told: Told[]): void {
    if (told.length === 0) return;
    this.#told.push(told);
    commitTo(this.#store, told);
  }

  forget(serial: string): void {
    this.#store.forget(this.#store.shortIdOf(serial));
    this.#told = this.#told.map((commit) => commit.filter((one) => one.serial !== serial));
    this.#speaker.forget(serial);
  }

  work(rows: number): void {
    this.#store.work(rows);
  }

  fold(rows: number): void {
    this.#store.fold(rows);
  }

  tally(): void {
    this.#store.tally(1);
  }

  crash(): void {
    const copy = this.#freshFolder();
    cpSync(this.#folder, copy, { recursive: true, filter: (file) => !file.endsWith('-shm') });
    this.#store.close();
    this.#folder = copy;
    this.#store = this.#open(copy);
  }

  ends(): void {
    const other = this.#freshFolder();
    const never = this.#open(other);
    for (const commit of this.#told) commitTo(never, commit);
    for (const store of [this.#store, never]) {
      settle(store);
      while (store.tally(10));
    }
    expect(handed(this.#store)).toEqual(handed(never));
    const ids = new Map([SERIAL, OTHER, NEWCOMER].map((serial) => [serial, this.#store.shortIdOf(serial)]));
    this.#store.close();
    never.close();
    expect(rowsOfBatteries(this.#folder)).toEqual(rowsOfBatteries(other));
    const [text, known] = [textOf(this.#folder), textOf(other)];
    for (const [serial, id] of ids) {
      if (known.includes(serial)) continue;
      expect(text).not.toContain(serial);
      expect(text.split(/[^0-9a-f]/)).not.toContain(id);
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

function serialOf(record: StoreRecord): string {
  return 'battery' in record && record.battery !== null ? record.battery.reveal() : '';
}

/** What is adopted is put in its place at once: when, is not what this is about. */
function commitTo(store: SqliteStore, told: readonly Told[]): void {
  store.commit(told.map(({ record }) => record));
  while (store.adopting) store.adopt(100);
}

/** What an output gets that has taken nothing before. */
function handed(store: SqliteStore): string[] {
  const serials = new Map(store.batteries().map(({ id, serial }) => [id, serial.reveal()]));
  const outbox = store.outbox('one');
  const all = new Set<string>();
  while (outbox.waiting > 0) {
    const { upTo, readings } = outbox.next(100);
    for (const { battery, ...rest } of readings) all.add(JSON.stringify([serials.get(battery) ?? battery, rest]));
    outbox.done(upTo);
  }
  return [...all].sort();
}

const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('commit' as const), words: anyWords }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('more' as const), more: anyMore }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('forget' as const), serial: fc.constantFrom(SERIAL, OTHER, NEWCOMER) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constantFrom('work', 'fold' as const), rows: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('crash', 'tally' as const) }) },
);

/** @param numRuns how many sequences are tried */
export function forgetsAllAndNothingElse(numRuns: number): void {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40 }), (steps) => {
      const twins = new Twins();
      try {
        for (const one of steps) {
          if (one.act === 'commit') twins.commit(one.words);
          else if (one.act === 'more') twins.more(one.more);
          else if (one.act === 'forget') twins.forget(one.serial);
          else if ('rows' in one) twins[one.act](one.rows);
          else twins[one.act]();
        }
        twins.ends();
      } finally {
        twins.close();
      }
    }),
    { numRuns },
  );
}
