/**
 * A house: one server process at a time on one data folder and one port, simulated batteries that find it again by
 * themselves, a ledger of what they were told, and time that can pass in one step for all of them.
 */
import { expect } from 'vitest';
import type { Instant } from '../../src/model.ts';
import type { SimulatedBattery } from '../../src/simulator/battery/battery.ts';
import { SimulatedFleet, type SimulatedFleetOptions } from '../../src/simulator/fleet.ts';
import { NO_PAUSES } from '../../src/simulator/pauses.ts';
import { atEnd, exported, folder, type Row, type Server, serve, until } from '../server.ts';
import { isWhole, Ledger, type Outage, serialOf } from './ledger.ts';
import { Line } from './line.ts';

const LATER = new URL('./later.ts', import.meta.url).href;
/** A clock takes its time to be known, and then a long history its time to come, on a machine that is busy. */
const LONG_MS = 60_000;
/** Live readings until a clock is known: three that agree, over a quarter of a minute; and some more. */
const SETTLING = 20;
const SHORTEST_OUTAGE_MS = 120_000;

export interface HouseOptions extends Partial<SimulatedFleetOptions> {
  readonly data?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether there is a line between batteries and server that can be cut. */
  readonly cuttable?: boolean;
}

/** As its owner sets it up who has so many batteries: all are shown at once. */
const FLEET = { ALPHAESS_LOCAL_BATTERY_MAX_BATTERIES: '1000' };

export class House {
  readonly data: string;
  readonly ledger = new Ledger();
  /** What the batteries said to their log, with their index. */
  readonly notes: string[] = [];
  readonly #options: HouseOptions;
  #server: Server | null = null;
  #fleet: SimulatedFleet | null = null;
  #line: Line | null = null;
  #port = 0;
  #aheadMs = 0;
  /** Looked at with every acknowledgement. */
  readonly #watches = new Set<() => void>();

  constructor(options: HouseOptions = {}) {
    this.#options = options;
    this.data = options.data ?? folder();
  }

  // ---- time --------------------------------------------------------------------------------------------------------

