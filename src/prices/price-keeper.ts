/**
 * Knows what electricity costs: has prices fetched, or is told them; keeps them; says what is known, and why no more is.
 */
import type { KnownPrice } from '../model.ts';
import type { PriceProblemCode } from '../problems/prices.ts';
import { Backoff } from '../sinks/backoff.ts';
import { changedSpan, priceAt, withPublished } from './price-curve.ts';
import { readPrices } from './price-reader.ts';
import { type FetchedPrices, type PriceSource, PriceTrouble } from './price-source.ts';
import { inTerms, type PriceTerms } from './price-terms.ts';

/** Where prices are kept, and what was last remembered of them. */
export interface PriceMemory {
  replace(from: number, to: number, prices: readonly KnownPrice[]): Promise<void>;
  between(from: number, to: number): Promise<readonly KnownPrice[]>;
  recall(name: string): string | null;
  remember(entries: ReadonlyMap<string, string>): void;
}

export interface PriceKeeperParts {
  /** null: nothing is fetched or heard. */
  readonly source: PriceSource | null;
  readonly terms: PriceTerms;
  readonly memory: PriceMemory;
  /** By how many seconds the house's time is ahead of UTC. */
  houseOffset(time: number): number;
  /** Told once when a trouble begins, and once when it is over. Must not throw. */
  said(code: PriceProblemCode, detail: string): void;
  wallMs(): number;
  /** From 0 to below 1. */
  random(): number;
}

export interface PriceTroubleNote {
  readonly code: PriceProblemCode;
  readonly detail: string;
  readonly sinceMs: number;
}

export interface PriceView {
  /** null where none is configured. */
  readonly source: Pick<PriceSource, 'kind' | 'where'> | null;
  readonly currency: string;
  /** null: there is no price for now. */
  readonly now: KnownPrice | null;
  /** Up to when prices are known, without a break from now on, Unix seconds. */
  readonly knownUntil: number | null;
  /** When prices came last, Unix ms. */
  readonly takenMs: number | null;
  /** When they are fetched next, Unix ms. */
  readonly nextMs: number | null;
  /** Whether what is known may be out of date. */
  readonly isStale: boolean;
  readonly problem: PriceTroubleNote | null;
}

const NOTE = 'prices taken';
const DAY_SECONDS = 86_400;
/** So much is at hand; what is older is read where it is kept. */
const BACK_SECONDS = 2 * DAY_SECONDS;
const AHEAD_SECONDS = 8 * DAY_SECONDS;
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;
const LOOK_MS = 60_000;
/** Prices are published once a day. */
const TOLD_STALE_MS = 26 * 3_600_000;
/** So many times in a row nothing came: it may be out of date. */
const STALE_TURNS = 3;
/** Not all who ask are to ask in the same second. */
const JITTER = 0.1;

export class PriceKeeper {
  readonly #parts: PriceKeeperParts;
  readonly #backoff: Backoff;
  readonly #ending = new AbortController();
  #curve: readonly KnownPrice[] = [];
  #version = 0;
  #problem: PriceTroubleNote | null = null;
  #isMissing = false;
  #takenMs: number | null = null;
  #nextMs: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looker: NodeJS.Timeout | null = null;
  /** One after another, from the first on: reading what is kept. */
  #work: Promise<void> = Promise.resolve();

  constructor(parts: PriceKeeperParts) {
    this.#parts = parts;
    const longest = Math.min(LONGEST_RETRY_MS, parts.source?.fetched?.everyMs ?? LONGEST_RETRY_MS);
    this.#backoff = new Backoff(Math.min(FIRST_RETRY_MS, longest), longest, () => parts.random());
  }

