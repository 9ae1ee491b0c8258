/**
 * What is said of each battery on MQTT, and what of it the broker keeps. No connection and no clock; mqtt.ts sends it.
 */
import type { Field } from '../protocol/field.ts';
import {
  DETAIL_FIELDS,
  eventType,
  FAULTS,
  FLOWS,
  INTEGRATED,
  PROBLEM,
  SETTING_FIELDS,
  STATE_FIELDS,
  TODAY,
} from './entities.ts';
import {
  batteryTopic,
  bridgeTopic,
  type Device,
  type DiscoverySetting,
  discoveryOf,
  discoveryTopic,
} from './homeassistant.ts';
import type { Message } from './mqtt-link.ts';
import type {
  BatteryNews,
  ConfigurationNews,
  EnergyNews,
  EventNews,
  ReadingNews,
  SinkBattery,
  SinkNews,
} from './sink.ts';
import { COUNTERS } from './totals.ts';

/** A message, and whether only the newest of its topic counts. */
export interface Outgoing {
  readonly message: Message;
  readonly ordered: boolean;
}

export interface HouseSetting extends DiscoverySetting {
  /** Whether Home Assistant is told what there is. */
  readonly discovery: boolean;
  /** Ids of batteries that nothing is said of. */
  readonly leftOut: readonly string[];
}

/** What is remembered of a battery through a restart. */
export interface BatteryNote {
  /** Topics under which the broker may keep something. */
  readonly retained: readonly string[];
  /** The platform of each component that Home Assistant was told of. */
  readonly components: Readonly<Record<string, string>>;
  /** Fields that nobody knows, which were seen. */
  readonly unknown: Device['unknown'];
}

const NO_NOTE: BatteryNote = { retained: [], components: {}, unknown: {} };

interface Known {
  readonly id: string;
  readonly first: boolean;
  name: string | null;
  note: BatteryNote;
  threePhases: boolean;
  settings: ConfigurationNews['settings'];
  /** A reading came since the start: it is known what there is to tell. */
  heard: boolean;
  /** Something of what Home Assistant is told has changed since it was told. */
  changed: boolean;
  status: SinkBattery | null;
  lastEvent: string | null;
  /** What was last said under each topic that the broker keeps. */
  readonly said: Map<string, Message>;
}

/** What a house has of unknown fields at most, as entities. */
const MOST_UNKNOWN = 50;
/** An older detail is no news; they come every five minutes. */
const DETAIL_MS = 960_000;
const PHASES = /_l[23]$/;

export class MqttHouse {
  readonly #setting: HouseSetting;
  readonly #recall: (battery: string) => BatteryNote | null;
  readonly #batteries = new Map<string, Known>();

  /** @param recall what {@link noteOf} gave of a battery, before a restart too */
  constructor(setting: HouseSetting, recall: (battery: string) => BatteryNote | null) {
    this.#setting = setting;
    this.#recall = recall;
  }

