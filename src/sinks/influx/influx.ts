/**
 * The output to InfluxDB and all that understand its line protocol. It takes what was committed from its outbox, history
 * that was fetched later too, and lets go of it only when the server has confirmed it.
 */
import { counted } from '../../counted.ts';
import { type Outbox, StoreError } from '../../store/store.ts';
import { Backoff } from '../backoff.ts';
import type { SinkCondition } from '../condition.ts';
import type { Sink, SinkNews, SinkStatus } from '../sink.ts';
import type { DeliveryOutcome, InfluxDelivery } from './delivery.ts';
import type { LineReading, LineTotals } from './line.ts';
import { LineBatch } from './line-batch.ts';

/** Times in ms. */
export interface DeliveryPace {
  /** Between two writes while all is well. */
  readonly everyMs: number;
  /** After the first failure; doubled with each until the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** After it wants something of its owner, or a mistake of ours. */
  readonly refusedMs: number;
}

const PACE: DeliveryPace = { everyMs: 10_000, firstRetryMs: 1000, longestRetryMs: 60_000, refusedMs: 60_000 };

export interface InfluxOptions {
  readonly outbox: Outbox;
  readonly line: (reading: LineReading) => string | null;
  readonly totalsLine: (totals: LineTotals) => string | null;
  readonly delivery: Pick<InfluxDelivery, 'deliver'>;
  readonly condition: SinkCondition;
  /** Told of mistakes of ours. Must not throw. */
  readonly mistaken: (detail: string) => void;
  /** From 0 to below 1, so that many servers do not come back in step. */
  readonly random: () => number;
  readonly pace?: DeliveryPace;
}

/** Readings in one write: while they are read and written down, some milliseconds, no battery is answered. */
const BATCH = 250;
/** So many that wait are written at once. */
const MANY = 100;

/** What was taken from the outbox last, until all of it is settled. */
interface TakenReadings {
  readonly upTo: number;
  readonly lines: LineBatch;
}

export class InfluxSink implements Sink {
  readonly name = 'influx';
  /** Readings it takes from the store. */
  readonly wants = ['energy'] as const;
  readonly #options: InfluxOptions;
  readonly #pace: DeliveryPace;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #turn: Promise<void> = Promise.resolve();
  #taken: TakenReadings | null = null;
  /** The newest totals of each battery, until they are written with its readings. */
  readonly #totals = new Map<string, string>();
  #dropped = 0;
  #unreadable = 0;

  constructor(options: InfluxOptions) {
    this.#options = options;
    this.#pace = options.pace ?? PACE;
    const { firstRetryMs, longestRetryMs } = this.#pace;
    this.#backoff = new Backoff(firstRetryMs, longestRetryMs, options.random);
  }

  get status(): SinkStatus {
    return this.#options.condition.status(this.#options.outbox.waiting);
  }

  start(): void {
    this.#schedule(0);
  }

  /** Totals only rise: of a battery whose newest waits, those before are not missed. */
  tell(news: SinkNews): void {
    if (news.type !== 'energy') return;
    const { battery, timeMs, total } = news;
    const line = this.#options.totalsLine({ battery, time: Math.floor(timeMs / 1000), total });
    if (line !== null) this.#totals.set(battery, line);
  }

  /** Its readings leave the outbox; its totals are not written either. */
  forget(battery: string): void {
    this.#totals.delete(battery);
  }

  /** A request under way is broken off; what it held comes again after the next start, and overwrites itself. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#turn;
    this.#options.condition.stopped();
  }

  #schedule(ms: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#turn = this.#take().then((next) => this.#schedule(next));
    }, ms);
  }

  /** @returns after how many ms it is done again */
  async #take(): Promise<number> {
    try {
      this.#countDropped();
      return await this.#write();
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): number {
    const { condition, mistaken } = this.#options;
    if (error instanceof StoreError && error.passing) {
      condition.down('OUTPUT_QUEUE', `${error.code}: ${error.message}`);
      return this.#backoff.next();
    }
    mistaken(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return this.#pace.refusedMs;
  }

  async #write(): Promise<number> {
    const { outbox } = this.#options;
    this.#taken ??= this.#next();
    if (this.#taken === null) return this.#pace.everyMs;
    const { upTo, lines } = this.#taken;
    if (lines.waiting > 0) {
      const halted = await this.#deliver(lines);
      if (halted !== null) return halted;
    }
    if (lines.waiting > 0) return this.#pace.firstRetryMs;
    this.#taken = null;
    outbox.done(upTo);
    return outbox.waiting >= MANY ? 0 : this.#pace.everyMs;
  }

  #next(): TakenReadings | null {
    const { outbox, line } = this.#options;
    const { upTo, readings } = outbox.next(BATCH);
    if (readings.length === 0) return null;
    const totals = [...this.#totals.values()];
    this.#totals.clear();
    return { upTo, lines: new LineBatch([...readings.flatMap((reading) => line(reading) ?? []), ...totals]) };
  }

  /** @returns after how many ms it is tried again; null where nothing keeps it from going on */
  async #deliver(lines: LineBatch): Promise<number | null> {
    const { condition, delivery, line, outbox } = this.#options;
    const newest = () => {
      const reading = outbox.newest();
      return reading === null ? null : line(reading);
    };
    const { stored, rejected, reason, halt } = await delivery.deliver(lines, newest, this.#stopping.signal);
    if (halt === null) condition.up();
    if (halt === null || stored > 0) this.#backoff.reset();
    if (stored > 0) condition.sent(stored);
    if (rejected > 0) condition.rejected(rejected, `${rejected} of ${stored + rejected} points: ${reason}`);
    return halt === null ? null : this.#halted(halt);
  }

  #halted(halt: NonNullable<DeliveryOutcome['halt']>): number {
    const { condition } = this.#options;
    if (this.#stopping.signal.aborted) return 0;
    if (halt.type === 'refused') {
      condition.down('OUTPUT_REFUSED', halt.detail);
      return this.#pace.refusedMs;
    }
    condition.down('OUTPUT_UNREACHABLE', halt.detail);
    return Math.max(halt.afterMs ?? 0, this.#backoff.next());
  }

  #countDropped(): void {
    const { condition, mistaken, outbox } = this.#options;
    const unreadable = outbox.unreadable - this.#unreadable;
    const overflowed = outbox.dropped - this.#dropped - unreadable;
    [this.#dropped, this.#unreadable] = [outbox.dropped, outbox.unreadable];
    if (unreadable > 0) {
      condition.lost(unreadable);
      mistaken(
        `of the queue ${counted(unreadable, 'reading')} could not be read, and ${unreadable === 1 ? 'was' : 'were'} dropped`,
      );
    }
    if (overflowed <= 0) return;
    const span = outbox.takeDroppedSpan();
    const times = span === null ? '' : `so far from ${moment(span.from)} to ${moment(span.to)}; `;
    condition.overflowed(overflowed, times);
  }
}

function moment(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}
