/**
 * Hands the news round to all outputs, and finds out for them what does not come by itself: energy, and settings. One that
 * fails does so alone.
 */
import {
  type BatteryNews,
  type ConfigurationNews,
  DETAIL_OLD_MS,
  type Energies,
  type EnergyNews,
  type EventNews,
  type ReadingNews,
  type Sink,
  type SinkBattery,
  type SinkNews,
  type SinkStatus,
} from './sink.ts';
import { Totals } from './totals.ts';

/** What happens, in the words of whoever tells it; those that no output wants are let go. */
export interface Told {
  readonly reading: Omit<ReadingNews, 'type'>;
  readonly battery: BatteryNews['battery'];
  readonly event: Omit<EventNews, 'type'>;
  /** A configuration was reported. */
  readonly configuration: { readonly battery: string };
}

/** Where what must survive a restart is kept. Each call is one write. */
export interface Memory {
  recall(name: string): string | null;
  /** @throws whatever keeps it from writing */
  remember(entries: ReadonlyMap<string, string>): void;
}

/** Energy of one battery as the page has it, kWh. */
export interface EnergyAnswer {
  readonly today: Energies;
  /** When the house's day began, ISO 8601 in UTC. */
  readonly day_start: string;
  /** Since this server first heard the battery. */
  readonly total: Energies;
}

/** What is asked of the store's reader. They may fail: then it is asked again later. */
export interface Inquiries {
  /** By battery. */
  energy(batteries: readonly string[]): Promise<Readonly<Record<string, EnergyAnswer>>>;
  configuration(battery: string): Promise<ConfigurationNews['settings'] | null>;
}

export interface SinksOptions {
  readonly memory: Memory;
  readonly inquiries: Inquiries;
  readonly wallMs: () => number;
  /** When the house's day began in which that moment lies, both Unix milliseconds. */
  readonly dayStartMs: (wallMs: number) => number;
  /** Without a reading for so long a battery is stale, ms: an older one is no news. */
  readonly staleMs: number;
  /** Told of mistakes of ours. Must not throw. */
  readonly failed: (sink: string, detail: string) => void;
}

const ENERGY_MS = 60_000;
/** Batteries in one question: few enough that the page is answered between. */
const ASKED_TOGETHER = 20;
/** The word for all outputs in what is reported. */
const ALL = 'outputs';
/** What changed is written together, so long after it did. */
const REMEMBER_MS = 1000;

export class Sinks {
  readonly #sinks: readonly Sink[];
  readonly #options: SinksOptions;
  readonly #totals = new Map<string, Totals>();
  /** Batteries whose totals have changed and are not kept yet. */
  readonly #unkept = new Set<string>();
  /** Batteries that were heard since energy was last asked for. */
  readonly #heard = new Set<string>();
  /** Batteries that there are. */
  readonly #known = new Set<string>();
  /** When the house's day began of which energy was last told, Unix milliseconds. */
  #dayStartMs = 0;
  #ticker: NodeJS.Timeout | null = null;
  #keeping: NodeJS.Timeout | null = null;
  #ticking = false;
  #stopped = false;

  constructor(sinks: readonly Sink[], options: SinksOptions) {
    this.#sinks = sinks;
    this.#options = options;
  }

