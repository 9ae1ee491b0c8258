/**
 * Builds the web port: the page, and the interface.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PriceKeeper } from '../prices/price-keeper.ts';
import type { RetentionClock } from '../store/sqlite/clock/retention-clock.ts';
import { DATABASE_FILE, type Store } from '../store/store.ts';
import { showAddress } from '../system/listen.ts';
import { Auth } from '../web/access/auth.ts';
import { isForThisMachine } from '../web/access/open.ts';
import { SetupCode } from '../web/access/setup-code.ts';
import { WebServer } from '../web/api.ts';
import { QueryPool } from '../web/query/pool.ts';
import type { Services } from '../web/services.ts';
import { StoreSize } from '../web/store-size.ts';
import type { TlsIdentity } from '../web/tls/secure-server.ts';
import { placeFrom } from './backups.ts';
import type { BuiltServer } from './build-server.ts';
import { Bundler } from './bundler.ts';
import { doubtSentence } from './clock-report.ts';
import { type AppContext, monoMs, now, wallMs } from './context.ts';
import { settingsInWords } from './control-words.ts';
import { Doctor, type DoctorParts } from './doctor.ts';
import { Importing, type ImportingParts, liveSince } from './importing.ts';
import { LeavingDesk } from './leaving.ts';
import { RecordingDesk, recordingsFolder } from './recording.ts';
import { Redater } from './redater.ts';
import type { Reporter } from './reporter.ts';
import { shownTap } from './tap.ts';
import { version } from './version.ts';
import { figuresOf, metricsOf, type Watched } from './watched.ts';
import type { WebCertificate } from './web-certificate.ts';

/** So long a bundle may take, ms; and addresses of so many batteries are known to be private. */
const BUNDLE_MS = 180_000;
const MOST_BUNDLED = 10_000;

export interface WebParts {
  readonly store: Store;
  /** What the page is shown with; null for HTTP. */
  readonly tls: TlsIdentity | null;
  readonly certificate: WebCertificate;
  readonly imports: ImportingParts['imports'];
  readonly watched: Watched;
  readonly reporter: Reporter;
  readonly pool: QueryPool;
  readonly clock: RetentionClock;
  readonly server: BuiltServer;
  readonly prices: PriceKeeper;
}

export function buildWeb(context: AppContext, parts: WebParts): WebServer {
  const { data, web } = context.config;
  const { store, imports, watched, reporter, pool, clock, server } = parts;
  const counters = problemCounts(context, reporter);
  const figures = figuresOf(store, counters, watched, () => server.vendor.relayed);
  const { committer, trust, forgetting, vendor } = server;
  const doubt = () => (clock.doubt === null ? null : doubtSentence(clock.doubt));
  const nameless: DoctorParts['nameless'] = (span) => pool.ask('nameless', span);
  const tapped = () => shownTap(server.tap);
  const batteryPort = () => server.listener.port;
  const certificate = () => parts.certificate.facts;
  const looked = { watched, batteryPort, nameless, doubt, tapped, certificate };
  const doctor = new Doctor({ config: context.config, ...looked, wallMs, monoMs });
  const auth = new Auth({
    folder: data,
    ...context.secrets,
    isForThisMachine: isForThisMachine(web),
    setup: web.setup ? new SetupCode({ say: context.tellCode, monoMs }) : null,
    localToken: context.localToken,
    openHere: isForThisMachine(web) ? (context.config.control.enabled ? 'view' : 'control') : null,
    monoMs,
    failed: (attempt) => reporter.loginFailed(attempt),
  });
  server.control.subscribe((battery, { number, state }) =>
    watched.feed.tell({ type: 'control', battery, change: number, state }),
  );
  watched.control.connect(server.control, server.idOf, () => auth.secretSet);
  return new WebServer({
    address: web.listen,
    trustedProxies: web.trusted_proxies,
    hosts: web.hosts,
    frameAncestors: web.frame_ancestors,
    tls: parts.tls,
    health: () => ({ listening: context.isRunning(), storing: committer.storing, problems: counters() }),
    services: {
      doctor,
      clock: {
        doubt,
        confirm: () => clock.confirm('owner'),
      },
      facts: serverFacts(context, parts, counters),
      state: watched.state,
      tap: watched.tap,
      pool,
      auth,
      trust,
      relay: vendor,
      tapped,
      recording: new RecordingDesk(server.recorder, recordingsFolder(data)),
      control: server.control,
      experiments: server.experiments,
      leaving: leavingDesk(context, parts, doctor),
      schedules: server.schedules,
      prices: parts.prices,
      forgetting,
      redating: new Redater({ store, keep: (records) => committer.keep(records), wallMs }),
      importing: new Importing({
        folder: data,
        imports,
        idOf: (serial) => store.idOf(serial),
        liveSinceMs: () => liveSince(context.config.store.keep.live, wallMs()),
        configurations: server.configurations,
        pause: setImmediate,
      }),
      bundling: new Bundler({
        config: context.config,
        findings: () => doctor.findings('none'),
        live: () => ({ problems: counters(), logLines: context.recentLines() }),
        batteries: () => store.batteries(MOST_BUNDLED),
        pool: bundlePool(context, reporter),
        wallMs,
        chance: Math.random,
      }),
      size: new StoreSize(join(data, DATABASE_FILE)),
      basePath: web.base_path,
    },
    feed: watched.feed,
    metrics: () => metricsOf(watched, figures),
    failed: (detail) => reporter.mistaken(detail),
  });
}

