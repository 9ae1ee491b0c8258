/**
 * PVOutput: one status of today's energy and of the power now for each interval of the system there, through its
 * `addstatus` interface. What could not be sent in its interval is let go: the next status has the whole day's energy.
 *
 * Not sent: `b1` to `b6` (the battery). Their meaning and sign are known from a draft in a forum only.
 */
import type { EnergyNews, ReadingNews } from '../now/news.ts';
import { onOneLine, textOf } from './answer.ts';
import { SinkCondition, type SinkReports } from './condition.ts';
import { DETAIL_OLD_MS, type Sink, type SinkNews, type SinkStatus } from './sink.ts';

export interface PvOutputOptions {
  readonly url: string;
  readonly systemId: string;
  readonly apiKey: string;
  /** As set in the system there, minutes. */
  readonly intervalMinutes: number;
  /** Id of the battery; null where there is only one. */
  readonly battery: string | null;
  /** Of the house, and so of the system there: IANA name. */
  readonly timeZone: string;
  readonly reports: SinkReports;
  readonly wallMs: () => number;
}

/** When a status is of, as PVOutput writes it. */
interface Slot {
  /** 20260131 */
  readonly d: string;
  /** 14:05 */
  readonly t: string;
}

interface PvOutputInterval<News> {
  readonly arrivedMs: number;
  readonly news: News;
}

const NAME = 'pvoutput';
/** How often it is looked whether an interval has begun. At most one status is sent in each: 12 an hour, of 60 allowed. */
const TICK_MS = 10_000;
const TIMEOUT_MS = 15_000;
/** Live readings come every 10 s, energy every minute; what is older is not what is now, ms. */
const LIVE_OLD_MS = 90_000;
const ENERGY_OLD_MS = 180_000;
/** Of what the server says, so much goes into a log line, and so much is read at most. */
const WORDS = 200;
const MOST_BYTES = 16_384;

export class PvOutput implements Sink {
  readonly name = NAME;
  readonly wants: Sink['wants'] = ['reading', 'energy', 'battery'];
  readonly #options: PvOutputOptions;
  readonly #condition: SinkCondition;
  readonly #clock: Intl.DateTimeFormat;
  readonly #ending = new AbortController();
  /** Where none is chosen: the first battery that was heard of, and one more. */
  readonly #ids = new Set<string>();
  #live: PvOutputInterval<ReadingNews> | null = null;
  #detail: PvOutputInterval<ReadingNews> | null = null;
  #energy: PvOutputInterval<EnergyNews> | null = null;
  #ticker: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  /** The interval that had its status, or in which it began. */
  #done: string | null = null;

  constructor(options: PvOutputOptions) {
    const { url, reports, wallMs, timeZone } = options;
    this.#options = options;
    this.#condition = new SinkCondition(NAME, new URL(url).host, reports, wallMs);
    this.#clock = clockOf(timeZone);
  }

  get status(): SinkStatus {
    return this.#condition.status(this.#sending === null ? 0 : 1);
  }

  /** Waits for the next interval: a server that is started again and again does not send more. */
  start(): void {
    this.#done = keyOf(this.#slot());
    this.#ticker = setInterval(() => void this.tick(), TICK_MS);
  }

  tell(news: SinkNews): void {
    if (news.type === 'event' || news.type === 'settings' || news.type === 'control') return;
    const isOurs = this.#isOurs(news.type === 'battery' ? news.battery.id : news.battery);
    if (!isOurs || news.type === 'battery') return;
    const arrivedMs = this.#options.wallMs();
    if (news.type === 'energy') this.#energy = { arrivedMs, news };
    else if (news.kind === 'live') this.#live = { arrivedMs, news };
    else this.#detail = { arrivedMs, news };
  }

