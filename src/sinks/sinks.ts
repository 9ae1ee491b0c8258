/**
 * Hands the news round to all outputs, holds totals from falling for them, and finds out what does not come by itself:
 * settings. One that fails does so alone.
 */
import type { EnergyNews, News, NewsListener, ReadingNews } from '../now/news.ts';
import type { BatteryState, Energies, Settings, Snapshot, Values } from '../now/state.ts';
import { inTurns } from '../system/turns.ts';
import type { ControlNews } from './control-news.ts';
import { DETAIL_OLD_MS, type Sink, type SinkNews, type SinkStatus } from './sink.ts';
import { Totals } from './totals.ts';

/** Where what must survive a restart is kept. Each call is one write. */
export interface SinkMemory {
  recall(name: string): string | null;
  /** @throws whatever keeps it from writing */
  remember(entries: ReadonlyMap<string, string>): void;
}

export interface NamedStatus {
  readonly name: string;
  readonly status: SinkStatus;
}

export interface SinksOptions {
  readonly memory: SinkMemory;
  /** Asked of the store's reader; null where none were reported. May fail: then it is asked again later. */
  readonly settings: (battery: string) => Promise<Settings | null>;
  readonly wallMs: () => number;
  /** Without a reading for so long a battery is stale, ms: an older one is no news. */
  readonly staleMs: number;
  /** Told of mistakes of ours. Must not throw. */
  readonly failed: (sink: string, detail: string) => void;
}

/** The word for all outputs in what is reported. */
const ALL = 'outputs';
/** What changed is written together, so long after it did. */
const REMEMBER_MS = 1000;
/** Batteries whose energy is kept in one write, and told then. */
const ENERGY_AT_ONCE = 100;

