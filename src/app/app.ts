/**
 * The composition root: builds the graph, starts and stops it. The only file that sees everything.
 */
import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import type { Log } from '../log/log.ts';
import type { LogOutput } from '../log/log-output.ts';
import { ThrottledLog } from '../log/throttled-log.ts';
import type { Battery, Instant } from '../model.ts';
import { EnergyToday } from '../now/energy.ts';
import { HouseState } from '../now/house-state.ts';
import { redactText } from '../privacy/redact.ts';
import { Committer } from '../server/committer.ts';
import { Listener } from '../server/listener.ts';
import { Strangers } from '../server/strangers.ts';
import { sinksOf } from '../sinks/from-config.ts';
import { Prometheus } from '../sinks/prometheus/prometheus.ts';
import { ServerMetrics } from '../sinks/prometheus/server-metrics.ts';
import { Sinks, type SinksOptions } from '../sinks/sinks.ts';
import type { BackupKeeper } from '../store/backup/backup-keeper.ts';
import { Calendar } from '../store/energy/calendar.ts';
import type { RetentionClock } from '../store/sqlite/clock/retention-clock.ts';
import { LOCK_FILES } from '../store/sqlite/file/lock.ts';
import { SelfKeepingStore } from '../store/sqlite/self-keeping-store.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { DATABASE_FILE, type Store } from '../store/store.ts';
import { Descriptors, thisSystem } from '../system/descriptors.ts';
import { listenOn, showAddress } from '../system/listen.ts';
import { closeToOthers } from '../system/private-files.ts';
import { Auth } from '../web/access/auth.ts';
import { refuseOpenWeb } from '../web/access/open.ts';
import { PASSWORD_FILE } from '../web/access/secrets.ts';
import { WebServer } from '../web/api.ts';
import { LiveFeed } from '../web/live/feed.ts';
import { FrameTap } from '../web/live/frame-tap.ts';
import { QueryPool } from '../web/query/pool.ts';
import type { Services } from '../web/services.ts';
import { StoreSize } from '../web/store-size.ts';
import { backupKeeper, DataUpgrade, placeFrom } from './backups.ts';
import { BatteryForgetter } from './battery-forgetter.ts';
import { SHOWN_AT_START } from './battery-loader.ts';
import { doubtSentence } from './clock-report.ts';
import { FanOut } from './fan-out.ts';
import { Reporter } from './reporter.ts';
import { SERVER_FILE, ServerFile } from './server-file.ts';
import { batteryLoader, Sessions } from './sessions.ts';
import { retentionClock, storeOptions } from './store-options.ts';
import { TrustDesk } from './trust-desk.ts';
import { version } from './version.ts';
import { askedOf, figuresOf, metricsOf, type Watched } from './watched.ts';

const LOG_TICK_MS = 5000;
/** Whoever is on this machine can stop the server anyway. */
const LOOPBACK = ['127.0.0.0/8', '::1'];

type LogLosses = Pick<LogOutput, 'lost' | 'sayLost'>;
const NO_LOSSES: LogLosses = { lost: 0, sayLost: () => {} };

/** Everything that runs, between `start` and `stop`. */
interface Running {
  readonly store: Store;
  /** Has the store keep itself in order. */
  readonly keep: () => void;
  readonly committer: Committer;
  readonly backups: BackupKeeper | null;
  readonly listener: Listener;
  readonly web: WebServer;
  readonly watched: Watched;
  readonly descriptors: Descriptors;
  readonly ticker: NodeJS.Timeout;
}

export class App {
  readonly #config: Config;
  readonly #log: ThrottledLog;
  readonly #file: ServerFile;
  readonly #output: LogLosses;
  readonly #upgrade: DataUpgrade;
  #running: Running | null = null;
  #building: Promise<Running> | null = null;