  readonly now = (): Instant => ({ wallMs: Date.now() + this.#aheadMs, monoMs: performance.now() + this.#aheadMs });

  /** Time passes. A server that runs would not notice, so there must be none. */
  pass(seconds: number): void {
    expect(this.#server?.exit, 'the server is gone').not.toBeNull();
    this.#aheadMs += seconds * 1000;
  }

  // ---- the server --------------------------------------------------------------------------------------------------

  get server(): Server {
    return this.#server ?? expect.unreachable('there is no server');
  }

  /** The server is started, again on the port where the batteries look for it. */
  async open(): Promise<Server> {
    const later = { NODE_OPTIONS: `--import=${LATER}`, TEST_LATER_BY_MS: String(this.#aheadMs) };
    this.#server = await serve({
      data: this.data,
      args: this.#port === 0 ? [] : ['--battery-listen', `127.0.0.1:${this.#port}`],
      environment: { ...FLEET, ...this.#options.environment, ...(this.#aheadMs === 0 ? {} : later) },
    });
    this.#port = this.#server.port;
    return this.#server;
  }

  /** kill -9; answers that were on their way have come then. */
  async kill(): Promise<void> {
    await this.server.kill();
    await this.#noticed();
  }

  /** As it should be. */
  async close(): Promise<void> {
    expect((await this.server.stop()).code).toBe(0);
    await this.#noticed();
  }

  /** Every battery has noticed that the server is gone. */
  async #noticed(): Promise<void> {
    await until('the batteries to lose their connections', () => (this.#fleet?.stats.connected ?? 0) === 0);
  }

  get line(): Line {
    return this.#line ?? expect.unreachable('there is no line that can be cut');
  }

  // ---- the batteries -----------------------------------------------------------------------------------------------

  get fleet(): SimulatedFleet {
    return this.#fleet ?? expect.unreachable('there are no batteries');
  }

  get batteries(): readonly SimulatedBattery[] {
    return this.fleet.batteries;
  }

  /** The batteries begin. */
  async begin(): Promise<void> {
    if (this.#options.cuttable === true) this.#line = await Line.to(this.#port);
    this.#fleet = new SimulatedFleet({
      host: '127.0.0.1',
      batteries: 3,
      intervalSeconds: 1,
      historySeconds: 600,
      spreadSeconds: 0.5,
      retryMs: 100,
      longestRetryMs: 150,
      // Hours of history go in seconds.
      pauses: NO_PAUSES,
      ...this.#options,
      port: this.#line?.port ?? this.#port,
      now: this.now,
      log: (line) => this.notes.push(line),
      onAcknowledged: (index, stamp) => {
        this.ledger.note(serialOf(index), stamp);
        for (const look of this.#watches) look();
      },
    });
    const fleet = this.#fleet;
    atEnd(() => fleet.stop());
    await fleet.start();
  }

  /** They stop for good, so that nothing more is acknowledged. */
  async rest(): Promise<void> {
    await this.fleet.stop();
  }

  /** Acknowledgements that make it so, at the very one that does. */
  async told(what: string, condition: () => boolean, ms = LONG_MS): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for ${what}`)), ms);
    const look = () => {
      if (condition()) resolve();
    };
    this.#watches.add(look);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#watches.delete(look);
    }
  }

  /** Every battery has been acknowledged so many live readings since now. */
  async lively(count = 2): Promise<void> {
    const before = this.batteries.map((battery) => battery.acknowledged.live);
    const enough = () => {
      const { batteries } = this;
      return (
        batteries.length === this.fleet.stats.batteries &&
        batteries.every((battery, n) => battery.acknowledged.live >= (before[n] ?? 0) + count)
      );
    };
    await this.told(`${count} live readings of each battery`, enough);
  }

  // ---- an outage ---------------------------------------------------------------------------------------------------

  /** Long enough for every clock to be measured. */
  async settle(): Promise<void> {
    await this.lively(SETTLING);
  }

  /** The server is stopped when all is well, and so many seconds pass; `meanwhile`, when half of them have. */
  async leave(seconds: number, meanwhile = () => {}): Promise<void> {
    await this.settle();
    await this.close();
    this.pass(seconds / 2);
    meanwhile();
    this.pass(seconds / 2);
  }

  /** Acknowledged rows of history, of all batteries. */
  get sent(): number {
    return this.fleet.stats.acknowledged.history;
  }

  /** All that was missed is fetched, the house goes on for a while and closes: nothing of it is missing. */
  async endsWhole(): Promise<void> {
    const closed = ({ state }: Row) => state !== 'open' && state !== 'asked';
    await until(
      'every battery to have told what was missed',
      async () => {
        const gaps = await this.gaps();
        const batteries = new Set(gaps.map((gap) => gap.battery));
        return batteries.size === this.batteries.length && gaps.every(closed);
      },
      LONG_MS,
    );
    await this.lively();
    await this.rest();
    const outages = this.outages();
    expect(new Set(outages.map(({ battery }) => battery.sn)).size, 'batteries with an outage').toBe(
      this.batteries.length,
    );
    await this.isWhole(outages);
    await this.close();
    await this.isWhole(outages);
    const gaps = await this.gaps();
    expect(gaps.filter(({ state }) => state !== 'filled')).toEqual([]);
  }

  // ---- what is kept ------------------------------------------------------------------------------------------------

  gaps(): Promise<Row[]> {
    return exported(this.data, 'gap', '--private');
  }

  /** Where no live reading of a battery was acknowledged for more than two minutes, by what the batteries know. */
  outages(): Outage[] {
    const { entries } = this.ledger;
    return this.batteries.flatMap((battery) => {
      const live = entries.filter(({ serial, kind }) => serial === battery.sn && kind === 'live');
      const times = live.map(({ utcMs }) => utcMs ?? 0).sort((a, b) => a - b);
      return times.slice(1).flatMap((toMs, n) => {
        const fromMs = times[n] as number;
        return toMs - fromMs > SHORTEST_OUTAGE_MS ? [{ battery, fromMs, toMs }] : [];
      });
    });
  }

  isWhole(outages: readonly Outage[] = []): Promise<void> {
    return isWhole(this.data, this.ledger, { outages });
  }
}
