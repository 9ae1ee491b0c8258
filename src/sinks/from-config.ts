/**
 * The outputs that the owner has configured: one entry of {@link MAKERS} each.
 */
import type { Config } from '../config.ts';
import type { Outbox } from '../store/store.ts';
import { Condition, type SinkReports } from './condition.ts';
import { InfluxSink } from './influx.ts';
import { InfluxDelivery } from './influx-delivery.ts';
import { lineOf } from './influx-line.ts';
import { influxTarget } from './influx-target.ts';
import { InfluxWriter } from './influx-writer.ts';
import type { Sink } from './sink.ts';

/** What outputs are made with. */
export interface SinkTools {
  readonly reports: SinkReports;
  readonly wallMs: () => number;
  /** What the store keeps for an output that takes all from there. */
  readonly outbox: (name: string) => Outbox;
}

/** Makes one output, or nothing where it is not configured. @throws OwnerError for a file that cannot be read */
type Maker = (config: Config, tools: SinkTools) => Sink | null;

const INFLUX = 'influx';

const MAKERS: readonly Maker[] = [influxOf];

export function sinksOf(config: Config, tools: SinkTools): Sink[] {
  return MAKERS.flatMap((make) => make(config, tools) ?? []);
}

/** The outboxes that these outputs take from. */
export function outboxesOf({ influx }: Config): { readonly name: string; readonly bytes: number }[] {
  return influx.url === null ? [] : [{ name: INFLUX, bytes: influx.queue }];
}

function influxOf({ influx }: Config, { reports, wallMs, outbox }: SinkTools): Sink | null {
  const target = influxTarget(influx);
  if (target === null) return null;
  return new InfluxSink({
    outbox: outbox(INFLUX),
    line: lineOf(influx.measurement),
    delivery: new InfluxDelivery(new InfluxWriter(target, wallMs)),
    condition: new Condition(INFLUX, target.where, reports, wallMs),
    mistaken: (detail) => reports.trouble(INFLUX, 'OUTPUT_MISTAKE', detail),
    chance: Math.random,
  });
}