export class Sinks implements NewsListener {
  readonly #sinks: readonly Sink[];
  readonly #options: SinksOptions;
  readonly #totals = new Map<string, Totals>();
  /** Batteries whose totals have changed and are not kept yet. */
  readonly #unkept = new Set<string>();
  /** Batteries that there are. */
  readonly #known = new Set<string>();
  /** How often a battery was forgotten: an answer to what was asked before is of what it was. */
  readonly #forgotten = new Map<string, number>();
  #keeping: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(sinks: readonly Sink[], options: SinksOptions) {
    this.#sinks = sinks;
    this.#options = options;
  }

  /** @param known the batteries there are */
  start(known: readonly BatteryState[]): void {
    for (const sink of this.#sinks) this.#guarded(sink, () => sink.start());
    if (this.#sinks.length === 0) return;
    for (const battery of known) this.#battery(battery);
    void this.configure();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#keep();
    const last = (sink: Sink) => sink.stop().catch((error) => this.#options.failed(sink.name, String(error)));
    await Promise.all(this.#sinks.map(last));
  }

  /** Of each that something is sent to, by its name. */
  get pushed(): NamedStatus[] {
    return this.#sinks.filter(({ isPulled }) => isPulled !== true).map(({ name, status }) => ({ name, status }));
  }

  /** Of each that is in use, by its name. */
  get inUse(): NamedStatus[] {
    const used = this.#sinks.filter(({ isPulled, status }) => isPulled !== true || status.lastSentMs !== null);
    return used.map(({ name, status }) => ({ name, status }));
  }

  /** Behind the commit. */
  tell(news: News): void {
    if (this.#sinks.length === 0) return;
    // Whoever tells has others to tell, of other batteries.
    try {
      if (news.type === 'reading') this.#reading(news);
      else if (news.type === 'battery') this.#battery(news.battery);
      else if (news.type === 'event') this.#hand(news);
      else if (news.type === 'configuration') void this.#configure(news.battery);
    } catch (error) {
      this.#options.failed(ALL, wordsOf(error));
    }
  }

  /** Whether an output wants to be told such news. */
  isWanted(type: SinkNews['type']): boolean {
    return this.#sinks.some(({ wants }) => wants.includes(type));
  }

  /** A battery is to be forgotten: outputs let go of it, and of what they have left of it elsewhere, as far as that is ours. */
  forget(battery: string): void {
    this.#forgotten.set(battery, this.#timesForgotten(battery) + 1);
    this.#totals.delete(battery);
    for (const some of [this.#unkept, this.#known]) some.delete(battery);
    for (const sink of this.#sinks) this.#guarded(sink, () => sink.forget?.(battery));
  }

  /** How many topics of batteries that are forgotten are not cleared yet. */
  get clearing(): number {
    return this.#sinks.reduce((sum, { clearing = 0 }) => sum + clearing, 0);
  }

  /** Tells the settings of all batteries; one after the other, or of a fleet there would be too many questions at once. */
  async configure(): Promise<void> {
    for (const id of [...this.#known]) {
      if (this.#stopped) return;
      await this.#configure(id);
    }
  }

  /** How a battery is set, or its newest change, is another. */
  tellControl(news: ControlNews): void {
    if (!this.#stopped) this.#hand(news);
  }

  /** Energy was asked for, once a minute: of all batteries that there is some of. */
  async tellEnergy(news: readonly EnergyNews[]): Promise<void> {
    try {
      await inTurns(this.#energySteps(news));
    } catch (error) {
      this.#options.failed(ALL, wordsOf(error));
    }
  }

  *#energySteps(news: readonly EnergyNews[]): Generator<void> {
    const due = news.map((one) => ({ one, forgotten: this.#timesForgotten(one.battery) }));
    for (let from = 0; from < due.length && !this.#stopped; from += ENERGY_AT_ONCE) {
      const still = due
        .slice(from, from + ENERGY_AT_ONCE)
        .filter(({ one, forgotten }) => forgotten === this.#timesForgotten(one.battery));
      const held = still.map(({ one }) => this.#heldEnergy(one));
      // First what keeps them from falling after a crash.
      this.#keep();
      for (const one of held) this.#hand(one);
      yield;
    }
  }

  #battery(battery: BatteryState): void {
    this.#known.add(battery.id);
    this.#hand({ type: 'battery', battery });
  }

  /** What is old is in the store; here it would be taken for what is now. */
  #reading(news: ReadingNews): void {
    const { kind, snapshot } = news;
    const { wallMs, staleMs } = this.#options;
    if (wallMs() - snapshot.timeMs > (kind === 'live' ? staleMs : DETAIL_OLD_MS)) return;
    const fresh = snapshot.held.length === 0 ? news : readingWith(news, freshOf(snapshot));
    this.#hand(kind === 'live' ? fresh : this.#heldReading(fresh));
  }

  /** A detail, its counters held from falling. */
  #heldReading(news: ReadingNews): ReadingNews {
    const { battery, snapshot } = news;
    const totals = this.#totalsOf(battery);
    totals.take(snapshot.values, Math.floor(snapshot.timeMs / 1000));
    // Kept for those who would take a fall for a new meter.
    if (this.isWanted('energy')) this.#keepSoon(battery);
    return withCounters(news, totals.counters);
  }

  #heldEnergy(news: EnergyNews): SinkNews {
    const totals = this.#totalsOf(news.battery);
    const total = totals.hold(news.total);
    this.#unkept.add(news.battery);
    return { ...news, total, counters: totals.counters };
  }

  async #configure(battery: string): Promise<void> {
    if (!this.isWanted('settings')) return;
    const forgotten = this.#timesForgotten(battery);
    const settings = await this.#options.settings(battery).catch(() => null);
    if (settings !== null && forgotten === this.#timesForgotten(battery))
      this.#hand({ type: 'settings', battery, settings });
  }

  #timesForgotten(battery: string): number {
    return this.#forgotten.get(battery) ?? 0;
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

  #hand(news: SinkNews): void {
    for (const sink of this.#sinks) if (sink.wants.includes(news.type)) this.#tell(sink, news);
  }

  /** Of each reading: nothing is made for an output that may fail. */
  #tell(sink: Sink, news: SinkNews): void {
    try {
      sink.tell(news);
    } catch (error) {
      this.#options.failed(sink.name, wordsOf(error));
    }
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

/** A reading whose counters are those. What else it says is worked out where an output wants to know. */
function withCounters(news: ReadingNews, counters: Energies): ReadingNews {
  const known = Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== null));
  return readingWith(news, snapshotWith(news.snapshot, known));
}

/** An old value is not handed on as if it were of now. */
function freshOf(snapshot: Snapshot): Snapshot {
  const held = new Set(snapshot.held.map(({ field }) => field));
  return {
    timeMs: snapshot.timeMs,
    held: [],
    get values() {
      return Object.fromEntries(Object.entries(snapshot.values).filter(([name]) => !held.has(name)));
    },
  };
}

function readingWith(news: ReadingNews, snapshot: Snapshot): ReadingNews {
  const { battery, kind } = news;
  return {
    type: 'reading',
    battery,
    kind,
    snapshot,
    get other() {
      return news.other;
    },
  };
}

/** On its own, so that whoever keeps it keeps nothing else of the news. */
function snapshotWith(snapshot: Snapshot, counters: Values): Snapshot {
  return {
    timeMs: snapshot.timeMs,
    held: snapshot.held,
    get values() {
      return { ...snapshot.values, ...counters };
    },
  };
}