  /** What is to be said because of some news, in its order. */
  told(news: SinkNews, nowMs: number): Outgoing[] {
    if (news.type === 'event' && news.battery === null) return [ordered(this.#event('bridge', news))];
    const id = news.type === 'battery' ? news.battery.id : (news.battery as string);
    const battery = this.#known(id);
    if (this.#setting.leftOut.includes(id)) return [];
    switch (news.type) {
      case 'reading':
        return this.#reading(battery, news, nowMs);
      case 'battery':
        return this.#battery(battery, news);
      case 'energy':
        return [ordered(this.#keeps(battery, 'energy', energyBody(news)))];
      case 'configuration':
        return this.#configuration(battery, news);
      case 'event':
        return this.#happened(battery, news);
    }
  }

  /** All that the broker is to keep, as it was last said: for a new connection, and for a Home Assistant that has just begun. */
  greeting(): Message[] {
    const said = [...this.#batteries.values()].flatMap(({ said }) => [...said.values()]);
    return [this.online(true), ...said];
  }

  /** Takes away what the broker keeps and nobody is to see any more: of batteries left out, under topics of before. */
  farewells(): Message[] {
    return [...this.#batteries.values()].flatMap((battery) => {
      const wanted = new Set(this.#wantedTopics(battery.id));
      return battery.note.retained.filter((topic) => !wanted.has(topic)).map((topic) => retained(topic, ''));
    });
  }

  /** What is to be remembered of a battery. Nothing is kept under what was taken away. */
  noteOf(id: string): BatteryNote {
    return this.#known(id).note;
  }

  /** The broker has taken something away. @returns the battery whose it was; null where it was none's */
  forget(topic: string): string | null {
    const battery = [...this.#batteries.values()].find(({ note }) => note.retained.includes(topic));
    if (battery === undefined) return null;
    const rest = battery.note.retained.filter((one) => one !== topic);
    const gone = topic.endsWith('/config') ? { components: {} } : {};
    battery.note = { ...battery.note, ...gone, retained: rest };
    return battery.id;
  }

  /** Of this server. */
  online(is: boolean): Message {
    return retained(bridgeTopic(this.#setting.base), is ? 'online' : 'offline');
  }

  #known(id: string): Known {
    const known = this.#batteries.get(id);
    if (known !== undefined) return known;
    const battery: Known = {
      id,
      first: this.#batteries.size === 0,
      name: null,
      note: this.#recall(id) ?? NO_NOTE,
      threePhases: false,
      settings: {},
      heard: false,
      changed: true,
      status: null,
      lastEvent: null,
      said: new Map(),
    };
    this.#batteries.set(id, battery);
    return battery;
  }

  /** Topics under which the broker keeps something of a battery, as things are configured now. */
  #wantedTopics(id: string): string[] {
    const { base, prefix, discovery, leftOut } = this.#setting;
    if (leftOut.includes(id)) return [];
    const levels = ['availability', 'state', 'detail', 'energy', 'status', 'configuration'];
    const topics = levels.map((level) => batteryTopic(base, id, level));
    return discovery ? [...topics, discoveryTopic(prefix, id)] : topics;
  }

  /** Old readings are no news: they are in the store, and not what is now. */
  #reading(battery: Known, news: ReadingNews, nowMs: number): Outgoing[] {
    const { kind, time, values, other } = news;
    const oldestMs = kind === 'live' ? this.#setting.staleSeconds * 1000 : DETAIL_MS;
    if (nowMs - Date.parse(time) > oldestMs) return [];
    const topic = kind === 'live' ? 'state' : 'detail';
    const fields = kind === 'live' ? STATE_FIELDS : DETAIL_FIELDS;
    if (
      !battery.threePhases &&
      Object.entries(values).some(([name, value]) => PHASES.test(name) && Number(value) !== 0)
    ) {
      battery.threePhases = true;
      battery.changed = true;
    }
    battery.heard = true;
    this.#meet(battery, Object.keys(other), topic);
    const body = {
      time,
      ...allOf(fields, values),
      ...(kind === 'detail' ? { [PROBLEM]: hasProblem(values) } : {}),
      other,
    };
    return [...this.#discovery(battery), latest(this.#keeps(battery, topic, body))];
  }

  #meet(battery: Known, names: readonly string[], topic: 'state' | 'detail'): void {
    const { unknown } = battery.note;
    const news = names.filter((name) => unknown[name] === undefined).map((name) => [name, topic] as const);
    if (news.length === 0) return;
    const all = [...Object.entries(unknown), ...news].slice(0, MOST_UNKNOWN);
    battery.note = { ...battery.note, unknown: Object.fromEntries(all) };
    battery.changed = true;
  }

  #battery(battery: Known, { battery: view }: BatteryNews): Outgoing[] {
    battery.status = view;
    const name = view.name === view.id ? null : view.name;
    if (name !== battery.name) battery.changed = true;
    battery.name = name;
    const availability = this.#unlessSaid(battery, 'availability', view.stale ? 'offline' : 'online');
    return [...this.#discovery(battery), ...availability, ...this.#status(battery)];
  }

  #status(battery: Known): Outgoing[] {
    const { status, lastEvent } = battery;
    if (status === null) return [];
    const { connected, stale, clock, open_gaps } = status;
    const body = {
      connected,
      stale,
      last_event: lastEvent,
      clock_ahead: clock?.ahead_of_house_seconds ?? null,
      clock_offset: clock?.offset_seconds ?? null,
      open_gaps,
    };
    return this.#unlessSaid(battery, 'status', JSON.stringify(body));
  }

  #configuration(battery: Known, { settings }: ConfigurationNews): Outgoing[] {
    battery.settings = settings;
    battery.changed = true;
    const body = JSON.stringify(allOf(SETTING_FIELDS, settings));
    return [...this.#discovery(battery), ...this.#unlessSaid(battery, 'configuration', body)];
  }

  #happened(battery: Known, news: EventNews): Outgoing[] {
    battery.lastEvent = news.event.time ?? news.event.received_at;
    return [ordered(this.#event(battery.id, news)), ...this.#status(battery)];
  }

  /** Not kept by the broker: whoever comes later is not to take it for something that happens now. */
  #event(id: string, { event }: EventNews): Message {
    const body = { event_type: eventType(event.name), ...event, time: event.time ?? event.received_at };
    return { topic: batteryTopic(this.#setting.base, id, 'event'), payload: JSON.stringify(body), retain: false };
  }

  /** Where it is another than was said last. Before the first reading it is not known what a battery has, nor its name. */
  #discovery(battery: Known): Outgoing[] {
    const { discovery, prefix } = this.#setting;
    if (!discovery || !battery.heard || battery.status === null || !battery.changed) return [];
    battery.changed = false;
    const { id, name, first, threePhases, settings } = battery;
    const device = { id, name, first, threePhases, settings, unknown: battery.note.unknown };
    const body = discoveryOf(device, this.#setting);
    const components = body.components as Record<string, { platform: string }>;
    const topic = discoveryTopic(prefix, id);
    const stubs = Object.entries(battery.note.components)
      .filter(([key]) => components[key] === undefined)
      .map(([key, platform]) => [key, { platform }]);
    const payload = JSON.stringify({ ...body, components: { ...components, ...Object.fromEntries(stubs) } });
    if (battery.said.get(topic)?.payload === payload) return [];
    const platforms = Object.entries(components).map(([key, { platform }]) => [key, platform]);
    battery.note = { ...battery.note, components: Object.fromEntries(platforms) };
    return [latest(this.#said(battery, retained(topic, payload)))];
  }

  #keeps(battery: Known, level: string, body: object): Message {
    return this.#said(battery, retained(batteryTopic(this.#setting.base, battery.id, level), JSON.stringify(body)));
  }

  /** What has not changed is not said again. */
  #unlessSaid(battery: Known, level: string, payload: string): Outgoing[] {
    const message = retained(batteryTopic(this.#setting.base, battery.id, level), payload);
    if (battery.said.get(message.topic)?.payload === payload) return [];
    return [latest(this.#said(battery, message))];
  }

  #said(battery: Known, message: Message): Message {
    battery.said.set(message.topic, message);
    const { retained: topics } = battery.note;
    if (!topics.includes(message.topic)) battery.note = { ...battery.note, retained: [...topics, message.topic] };
    return message;
  }
}

function retained(topic: string, payload: string): Message {
  return { topic, payload, retain: true };
}

function latest(message: Message): Outgoing {
  return { message, ordered: false };
}

function ordered(message: Message): Outgoing {
  return { message, ordered: true };
}

/** Every key every time, so that no template asks for one that is not there. */
function allOf(fields: readonly Field[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? null]));
}

/** null where no fault was read at all. */
function hasProblem(values: Readonly<Record<string, unknown>>): boolean | null {
  const known = FAULTS.map((name) => values[name]).filter((value) => typeof value === 'number');
  return known.length === 0 ? null : known.some((value) => value !== 0);
}

function energyBody({ time, day_start, counters, totals, today }: EnergyNews): Record<string, unknown> {
  const lifetime = COUNTERS.map((name) => [name, counters[name] ?? null]);
  const flows = FLOWS.flatMap((name) => [
    [`${name}${INTEGRATED}`, toWattHours(totals[name])],
    [`${name}${TODAY}`, toWattHours(today[name])],
  ]);
  return { time, day_start, ...Object.fromEntries([...lifetime, ...flows]) };
}

/** kWh without binary dust. Rounded down, so that what never falls does not. */
function toWattHours(energy: number | null | undefined): number | null {
  return energy === null || energy === undefined ? null : Math.floor(energy * 1000 + 1e-6) / 1000;
}
