/**
 * Weeks of a battery's live frames as a server sees them arrive, made without a server and without the simulator's sockets, so
 * that a thousand of them take a minute. The truth goes along with each frame.
 */
import type { ClockCorrection, ClockEpoch, Gap, Instant } from '../src/model.ts';
import { BACKFILL, Backfill } from '../src/session/backfill/backfill.ts';
import type { ClockChange } from '../src/session/clock/change.ts';
import { BatteryClock } from '../src/session/clock/clock.ts';
import { Random } from '../src/simulator/random.ts';

export interface WeekOptions {
  readonly seed: string;
  readonly days?: number;
  /** By how many parts per million the battery's clock is fast. */
  readonly driftPpm?: number;
  /** Between samples. */
  readonly intervalSeconds?: number;
  /** Late frames (0 to 60 s), bunches of up to six, duplicates, reconnections, restarts of the server. */
  readonly faults?: boolean;
  /** When its clock is set, and by how much: seconds from the start, seconds. */
  readonly jumps?: readonly (readonly [at: number, by: number])[];
  /** Stretches in which nothing arrives, in seconds from the start. */
  readonly away?: readonly (readonly [from: number, to: number])[];
}

/** A live frame as it arrived. */
export interface Arrival {
  readonly batteryTime: number;
  /** When it was sampled, truly; Unix milliseconds. */
  readonly utcMs: number;
  readonly receivedMs: number;
  /** The server was started anew since the last. */
  readonly afterRestart: boolean;
}

export const START_MS = Date.UTC(2024, 5, 12);
const DAY_SECONDS = 86_400;

/** The frames of a week in the order of their arrival. */
export function* week(options: WeekOptions): Generator<Arrival> {
  const { seed, days = 7, intervalSeconds = 10, faults = true, away = [] } = options;
  const random = new Random(seed);
  const clock = batteryClock(options);
  const weather = new Weather(random, faults, intervalSeconds);
  let held: { batteryTime: number; utcMs: number }[] = [];
  let lastArrivalMs = 0;
  const phase = random.uniform(0, 1);
  for (let second = phase; second < days * DAY_SECONDS; second += intervalSeconds) {
    const utcMs = START_MS + second * 1000;
    const isAway = away.some(([from, to]) => second >= from && second < to);
    if (isAway || !weather.online(second)) {
      held = [];
      continue;
    }
    const sample = { batteryTime: clock(second), utcMs };
    held.push(sample);
    if (weather.holdsBack(held.length)) continue;
    const arrivalMs = Math.max(lastArrivalMs, utcMs + weather.delayMs());
    lastArrivalMs = arrivalMs;
    const afterRestart = weather.restarted();
    const again = weather.repeats() ? [sample] : [];
    for (const [index, one] of held.entries())
      yield { ...one, receivedMs: arrivalMs, afterRestart: afterRestart && index === 0 };
    held = again;
  }
}

function batteryClock(options: WeekOptions): (second: number) => number {
  const { seed, driftPpm = 0, jumps = [] } = options;
  const ahead = new Random(`${seed}, its clock`).uniform(-1000, 1000) + 36_000;
  return (second) => {
    const set = jumps.filter(([at]) => second >= at).reduce((sum, [, by]) => sum + by, 0);
    return Math.floor(START_MS / 1000 + second * (1 + driftPpm / 1e6) + ahead + set);
  };
}

/** A row of its memory: what its clock showed, and when that truly was, Unix milliseconds. */
export interface Remembered {
  readonly batteryTime: number;
  readonly utcMs: number;
}

/** What the battery of such a week remembers: a row a minute, also while nobody listens. */
export function memoryOf(options: WeekOptions): Remembered[] {
  const clock = batteryClock(options);
  const minutes = (options.days ?? 7) * 1440;
  const phase = new Random(`${options.seed}, its memory`).uniform(0, 60);
  return Array.from({ length: minutes }, (_, minute) => {
    const second = phase + minute * 60;
    return { batteryTime: clock(second), utcMs: START_MS + second * 1000 };
  });
}

