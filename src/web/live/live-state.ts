/**
 * What is now: the newest values of each battery, who is connected, how far clocks are off. It listens behind the commit,
 * so that a page opens without a question to the store.
 */
import type * as z from 'zod';
import type { Battery, ClockEpoch, EventRecord, KnownPeer, ReadingKind, StoreRecord, Value } from '../../model.ts';
import type { Newest } from '../query/queries.ts';
import { eventView, gapView, iso, named, unknownFields } from '../query/values.ts';
import type * as schema from '../schema.ts';

type BatteryView = z.infer<typeof schema.battery>;
type LiveEvents = typeof schema.liveEvents;
type LiveType = keyof LiveEvents;

/** Where news go. `make` is called when somebody wants to know. */
export interface NewsSink {
  tell<T extends LiveType>(type: T, make: () => z.infer<LiveEvents[T]>): void;
}

export interface LiveStateOptions {
  /** id → name */
  readonly names: Readonly<Record<string, string>>;
  /** Without a reading for so long a battery is stale, ms. */
  readonly staleMs: number;
  /** How far the house's time is ahead of UTC, seconds, at a moment in Unix seconds. */
  readonly houseOffset: (time: number) => number;
  readonly idOf: (serial: string) => string | undefined;
  readonly wallMs: () => number;
}

interface Snapshot {
  readonly kind: ReadingKind;
  /** Unix seconds UTC. */
  readonly time: number;
  readonly values: readonly Value[];
}

interface Known {
  readonly id: string;
  readonly serial: string;
  readonly firstSeenMs: number;
  lastReadingMs: number | null;
  live: Snapshot | null;
  detail: Snapshot | null;
  epoch: ClockEpoch | null;
  readonly openGaps: Set<number>;
  /** When each peer was last in conflict with the trusted one, ms, by its number. */
  readonly conflicts: Map<number, number>;
  /** Entries of its log that were told, the oldest first. */
  readonly toldLog: Set<string>;
  /** Whether it was told to be stale. */
  stale: boolean;
}

interface Peer {
  readonly peer: string;
  readonly sinceMs: number;
  /** In the order in which they were named. */
  readonly batteries: string[];
}

/** How far a reading's time may be wrong while its clock is known, seconds (decision 0006). */
const AHEAD_SECONDS = 5;
/** Entries of a battery's log that were told lately, so many of each. */
const LOG_REMEMBERED = 100;
/** A clock's first estimate is corrected as a whole while it is younger than this (decision 0006), ms. */
const UNSETTLED_MS = 600_000;

export class LiveState {
  readonly #options: LiveStateOptions;
  readonly #news: NewsSink;
  readonly #bySerial = new Map<string, Known>();
  readonly #byId = new Map<string, Known>();
  readonly #peers = new Map<number, Peer>();
  #storing = true;

  constructor(options: LiveStateOptions, known: readonly Battery[], news: NewsSink) {
    this.#options = options;
    this.#news = news;
    for (const { id, serial, firstSeenMs, epochs, newest, openGaps, trust } of known) {
      const battery = this.#add(id, serial.reveal(), firstSeenMs);
      battery.lastReadingMs = newest?.receivedMs ?? null;
      battery.epoch = epochs.at(-1) ?? null;
      for (const { number } of openGaps) battery.openGaps.add(number);
      for (const peer of trust.peers) noteConflict(battery.conflicts, peer);
    }
  }

  // ---- what is heard ------------------------------------------------------------------------------------------------

  committed(records: readonly StoreRecord[]): void {
    for (const record of records) {
      if (record.type === 'reading') this.#reading(record);
      else if (record.type === 'identity') this.#identity(record);
      else if (record.type === 'event') this.#event(record);
      else if (record.type === 'clock') this.#clock(record);
      else if (record.type === 'gap') this.#gap(record);
      else if (record.type === 'configuration') this.#configuration(record);
      else if (record.type === 'peer') this.#peer(record);
    }
  }

  failing(): void {
    this.#setStoring(false);
  }

  recovered(): void {
    this.#setStoring(true);
  }

  opened(connection: number, peer: string): void {
    this.#peers.set(connection, { peer, sinceMs: this.#options.wallMs(), batteries: [] });
    this.#tellServer();
  }

  closed(connection: number): void {
    const peer = this.#peers.get(connection);
    this.#peers.delete(connection);
    this.#tellServer();
    for (const id of peer?.batteries ?? []) {
      const battery = this.#byId.get(id);
      if (battery !== undefined) this.#tellBattery(battery);
    }
  }

