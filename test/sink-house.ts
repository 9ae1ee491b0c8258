/**
 * A house behind the commit: a real store and the news of what it keeps, for outputs that are real and stand alone.
 */
import { onTestFinished } from 'vitest';
import type { StoreRecord } from '../src/model.ts';
import { EnergyToday } from '../src/now/energy.ts';
import { HouseState } from '../src/now/house-state.ts';
import type { SinkReports } from '../src/sinks/condition.ts';
import type { Sink } from '../src/sinks/sink.ts';
import { type SinkMemory, Sinks } from '../src/sinks/sinks.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { temporaryFolder } from './records.ts';

/** What a sink is made with here. */
export interface HouseTools {
  readonly reports: SinkReports;
  readonly memory: SinkMemory;
  readonly wallMs: () => number;
  readonly store: SqliteStore;
}

/** For an output that takes everything from the store. */
const OUTBOX = { name: 'influx', bytes: 1_000_000 };
const ENERGY = { today: { pv_energy: 1 }, dayStartMs: 0, total: { pv_energy: 2 } };
const STALE_MS = 90_000;

export class SinkHouse {
  readonly folder: string;
  readonly store: SqliteStore;
  readonly sink: Sink;
  /** Mistakes of outputs. */
  readonly mistakes: string[] = [];
  readonly wallMs: () => number;
  readonly #state: HouseState;
  readonly #sinks: Sinks;
  readonly #energy: EnergyToday;
  #running = true;

  /**
   * @param folder of a house of before; a new one where it is not given
   * @param wallMs what time it is there
   */
  constructor(make: (tools: HouseTools) => Sink, wallMs: () => number, folder = temporaryFolder()) {
    this.folder = folder;
    this.wallMs = wallMs;
    this.store = SqliteStore.open({ folder, timeZone: 'Europe/Dublin', outboxes: [OUTBOX] });
    const reports = { up: () => {}, trouble: () => {} };
    this.sink = make({ reports, memory: this.store, wallMs, store: this.store });
    this.#sinks = new Sinks([this.sink], {
      memory: this.store,
      settings: async () => ({ ems_version: 'V1' }),
      wallMs,
      staleMs: STALE_MS,
      failed: (sink, detail) => void this.mistakes.push(`${sink}: ${detail}`),
    });
    this.#energy = new EnergyToday({
      ask: async (ids) => Object.fromEntries(ids.map((id) => [id, ENERGY])),
      wallMs,
      dayStartMs: () => 0,
      isWanted: () => this.#sinks.isWanted('energy'),
      told: (news) => this.#sinks.tellEnergy(news),
    });
    const options = {
      names: {},
      staleMs: STALE_MS,
      houseOffset: () => 3600,
      idOf: (serial: string) => this.store.idOf(serial),
      wallMs,
    };
    this.#state = new HouseState(options, this.store.batteries(), [this.#energy, this.#sinks]);
    this.#sinks.start([...this.#state.batteries()]);
    onTestFinished(() => this.stop());
  }

  /** Kept, and then told. */
  commit(...records: readonly StoreRecord[]): void {
    this.store.commit(records);
    this.#state.committed(records);
  }

  /** A minute is over: energy is told. */
  async minute(): Promise<void> {
    await this.#energy.tick();
  }

  /** As at the end of a server. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await this.#sinks.stop();
    this.store.close();
  }
}