/** What disturbs the frames on their way. */
class Weather {
  readonly #random: Random;
  readonly #faults: boolean;
  /** Per frame: however many there are, a stretch of time is disturbed as often. */
  readonly #lateShare: number;
  #offlineUntil = 0;
  #bunch = 0;

  constructor(random: Random, faults: boolean, intervalSeconds: number) {
    this.#random = random;
    this.#faults = faults;
    this.#lateShare = Math.min(0.15, 0.015 * intervalSeconds);
  }

  online(second: number): boolean {
    if (!this.#faults) return true;
    if (this.#random.chance(1 / 360)) this.#offlineUntil = second + this.#random.uniform(5, 90);
    return second >= this.#offlineUntil;
  }

  holdsBack(held: number): boolean {
    if (this.#faults && this.#bunch === 0 && this.#random.chance(0.08)) this.#bunch = this.#random.whole(2, 6);
    if (held < this.#bunch) return true;
    this.#bunch = 0;
    return false;
  }

  delayMs(): number {
    const usual = this.#random.uniform(20, 300);
    return this.#faults && this.#random.chance(this.#lateShare) ? this.#random.uniform(0, 60_000) : usual;
  }

  repeats(): boolean {
    return this.#faults && this.#random.chance(0.1);
  }

  restarted(): boolean {
    return this.#faults && this.#random.chance(1 / 2000);
  }
}

/** A reading as a store would keep it: by its battery time and arrival, at the second it is dated. */
export interface Dated {
  readonly arrival: Arrival;
  time: number;
}

/** What a server made of a week. */
export interface Outcome {
  readonly rows: readonly Dated[];
  readonly history: readonly Dated[];
  readonly gaps: readonly Gap[];
  /** Those that hold at the end, oldest first. */
  readonly epochs: readonly ClockEpoch[];
  readonly clock: BatteryClock;
}

/** Lets a server hear a week, and dates what comes as a session and a store would. */
export function hear(arrivals: Iterable<Arrival>, memory: readonly Remembered[] = []): Outcome {
  const server = new Server(memory);
  for (const arrival of arrivals) server.hear(arrival);
  return server;
}

class Server implements Outcome {
  readonly rows: Dated[] = [];
  readonly history: Dated[] = [];
  epochs: ClockEpoch[] = [];
  clock = new BatteryClock();
  readonly #memory: readonly Remembered[];
  readonly #gaps = new Map<number, Gap>();
  #newest: { time: number; receivedMs: number } | null = null;
  #backfill: Backfill;

  constructor(memory: readonly Remembered[]) {
    this.#memory = memory;
    this.#backfill = this.#restored();
  }

  get gaps(): readonly Gap[] {
    return [...this.#gaps.values()];
  }

  hear(arrival: Arrival): void {
    const { batteryTime, receivedMs, afterRestart } = arrival;
    const now: Instant = { wallMs: receivedMs, monoMs: receivedMs - START_MS };
    if (afterRestart) {
      this.clock = new BatteryClock(this.epochs, this.#newest?.receivedMs ?? null);
      this.#backfill = this.#restored();
    }
    const change = this.clock.sample(batteryTime, now);
    if (change !== null) this.#keep(change);
    const told = this.clock.timeline.ofArrived(batteryTime, receivedMs) as number;
    const time = this.clock.bounded(told, batteryTime, now);
    this.rows.push({ arrival, time });
    if (this.#newest === null || time > this.#newest.time) this.#newest = { time, receivedMs };
    if (this.#memory.length > 0) this.#fetch(time, now);
  }

  #restored(): Backfill {
    const open = this.gaps.filter(({ state }) => state === 'open' || state === 'asked');
    return new Backfill(BACKFILL, this.clock.timeline, this.#newest, { open, last: this.#gaps.size });
  }

  #keep({ epochs, corrections }: ClockChange): void {
    const first = epochs[0]?.number ?? Number.POSITIVE_INFINITY;
    this.epochs = [...this.epochs.filter(({ number }) => number < first), ...epochs];
    for (const correction of corrections) {
      if (correction.kinds.includes('live')) correct(this.rows, correction);
      correct(this.history, correction);
    }
  }

  /** The battery sends at once what it is asked for, and it is quiet after that. */
  #fetch(time: number, now: Instant): void {
    this.#note(this.#backfill.heard(time, now.wallMs, this.clock.settled));
    let quiet = now;
    for (let asked = this.#ask(quiet); asked !== null; asked = this.#ask(quiet)) {
      this.#note(asked.gap);
      for (const row of this.#resumed(asked.order, now)) {
        const { time: dated, corrections } = this.#backfill.row(row.batteryTime, now);
        this.#keep({ epochs: [], corrections });
        const arrival = { ...row, receivedMs: now.wallMs, afterRestart: false };
        this.history.push({ arrival, time: dated as number });
      }
      quiet = { wallMs: quiet.wallMs + 60_000, monoMs: quiet.monoMs + 60_000 };
      this.#note(this.#backfill.wake(quiet));
    }
  }

  #ask(now: Instant): ReturnType<Backfill['ask']> {
    return this.clock.settled ? this.#backfill.ask(1, now) : null;
  }

  #note(gap: Gap | null): void {
    if (gap !== null) this.#gaps.set(gap.number, gap);
  }

  /** The rows after a time of its clock, in the order it remembers them, as many as were asked for. */
  #resumed(order: Uint8Array, now: Instant): Remembered[] {
    const { Parameter1, Parameter2 } = JSON.parse(new TextDecoder().decode(order.subarray(7, -2)));
    const after = Date.parse(`${Parameter1.replaceAll('/', '-').replace(' ', 'T')}Z`) / 1000;
    return this.#memory
      .filter(({ batteryTime, utcMs }) => batteryTime > after && utcMs <= now.wallMs)
      .slice(0, Number(Parameter2));
  }
}

function correct(rows: Dated[], correction: ClockCorrection): void {
  const by = correction.oldOffsetSeconds - correction.newOffsetSeconds;
  for (const row of rows) {
    const { batteryTime, receivedMs } = row.arrival;
    const concerned = batteryTime >= correction.fromBatteryTime && batteryTime <= correction.toBatteryTime;
    if (!concerned || receivedMs < correction.receivedSinceMs) continue;
    if (row.time === batteryTime - correction.oldOffsetSeconds) row.time += by;
  }
}

/** How far each row is from the truth, in seconds, sorted. */
export function errorsOf(rows: readonly Dated[]): number[] {
  return rows.map(({ arrival, time }) => Math.abs(time - arrival.utcMs / 1000)).sort((a, b) => a - b);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export interface Figures {
  readonly p99: number;
  readonly worst: number;
  /** Epochs that no drift began, the first one not counted. */
  readonly set: number;
}

export function figuresOf({ rows, epochs }: Outcome): Figures {
  const errors = errorsOf(rows);
  const set = epochs.filter(({ reason }) => reason !== 'drift').length - 1;
  return { p99: percentile(errors, 0.99), worst: errors.at(-1) ?? 0, set };
}

/** The drift of the n-th of many weeks: all from −44 to +44 parts per million, 80 s in three weeks, in their turn. */
export function driftOf(index: number): number {
  return ((index % 9) - 4) * 11;
}

/** The worst of a number of weeks in which no clock was set; each of its own seed. */
export function worstOfWeeks(count: number): Figures {
  let [p99, worst, set] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const figures = figuresOf(hear(week({ seed: `week ${index}`, driftPpm: driftOf(index) })));
    p99 = Math.max(p99, figures.p99);
    worst = Math.max(worst, figures.worst);
    set += figures.set;
  }
  return { p99, worst, set };
}
