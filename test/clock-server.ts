/**
 * The server of the trial of clocks: batteries, store and clocks, which several batteries share. Seconds count by true time.
 */
import type { ClockEpoch, Instant, StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Batteries } from '../src/session/batteries.ts';
import type { SystemWord } from '../src/session/clock/server-clock.ts';
import { Session } from '../src/session/session.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { settle } from './records.ts';

/** What happens to the server at a moment: its wall clock is off by so many seconds; … */
export type ServerHappening =
  | { readonly at: number; readonly what: 'server off by'; readonly seconds: number }
  /** Nobody listens meanwhile, and its monotonic clock stands. */
  | { readonly at: number; readonly what: 'server sleeps'; readonly seconds: number }
  | { readonly at: number; readonly what: 'server stops' }
  | { readonly at: number; readonly what: 'server starts'; readonly off?: number }
  | { readonly at: number; readonly what: 'system says'; readonly word: SystemWord };

/** 2026-06-15 09:00 UTC. */
export const START = Date.UTC(2026, 5, 15, 9) / 1000;
const COMMIT_SECONDS = 60;
const FOLD_SECONDS = 300;

export class TrialServer {
  readonly #folder: string;
  /** How many batteries it takes in. */
  readonly #size: number;
  #store: SqliteStore | null = null;
  #batteries: Batteries;
  readonly #records: StoreRecord[] = [];
  #epochs: ReadonlyMap<string, readonly ClockEpoch[]> = new Map();
  #connection = 0;
  #off: number;
  #started = 0;
  #asleep = 0;
  #sleepsUntil = 0;
  #run = 0;
  #word: SystemWord = 'unknown';

  constructor(folder: string, size: number, off: number) {
    this.#folder = folder;
    this.#size = size;
    this.#off = off;
    this.#batteries = new Batteries(size);
  }

  get isUp(): boolean {
    return this.#store !== null;
  }

  /** Which of its runs this is. */
  get run(): number {
    return this.#run;
  }

  /** Its monotonic clock stands while it sleeps. */
  now(second: number): Instant {
    return { wallMs: (START + second + this.#off) * 1000, monoMs: (second - this.#started - this.#asleep) * 1000 };
  }

  /** What it knew of the clock of a battery when it stopped. */
  epochsOf(serial: string): readonly ClockEpoch[] {
    return this.#epochs.get(serial) ?? [];
  }

  accept(second: number): { readonly session: Session; readonly connection: number } {
    const connection = ++this.#connection;
    const options = { connection, batteries: this.#batteries, forms: new FormBook() };
    return { session: new Session(options, this.now(second)), connection };
  }

  keep(record: StoreRecord): void {
    this.#records.push(record);
  }

  happens(happening: ServerHappening, second: number): void {
    switch (happening.what) {
      case 'server off by':
        this.#off = happening.seconds;
        return;
      case 'server sleeps':
        this.#sleepsUntil = second + happening.seconds;
        return;
      case 'server stops':
        this.stop();
        return;
      case 'server starts':
        if (happening.off !== undefined) this.#off = happening.off;
        this.start(second);
        return;
      case 'system says':
        this.#word = happening.word;
        this.#batteries.serverClock.see(this.now(second));
        this.#batteries.serverClock.told(happening.word);
    }
  }

  start(second: number): void {
    this.#run++;
    this.#started = second - 5;
    this.#asleep = 0;
    this.#store = SqliteStore.open({ folder: this.#folder, timeZone: 'UTC' });
    this.#batteries = new Batteries(this.#size);
    for (const battery of this.#store.batteries()) this.#batteries.restore(battery);
    this.#batteries.serverClock.see(this.now(second));
    this.#batteries.serverClock.told(this.#word);
  }

  /** All have hung up. */
  stop(): void {
    const store = this.#store as SqliteStore;
    this.#commit();
    settle(store);
    const known = store.batteries(this.#size);
    this.#epochs = new Map(known.map(({ serial, epochs }) => [serial.reveal(), epochs]));
    store.close();
    this.#store = null;
  }

  /** @returns whether it sleeps through that second */
  sleepsThrough(second: number): boolean {
    const sleeps = second < this.#sleepsUntil;
    if (sleeps) this.#asleep++;
    return sleeps;
  }

  /** What it does once in a while. */
  work(second: number): void {
    if (second % COMMIT_SECONDS === 0) this.#commit();
    if (second % FOLD_SECONDS !== 0) return;
    this.#store?.fold(1000);
    this.#store?.work(1000);
  }

  #commit(): void {
    if (this.#store !== null && this.#records.length > 0) this.#store.commit(this.#records.splice(0));
  }
}
