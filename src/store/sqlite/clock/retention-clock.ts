/**
 * The server's wall clock, as far as things may be removed by it. What is too old goes by it, so a clock that is far ahead
 * would remove everything; it is not believed until somebody else says the same (decision 0016).
 */
import * as z from 'zod';
import type { Battery, ClockDoubt, ClockWitness, Instant, StoreRecord } from '../../../model.ts';
import type { Retention, Store } from '../../store.ts';
import { type WrongStamp, WrongStamps } from '../jobs/wrong-stamps.ts';
import { BatteryWitness } from './battery-witness.ts';

export interface ClockListener {
  /** Said when a doubt begins, and every day. Must not throw. */
  doubted(doubt: ClockDoubt): void;
  sure(by: ClockWitness): void;
}

export interface RetentionClockOptions {
  readonly memory: Pick<Store, 'recall' | 'remember'>;
  readonly retention: Pick<Retention, 'liveDays' | 'rawDays'>;
  readonly now: () => Instant;
  /** Whether the kernel says that its clock is synchronised, and it is the one that this process sees. */
  readonly kernel: () => Promise<boolean>;
  readonly listener: ClockListener;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** No server that runs this program lives before that. */
const WRITTEN_MS = Date.UTC(2026, 0, 1);
const NOTE = 'retention clock';

const noteSchema = z.object({
  sure_ms: z.number(),
  wrong_stamps: z.array(z.object({ from_ms: z.number(), to_ms: z.number(), until_ms: z.number() })),
});

export class RetentionClock {
  readonly #options: RetentionClockOptions;
  readonly #toleranceMs: number;
  readonly #stamps: WrongStamps;
  readonly #batteries: BatteryWitness;
  /** A moment of the wall clock that is sure, and when that was by the monotonic one, which never stops nor jumps. */
  #sure: Instant | null;
  #doubt: ClockDoubt | null = null;
  #lookedAt: Instant | null = null;
  #keptMs = Number.NEGATIVE_INFINITY;
  #askedMs = Number.NEGATIVE_INFINITY;
  #saidMs: number | null = null;

  constructor(options: RetentionClockOptions, batteries: readonly Battery[]) {
    const { memory, retention, now } = options;
    this.#options = options;
    const kept = [retention.liveDays, retention.rawDays].flatMap((days) => (days === null ? [] : [days * DAY_MS]));
    this.#toleranceMs = Math.max(HOUR_MS, Math.min(DAY_MS, ...kept.map((ms) => ms / 4)));
    const note = noteIn(memory.recall(NOTE));
    const stamps = (note?.wrong_stamps ?? []).map(stampOf);
    this.#stamps = new WrongStamps(this.#toleranceMs, Math.max(0, ...kept), stamps);
    this.#batteries = new BatteryWitness(batteries);
    const sureMs = note?.sure_ms ?? newestArrivalOf(batteries);
    this.#sure = sureMs === null ? null : { wallMs: sureMs, monoMs: now().monoMs };
  }

  /** Why nothing may be removed by the wall clock; null where it may. As of the last look. */
  get doubt(): ClockDoubt | null {
    return this.#doubt;
  }

  /** Whether something may be removed by it now. */
  get isSure(): boolean {
    return this.#lookedAt !== null && this.#doubt === null;
  }

  /** When arrivals were stamped too early, in this run or before. */
  get wrongStamps(): readonly WrongStamp[] {
    return this.#stamps.list;
  }