  /** @param output what the log is written to, asked how much of it was lost */
  constructor(config: Config, log: Log, output: LogLosses = NO_LOSSES) {
    this.#config = config;
    this.#log = new ThrottledLog(log, () => performance.now());
    this.#file = new ServerFile(config.data);
    this.#output = output;
    this.#upgrade = new DataUpgrade(config, this.#log, now);
  }

  get batteryPort(): number {
    return this.#running?.listener.port ?? 0;
  }

  get webPort(): number {
    return this.#running?.web.port ?? 0;
  }

  /**
   * Opens the store and both ports.
   * @throws OwnerError or StoreError for what the owner can put right; nothing is left open then
   */
  async start(): Promise<void> {
    const { battery, web } = this.#config;
    refuseOpenWeb(this.#config);
    if (!(await this.#upgrade.run())) return;
    this.#building = this.#build();
    const running = await this.#building;
    try {
      // Before the first battery speaks: who was heard first keeps the plain name.
      const batteries = running.watched.state.batteries();
      running.watched.sinks.start(batteries);
      running.watched.energy.start(batteries.map(({ id }) => id));
      await listenOn('battery', battery.listen, () => running.listener.start());
      if (this.#running === running) await listenOn('web', web.listen, () => running.web.start());
    } catch (error) {
      if (this.#running !== running) return;
      await this.stop();
      throw error;
    }
    // Told to stop before it had begun.
    if (this.#running !== running) return;
    running.keep();
    running.committer.start();
    running.descriptors.start();
    running.backups?.start();
    this.#closeFolder();
    this.#sayListening();
    this.#writeServerFile(running);
  }

  /** Listens no more, commits and answers what was heard, closes everything. */
  async stop(): Promise<void> {
    await this.#upgrade.stop();
    await this.#building?.catch(() => null);
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    this.#file.remove();
    clearInterval(running.ticker);
    running.descriptors.stop();
    const backingUp = running.backups?.stop();
    // Both ports are free at once, for whoever starts the next server before this one has ended.
    await Promise.all([running.listener.stop(), running.web.stop()]);
    await running.committer.stop();
    running.watched.energy.stop();
    await Promise.all([running.watched.sinks.stop(), backingUp]);
    await running.store.stop();
    this.#tickLog(true);
  }

  #tickLog(last = false): void {
    this.#log.tick(last);
    this.#output.sayLost((lines, reason) => {
      const text = `${lines} lines of the log were lost: ${reason}`;
      this.#log.note({ level: 'error', code: 'LOG_LOST', text, data: { lines } });
    });
  }

  /** How often each problem was seen since the start, by code. */
  #counts(reporter: Reporter): Record<string, number> {
    const { lost } = this.#output;
    return { ...Object.fromEntries(reporter.counts), ...(lost === 0 ? {} : { LOG_LOST: lost }) };
  }

  async #build(): Promise<Running> {
    const sqlite = SqliteStore.open(storeOptions(this.#config));
    const store = new SelfKeepingStore(sqlite);
    try {
      const shown = await store.batteries(SHOWN_AT_START);
      this.#running = this.#assemble(store, sqlite.house, shown, await store.countBatteries());
      return this.#running;
    } catch (error) {
      // A file that an output needs cannot be read.
      sqlite.close();
      throw error;
    }
  }

  /**
   * @param house a word that tells this house apart from others
   * @param shown what is known of batteries that are shown before they speak
   * @param kept how many are known
   */
  #assemble(store: SelfKeepingStore, house: string, shown: readonly Battery[], kept: number): Running {
    const { battery, time_zone: timeZone } = this.#config;
    const sessions = new Sessions(battery, store, kept);
    const staleMs = battery.stale_after * 1000;
    const clock = retentionClock(this.#config, store, now, () => reporter, shown);
    const calendar = new Calendar(timeZone);
    const reporter = new Reporter(this.#config, this.#log, store, calendar);
    const pool = new QueryPool({
      setting: { ...placeFrom(this.#config), timeZone },
      failed: (detail) => this.#sayMistake(detail),
      damaged: (detail) => reporter.damaged(detail),
    });
    const watched = this.#buildWatched(store, calendar, reporter, pool, shown);
    const { state, tap, metrics, strangers } = watched;
    const all = [reporter, state, tap, metrics, strangers, clock];
    const watchers = new FanOut(all, (error) => this.#sayMistake(String(error)));
    const committer = new Committer(store, watchers, () => performance.now());
    const loader = batteryLoader(store, sessions, reporter, [reporter, state, clock]);
    const listener = new Listener(
      {
        ...battery.listen,
        allow: battery.allow,
        maxConnections: battery.max_connections,
        maxConnectionsPerAddress: battery.max_connections_per_address,
        trustedNetworks: [...LOOPBACK, ...battery.trusted_networks],
        staleMs,
      },
      {
        committer,
        now,
        nextConnection: () => store.nextConnection(),
        newSession: (connection, moment, address) => sessions.open(connection, moment, address),
        watcher: watchers,
        switchboard: sessions.switchboard,
        tap: watched.tap,
        load: (serial) => loader.load(serial),
      },
    );
    const trust = new TrustDesk({
      switchboard: sessions.switchboard,
      loader,
      keep: (records) => committer.keep(records),
      now,
    });
    const memories = [sessions.batteries, state, watched.energy, reporter, clock];
    const memory = { outputs: watched.sinks, memories, rings: [watched.feed, tap] };
    const forgetting = new BatteryForgetter({ store, listener, committer, ...memory });
    const web = this.#buildWeb(store, watched, reporter, pool, { trust, clock, forgetting }, () => committer.storing);
    const ticker = setInterval(() => this.#tickLog(), LOG_TICK_MS);
    const descriptors = new Descriptors(
      thisSystem(),
      (note) => reporter.said(note),
      () => performance.now(),
    );
    const backups = backupKeeper(this.#config, house, now, reporter);
    const keep = () => store.start(reporter, { now, clock });
    return { store, keep, committer, backups, listener, web, watched, descriptors, ticker };
  }

  /** What listens behind the commit for the page and for outputs: the same news. */
  #buildWatched(
    store: Store,
    calendar: Calendar,
    reporter: Reporter,
    pool: QueryPool,
    shown: readonly Battery[],
  ): Watched {
    const { battery } = this.#config;
    const wallMs = () => Date.now();
    const feed = new LiveFeed(wallMs());
    const tap = new FrameTap(wallMs);
    const metrics = new ServerMetrics();
    const staleMs = battery.stale_after * 1000;
    const asked = askedOf(pool, wallMs);
    const prometheus = new Prometheus({ server: metrics, staleMs, wallMs });
    const sinks = this.#buildSinks(store, reporter, asked.settings, prometheus);
    const energy = new EnergyToday({
      ask: asked.energy,
      wallMs,
      dayStartMs: (ms) => calendar.dayStart(Math.floor(ms / 1000)) * 1000,
      isWanted: () => sinks.isWanted('energy'),
      told: (news) => sinks.tellEnergy(news),
    });
    const options = {
      names: battery.names,
      staleMs,
      houseOffset: (time: number) => calendar.offsetSeconds(time),
      idOf: (serial: string) => store.idOf(serial),
      wallMs,
    };
    const state = new HouseState(options, shown, [feed, energy, sinks]);
    const strangers = new Strangers(wallMs);
    return { feed, state, energy, tap, sinks, prometheus, metrics, strangers };
  }

  #buildSinks(store: Store, reporter: Reporter, settings: SinksOptions['settings'], prometheus: Prometheus): Sinks {
    const wallMs = () => Date.now();
    const outbox = (name: string) => store.outbox(name);
    const tools = { reports: reporter, wallMs, memory: store, version: version(), outbox };
    return new Sinks([prometheus, ...sinksOf(this.#config, tools)], {
      memory: store,
      settings,
      wallMs,
      staleMs: this.#config.battery.stale_after * 1000,
      failed: (sink, detail) => reporter.trouble(sink, 'OUTPUT_MISTAKE', detail),
    });
  }

  #buildWeb(
    store: Store,
    watched: Watched,
    reporter: Reporter,
    pool: QueryPool,
    { clock, ...desks }: Pick<Services, 'trust' | 'forgetting'> & { readonly clock: RetentionClock },
    storing: () => boolean,
  ): WebServer {
    const { battery, data, name, time_zone: timeZone, web } = this.#config;
    const failed = (detail: string) => this.#sayMistake(detail);
    const monoMs = () => performance.now();
    const counters = () => this.#counts(reporter);
    const figures = figuresOf(store, counters, watched);
    const facts = {
      name,
      version: version(),
      startedMs: Date.now(),
      timeZone,
      batteryAddress: () => showAddress(battery.listen, this.batteryPort),
      counters,
      waitingRows: () => store.waitingRows,
      now: () => Date.now(),
      sinks: () => watched.sinks.inUse,
      strangers: () => watched.strangers.list,
    };
    return new WebServer({
      address: web.listen,
      trustedProxies: web.trusted_proxies,
      hosts: web.hosts,
      frameAncestors: web.frame_ancestors,
      health: () => ({ listening: this.#running !== null, storing: storing(), problems: counters() }),
      services: {
        clock: {
          doubt: () => (clock.doubt === null ? null : doubtSentence(clock.doubt)),
          confirm: () => clock.confirm('owner'),
        },
        facts,
        state: watched.state,
        tap: watched.tap,
        pool,
        auth: new Auth({
          folder: data,
          tokens: web.tokens,
          localToken: this.#file.token,
          monoMs,
          failed: (attempt) => reporter.loginFailed(attempt),
        }),
        ...desks,
        size: new StoreSize(join(data, DATABASE_FILE)),
        basePath: web.base_path,
      },
      feed: watched.feed,
      metrics: () => metricsOf(watched, figures),
      failed,
    });
  }

  /** A mistake of ours that costs no reading. */
  #sayMistake(detail: string): void {
    this.#log.note({
      level: 'error',
      code: 'SERVER_MISTAKE',
      text: `the page could not be served as it should: ${redactText(detail, [])}`,
    });
  }

  /** Without it the server does all but what commands ask of it. */
  #writeServerFile({ web }: Running): void {
    try {
      this.#file.write({ ...web.address, basePath: this.#config.web.base_path });
    } catch (error) {
      const text = `commands cannot reach this server, since ${SERVER_FILE} cannot be written: ${(error as Error).message}`;
      this.#log.note({ level: 'warn', code: 'DATA_NOT_WRITABLE', text });
    }
  }

  /** Earlier versions left it open, or somebody opened it. */
  #closeFolder(): void {
    const open = closeToOthers(this.#config.data, isDataFile);
    if (open.length === 0) return;
    const text = `others on this machine can read ${open.join(', ')}: give it to the user who runs the server, with mode 700 (files: 600)`;
    this.#log.note({ level: 'warn', code: 'DATA_FOLDER_OPEN', text });
  }

  #sayListening(): void {
    const { battery, web } = this.#config;
    const text = `listening for batteries on ${showAddress(battery.listen, this.batteryPort)}, web on ${showAddress(web.listen, this.webPort)}`;
    this.#log.note({
      level: 'info',
      code: 'listening',
      text,
      data: { battery_port: this.batteryPort, web_port: this.webPort },
    });
  }
}

/** Whether the data folder has a file of that name from us. */
function isDataFile(name: string): boolean {
  return name.startsWith(DATABASE_FILE) || [...LOCK_FILES, PASSWORD_FILE, SERVER_FILE].includes(name);
}

function now(): Instant {
  return { wallMs: Date.now(), monoMs: performance.now() };
}
