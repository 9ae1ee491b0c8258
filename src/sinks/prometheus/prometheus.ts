/**
 * Prometheus: the newest values of each battery, as text for whoever asks. It is told the news as every output, but
 * nothing is sent: a server that nobody asks only keeps the newest readings, and does not ask the store for settings.
 *
 * What is old is not reported: of a stale battery no value, and of details none that came more than three of their
 * intervals ago. Their lifetime counters stay, since they hold until they rise, and a counter that vanishes costs
 * `increase()` what passed meanwhile; so do whether the battery is connected and when it last said something.
 */

import type { BatteryState, CurrentKind, Energies, Settings, Snapshot } from '../../now/state.ts';
import { DETAIL_OLD_MS, type Sink, type SinkNews, type SinkStatus } from '../sink.ts';
import { BATTERY_METRICS, type BatteryMetric, numbersOf, placeOf } from './battery-metrics.ts';
import { type ExpositionLine, type ExpositionMetric, labelsOf, textOf } from './exposition.ts';
import { processMetrics } from './process-metrics.ts';
import type { Figures, ServerMetrics } from './server-metrics.ts';

/** The newest reading of a kind. Its numbers are taken from it when somebody asks for them, and kept in its stead. */
class ReportedReading {
  arrivedMs: number;
  readonly #kind: CurrentKind;
  #kept: Snapshot | Float64Array;

  constructor(kind: CurrentKind, snapshot: Snapshot, arrivedMs: number) {
    this.arrivedMs = arrivedMs;
    this.#kind = kind;
    this.#kept = snapshot;
  }

  /** A newer one has come. */
  replace(snapshot: Snapshot, arrivedMs: number): void {
    this.arrivedMs = arrivedMs;
    this.#kept = snapshot;
  }

  /** See {@link numbersOf}. */
  get numbers(): Float64Array {
    if (this.#kept instanceof Float64Array) return this.#kept;
    const numbers = numbersOf(this.#kind, this.#kept.values);
    this.#kept = numbers;
    return numbers;
  }
}

/** What is known of a battery. */
interface MeteredBattery {
  readonly id: string;
  /** `battery="b3f1c2"` */
  readonly label: string;
  name: string;
  connected: boolean;
  stale: boolean;
  live: ReportedReading | null;
  detail: ReportedReading | null;
  /** Energy since this server first heard it, kWh; null where it was not told yet. */
  total: Energies | null;
  /** Of what it is made, as labels. */
  versions: Readonly<Record<string, string>>;
}

const JOULES_A_KWH = 3_600_000;

/** `grid_import_energy` → `grid_import` */
function flowOf(energy: string): string {
  return energy.replace(/_energy$/, '');
}

/** The label, and the setting it is taken from. */
const VERSIONS: Readonly<Record<string, string>> = {
  model: 'inverter_model',
  ems_version: 'ems_version',
  bms_version: 'bms_version',
  inverter_version: 'inverter_version',
};
const NO_VERSIONS = Object.fromEntries(Object.keys(VERSIONS).map((label) => [label, '']));

/** Prometheus itself takes what is older for gone: whoever asks does so more often, ms. */
const UNASKED_MS = 300_000;

const WANTED: Sink['wants'] = ['reading', 'battery', 'settings', 'energy'];
const WANTED_UNASKED: Sink['wants'] = ['reading', 'battery'];

export interface PrometheusOptions {
  /** Told of besides batteries: what is counted of the server. */
  readonly server: ServerMetrics;
  /** Without a reading for so long a battery is stale, ms. */
  readonly staleMs: number;
  readonly wallMs: () => number;
}

export class Prometheus implements Sink {
  readonly name = 'prometheus';
  readonly isPulled = true;
  readonly #options: PrometheusOptions;
  readonly #batteries = new Map<string, MeteredBattery>();
  #rendering: Promise<readonly string[]> | null = null;
  #asked = 0;
  #lastAskedMs: number | null = null;
  #stopped = false;

  constructor(options: PrometheusOptions) {
    this.#options = options;
  }

  get wants(): Sink['wants'] {
    return this.#lastAskedMs === null ? WANTED_UNASKED : WANTED;
  }

  start(): void {}

  tell(news: SinkNews): void {
    if (news.type === 'reading') this.#reading(news);
    else if (news.type === 'battery') this.#describe(news.battery);
    else if (news.type === 'energy') this.#known(news.battery).total = news.total;
    else if (news.type === 'settings') this.#known(news.battery).versions = versionsIn(news.settings);
  }

  #reading({ battery, kind, snapshot }: Extract<SinkNews, { type: 'reading' }>): void {
    const metered = this.#known(battery);
    const newest = metered[kind];
    const arrivedMs = this.#options.wallMs();
    if (newest === null) metered[kind] = new ReportedReading(kind, snapshot, arrivedMs);
    else newest.replace(snapshot, arrivedMs);
  }

  forget(battery: string): void {
    this.#batteries.delete(battery);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#batteries.clear();
  }

  /** `down` is not asked any more; never asked is `starting`. */
  get status(): SinkStatus {
    const last = this.#lastAskedMs;
    const awake = last !== null && this.#options.wallMs() - last <= UNASKED_MS;
    const state = this.#stopped ? 'stopped' : last === null ? 'starting' : awake ? 'up' : 'down';
    return { state, queued: 0, sent: this.#asked, dropped: 0, lastSentMs: last, problem: null };
  }

  /**
   * Everything, in the text format 0.0.4. Who asks while it is being made gets the same. From the first time on it wants the
   * settings of batteries.
   * @param figures of the server itself
   * @returns its parts, in their order
   */
  async render(figures: Figures): Promise<readonly string[]> {
    this.#rendering ??= this.#text(figures).finally(() => {
      this.#rendering = null;
    });
    const text = await this.#rendering;
    this.#asked++;
    this.#lastAskedMs = this.#options.wallMs();
    return text;
  }