  /** To be called each second. */
  look(now: Instant): void {
    const isStepped = this.#stamps.look(now);
    this.#lookedAt = now;
    const doubt = this.#judge(now);
    if (doubt !== null) this.#wait(doubt, now);
    else {
      this.#end('clock');
      if (now.wallMs >= (this.#expectedMs(now) ?? Number.NEGATIVE_INFINITY)) this.#sure = now;
    }
    if (isStepped || (this.isSure && now.monoMs - this.#keptMs >= HOUR_MS)) this.#keep(now);
  }

  /** What is kept of a battery that is about to speak. */
  loaded(battery: Battery): void {
    this.#batteries.load(battery);
  }

  /** Behind the commit. */
  committed(records: readonly StoreRecord[]): void {
    const now = this.#options.now();
    // A clock that was set is to be seen before what batteries say by it.
    this.look(now);
    const { doubt } = this;
    if (doubt === null) this.#batteries.learn(records);
    else if (doubt.sureMs !== null) this.#batteries.hear(records, doubt.shownMs - doubt.sureMs, now);
  }

  /** A battery is to be forgotten: it bears no witness any more. */
  forget(serial: string): void {
    this.#batteries.forgetBattery(serial);
  }

  /** @returns whether it is sure then: a clock that shows a time before this program was written cannot be */
  confirm(by: ClockWitness): boolean {
    const now = this.#options.now();
    if (now.wallMs < WRITTEN_MS) return false;
    this.#sure = now;
    this.#end(by);
    this.#keep(now);
    return true;
  }

  #expectedMs({ monoMs }: Instant): number | null {
    return this.#sure === null ? null : this.#sure.wallMs + monoMs - this.#sure.monoMs;
  }

  #judge(now: Instant): ClockDoubt | null {
    const sureMs = this.#expectedMs(now);
    if (now.wallMs < WRITTEN_MS) return { kind: 'early', shownMs: now.wallMs, sureMs };
    const isFar = sureMs !== null && now.wallMs - sureMs > this.#toleranceMs;
    return isFar ? { kind: 'ahead', shownMs: now.wallMs, sureMs } : null;
  }

  #wait(doubt: ClockDoubt, now: Instant): void {
    if (this.#doubt?.kind !== doubt.kind) {
      this.#batteries.forget();
      this.#askedMs = Number.NEGATIVE_INFINITY;
      this.#saidMs = null;
    }
    this.#doubt = doubt;
    if (doubt.kind === 'early') this.#say();
    else if (this.#batteries.isSure(now)) this.confirm('battery');
    else if (now.monoMs - this.#askedMs >= MINUTE_MS) {
      this.#askedMs = now.monoMs;
      this.#askKernel();
    }
  }

  #askKernel(): void {
    this.#options
      .kernel()
      .catch(() => false)
      .then((isSynchronised) => {
        if (this.#doubt?.kind !== 'ahead') return;
        if (isSynchronised) this.confirm('kernel');
        else this.#say();
      });
  }

  #say(): void {
    const { monoMs } = this.#options.now();
    if (this.#doubt === null || (this.#saidMs !== null && monoMs - this.#saidMs < DAY_MS)) return;
    this.#saidMs = monoMs;
    this.#options.listener.doubted(this.#doubt);
  }

  #end(by: ClockWitness): void {
    const wasSaid = this.#saidMs !== null;
    this.#doubt = null;
    this.#saidMs = null;
    if (wasSaid) this.#options.listener.sure(by);
  }

  /** What the next start has to know. While in doubt the last sure moment stays. */
  #keep(now: Instant): void {
    const sureMs = this.#sure?.wallMs ?? null;
    if (sureMs === null) return;
    const stamps = this.wrongStamps.map(({ fromMs, toMs, untilMs }) => ({
      from_ms: fromMs,
      to_ms: toMs,
      until_ms: untilMs,
    }));
    try {
      this.#options.memory.remember(new Map([[NOTE, JSON.stringify({ sure_ms: sureMs, wrong_stamps: stamps })]]));
      this.#keptMs = now.monoMs;
    } catch {
      // The store is busy or full. Not with every look: each waits for its lock.
      this.#keptMs = now.monoMs - HOUR_MS + MINUTE_MS;
    }
  }
}

/** The owner's word for the clock where no server runs. */
export function confirmForNextStart(memory: Pick<Store, 'recall' | 'remember'>, nowMs: number): boolean {
  if (nowMs < WRITTEN_MS) return false;
  const stamps = noteIn(memory.recall(NOTE))?.wrong_stamps ?? [];
  memory.remember(new Map([[NOTE, JSON.stringify({ sure_ms: nowMs, wrong_stamps: stamps })]]));
  return true;
}

function noteIn(text: string | null): z.infer<typeof noteSchema> | null {
  if (text === null) return null;
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function stampOf(note: z.infer<typeof noteSchema>['wrong_stamps'][number]): WrongStamp {
  return { fromMs: note.from_ms, toMs: note.to_ms, untilMs: note.until_ms };
}

/** Of a store that was never kept in order by this version. */
function newestArrivalOf(batteries: readonly Battery[]): number | null {
  const arrivals = batteries.flatMap(({ newest, firstSeenMs }) => [newest?.receivedMs ?? firstSeenMs]);
  return arrivals.length === 0 ? null : Math.max(...arrivals);
}
