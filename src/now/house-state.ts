/**
 * What is now: the newest values of each battery, who is connected, how far clocks are off. It listens behind the commit,
 * so that nobody who wants to know what is now asks the store, and tells the news of it.
 */
import type { Battery, ReadingKind, StoreRecord, Value } from '../model.ts';
import { Connections } from './connections.ts';
import { HeardEvent, HeardReading } from './heard-news.ts';
import { filled } from './held.ts';
import type { News, NewsListener } from './news.ts';
import { shownGap } from './shown.ts';
import { KeptSnapshot, LastValues } from './snapshot.ts';
import type { BatteryState, ConnectionState, Snapshot } from './state.ts';
import { type HouseMoment, TrackedBattery, UNSETTLED_MS } from './tracked-battery.ts';

export interface HouseStateOptions {
  /** id → name */
  readonly names: Readonly<Record<string, string>>;
  /** Without a reading for so long a battery is stale. */
  readonly staleMs: number;
  /** How far the house's time is ahead of UTC, seconds, at a moment in Unix seconds. */
  readonly houseOffset: (time: number) => number;
  readonly idOf: (serial: string) => string | undefined;
  readonly wallMs: () => number;
}

/** The newest reading of a kind that the store has. */
export interface NewestReading {
  readonly battery: string;
  readonly kind: ReadingKind;
  readonly timeMs: number;
  readonly receivedMs: number;
  /** In the order of `columnsOf(kind)`. */
  readonly values: readonly Value[];
}

type RecordOf<Type extends StoreRecord['type']> = Extract<StoreRecord, { type: Type }>;

export class HouseState {
  readonly #options: HouseStateOptions;
  readonly #listeners: readonly NewsListener[];
  readonly #bySerial = new Map<string, TrackedBattery>();
  readonly #byId = new Map<string, TrackedBattery>();
  readonly #connections = new Connections();
  readonly #lastValues = new LastValues();
  #storing = true;

  /** @param known what the store knows at the start of those that are shown before they speak */
  constructor(options: HouseStateOptions, known: readonly Battery[], listeners: readonly NewsListener[]) {
    this.#options = options;
    this.#listeners = listeners;
    for (const battery of known) this.loaded(battery);
  }

