/**
 * Builds the graph of the server: store, now, the battery port, the web port, in this order. Starts nothing.
 */
import type { PriceKeeper } from '../prices/price-keeper.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Committer } from '../server/committer.ts';
import type { Listener } from '../server/listener.ts';
import { ServerClock } from '../session/clock/server-clock.ts';
import type { BackupKeeper } from '../store/backup/backup-keeper.ts';
import { Calendar } from '../store/energy/calendar.ts';
import type { Store } from '../store/store.ts';
import { Descriptors, thisSystem } from '../system/descriptors.ts';
import { kernelClock } from '../system/kernel-clock.ts';
import type { WireTap } from '../tap/wire-tap.ts';
import type { WebServer } from '../web/api.ts';
import { QueryPool } from '../web/query/pool.ts';
import { backupKeeper, placeFrom } from './backups.ts';
import { buildNow } from './build-now.ts';
import { buildServer } from './build-server.ts';
import { type BuiltStore, buildStore } from './build-store.ts';
import { buildWeb } from './build-web.ts';
import { type AppContext, monoMs, now, wallMs } from './context.ts';
import type { ControlDesk } from './control-desk.ts';
import { priceKeeperOf } from './prices.ts';
import { Reporter } from './reporter.ts';
import type { ScheduleKeeper } from './schedule-keeper.ts';
import { ServerClockWatch } from './server-clock-watch.ts';
import { retentionClock } from './store-options.ts';
import type { Watched } from './watched.ts';
import { WebCertificate } from './web-certificate.ts';

/** Everything that runs, between `start` and `stop`. */
export interface Running {
  readonly store: Store;
  /** Has the store keep itself in order. */
  readonly keep: () => void;
  readonly committer: Committer;
  readonly backups: BackupKeeper | null;
  readonly listener: Listener;
  /** null where nothing is tapped. */
  readonly tap: WireTap | null;
  readonly recorder: Recorder;
  readonly control: ControlDesk;
  readonly schedules: ScheduleKeeper;
  readonly prices: PriceKeeper;
  readonly web: WebServer;
  readonly certificate: WebCertificate;
  readonly watched: Watched;
  readonly descriptors: Descriptors;
  readonly clockWatch: ServerClockWatch;
}

/** @throws StoreError, or OwnerError where a file that an output needs cannot be read; nothing is left open then */
export async function build(context: AppContext): Promise<Running> {
  const built = await buildStore(context.config);
  try {
    return assemble(context, built);
  } catch (error) {
    built.abandon();
    throw error;
  }
}

function assemble(context: AppContext, { store, imports, house, shown, kept }: BuiltStore): Running {
  const { config, log, input } = context;
  const calendar = new Calendar(config.time_zone);
  const serverClock = new ServerClock();
  const reporter = new Reporter(config, log, store, calendar, () => serverClock.isConfirmed);
  const clock = retentionClock(config, store, now, reporter, shown);
  const pool = new QueryPool({
    setting: { ...placeFrom(config), timeZone: config.time_zone },
    failed: (detail) => reporter.mistaken(detail),
    damaged: (detail) => reporter.damaged(detail),
  });
  const prices = priceKeeperOf(config, { store, calendar, reporter });
  const watched = buildNow(config, { store, calendar, reporter, pool, prices, shown });
  const running = { store, clock, reporter, watched, prices };
  const server = buildServer(config, { ...running, kept, shown, serverClock, calendar, input });
  const certificate = new WebCertificate({ config, wallMs, said: (note) => reporter.said(note) });
  const web = buildWeb(context, { ...running, imports, pool, server, tls: certificate.open(), certificate });
  return {
    store,
    keep: () => store.start(reporter, { now, clock }),
    committer: server.committer,
    backups: backupKeeper(config, house, now, reporter),
    listener: server.listener,
    tap: server.tap,
    recorder: server.recorder,
    control: server.control,
    schedules: server.schedules,
    prices,
    web,
    certificate,
    watched,
    clockWatch: new ServerClockWatch({ clock: serverClock, now, ask: () => kernelClock(config.data) }),
    descriptors: new Descriptors(thisSystem(), (note) => reporter.said(note), monoMs),
  };
}
