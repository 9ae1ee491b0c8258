/**
 * Builds what listens behind the commit, for the page and for outputs: the same news.
 */
import type { Config } from '../config/load.ts';
import type { Battery } from '../model.ts';
import { EnergyToday } from '../now/energy.ts';
import { HouseState } from '../now/house-state.ts';
import type { PriceKeeper } from '../prices/price-keeper.ts';
import { Strangers } from '../server/strangers.ts';
import { Visits } from '../server/visits.ts';
import { sinksOf } from '../sinks/from-config.ts';
import { Prometheus } from '../sinks/prometheus/prometheus.ts';
import { ServerMetrics } from '../sinks/prometheus/server-metrics.ts';
import { Sinks, type SinksOptions } from '../sinks/sinks.ts';
import type { Calendar } from '../store/energy/calendar.ts';
import type { Store } from '../store/store.ts';
import { LiveFeed } from '../web/live/feed.ts';
import { FrameTap } from '../web/live/frame-tap.ts';
import type { QueryPool } from '../web/query/pool.ts';
import { wallMs } from './context.ts';
import { ControlOutputs } from './control-outputs.ts';
import type { Reporter } from './reporter.ts';
import { version } from './version.ts';
import { askedOf, type Watched } from './watched.ts';

export interface NowParts {
  readonly store: Store;
  readonly calendar: Calendar;
  readonly reporter: Reporter;
  readonly pool: QueryPool;
  readonly prices: PriceKeeper;
  /** What is known of batteries that are shown before they speak. */
  readonly shown: readonly Battery[];
}

export function buildNow(config: Config, parts: NowParts): Watched {
  const { store, calendar, reporter, pool, shown } = parts;
  const { names, stale_after: staleAfter } = config.battery;
  const staleMs = staleAfter * 1000;
  const feed = new LiveFeed(wallMs());
  const tap = new FrameTap(wallMs);
  const metrics = new ServerMetrics();
  const asked = askedOf(pool, wallMs);
  const prometheus = new Prometheus({ server: metrics, staleMs, wallMs });
  const control: ControlOutputs = new ControlOutputs({
    tell: (news) => sinks.tellControl(news),
    isWanted: () => sinks.isWanted('control'),
    failed: (error) => reporter.mistaken(String(error)),
  });
  const sinks: Sinks = buildSinks(config, parts, { settings: asked.settings, prometheus, control });
  const energy = new EnergyToday({
    ask: asked.energy,
    wallMs,
    dayStartMs: (ms) => calendar.dayStart(Math.floor(ms / 1000)) * 1000,
    isWanted: () => sinks.isWanted('energy'),
    told: (news) => sinks.tellEnergy(news),
  });
  const options = {
    names,
    staleMs,
    houseOffset: (time: number) => calendar.offsetSeconds(time),
    idOf: (serial: string) => store.idOf(serial),
    wallMs,
  };
  const state = new HouseState(options, shown, [feed, energy, sinks]);
  const [strangers, visits] = [new Strangers(wallMs), new Visits(wallMs)];
  return { feed, state, energy, tap, sinks, control, prometheus, metrics, strangers, visits };
}

function priceTopics(
  { prices: { topic } }: Config,
  prices: PriceKeeper,
): ReadonlyMap<string, (payload: string) => void> {
  return new Map(topic === null ? [] : [[topic, (payload) => void prices.heard(payload)]]);
}

function buildSinks(
  config: Config,
  { store, reporter, prices }: NowParts,
  {
    settings,
    prometheus,
    control,
  }: { settings: SinksOptions['settings']; prometheus: Prometheus; control: ControlOutputs },
): Sinks {
  const outbox = (name: string) => store.outbox(name);
  const tools = {
    reports: reporter,
    wallMs,
    memory: store,
    version: version(),
    outbox,
    control,
    topics: priceTopics(config, prices),
  };
  return new Sinks([prometheus, ...sinksOf(config, tools)], {
    memory: store,
    settings,
    wallMs,
    staleMs: config.battery.stale_after * 1000,
    failed: (sink, detail) => reporter.trouble(sink, 'OUTPUT_MISTAKE', detail),
  });
}
