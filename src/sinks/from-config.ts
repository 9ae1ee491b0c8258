/**
 * The outputs that the owner has configured: one entry of {@link MAKERS} each.
 */
import { randomBytes } from 'node:crypto';
import type { Config } from '../config/load.ts';
import type { Outbox } from '../store/store.ts';
import { SinkCondition, type SinkReports } from './condition.ts';
import type { ControlDoor } from './control-news.ts';
import { InfluxDelivery } from './influx/delivery.ts';
import { InfluxSink } from './influx/influx.ts';
import { lineOf, totalsLineOf } from './influx/line.ts';
import { influxTarget } from './influx/target.ts';
import { InfluxWriter, withoutSecrets } from './influx/writer.ts';
import { MqttSink } from './mqtt/mqtt.ts';
import { PvOutput } from './pvoutput.ts';
import { pemFrom, secretFrom } from './secret-file.ts';
import type { Sink } from './sink.ts';
import type { SinkMemory } from './sinks.ts';

/** What outputs are made with. */
export interface SinkTools {
  readonly reports: SinkReports;
  readonly wallMs: () => number;
  readonly memory: SinkMemory;
  /** Of this program. */
  readonly version: string;
  /** What the store keeps for an output that takes all from there. */
  readonly outbox: (name: string) => Outbox;
  /** Who takes commands. */
  readonly control: ControlDoor;
  /** What else is listened to at the broker, by topic. */
  readonly topics?: ReadonlyMap<string, (payload: string) => void>;
}

/** Makes one output, or nothing where it is not configured. @throws OwnerError for a file that cannot be read */
type Maker = (config: Config, tools: SinkTools) => Sink | null;

const INFLUX = 'influx';

const MAKERS: readonly Maker[] = [mqttOf, influxOf, pvOutputOf];

function pvOutputOf({ pvoutput, time_zone: timeZone }: Config, { reports, wallMs }: SinkTools): Sink | null {
  const { system_id: systemId, api_key: key, api_key_file: file, interval, battery, url } = pvoutput;
  if (systemId === null) return null;
  const apiKey = secretFrom(key, file, 'pvoutput.api_key_file') ?? '';
  return new PvOutput({ url, systemId, apiKey, intervalMinutes: interval / 60, battery, timeZone, reports, wallMs });
}

export function sinksOf(config: Config, tools: SinkTools): Sink[] {
  return MAKERS.flatMap((make) => make(config, tools) ?? []);
}

/** The outboxes that these outputs take from. */
export function outboxesOf({ influx }: Config): { readonly name: string; readonly bytes: number }[] {
  return influx.url === null ? [] : [{ name: INFLUX, bytes: influx.queue }];
}

function influxOf({ influx, battery }: Config, { reports, wallMs, outbox }: SinkTools): Sink | null {
  const target = influxTarget(influx);
  if (target === null) return null;
  const names = influx.name_tag ? battery.names : {};
  return new InfluxSink({
    outbox: outbox(INFLUX),
    line: lineOf(influx.measurement, names),
    totalsLine: totalsLineOf(influx.measurement, names),
    delivery: new InfluxDelivery(new InfluxWriter(target, wallMs)),
    condition: new SinkCondition(INFLUX, target.where, reports, wallMs),
    mistaken: (detail) => reports.trouble(INFLUX, 'OUTPUT_MISTAKE', withoutSecrets(detail, target)),
    random: Math.random,
  });
}

function mqttOf(
  { mqtt, battery, web, control }: Config,
  { memory, version, reports, wallMs, ...tools }: SinkTools,
): Sink | null {
  if (mqtt.url === null) return null;
  const { discovery, prefix } = mqtt.home_assistant;
  return new MqttSink({
    reports,
    wallMs,
    memory,
    // Without control it says that there is none.
    control: mqtt.control ? tools.control : null,
    topics: tools.topics ?? new Map(),
    broker: {
      url: mqtt.url,
      username: mqtt.username,
      password: secretFrom(mqtt.password, mqtt.password_file, 'mqtt.password_file'),
      ca: pemFrom(mqtt.ca, 'mqtt.ca', 'certificate'),
      certificate: pemFrom(mqtt.certificate, 'mqtt.certificate', 'certificate'),
      key: pemFrom(mqtt.key, 'mqtt.key', 'private key'),
      clientId: mqtt.client_id ?? clientId(memory),
    },
    house: {
      base: mqtt.topic,
      prefix,
      discovery,
      values: mqtt.values,
      version,
      pageUrl: pageUrl(web),
      staleSeconds: battery.stale_after,
      leftOut: mqtt.leave_out,
      control: mqtt.control && control.enabled,
    },
    queue: mqtt.queue,
    random: Math.random,
  });
}

const CLIENT = 'mqtt client';

/** Two servers with one id would throw each other out for ever: each data folder has its own. */
function clientId(memory: SinkMemory): string {
  const known = memory.recall(CLIENT);
  if (known !== null) return known;
  const made = `alphaess-local-${randomBytes(4).toString('hex')}`;
  memory.remember(new Map([[CLIENT, made]]));
  return made;
}

/** Where the page is; null where only its owner knows under which name, or how a proxy shows it. */
function pageUrl({ hosts, listen, base_path, trusted_proxies, tls }: Config['web']): string | null {
  const [host] = hosts;
  const scheme = tls.certificate !== null || tls.self_signed ? 'https' : 'http';
  return host === undefined || trusted_proxies.length > 0 ? null : `${scheme}://${host}:${listen.port}${base_path}`;
}
