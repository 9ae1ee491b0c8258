/**
 * Energy of today and of all days, as the page has it (decision 0008): asked of the reading thread once a minute, for the
 * batteries that were heard since, as long as somebody wants to be told.
 */
import type { EnergyNews, News, NewsListener } from './news.ts';
import type { Energies } from './state.ts';

/** Energy of one battery, kWh. */
export interface EnergySoFar {
  /** When the house's day began that `today` is of, Unix milliseconds. */
  readonly dayStartMs: number;
  readonly today: Energies;
  /** Since this server first heard the battery. */
  readonly total: Energies;
}

export interface EnergyTodayOptions {
  /** Of each of these batteries, by its id. May fail: then it is asked again, when they are heard again. */
  readonly ask: (batteries: readonly string[]) => Promise<Readonly<Record<string, EnergySoFar>>>;
  readonly wallMs: () => number;
  /** When the house's day began in which that moment lies, both Unix milliseconds. */
  readonly dayStartMs: (wallMs: number) => number;
  /** Whether anybody wants to be told. */
  readonly isWanted: () => boolean;
  /** Told once a minute, of all together. */
  readonly told: (news: readonly EnergyNews[]) => Promise<void> | void;
}

const MINUTE_MS = 60_000;
/** Batteries in one question: few enough that the page is answered between. */
const ASKED_TOGETHER = 20;

export class EnergyToday implements NewsListener {
  readonly #options: EnergyTodayOptions;
  /** Batteries that were heard since energy was last asked for. */
  readonly #heard = new Set<string>();
  /** Batteries that there are. */
  readonly #known = new Set<string>();
  /** Batteries that were forgotten since it was last asked: what is answered may be of what they were. */
  readonly #forgotten = new Set<string>();
  /** When the house's day began of which energy was last told, Unix milliseconds. */
  #dayStartMs = 0;
  #ticker: NodeJS.Timeout | null = null;
  #ticking = false;

  constructor(options: EnergyTodayOptions) {
    this.#options = options;
  }

  /** @param batteries the ids of those there are */
  start(batteries: readonly string[]): void {
    for (const id of batteries) this.#known.add(id);
    this.#ticker = setInterval(() => void this.tick(), MINUTE_MS);
  }

  stop(): void {
    if (this.#ticker !== null) clearInterval(this.#ticker);
  }

  tell(news: News): void {
    if (news.type === 'reading') this.#heard.add(news.battery);
    else if (news.type === 'battery') this.#known.add(news.battery.id);
  }

  /** There is no such battery any more. */
  forget(_serial: string, id: string): void {
    this.#heard.delete(id);
    this.#known.delete(id);
    this.#forgotten.add(id);
  }

  /** Asks and tells; once a minute by itself. One look at a time: where it takes longer, a minute is left out. */
  async tick(): Promise<void> {
    if (this.#ticking || !this.#options.isWanted()) return;
    this.#ticking = true;
    this.#forgotten.clear();
    const news = await this.#ask(this.#due());
    await this.#options.told(news.filter(({ battery }) => !this.#forgotten.has(battery)));
    this.#ticking = false;
  }

  /** Those heard since, or all there are when a day has begun: none shows yesterday's. */
  #due(): string[] {
    const { wallMs, dayStartMs } = this.#options;
    const dayStart = dayStartMs(wallMs());
    const due = [...(dayStart === this.#dayStartMs ? this.#heard : this.#heard.union(this.#known))];
    this.#dayStartMs = dayStart;
    this.#heard.clear();
    return due;
  }

  async #ask(batteries: readonly string[]): Promise<EnergyNews[]> {
    const { wallMs } = this.#options;
    const news: EnergyNews[] = [];
    for (let from = 0; from < batteries.length; from += ASKED_TOGETHER) {
      const answers = await this.#answers(batteries.slice(from, from + ASKED_TOGETHER));
      for (const [battery, answer] of Object.entries(answers)) {
        news.push({ type: 'energy', battery, timeMs: wallMs(), ...answer });
      }
    }
    return news;
  }

  /** None where they cannot be had now. */
  async #answers(batteries: readonly string[]): ReturnType<EnergyTodayOptions['ask']> {
    try {
      return await this.#options.ask(batteries);
    } catch {
      return {};
    }
  }
}