  forget(battery: string): void {
    if (!this.#ids.delete(battery) && battery !== this.#options.battery) return;
    this.#live = null;
    this.#detail = null;
    this.#energy = null;
  }

  /** Sends a status where an interval has begun and there is something new to say; by itself every ten seconds. */
  async tick(): Promise<void> {
    if (this.#sending !== null || this.#ending.signal.aborted) return;
    if (this.#ids.size > 1) {
      this.#condition.down('OUTPUT_REFUSED', 'there are several batteries: set pvoutput.battery to the id of one');
      return;
    }
    const slot = this.#slot();
    const values = this.#values(slot);
    if (keyOf(slot) === this.#done || (values.v2 === undefined && values.v4 === undefined)) return;
    this.#done = keyOf(slot);
    this.#sending = this.#send({ ...slot, ...values });
    await this.#sending;
    this.#sending = null;
  }

  async stop(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ending.abort();
    await this.#sending;
    this.#condition.stopped();
  }

  #isOurs(id: string): boolean {
    if (this.#options.battery !== null) return id === this.#options.battery;
    if (this.#ids.size < 2) this.#ids.add(id);
    return this.#ids.has(id);
  }

  /** The interval that it is, in the house's time. */
  #slot(): Slot {
    const { wallMs, intervalMinutes } = this.#options;
    const { day, hour, minute } = timeIn(this.#clock, wallMs());
    const begun = Math.floor(minute / intervalMinutes) * intervalMinutes;
    return { d: day, t: `${hour}:${String(begun).padStart(2, '0')}` };
  }

  /** What is fresh, as whole watts and watt hours; volts with a decimal. */
  #values({ d }: Slot): Record<string, string> {
    const nowMs = this.#options.wallMs();
    const fresh = <News>(heard: PvOutputInterval<News> | null, oldMs: number): News | null =>
      heard !== null && nowMs - heard.arrivedMs <= oldMs ? heard.news : null;
    const live = fresh(this.#live, LIVE_OLD_MS)?.snapshot.values;
    const volts = fresh(this.#detail, DETAIL_OLD_MS)?.snapshot.values.grid_voltage_l1;
    const energy = fresh(this.#energy, ENERGY_OLD_MS);
    // Just after midnight the energy is still yesterday's.
    const isToday = energy !== null && timeIn(this.#clock, energy.dayStartMs).day === d;
    const values = {
      v1: isToday ? whole(energy.today.pv_energy, 1000) : undefined,
      v2: whole(live?.pv_power),
      v3: isToday ? whole(energy.today.load_energy, 1000) : undefined,
      v4: whole(live?.load_power),
      v6: typeof volts === 'number' && volts > 0 ? volts.toFixed(1) : undefined,
    };
    return Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  async #send(form: Readonly<Record<string, string>>): Promise<void> {
    const { url, systemId, apiKey } = this.#options;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'x-pvoutput-apikey': apiKey, 'x-pvoutput-systemid': systemId },
        body: new URLSearchParams(form),
        // Followed, it would take the key along to wherever it is led.
        redirect: 'manual',
        signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      this.#judge(response.status, `${response.status} ${await this.#wordsOf(response)}`.trim());
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#condition.down('OUTPUT_UNREACHABLE', reasonOf(error));
    }
  }

  #judge(status: number, words: string): void {
    if (status >= 500 || status === 429) this.#condition.down('OUTPUT_UNREACHABLE', words);
    else if (status >= 300 && status !== 400) this.#condition.down('OUTPUT_REFUSED', words);
    else {
      this.#condition.up();
      if (status === 400) this.#condition.rejected(1, words);
      else this.#condition.sent(1);
    }
  }

  /** What the server says, on one line; never the key, should it say that. */
  async #wordsOf(response: Response): Promise<string> {
    const text = await textOf(response, MOST_BYTES);
    return onOneLine(text.replaceAll(this.#options.apiKey, '…'), WORDS);
  }
}

function keyOf({ d, t }: Slot): string {
  return `${d} ${t}`;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit';
  const parts = { year: 'numeric', month: two, day: two, hour: two, minute: two } as const;
  return new Intl.DateTimeFormat('en-GB', { ...parts, timeZone, hourCycle: 'h23' });
}

function timeIn(clock: Intl.DateTimeFormat, ms: number) {
  const parts = clock.formatToParts(ms);
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  return { day: part('year') + part('month') + part('day'), hour: part('hour'), minute: Number(part('minute')) };
}

/** Never below 0, which PVOutput does not take; undefined where there is none. */
function whole(value: unknown, factor = 1): string | undefined {
  return typeof value === 'number' ? String(Math.max(0, Math.round(value * factor))) : undefined;
}

/** Why nothing came back, without an address: `ECONNREFUSED`. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  return typeof cause?.code === 'string' ? cause.code : 'the connection broke';
}