  /** What the store knew of batteries that have said nothing yet. */
  seed(newest: readonly Newest[]): void {
    for (const { battery: id, kind, ...reading } of newest) {
      const battery = this.#byId.get(id);
      if (battery === undefined || (kind !== 'live' && kind !== 'detail') || battery[kind] !== null) continue;
      battery[kind] = { kind, time: reading.time, values: reading.values };
      battery.lastReadingMs = Math.max(battery.lastReadingMs ?? 0, reading.receivedMs);
    }
  }

  /** Time passed: who has become stale? */
  tick(): void {
    for (const battery of this.#byId.values()) if (this.#isStale(battery) !== battery.stale) this.#tellBattery(battery);
  }

  // ---- what is asked -------------------------------------------------------------------------------------------------

  get storing(): boolean {
    return this.#storing;
  }

  get connections(): number {
    return this.#peers.size;
  }

  /** Ids of batteries that nothing was heard of since the start. */
  get unheard(): string[] {
    return [...this.#byId.values()].filter(({ live, detail }) => live === null && detail === null).map(({ id }) => id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  batteries(): BatteryView[] {
    return [...this.#byId.values()].map((battery) => this.#view(battery));
  }

  battery(id: string): BatteryView | null {
    const battery = this.#byId.get(id);
    return battery === undefined ? null : this.#view(battery);
  }

  /** The oldest first. */
  peers(): z.infer<typeof schema.server>['peers'] {
    return Array.from(this.#peers, ([connection, { peer, sinceMs, batteries }]) => ({
      connection,
      peer,
      since: iso(sinceMs),
      battery: batteries.at(-1) ?? null,
      batteries,
    }));
  }

  /** Which battery speaks on which connection, where it is one alone: which of several sent a frame, no connection tells. */
  speakers(): Map<number, string> {
    const alone = [...this.#peers].filter(([, { batteries }]) => batteries.length === 1);
    return new Map(alone.map(([connection, { batteries }]) => [connection, batteries[0] as string]));
  }

  // ---------------------------------------------------------------------------------------------------------------------

  #add(id: string, serial: string, firstSeenMs: number): Known {
    const battery: Known = {
      id,
      serial,
      firstSeenMs,
      lastReadingMs: null,
      live: null,
      detail: null,
      epoch: null,
      openGaps: new Set(),
      conflicts: new Map(),
      toldLog: new Set(),
      stale: true,
    };
    this.#bySerial.set(serial, battery);
    this.#byId.set(id, battery);
    return battery;
  }

  #known(serial: string, receivedMs: number): Known | null {
    const known = this.#bySerial.get(serial);
    if (known !== undefined) return known;
    const id = this.#options.idOf(serial);
    return id === undefined ? null : this.#add(id, serial, receivedMs);
  }