  /** Takes up what is kept. Where a source is configured, asks it when its time has come. @returns when what is kept is known */
  start(): Promise<void> {
    this.#work = this.#load();
    const { source } = this.#parts;
    if (source === null) return this.#work;
    this.#looker = setInterval(() => this.#look(), LOOK_MS);
    return this.#work.then(() => {
      if (source.fetched !== null) this.#fetchIn(this.#firstWaitMs(source.fetched));
    });
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#looker !== null) clearInterval(this.#looker);
    await this.#work;
  }

  /** What came by itself. @returns when it is kept, or refused */
  heard(text: string): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#take([text]);
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  /** What is at hand, in its order: two days back, and what is to come. */
  get prices(): readonly KnownPrice[] {
    return this.#curve;
  }

  /** Grows with each change of what is at hand. */
  get version(): number {
    return this.#version;
  }

  get currency(): string {
    return this.#parts.terms.currency;
  }

  get isConfigured(): boolean {
    return this.#parts.source !== null;
  }

  get view(): PriceView {
    const { source, terms, wallMs } = this.#parts;
    const nowMs = wallMs();
    const now = priceAt(this.#curve, nowMs / 1000);
    return {
      source: source === null ? null : { kind: source.kind, where: source.where },
      currency: terms.currency,
      now,
      knownUntil: now === null ? null : endOfRun(this.#curve, now),
      takenMs: this.#takenMs,
      nextMs: this.#nextMs,
      isStale: now === null || this.#isOld(nowMs),
      problem: this.#problem,
    };
  }

  /** Those for any time between two moments, Unix seconds. @throws StoreError */
  between(from: number, to: number): Promise<readonly KnownPrice[]> {
    return this.#parts.memory.between(from, to);
  }

  /** Asks the source now. @returns when that is done */
  fetch(): Promise<void> {
    return this.#inTurn(async () => {
      const fetched = this.#parts.source?.fetched ?? null;
      if (fetched === null || this.#ending.signal.aborted) return;
      try {
        await this.#take(await this.#fetched(fetched));
        this.#fetchIn(fetched.everyMs * (1 + JITTER * (this.#parts.random() - 0.5)));
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        const { code } = this.#failed(error);
        this.#fetchIn(code === 'PRICES_REFUSED' ? this.#backoff.longest() : this.#backoff.next());
      }
    });
  }

  async #fetched({ isByDate, fetch }: FetchedPrices): Promise<string[]> {
    const { signal } = this.#ending;
    const today = await fetch(this.#date(0), signal);
    if (!isByDate) return [today];
    // Until the afternoon there are none of tomorrow, and each source says so in its own way.
    const tomorrow = await fetch(this.#date(1), signal).catch(() => null);
    return tomorrow === null || 'problem' in readPrices(tomorrow, this.#parts.terms) ? [today] : [today, tomorrow];
  }

  /** Of the house. */
  #date(later: number): string {
    const time = this.#parts.wallMs() / 1000;
    const local = time + this.#parts.houseOffset(time) + later * DAY_SECONDS;
    return new Date(local * 1000).toISOString().slice(0, 10);
  }

  /** @throws PriceTrouble */
  async #take(texts: readonly string[]): Promise<void> {
    const { terms, memory, wallMs } = this.#parts;
    const now = Math.floor(wallMs() / 1000);
    let curve = this.#curve;
    for (const text of texts) {
      const reading = readPrices(text, terms);
      if ('problem' in reading) throw new PriceTrouble('PRICES_UNREADABLE', reading.problem);
      const near = reading.slots.filter(({ from, to }) => to > now - BACK_SECONDS && from < now + AHEAD_SECONDS);
      curve = withPublished(curve, inTerms(near, terms), now);
    }
    const changed = changedSpan(this.#curve, curve);
    try {
      if (changed !== null) await memory.replace(changed.from, changed.to, changed.prices);
      this.#taken(wallMs());
    } catch (error) {
      throw new PriceTrouble('PRICES_NOT_KEPT', (error as Error).message);
    }
    this.#curve = curve.filter(({ to }) => to > now - BACK_SECONDS);
    if (changed !== null) this.#version++;
    this.#recovered();
    this.#look();
  }

  #taken(nowMs: number): void {
    this.#takenMs = nowMs;
    this.#parts.memory.remember(new Map([[NOTE, JSON.stringify({ takenMs: nowMs, key: this.#key })]]));
  }

  /** Of the settings that prices were taken by. */
  get #key(): string {
    return `${this.#parts.source?.key} ${JSON.stringify(this.#parts.terms)}`;
  }

  async #load(): Promise<void> {
    const { memory, wallMs } = this.#parts;
    const now = Math.floor(wallMs() / 1000);
    try {
      this.#curve = await memory.between(now - BACK_SECONDS, now + AHEAD_SECONDS);
      const note = memory.recall(NOTE);
      const { takenMs, key } = note === null ? { takenMs: null, key: null } : JSON.parse(note);
      this.#takenMs = key === this.#key ? takenMs : null;
      this.#version++;
    } catch (error) {
      this.#failed(new PriceTrouble('PRICES_NOT_KEPT', (error as Error).message));
    }
  }

  /** A server that is started again and again does not ask more often. */
  #firstWaitMs({ everyMs }: FetchedPrices): number {
    const nowMs = this.#parts.wallMs();
    if (this.#takenMs === null || this.#takenMs > nowMs || priceAt(this.#curve, nowMs / 1000) === null) return 0;
    return Math.max(0, this.#takenMs + everyMs - nowMs);
  }

  #fetchIn(ms: number): void {
    if (this.#ending.signal.aborted) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#nextMs = this.#parts.wallMs() + ms;
    this.#timer = setTimeout(() => void this.fetch(), ms);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work);
    return this.#work;
  }

  #isOld(nowMs: number): boolean {
    const { fetched } = this.#parts.source ?? {};
    const mostMs = fetched == null ? TOLD_STALE_MS : STALE_TURNS * fetched.everyMs;
    return this.#takenMs === null || nowMs - this.#takenMs > mostMs;
  }

  #failed(error: unknown): PriceTrouble {
    const trouble = error instanceof PriceTrouble ? error : new PriceTrouble('PRICES_UNREACHABLE', String(error));
    const { code, message: detail } = trouble;
    const isKnown = this.#problem?.code === code && this.#problem.detail === detail;
    if (!isKnown) {
      this.#problem = { code, detail, sinceMs: this.#parts.wallMs() };
      this.#parts.said(code, detail);
    }
    return trouble;
  }

  #recovered(): void {
    this.#backoff.reset();
    if (this.#problem === null) return;
    this.#problem = null;
    this.#parts.said('PRICES_KNOWN', `${this.#curve.length} are known`);
  }

  /** Says once that there is none for now. */
  #look(): void {
    const isMissing = priceAt(this.#curve, this.#parts.wallMs() / 1000) === null;
    if (isMissing && !this.#isMissing) this.#parts.said('PRICES_MISSING', this.#parts.source?.where ?? '');
    this.#isMissing = isMissing;
  }
}

/** Where the first break after a price begins, Unix seconds. */
function endOfRun(prices: readonly KnownPrice[], first: KnownPrice): number {
  let end = first.to;
  for (const one of prices) if (one.from === end) end = one.to;
  return end;
}