  /** @param known the batteries there are */
  start(known: readonly SinkBattery[]): void {
    for (const sink of this.#sinks) this.#guarded(sink, () => sink.start());
    if (this.#sinks.length === 0) return;
    for (const battery of known) this.#battery(battery);
    void this.configure(known.map(({ id }) => id));
    this.#ticker = setInterval(() => void this.tick(), ENERGY_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#keep();
    const last = (sink: Sink) => sink.stop().catch((error) => this.#options.failed(sink.name, String(error)));
    await Promise.all(this.#sinks.map(last));
  }

  /** Of each, by its name. */
  get statuses(): { readonly name: string; readonly status: SinkStatus }[] {
    return this.#sinks.map(({ name, status }) => ({ name, status }));
  }

  /** Behind the commit. `make` is called where an output wants to know. */
  tell(type: string, make: () => unknown): void {
    if (!isTold(type) || this.#sinks.length === 0) return;
    // Whoever tells has others to tell, of other batteries.
    try {
      if (type === 'reading') this.#reading(make() as Told['reading']);
      else if (type === 'battery') this.#battery(make() as Told['battery']);
      else if (type === 'event') this.#hand({ type, ...(make() as Told['event']) });
      else void this.#configure((make() as Told['configuration']).battery);
    } catch (error) {
      this.#options.failed(ALL, wordsOf(error));
    }
  }

  /** Tells the settings of these batteries; one after the other, or of a fleet there would be too many questions at once. */
  async configure(batteries: readonly string[]): Promise<void> {
    for (const id of batteries) {
      if (this.#stopped) return;
      await this.#configure(id);
    }
  }

  /**
   * Asks for the energy of all batteries that were heard since, or of all there are when a day has begun, and tells it;
   * once a minute by itself.
   */
  async tick(): Promise<void> {
    if (this.#ticking || !this.#isWanted('energy')) return;
    this.#ticking = true;
    try {
      const news = await this.#energies(this.#due());
      // First what keeps them from falling after a crash.
      this.#keep();
      for (const one of news) this.#hand(one);
    } catch (error) {
      this.#options.failed(ALL, wordsOf(error));
    } finally {
      this.#ticking = false;
    }
  }

  #due(): string[] {
    const { wallMs, dayStartMs } = this.#options;
    const dayStart = dayStartMs(wallMs());
    const due = [...(dayStart === this.#dayStartMs ? this.#heard : this.#heard.union(this.#known))];
    this.#dayStartMs = dayStart;
    this.#heard.clear();
    return due;
  }

  async #energies(batteries: readonly string[]): Promise<EnergyNews[]> {
    const news: EnergyNews[] = [];
    for (let from = 0; from < batteries.length; from += ASKED_TOGETHER) {
      const some = batteries.slice(from, from + ASKED_TOGETHER);
      // Asked again the next minute, those that are heard.
      const answers = await this.#options.inquiries.energy(some).catch(() => ({}));
      for (const [battery, answer] of Object.entries(answers)) news.push(this.#energyNews(battery, answer));
    }
    return news;
  }

  #battery(battery: SinkBattery): void {
    this.#known.add(battery.id);
    this.#hand({ type: 'battery', battery });
  }

  /** What is old is in the store; here it would be taken for what is now. */
  #reading(told: Told['reading']): void {
    const { battery, kind, time, values } = told;
    const { wallMs, staleMs } = this.#options;
    this.#heard.add(battery);
    if (wallMs() - Date.parse(time) > (kind === 'live' ? staleMs : DETAIL_OLD_MS)) return;
    if (kind === 'live') this.#hand({ type: 'reading', ...told });
    else this.#hand({ type: 'reading', ...told, values: this.#held(battery, values, time) });
  }

  /** The values of a detail, its counters held from falling. */
  #held(battery: string, values: ReadingNews['values'], time: string): ReadingNews['values'] {
    const totals = this.#totalsOf(battery);
    totals.take(values, Math.floor(Date.parse(time) / 1000));
    // Kept for those who would take a fall for a new meter.
    if (this.#isWanted('energy')) this.#keepSoon(battery);
    const known = Object.entries(totals.counters).filter(([, value]) => value !== null);
    return { ...values, ...Object.fromEntries(known) };
  }

  #energyNews(battery: string, { today, day_start, total }: EnergyAnswer): EnergyNews {
    const totals = this.#totalsOf(battery);
    const held = totals.hold(total);
    this.#unkept.add(battery);
    const time = new Date(this.#options.wallMs()).toISOString();
    return { type: 'energy', battery, time, counters: totals.counters, totals: held, today, day_start };
  }

  async #configure(battery: string): Promise<void> {
    if (!this.#isWanted('configuration')) return;
    const settings = await this.#options.inquiries.configuration(battery).catch(() => null);
    if (settings !== null) this.#hand({ type: 'configuration', battery, settings });
  }

  #totalsOf(battery: string): Totals {
    const known = this.#totals.get(battery);
    if (known !== undefined) return known;
    const made = Totals.from(this.#options.memory.recall(nameOf(battery)));
    this.#totals.set(battery, made);
    return made;
  }

  #keepSoon(battery: string): void {
    this.#unkept.add(battery);
    this.#keeping ??= setTimeout(() => this.#keep(), REMEMBER_MS);
  }

  /** What could not be kept is kept the next time. */
  #keep(): void {
    if (this.#keeping !== null) clearTimeout(this.#keeping);
    this.#keeping = null;
    if (this.#unkept.size === 0) return;
    const entries = Array.from(this.#unkept, (battery) => [nameOf(battery), this.#totalsOf(battery).toText()] as const);
    try {
      this.#options.memory.remember(new Map(entries));
      this.#unkept.clear();
    } catch {
      // The store says itself that it cannot write.
    }
  }

  #isWanted(type: SinkNews['type']): boolean {
    return this.#sinks.some(({ wants }) => wants.includes(type));
  }

  #hand(news: SinkNews): void {
    for (const sink of this.#sinks) if (sink.wants.includes(news.type)) this.#guarded(sink, () => sink.tell(news));
  }

  #guarded(sink: Sink, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.failed(sink.name, wordsOf(error));
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function nameOf(battery: string): string {
  return `totals ${battery}`;
}

function isTold(type: string): type is keyof Told {
  return ['reading', 'battery', 'event', 'configuration'].includes(type);
}