  #reading(record: Extract<StoreRecord, { type: 'reading' }>): void {
    const { kind, battery: serial, time, receivedMs, values, rest } = record;
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery === null || (kind !== 'live' && kind !== 'detail')) return;
    battery.lastReadingMs = receivedMs;
    const seconds = secondOf(time, Math.floor(receivedMs / 1000), battery[kind]?.time ?? 0);
    if (seconds === null) return;
    battery[kind] = { kind, time: seconds, values };
    this.#news.tell('reading', () => ({
      battery: battery.id,
      kind,
      ...this.#snapshot(battery, { kind, time: seconds, values }),
      other: unknownFields(rest, [battery.serial]),
    }));
    if (battery.stale) this.#tellBattery(battery);
  }

  #identity({ battery: serial, connection, receivedMs }: Extract<StoreRecord, { type: 'identity' }>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    const peer = this.#peers.get(connection);
    if (battery === null || peer === undefined || peer.batteries.includes(battery.id)) return;
    peer.batteries.push(battery.id);
    this.#tellBattery(battery);
  }

  /** A battery repeats its whole log at every login: those entries are old news, or were told already. */
  #event(record: Extract<StoreRecord, { type: 'event' }>): void {
    const { battery: serial, code, time, receivedMs } = record;
    if (code !== null && (time === null || receivedMs - time * 1000 > UNSETTLED_MS)) return;
    const battery = serial === null ? null : this.#known(serial.reveal(), receivedMs);
    if (code !== null && battery !== null && !isFirst(battery.toldLog, record)) return;
    const secrets = battery === null ? [] : [battery.serial];
    this.#news.tell('event', () => ({ battery: battery?.id ?? null, event: eventView(record, secrets) }));
  }

  #clock({ battery: serial, receivedMs, epochs }: Extract<StoreRecord, { type: 'clock' }>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery === null) return;
    battery.epoch = epochs.at(-1) ?? battery.epoch;
    const clock = this.#clockView(battery);
    if (clock !== null) this.#news.tell('clock', () => ({ battery: battery.id, clock }));
    this.#tellBattery(battery);
  }

  #gap({ battery: serial, receivedMs, gap }: Extract<StoreRecord, { type: 'gap' }>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery === null) return;
    if (gap.state === 'open' || gap.state === 'asked') battery.openGaps.add(gap.number);
    else battery.openGaps.delete(gap.number);
    this.#news.tell('gap', () => ({ battery: battery.id, gap: gapView(gap) }));
    this.#tellBattery(battery);
  }

  #configuration({ battery: serial, receivedMs }: Extract<StoreRecord, { type: 'configuration' }>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery !== null) this.#news.tell('configuration', () => ({ battery: battery.id }));
  }

  #peer({ battery: serial, receivedMs, peer, forgotten }: Extract<StoreRecord, { type: 'peer' }>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery === null) return;
    const before = conflictView(battery.conflicts)?.since;
    noteConflict(battery.conflicts, forgotten ? { ...peer, conflictMs: null } : peer);
    if (conflictView(battery.conflicts)?.since !== before) this.#tellBattery(battery);
  }

  #setStoring(storing: boolean): void {
    if (this.#storing === storing) return;
    this.#storing = storing;
    this.#tellServer();
  }

  #tellServer(): void {
    const state = { storing: this.#storing, connections: this.#peers.size };
    this.#news.tell('server_state', () => state);
  }

  #tellBattery(battery: Known): void {
    battery.stale = this.#isStale(battery);
    this.#news.tell('battery', () => this.#view(battery));
  }

  #isStale({ lastReadingMs }: Known): boolean {
    return lastReadingMs === null || this.#options.wallMs() - lastReadingMs > this.#options.staleMs;
  }

  #view(battery: Known): BatteryView {
    const { id, firstSeenMs, lastReadingMs, live, detail, openGaps, conflicts } = battery;
    return {
      id,
      name: this.#options.names[id] ?? id,
      first_seen: iso(firstSeenMs),
      connected: [...this.#peers.values()].some((peer) => peer.batteries.includes(id)),
      stale: this.#isStale(battery),
      last_reading_at: lastReadingMs === null ? null : iso(lastReadingMs),
      live: live === null ? null : this.#snapshot(battery, live),
      detail: detail === null ? null : this.#snapshot(battery, detail),
      clock: this.#clockView(battery),
      open_gaps: openGaps.size,
      conflict: conflictView(conflicts),
    };
  }

  #snapshot({ serial }: Known, { kind, time, values }: Snapshot) {
    return { time: iso(time * 1000), values: named(kind, values, [serial]) };
  }

  #clockView({ epoch }: Known): BatteryView['clock'] {
    if (epoch === null) return null;
    const { offsetSeconds, driftPpm, reason, sinceMs } = epoch;
    const nowMs = this.#options.wallMs();
    return {
      offset_seconds: offsetSeconds,
      ahead_of_house_seconds: offsetSeconds - this.#options.houseOffset(Math.floor(nowMs / 1000)),
      drift_ppm: driftPpm,
      settled: reason !== 'first_frame' || nowMs - sinceMs >= UNSETTLED_MS,
    };
  }
}

/**
 * At which second a reading is shown that has come; null where a newer one is known. Nothing is measured after it came: what
 * is dated so goes by its arrival, since its battery's clock, or ours, is about to be found out to have been set.
 */
function secondOf(time: number | null, arrived: number, known: number): number | null {
  const latest = arrived + AHEAD_SECONDS;
  const newest = known > latest ? 0 : known;
  if (time === null || time > latest) return Math.max(arrived, newest);
  return time < newest ? null : time;
}

/** What the owner has decided is a conflict no more. */
function noteConflict(conflicts: Map<number, number>, { number, standing, conflictMs }: KnownPeer): void {
  if (conflictMs === null || standing !== 'other') conflicts.delete(number);
  else conflicts.set(number, conflictMs);
}

/** The newest. */
function conflictView(conflicts: ReadonlyMap<number, number>): BatteryView['conflict'] {
  const [newest] = [...conflicts].sort(([, one], [, other]) => other - one);
  return newest === undefined ? null : { peer: newest[0], since: iso(newest[1]) };
}

/** Whether an entry of a battery's log was not told yet; remembers it. */
function isFirst(told: Set<string>, { batteryTime, code, occurrence }: EventRecord): boolean {
  const entry = `${batteryTime} ${code} ${occurrence}`;
  if (told.has(entry)) return false;
  told.add(entry);
  const [oldest] = told;
  if (told.size > LOG_REMEMBERED && oldest !== undefined) told.delete(oldest);
  return true;
}
