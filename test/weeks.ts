/**
 * Weeks of a battery's live frames as a server sees them arrive, made without a server and without the simulator's sockets, so
 * that a thousand of them take a minute. The truth goes along with each frame.
 */
import type { ClockCorrection, ClockEpoch, Instant } from '../src/model.ts';
import { BatteryClock } from '../src/session/clock.ts';
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

const START_MS = Date.UTC(2024, 5, 12);
const DAY_SECONDS = 86_400;

/** The frames of a week in the order of their arrival. */
export function* week(options: WeekOptions): Generator<Arrival> {
  const { seed, days = 7, intervalSeconds = 10, faults = true, away = [] } = options;
  const random = new Random(seed);
  const clock = batteryClock(options, random);
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

function batteryClock(options: WeekOptions, random: Random): (second: number) => number {
  const { driftPpm = 0, jumps = [] } = options;
  const ahead = random.uniform(-1000, 1000) + 36_000;
  return (second) => {
    const set = jumps.filter(([at]) => second >= at).reduce((sum, [, by]) => sum + by, 0);
    return Math.floor(START_MS / 1000 + second * (1 + driftPpm / 1e6) + ahead + set);
  };
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
  /** Those that hold at the end, oldest first. */
  readonly epochs: readonly ClockEpoch[];
  readonly clock: BatteryClock;
}

/** Lets a clock hear a week, and dates its frames, as a session and a store would. */
export function hear(arrivals: Iterable<Arrival>): Outcome {
  let clock = new BatteryClock();
  let epochs: ClockEpoch[] = [];
  const rows: Dated[] = [];
  let newestMs: number | null = null;
  for (const arrival of arrivals) {
    const now: Instant = { wallMs: arrival.receivedMs, monoMs: arrival.receivedMs - START_MS };
    if (arrival.afterRestart) clock = new BatteryClock(epochs, newestMs);
    const change = clock.sample(arrival.batteryTime, now);
    if (change !== null) {
      const first = change.epochs[0]?.number ?? 0;
      epochs = [...epochs.filter(({ number }) => number < first), ...change.epochs];
      for (const correction of change.corrections) correct(rows, correction);
    }
    rows.push({ arrival, time: clock.timeline.ofArrived(arrival.batteryTime, arrival.receivedMs) as number });
    newestMs = arrival.receivedMs;
  }
  return { rows, epochs, clock };
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

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
