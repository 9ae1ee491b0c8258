/**
 * Whole sessions of several batteries, through real sessions into a real store, with kills between: what was acknowledged is
 * compared with what can be read back, by content.
 */
import { rmSync } from 'node:fs';
import type { Instant, StoreRecord } from '../../src/model.ts';
import { FormBook } from '../../src/protocol/body/wire-form.ts';
import { columnsOf } from '../../src/protocol/fields/fields.ts';
import { Batteries } from '../../src/session/batteries.ts';
import { Session } from '../../src/session/session.ts';
import { Random } from '../../src/simulator/random.ts';
import { SqliteReader } from '../../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { StoredReading } from '../../src/store/stored.ts';
import { copyAsAfterCrash } from '../crash.ts';
import { contentOf, type Expected, type Saying, Speaker } from './speaker.ts';

export interface Trial {
  readonly seed: string;
  readonly frames: number;
  readonly batteries?: number;
  /** Kills on the way, evenly spread. */
  readonly kills?: number;
  /** An empty folder, removed afterwards. */
  readonly folder: string;
}

export interface Verdict {
  readonly acknowledged: number;
  /** Answered, and not to be found. */
  readonly lost: readonly string[];
  /** Said so often at most, and found more often. */
  readonly doubled: readonly string[];
  /** Answered although it must not be, or not answered. */
  readonly unanswered: number;
}

/** 2024-06-12 11:00 UTC. */
const START = 1_718_190_000;
const BATTERIES = 6;
const FIELDS = ['pv1_power', 'soc', 'battery_power'] as const;

/** One run of the server: what it knows of batteries is in memory until it is killed. */
class Server {
  readonly folder: string;
  readonly #store: SqliteStore;
  readonly #batteries: Batteries;
  readonly #forms = new FormBook();
  readonly #sessions: Session[] = [];
  #uncommitted: StoreRecord[] = [];

  constructor(folder: string) {
    this.folder = folder;
    this.#store = SqliteStore.open({ folder, timeZone: 'Europe/Berlin' });
    this.#batteries = new Batteries(100);
    for (const battery of this.#store.batteries()) this.#batteries.restore(battery);
  }

  connect(index: number, now: Instant): void {
    const connection = this.#store.nextConnection();
    this.#sessions[index] = new Session({ connection, batteries: this.#batteries, forms: this.#forms }, now);
  }

  /** @returns whether it will be answered once it is committed */
  hear(index: number, frame: Uint8Array, now: Instant): boolean {
    if (this.#sessions[index] === undefined) this.connect(index, now);
    const session = this.#sessions[index] as Session;
    const due = session.deadline !== null && session.deadline <= now.monoMs ? session.wake(now) : [];
    const outputs = [...due, ...session.receive(frame, now)];
    for (const output of outputs) if (output.type === 'record') this.#uncommitted.push(output.record);
    // It was closed for its silence, or for another of its connections: the battery connects anew.
    if (session.deadline === null) delete this.#sessions[index];
    return outputs.some(({ type }) => type === 'reply');
  }

  commit(): void {
    this.#store.commit(this.#uncommitted);
    this.#uncommitted = [];
  }

  /** What housekeeping does between, some of it. */
  keep(random: Random): void {
    if (random.chance(0.5)) this.#store.fold(random.whole(1, 300));
    if (random.chance(0.05)) this.#store.tally(1);
  }

  close(): void {
    this.#store.close();
  }
}

/** Runs it, and looks for everything that was acknowledged. */
export function runTrial(trial: Trial): Verdict {
  const { seed, frames, batteries = BATTERIES, kills = 3 } = trial;
  const random = new Random(seed);
  const speakers = Array.from({ length: batteries }, (_, n) => new Speaker(`AL200202101${1000 + n}`, random.fork(n)));
  const said = new Map<string, { expected: Expected; times: number }>();
  let server = new Server(trial.folder);
  let [second, acknowledged, unanswered] = [0, 0, 0];
  let waiting: Saying[] = [];
  for (let frame = 0; frame < frames; frame++) {
    second += random.whole(0, 3);
    const now = { wallMs: (START + second) * 1000 + random.whole(0, 999), monoMs: second * 1000 };
    const index = random.whole(0, batteries - 1);
    if (random.chance(0.002)) server.connect(index, now);
    const saying = (speakers[index] as Speaker).say(START + second);
    if (server.hear(index, saying.frame, now) !== saying.answered) unanswered++;
    waiting.push(saying);
    if (random.chance(0.1)) {
      server.commit();
      acknowledged += waiting.length;
      for (const { expected } of waiting) note(said, expected);
      waiting = [];
      server.keep(random);
    }
    if (frame % Math.ceil(frames / (kills + 1)) === 0 && frame > 0) {
      const copy = copyAsAfterCrash(server.folder);
      server.close();
      rmSync(server.folder, { recursive: true });
      server = new Server(copy);
      waiting = [];
    }
  }
  server.close();
  const found = everythingIn(server.folder);
  rmSync(server.folder, { recursive: true });
  return { acknowledged, unanswered, ...compared(said, found) };
}

function note(said: Map<string, { expected: Expected; times: number }>, expected: readonly Expected[]): void {
  for (const one of expected) {
    const key = `${one.in} ${one.content}`;
    said.set(key, { expected: one, times: (said.get(key)?.times ?? 0) + 1 });
  }
}

function compared(
  said: ReadonlyMap<string, { expected: Expected; times: number }>,
  found: ReadonlyMap<string, number>,
): Pick<Verdict, 'lost' | 'doubled'> {
  const lost = [...said.keys()].filter((key) => !found.has(key));
  // Bytes are kept each time they come, and what was said and not committed before a kill may be there as well.
  const doubled = [...said].filter(
    ([key, { expected, times }]) => expected.in === 'readings' && (found.get(key) ?? 0) > times,
  );
  return { lost, doubled: doubled.map(([key]) => key) };
}

/** How often each content can be read back. */
function everythingIn(folder: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (key: string) => void found.set(key, (found.get(key) ?? 0) + 1);
  const reader = new SqliteReader(folder);
  for (const kind of ['live', 'detail', 'history'] as const) {
    for (const reading of reader.readings(kind)) add(`readings ${contentIn(reading)}`);
  }
  for (const { text } of reader.configurations()) add(`configurations ${text}`);
  for (const { text } of reader.events()) add(`events ${text}`);
  for (const kept of ['unknown', 'discarded'] as const) {
    for (const { bytes } of reader.frames(kept)) add(`bytes ${Buffer.from(bytes).toString('hex')}`);
  }
  reader.close();
  return found;
}

function contentIn({ owner, kind, batteryTime, values }: StoredReading): string {
  const read = (name: string) =>
    (values[columnsOf(kind).findIndex((field) => field.name === name)] ?? null) as number | null;
  const [pv1_power, soc, battery_power] = FIELDS.map(read) as [number | null, number | null, number | null];
  return contentOf({ serial: owner.serial.reveal(), kind, batteryTime, pv1_power, soc, battery_power });
}