/** Entries of a battery's log, and what else happened, that are looked through. */
const MOST_EVENTS = 1000;

function leavingDesk({ config }: AppContext, { server, watched, pool }: WebParts, doctor: Doctor): LeavingDesk {
  const { mark, switchboard, loader, control, committer } = server;
  return new LeavingDesk({
    ...{ mark, switchboard, loader, now },
    vendorHears: config.relay.upstream === null ? 'nothing' : 'relayed',
    batteries: () => watched.state.batteries(),
    ledTo: () => doctor.ledTo(),
    eventsOf: async (battery) => {
      const events = await pool.ask('events', { battery, newest: MOST_EVENTS });
      return events
        .filter(({ source }) => source === 'battery')
        .map(({ time, name, meaning, text }) => ({
          timeMs: time === null ? null : Date.parse(time),
          name,
          text: meaning ?? text,
        }));
    },
    settingsWords: (battery, after) => settingsInWords(control.shown(battery, { before: {}, after })),
    keep: async (records) => {
      committer.keep(records);
      await committer.flush();
    },
  });
}

/** Reads everything that is kept; no question of the page waits for it. */
function bundlePool({ config }: AppContext, reporter: Reporter): QueryPool {
  return new QueryPool({
    setting: { ...placeFrom(config), timeZone: config.time_zone },
    timeoutMs: BUNDLE_MS,
    failed: (detail) => reporter.mistaken(detail),
    damaged: (detail) => reporter.damaged(detail),
  });
}

/** How often each problem was seen since the start, by code. */
function problemCounts({ output }: AppContext, reporter: Reporter): () => Record<string, number> {
  return () => ({
    ...Object.fromEntries(reporter.counts),
    ...(output.lost === 0 ? {} : { LOG_LOST: output.lost }),
  });
}

function serverFacts(
  { config }: AppContext,
  { store, watched, server }: WebParts,
  counters: () => Record<string, number>,
): Services['facts'] {
  return {
    name: config.name,
    version: version(),
    startedMs: wallMs(),
    timeZone: config.time_zone,
    batteryAddress: () => showAddress(config.battery.listen, server.listener.port),
    counters,
    waitingRows: () => store.waitingRows,
    now: wallMs,
    sinks: () => watched.sinks.inUse,
    strangers: () => watched.strangers.list,
  };
}
