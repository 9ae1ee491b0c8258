/**
 * What listens behind the commit, and what others are told of it.
 */

import type { EnergyToday, EnergyTodayOptions } from '../now/energy.ts';
import type { HouseState } from '../now/house-state.ts';
import { SINK_PROBLEMS } from '../problems/output.ts';
import { PRICE_PROBLEMS } from '../problems/prices.ts';
import { RELAY_PROBLEMS } from '../problems/relay.ts';
import { COUNTED_PROBLEMS } from '../problems/server.ts';
import { TAP_PROBLEMS } from '../problems/tap.ts';
import { PROBLEMS } from '../protocol/errors.ts';
import type { Strangers } from '../server/strangers.ts';
import type { Visits } from '../server/visits.ts';
import type { Prometheus } from '../sinks/prometheus/prometheus.ts';
import type { Figures, ServerMetrics } from '../sinks/prometheus/server-metrics.ts';
import type { Sinks, SinksOptions } from '../sinks/sinks.ts';
import type { Store } from '../store/store.ts';
import type { LiveFeed } from '../web/live/feed.ts';
import type { FrameTap } from '../web/live/frame-tap.ts';
import type { QueryPool } from '../web/query/pool.ts';
import type { ControlOutputs } from './control-outputs.ts';
import { version } from './version.ts';

/** What listens behind the commit. */
export interface Watched {
  readonly feed: LiveFeed;
  readonly state: HouseState;
  readonly energy: EnergyToday;
  readonly tap: FrameTap;
  readonly sinks: Sinks;
  /** Control, for outputs. */
  readonly control: ControlOutputs;
  /** Pulled: for whoever asks the web port. */
  readonly prometheus: Prometheus;
  readonly metrics: ServerMetrics;
  readonly strangers: Strangers;
  readonly visits: Visits;
}

/** None of them was seen yet: who watches a counter must have seen its zero. */
const NO_PROBLEMS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    ...[PROBLEMS, SINK_PROBLEMS, RELAY_PROBLEMS, TAP_PROBLEMS, PRICE_PROBLEMS].flatMap((table) => Object.keys(table)),
    ...COUNTED_PROBLEMS,
  ].map((code) => [code, 0]),
);

/** What Prometheus is told of the server itself. */
export function figuresOf(
  store: Store,
  counts: () => Record<string, number>,
  { tap, state, feed, sinks }: Watched,
  relayed: Figures['relayed'],
): Figures {
  return {
    version: version(),
    frames: () => tap.frames,
    problems: () => ({ ...NO_PROBLEMS, ...counts() }),
    storing: () => state.storing,
    waitingRows: () => store.waitingRows,
    connections: () => state.connections,
    pages: () => feed.clients,
    relayed,
    outputs: () => sinks.pushed,
  };
}

/** What outputs are told that must be read from the store: energy, and settings that are not private. */
export function askedOf(
  pool: QueryPool,
  wallMs: () => number,
): { readonly energy: EnergyTodayOptions['ask']; readonly settings: SinksOptions['settings'] } {
  return {
    energy: (batteries) => pool.ask('totals', { batteries, nowMs: wallMs() }),
    settings: async (battery) => {
      const found = await pool.ask('configuration', { battery });
      const shown = found?.settings.filter((setting) => !setting.private);
      return shown === undefined ? null : Object.fromEntries(shown.map(({ name, value }) => [name, value]));
    },
  };
}

/** For who asks at `/metrics`. The first time that is, settings begin to be wanted. */
export async function metricsOf({ prometheus, sinks }: Watched, figures: Figures): Promise<readonly string[]> {
  const isFirst = prometheus.status.lastSentMs === null;
  const text = await prometheus.render(figures);
  if (isFirst) void sinks.configure();
  return text;
}