  async #text(figures: Figures): Promise<string[]> {
    const { server } = this.#options;
    const lookedUp = await textOf([...this.#states(), ...this.#values(), ...server.metrics(figures)]);
    return [...lookedUp, `\n${await server.registry.metrics()}\n`, await processMetrics()];
  }

  #known(id: string): MeteredBattery {
    const known = this.#batteries.get(id);
    if (known !== undefined) return known;
    const made: MeteredBattery = {
      id,
      label: labelsOf({ battery: id }),
      name: id,
      connected: false,
      stale: false,
      live: null,
      detail: null,
      total: null,
      versions: NO_VERSIONS,
    };
    this.#batteries.set(id, made);
    return made;
  }

  #describe({ id, name, connected, stale }: BatteryState): void {
    Object.assign(this.#known(id), { name, connected, stale });
  }

  #values(): ExpositionMetric[] {
    return BATTERY_METRICS.map((metric) => {
      const { name, help, type } = metric;
      return { name, help, type, lines: () => this.#linesOf(metric) };
    });
  }

  *#linesOf(metric: BatteryMetric): Generator<ExpositionLine> {
    const { label, samples, convert } = metric;
    const places = samples.map((sample) => ({
      own: label === null || sample.which === null ? '' : `,${labelsOf({ [label]: sample.which })}`,
      place: placeOf(metric, sample),
    }));
    for (const battery of this.#batteries.values()) {
      const numbers = this.#reported(battery, metric);
      if (numbers === null) continue;
      for (const { own, place } of places) {
        const value = numbers[place] ?? Number.NaN;
        if (!Number.isNaN(value)) yield [battery.label + own, convert(value)];
      }
    }
  }

  /** Null where there is nothing, or nothing that still holds. */
  #reported(battery: MeteredBattery, { kind, type }: BatteryMetric): Float64Array | null {
    const newest = battery[kind];
    if (newest === null || type === 'counter') return newest?.numbers ?? null;
    const { staleMs, wallMs } = this.#options;
    const isOld = wallMs() - newest.arrivedMs > (kind === 'live' ? staleMs : DETAIL_OLD_MS);
    return battery.stale || isOld ? null : newest.numbers;
  }

  /** What is reported of every battery, stale or not. */
  #states(): ExpositionMetric[] {
    const batteries = this.#batteries;
    const each = (lines: (battery: MeteredBattery) => ExpositionLine[]) =>
      function* (): Generator<ExpositionLine> {
        for (const battery of batteries.values()) yield* lines(battery);
      };
    return [
      {
        name: 'alphaess_device_info',
        help: 'The battery: its name here, its inverter, and its versions as last reported.',
        type: 'gauge',
        lines: each(({ id, name, versions }) => [[labelsOf({ battery: id, name, ...versions }), 1]]),
      },
      {
        name: 'alphaess_flow_energy_joules_total',
        help: 'Energy of each flow since this server first heard the battery, by counters and powers: finer than the battery’s own counters, held from falling.',
        type: 'counter',
        lines: each(({ label, total }) =>
          Object.entries(total ?? {}).flatMap(([name, energy]): ExpositionLine[] =>
            energy === null
              ? []
              : [[`${label},${labelsOf({ flow: flowOf(name) })}`, Math.round(energy * JOULES_A_KWH)]],
          ),
        ),
      },
      {
        name: 'alphaess_connected',
        help: '1: a connection of the battery is open. 0: none is.',
        type: 'gauge',
        lines: each(({ label, connected }) => [[label, Number(connected)]]),
      },
      {
        name: 'alphaess_last_message_timestamp_seconds',
        help: 'When the newest reading of that type came, Unix time; none before the first since the server’s start.',
        type: 'gauge',
        lines: each(({ label, live, detail }) =>
          Object.entries({ live, detail }).flatMap(([type, newest]): ExpositionLine[] =>
            newest === null ? [] : [[`${label},${labelsOf({ type })}`, newest.arrivedMs / 1000]],
          ),
        ),
      },
    ];
  }
}

/** One that is not known is empty, which to Prometheus is the same as none. */
function versionsIn(settings: Settings): MeteredBattery['versions'] {
  return Object.fromEntries(Object.entries(VERSIONS).map(([label, name]) => [label, String(settings[name] ?? '')]));
}
