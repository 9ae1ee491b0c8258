/**
 * Hands the news round to all outputs, and finds out for them what does not come by itself: energy, and settings. One that
 * fails does so alone.
 */
import type {
  BatteryNews,
  ConfigurationNews,
  Energies,
  EnergyNews,
  EventNews,
  ReadingNews,
  Sink,
  SinkBattery,
  SinkNews,
  SinkStatus,
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
  energy(battery: string): Promise<EnergyAnswer>;
  configuration(battery: string): Promise<ConfigurationNews['settings'] | null>;
}

export interface SinksOptions {
  readonly memory: Memory;
  readonly inquiries: Inquiries;
  readonly wallMs: () => number;
  /** Told of mistakes of ours. Must not throw. */
  readonly failed: (sink: string, detail: string) => void;
}

const ENERGY_MS = 60_000;
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
    for (const battery of known) this.#hand({ type: 'battery', battery });
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
    if (type === 'reading') this.#reading(make() as Told['reading']);
    else if (type === 'battery') this.#hand({ type, battery: make() as Told['battery'] });
    else if (type === 'event') this.#hand({ type, ...(make() as Told['event']) });
    else void this.#configure((make() as Told['configuration']).battery);
  }

  /** Tells the settings of these batteries; one after the other, or of a fleet there would be too many questions at once. */
  async configure(batteries: readonly string[]): Promise<void> {
    for (const id of batteries) {
      if (this.#stopped) return;
      await this.#configure(id);
    }
  }

  /** Asks for the energy of all batteries that were heard since, and tells it; once a minute by itself. */
  async tick(): Promise<void> {
    if (this.#ticking || !this.#isWanted('energy')) return;
    this.#ticking = true;
    const news: EnergyNews[] = [];
    for (const battery of [...this.#heard]) {
      this.#heard.delete(battery);
      // Asked again the next minute, if it is heard.
      const answer = await this.#options.inquiries.energy(battery).catch(() => null);
      if (answer !== null) news.push(this.#energyNews(battery, answer));
    }
    this.#ticking = false;
    // First what keeps them from falling after a crash.
    this.#keep();
    for (const one of news) this.#hand(one);
  }

  #reading(told: Told['reading']): void {
    this.#heard.add(told.battery);
    if (told.kind === 'detail') {
      const totals = this.#totalsOf(told.battery);
      totals.take(told.values, Math.floor(Date.parse(told.time) / 1000));
      this.#keepSoon(told.battery);
      const known = Object.entries(totals.counters).filter(([, value]) => value !== null);
      this.#hand({ type: 'reading', ...told, values: { ...told.values, ...Object.fromEntries(known) } });
    } else this.#hand({ type: 'reading', ...told });
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
    const made = new Totals(this.#options.memory.recall(nameOf(battery)));
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
      this.#options.failed(sink.name, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}

function nameOf(battery: string): string {
  return `totals ${battery}`;
}

function isTold(type: string): type is keyof Told {
  return ['reading', 'battery', 'event', 'configuration'].includes(type);
}
