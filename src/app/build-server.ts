/**
 * Builds what batteries speak to: the port, their sessions, what commits and answers.
 */
import type { Config } from '../config/load.ts';
import type { Battery } from '../model.ts';
import type { PriceKeeper } from '../prices/price-keeper.ts';
import { Recorder } from '../recording/recorder.ts';
import { Committer } from '../server/committer.ts';
import { Listener } from '../server/listener.ts';
import type { Switchboard } from '../server/switchboard.ts';
import type { ServerClock } from '../session/clock/server-clock.ts';
import type { Calendar } from '../store/energy/calendar.ts';
import type { RetentionClock } from '../store/sqlite/clock/retention-clock.ts';
import type { Store } from '../store/store.ts';
import type { WireTap } from '../tap/wire-tap.ts';
import { BatteryForgetter } from './battery-forgetter.ts';
import type { BatteryLoader } from './battery-loader.ts';
import { type AppContext, monoMs, now, wallMs } from './context.ts';
import { ControlDesk } from './control-desk.ts';
import { controlPolicy } from './control-policy.ts';
import { ControlReport } from './control-report.ts';
import { ExperimentDesk } from './experiment-desk.ts';
import { FanOut } from './fan-out.ts';
import { ImportedConfigurations } from './imported-configurations.ts';
import { LeavingMark } from './leaving-mark.ts';
import { recordingsFolder, tappedBy } from './recording.ts';
import { firewallPolicy, relayOf, vendorDeskOf } from './relay.ts';
import type { Reporter } from './reporter.ts';
import { type ScheduleKeeper, scheduleKeeper } from './schedule-keeper.ts';
import { batteryLoader, SessionOpener } from './session-opener.ts';
import { tapOf } from './tap.ts';
import { TrustDesk } from './trust-desk.ts';
import type { VendorDesk } from './vendor-desk.ts';
import type { Watched } from './watched.ts';

/** Whoever is on this machine can stop the server anyway. */
const LOOPBACK = ['127.0.0.0/8', '::1'];

export interface ServerParts {
  readonly store: Store;
  /** How many batteries the store knows. */
  readonly kept: number;
  readonly clock: RetentionClock;
  /** What is known of batteries that are shown before they speak. */
  readonly shown: readonly Battery[];
  readonly serverClock: ServerClock;
  readonly reporter: Reporter;
  readonly watched: Watched;
  /** See {@link AppContext.input}. */
  readonly input: AppContext['input'];
  readonly calendar: Calendar;
  readonly prices: PriceKeeper;
}

export interface BuiltServer {
  readonly committer: Committer;
  readonly listener: Listener;
  readonly tap: WireTap | null;
  readonly recorder: Recorder;
  readonly trust: TrustDesk;
  readonly forgetting: BatteryForgetter;
  readonly vendor: VendorDesk;
  readonly configurations: ImportedConfigurations;
  readonly control: ControlDesk;
  readonly schedules: ScheduleKeeper;
  readonly experiments: ExperimentDesk;
  readonly switchboard: Switchboard;
  readonly loader: BatteryLoader;
  readonly mark: LeavingMark;
  /** The short id of a battery. */
  idOf(serial: string): string;
}

export function buildServer(config: Config, parts: ServerParts): BuiltServer {
  const { battery } = config;
  const { store, kept, clock, serverClock, reporter, watched, input } = parts;
  const { state, tap: shown, metrics, strangers, visits } = watched;
  const mark = new LeavingMark(store);
  const policy = controlPolicy(config.control, parts.calendar, mark);
  const sessions = new SessionOpener(battery, store, kept, serverClock, firewallPolicy(config.relay), policy);
  const { switchboard } = sessions;
  const recorder = new Recorder({
    folder: recordingsFolder(config.data),
    maxBytes: config.record.quota,
    wallMs,
    secrets: () => Array.from(sessions.batteries.all(), ({ serial }) => serial.reveal()),
    failed: (error) => reporter.recordingFailed(error),
  });
  const frames = tappedBy(shown, recorder);
  const heard = [reporter, state, shown, recorder, metrics, strangers, visits, clock, watched.control];
  const watcher = new FanOut([...heard, { committed: (records) => control.committed(records) }], (error) =>
    reporter.mistaken(String(error)),
  );
  const committer = new Committer(store, watcher, monoMs);
  const loader = batteryLoader(store, sessions, reporter, [reporter, state, clock]);
  const control = new ControlDesk({
    switchboard,
    loader,
    policy,
    mark,
    heldAtStart: parts.shown.filter(({ control = [] }) => control.some(({ holds }) => holds)).map(({ id }) => id),
    report: new ControlReport(
      (note) => reporter.said(note),
      (serial) => battery.names[switchboard.idOf(serial)] ?? switchboard.idOf(serial),
    ),
    defaultEndMs: config.control.default_end * 1000,
    houseOffset: (time) => parts.calendar.offsetSeconds(time),
    keep: (records) => {
      committer.keep(records);
      return committer.flush();
    },
    now,
  });
  const schedules = scheduleKeeper({
    ...{ control, switchboard, loader, store, calendar: parts.calendar, isEnabled: policy.isEnabled, now },
    ...{ prices: parts.prices, writesPerDay: policy.writesPerDay },
    keep: async (records) => {
      committer.keep(records);
      await committer.flush();
    },
    failed: (detail) => reporter.mistaken(detail),
  });
  const relay = relayOf(config.relay, reporter, () => listener.port);
  const listener = new Listener(
    {
      ...battery.listen,
      allow: battery.allow,
      maxConnections: battery.max_connections,
      maxConnectionsPerAddress: battery.max_connections_per_address,
      trustedNetworks: [...LOOPBACK, ...battery.trusted_networks],
      staleMs: battery.stale_after * 1000,
    },
    {
      committer,
      now,
      nextConnection: () => store.nextConnection(),
      newSession: (connection, moment, address) => sessions.open(connection, moment, address),
      watcher,
      switchboard,
      tap: frames,
      load: (serial) => loader.load(serial),
      ...(relay === null ? {} : { vendor: relay }),
    },
  );
  const tap = tapOf(config, {
    committer,
    now,
    nextConnection: () => store.nextConnection(),
    newSession: (connection, moment, address) => sessions.open(connection, moment, address, true),
    watcher,
    load: (serial) => loader.load(serial),
    frames,
    reports: reporter,
    ownPort: () => listener.port,
    input,
    environment: process.env,
  });
  const trust = new TrustDesk({ switchboard, loader, keep: (records) => committer.keep(records), now });
  const vendor = vendorDeskOf(config.relay, { switchboard, relay, keep: (records) => committer.keep(records), now });
  const configurations = new ImportedConfigurations({
    find: async (id) => {
      await loader.loadById(id);
      return switchboard.find(id);
    },
    keep: (records) => committer.keep(records),
    now,
  });
  const memories = [
    sessions.batteries,
    state,
    watched.energy,
    reporter,
    clock,
    schedules,
    ...(relay === null ? [] : [relay]),
  ];
  const memory = { outputs: watched.sinks, memories, rings: [watched.feed, shown, recorder] };
  const named = { dismiss: (serial: string) => listener.dismiss(serial) + (tap?.dismiss(serial) ?? 0) };
  const forgetting = new BatteryForgetter({ store, listener: named, committer, ...memory });
  return {
    ...{ committer, listener, tap, recorder, trust, forgetting, vendor, configurations, control, schedules },
    ...{ switchboard, loader, mark },
    experiments: new ExperimentDesk({ switchboard, isAllowed: config.control.experiments, now }),
    idOf: (serial) => switchboard.idOf(serial),
  };
}