  /** What is kept of a battery that is about to speak; known already where it was shown before. */
  loaded({ id, serial, firstSeenMs, epochs, newest, openGaps, trust }: Battery): void {
    if (this.#byId.has(id)) return;
    const battery = this.#add(id, serial.reveal(), firstSeenMs);
    if (newest !== null) battery.arrived(newest.receivedMs);
    battery.noteEpochs(epochs);
    for (const gap of openGaps) battery.noteGap(gap);
    for (const peer of trust.peers) battery.notePeer(peer, false);
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

  opened(connection: number, peer: string, _address?: string, way?: 'tap'): void {
    this.#connections.opened(connection, peer, this.#options.wallMs(), way === 'tap');
    this.#tellServer();
  }

  closed(connection: number): void {
    const batteries = this.#connections.closed(connection);
    this.#tellServer();
    const moment = this.#moment();
    for (const battery of batteries) this.#tellBattery(battery, moment);
  }

  /** What the store knew of batteries that have said nothing yet. */
  seed(newest: readonly NewestReading[]): void {
    for (const { battery: id, kind, timeMs, receivedMs, values } of newest) {
      const battery = this.#byId.get(id);
      if (battery === undefined || kind === 'history' || battery.newest(kind) !== null) continue;
      battery.show(kind, new KeptSnapshot(kind, timeMs, values, battery.secrets, this.#lastValues));
      battery.arrivedBefore(receivedMs);
    }
  }

  /** There is no such battery any more. */
  forget(serial: string, id: string): void {
    const battery = this.#bySerial.get(serial);
    if (battery !== undefined) this.#connections.forget(battery);
    this.#bySerial.delete(serial);
    this.#byId.delete(id);
  }

  /** Time passed: who has become stale? One battery a step. */
  *tick(): Generator<void> {
    for (const battery of this.#byId.values()) {
      const moment = this.#moment();
      if (battery.isStale(moment) !== battery.toldStale) this.#tellBattery(battery, moment);
      yield;
    }
  }

  // ---- what is asked -------------------------------------------------------------------------------------------------

  get storing(): boolean {
    return this.#storing;
  }

  /** How many are open. */
  get connections(): number {
    return this.#connections.count;
  }

  /** Ids of batteries that nothing was heard of since the start. */
  get unheard(): string[] {
    return [...this.#byId.values()].filter(({ isUnheard }) => isUnheard).map(({ id }) => id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Each as it is when it is its turn. */
  *batteries(): Generator<BatteryState> {
    for (const battery of this.#byId.values()) yield battery.state(this.#moment());
  }

  battery(id: string): BatteryState | null {
    return this.#byId.get(id)?.state(this.#moment()) ?? null;
  }

  /** Whether a reading is of longer ago than a battery may be silent. */
  isOld({ timeMs }: Snapshot): boolean {
    const { wallMs, staleMs } = this.#options;
    return wallMs() - timeMs > staleMs;
  }

  /** Who is connected, the oldest first. */
  connectionStates(): Iterable<ConnectionState> {
    return this.#connections.states();
  }

  /** See {@link Connections.speakers}. */
  speakers(connections: Iterable<number>): Map<number, string> {
    return this.#connections.speakers(connections);
  }

  // ---------------------------------------------------------------------------------------------------------------------

  #moment(): HouseMoment {
    const { wallMs, houseOffset, staleMs } = this.#options;
    const nowMs = wallMs();
    return { nowMs, houseOffsetSeconds: houseOffset(Math.floor(nowMs / 1000)), staleMs };
  }

  #add(id: string, serial: string, firstSeenMs: number): TrackedBattery {
    const battery = new TrackedBattery({ id, name: this.#options.names[id] ?? id, serial, firstSeenMs });
    this.#bySerial.set(serial, battery);
    this.#byId.set(id, battery);
    return battery;
  }

  #known(serial: string, receivedMs: number): TrackedBattery | null {
    const known = this.#bySerial.get(serial);
    if (known !== undefined) return known;
    const id = this.#options.idOf(serial);
    return id === undefined ? null : this.#add(id, serial, receivedMs);
  }

  #reading({ kind, battery: serial, time, receivedMs, values, rest }: RecordOf<'reading'>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery === null || kind === 'history') return;
    battery.arrived(receivedMs);
    const timeMs = battery.shownTime(kind, time, receivedMs);
    if (timeMs === null) return;
    const { columns, heldMs } = filled(kind, values, rest, battery.newest(kind));
    const snapshot = new KeptSnapshot(kind, timeMs, columns, battery.secrets, this.#lastValues, heldMs);
    battery.show(kind, snapshot);
    this.#tell(new HeardReading(battery, kind, snapshot, rest));
    if (battery.toldStale) this.#tellBattery(battery);
  }

  #identity({ battery: serial, connection, receivedMs }: RecordOf<'identity'>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery !== null && this.#connections.named(connection, battery)) this.#tellBattery(battery);
  }

  /** A battery repeats its whole log at every login: those entries are old news, or were told already. */
  #event(record: RecordOf<'event'>): void {
    const { battery: serial, code, time, receivedMs } = record;
    if (code !== null && (time === null || receivedMs - time * 1000 > UNSETTLED_MS)) return;
    const battery = serial === null ? null : this.#known(serial.reveal(), receivedMs);
    if (code !== null && battery !== null && !battery.isFirst(record)) return;
    this.#tell(new HeardEvent(battery, record));
  }

  #clock({ battery: serial, receivedMs, epochs }: RecordOf<'clock'>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery === null) return;
    battery.noteEpochs(epochs);
    const clock = battery.clock(this.#moment());
    if (clock !== null) this.#tell({ type: 'clock', battery: battery.id, clock });
    this.#tellBattery(battery);
  }

  #gap({ battery: serial, receivedMs, gap }: RecordOf<'gap'>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery === null) return;
    battery.noteGap(gap);
    this.#tell({ type: 'gap', battery: battery.id, gap: shownGap(gap) });
    this.#tellBattery(battery);
  }

  #configuration({ battery: serial, receivedMs }: RecordOf<'configuration'>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery !== null) this.#tell({ type: 'configuration', battery: battery.id });
  }

  #peer({ battery: serial, receivedMs, peer, forgotten }: RecordOf<'peer'>): void {
    const battery = this.#known(serial.reveal(), receivedMs);
    if (battery?.notePeer(peer, forgotten) === true) this.#tellBattery(battery);
  }

  #setStoring(storing: boolean): void {
    if (this.#storing === storing) return;
    this.#storing = storing;
    this.#tellServer();
  }

  #tellServer(): void {
    this.#tell({ type: 'server_state', storing: this.#storing, connections: this.#connections.count });
  }

  #tellBattery(battery: TrackedBattery, moment = this.#moment()): void {
    const state = battery.state(moment);
    battery.toldStale = state.stale;
    this.#tell({ type: 'battery', battery: state });
  }

  #tell(news: News): void {
    for (const listener of this.#listeners) listener.tell(news);
  }
}
