/**
 * What is said of each battery on MQTT, and what of it the broker keeps. No connection and no clock; mqtt.ts sends it.
 */
import type { EventNews, ReadingNews } from '../../now/news.ts';
import type { BatteryState, Settings } from '../../now/state.ts';
import { storageOf } from '../../now/storage.ts';
import type { Field } from '../../protocol/fields/field.ts';
import { fieldsOnWire } from '../../protocol/fields/fields.ts';
import type { ControlNews, LastChange } from '../control-news.ts';
import { DETAIL_OLD_MS, type SinkNews } from '../sink.ts';
import { type Announced, announced } from './announced.ts';
import { windowTimes } from './charge-windows.ts';
import { Clearings } from './clearings.ts';
import { CONTROL, CONTROL_AVAILABILITY, controlBody, leastOf } from './control-entities.ts';
import { energyBody } from './energy-body.ts';
import {
  DETAIL_FIELDS,
  eventType,
  FAULTS,
  isPlainName,
  MANY_PHASES,
  PROBLEM,
  SETTING_FIELDS,
  STATE_FIELDS,
  STORED_ENERGY,
} from './entities.ts';
import {
  batteryTopic,
  bridgeTopic,
  type DiscoverySetting,
  discoveryOf,
  discoveryTopic,
  platformsOf,
  withStubs,
} from './homeassistant.ts';
import type { MqttMessage } from './link.ts';
import { type BatteryNote, BRIDGE, FORGOTTEN, NO_NOTE, withoutTopic, withTopic } from './notes.ts';
import { latest, madeWhenSent, type Outgoing, ordered, retained } from './outgoing.ts';
import { plainValues, VALUE_NAMES, valueLevel, withoutLive } from './value-topics.ts';
import { vendorAfter } from './vendor-connection.ts';

export interface HouseSetting extends DiscoverySetting {
  /** Whether Home Assistant is told what there is. */
  readonly discovery: boolean;
  /** Whether values have topics of their own, too. */
  readonly values: boolean;
  /** Ids of batteries that nothing is said of. */
  readonly leftOut: readonly string[];
}

/** How the topics of discovery end. */
const CONFIG = '/config';
/** What a house has of unknown fields at most, as entities. */
const MOST_UNKNOWN = 50;

export class MqttHouse {
  readonly #setting: HouseSetting;
  readonly #recall: (battery: string) => BatteryNote | null;
  readonly #batteries = new Map<string, Announced>();
  readonly #farewells = new WeakMap<MqttMessage, Announced | null>();
  readonly #discoveries = new WeakMap<MqttMessage, Announced>();
  readonly #clearings: Clearings;
  #bridge: BatteryNote;

  /** @param recall what {@link noteOf} gave of a battery, before a restart too */
  constructor(setting: HouseSetting, recall: (battery: string) => BatteryNote | null) {
    this.#setting = setting;
    this.#recall = recall;
    this.#bridge = recall(BRIDGE) ?? NO_NOTE;
    this.#clearings = new Clearings(recall(FORGOTTEN));
  }

  /** What is to be said because of some news, in its order. */
  told(news: SinkNews): Outgoing[] {
    if (news.type === 'event' && news.battery === null) return [ordered(this.#event(BRIDGE, news))];
    const id = batteryOf(news) ?? BRIDGE;
    const battery = this.#known(id);
    if (this.#setting.leftOut.includes(id)) return [];
    switch (news.type) {
      case 'reading':
        return this.#reading(battery, news);
      case 'battery':
        return this.#battery(battery, news.battery);
      case 'energy':
        return this.#energy(battery, energyBody(news));
      case 'settings':
        return this.#settings(battery, news.settings);
      case 'control':
        return this.#controlled(battery, news);
      case 'event':
        return this.#happened(battery, news);
    }
  }

  /** All that the broker is to keep, as it was last said: for a new connection, and for a Home Assistant that has just begun. */
  *greeting(nowMs: number): Generator<MqttMessage> {
    this.#bridge = withTopic(this.#bridge, bridgeTopic(this.#setting.base));
    yield this.online(true);
    for (const battery of this.#batteries.values()) {
      for (const { message, untilMs } of battery.said.values()) {
        // Said again, what is old would count as new.
        if (untilMs === null || untilMs >= nowMs) yield message;
      }
    }
  }

  /** Takes away what the broker keeps and nobody is to see any more: of batteries left out, under topics of before. */
  *farewells(): Generator<MqttMessage> {
    const own = bridgeTopic(this.#setting.base);
    for (const topic of this.#bridge.retained) if (topic !== own) yield this.#farewell(topic, null);
    for (const battery of this.#batteries.values()) {
      const wanted = new Set(this.#wantedTopics(battery.id));
      for (const topic of battery.note.retained) if (!wanted.has(topic)) yield this.#farewell(topic, battery);
    }
    yield* this.#clearings.messages;
  }

  /** @param battery null: of this server */
  #farewell(topic: string, battery: Announced | null): MqttMessage {
    const message = retained(topic, '');
    this.#farewells.set(message, battery);
    return message;
  }

  /** How many topics of forgotten batteries the broker has not cleared yet. */
  get clearing(): number {
    return this.#clearings.messages.length;
  }

  /** Knows nothing of a battery any more. @returns what clears its topics at the broker */
  forget(id: string): MqttMessage[] {
    const { retained: topics } = this.#known(id).note;
    this.#batteries.delete(id);
    return this.#clearings.add(topics);
  }

  /** Whether a topic is of that battery. */
  isOf(id: string, topic: string): boolean {
    const { base, prefix } = this.#setting;
    return topic.startsWith(batteryTopic(base, id, '')) || topic === discoveryTopic(prefix, id);
  }

  /** What is to be remembered of a battery, or of this server. Nothing is kept under what was taken away. */
  noteOf(id: string): BatteryNote {
    if (id === FORGOTTEN) return this.#clearings.note;
    return id === BRIDGE ? this.#bridge : this.#known(id).note;
  }

  /** The broker has a message. @returns of which battery, or of this server, there is something else to be remembered */
  confirmed(message: MqttMessage): string | null {
    if (this.#clearings.confirmed(message)) return FORGOTTEN;
    const left = this.#farewells.get(message);
    if (left !== undefined) return this.#takenAway(message.topic, left);
    const battery = this.#discoveries.get(message);
    if (battery?.said.get(message.topic)?.message !== message || Object.keys(battery.note.gone).length === 0)
      return null;
    battery.note = { ...battery.note, gone: {} };
    return battery.id;
  }

  #takenAway(topic: string, battery: Announced | null): string | null {
    if (battery === null) {
      this.#bridge = withoutTopic(this.#bridge, topic);
      return BRIDGE;
    }
    if (this.#batteries.get(battery.id) !== battery || !battery.note.retained.includes(topic)) return null;
    const told = topic.endsWith(CONFIG) ? { components: {}, gone: {} } : {};
    battery.note = { ...withoutTopic(battery.note, topic), ...told };
    return battery.id;
  }

  /** Of this server. */
  online(is: boolean): MqttMessage {
    return retained(bridgeTopic(this.#setting.base), is ? 'online' : 'offline');
  }

  #known(id: string): Announced {
    const known = this.#batteries.get(id);
    if (known !== undefined) return known;
    const battery = announced(id, this.#batteries.size === 0, { ...NO_NOTE, ...this.#recall(id) });
    this.#batteries.set(id, battery);
    return battery;
  }

  /** Topics under which the broker keeps something of a battery, as things are configured now. */
  #wantedTopics(id: string): string[] {
    const { base, prefix, discovery, values, leftOut, control } = this.#setting;
    if (leftOut.includes(id)) return [];
    const levels = ['availability', 'state', 'detail', 'energy', 'status', 'configuration'];
    const controls = control ? [CONTROL, CONTROL_AVAILABILITY] : [];
    const plain = values ? [...VALUE_NAMES].map(valueLevel) : [];
    const topics = [...levels, ...controls, ...plain].map((level) => batteryTopic(base, id, level));
    return discovery ? [...topics, discoveryTopic(prefix, id)] : topics;
  }

  #reading(battery: Announced, news: ReadingNews): Outgoing[] {
    const { kind, snapshot, other } = news;
    const { timeMs, values } = snapshot;
    const [topic, fields] = kind === 'live' ? (['state', STATE_FIELDS] as const) : (['detail', DETAIL_FIELDS] as const);
    const { manyPhases } = battery.note;
    if (!manyPhases && Object.entries(values).some(([name, value]) => MANY_PHASES.has(name) && Number(value) !== 0)) {
      battery.note = { ...battery.note, manyPhases: true };
      battery.changed = true;
    }
    battery.heard = true;
    this.#meet(battery, Object.keys(other), topic);
    const derived =
      kind === 'live'
        ? { [STORED_ENERGY]: storageOf(battery.settings, values).storedEnergy }
        : { [PROBLEM]: hasProblem(values) };
    const body = { time: iso(timeMs), ...allOf(fields, values), ...derived, other };
    const forMs = kind === 'live' ? this.#setting.staleSeconds * 1000 : DETAIL_OLD_MS;
    const untilMs = timeMs + forMs;
    const own = kind === 'live' ? body : withoutLive(body);
    return [
      ...this.#discovery(battery),
      latest(this.#keeps(battery, topic, body, untilMs)),
      ...this.#plain(battery, own, untilMs),
    ];
  }

  #energy(battery: Announced, body: Readonly<Record<string, unknown>>): Outgoing[] {
    return [ordered(this.#keeps(battery, 'energy', body)), ...this.#plain(battery, body, null)];
  }

  /** Each value under its own topic, where it has changed; one that is not known now stays as it was. */
  #plain(battery: Announced, body: Readonly<Record<string, unknown>>, untilMs: number | null): Outgoing[] {
    if (!this.#setting.values) return [];
    return plainValues(body).flatMap(([name, text]) => {
      const topic = batteryTopic(this.#setting.base, battery.id, valueLevel(name));
      const before = battery.said.get(topic)?.message;
      const message = before?.payload === text ? before : retained(topic, text);
      this.#said(battery, message, untilMs);
      return message === before ? [] : [latest(message)];
    });
  }

  #meet(battery: Announced, names: readonly string[], topic: 'state' | 'detail'): void {
    const { unknown } = battery.note;
    const room = MOST_UNKNOWN - Object.keys(unknown).length;
    const met = names.filter((name) => !Object.hasOwn(unknown, name) && isPlainName(name)).slice(0, room);
    if (met.length === 0) return;
    const all = { ...unknown, ...Object.fromEntries(met.map((name) => [name, topic])) };
    battery.note = { ...battery.note, unknown: all };
    battery.changed = true;
  }

  #battery(battery: Announced, { id, name: called, ...status }: BatteryState): Outgoing[] {
    const { stale } = status;
    battery.status = status;
    const name = called === id ? null : called;
    if (name !== battery.name) battery.changed = true;
    battery.name = name;
    const availability = this.#unlessSaid(battery, 'availability', stale ? 'offline' : 'online');
    return [...this.#discovery(battery), ...availability, ...this.#status(battery), ...this.#control(battery)];
  }

  #status(battery: Announced): Outgoing[] {
    const { status, lastEventMs, vendor } = battery;
    if (status === null) return [];
    const { connected, tapped, stale, clock, openGaps } = status;
    const body = {
      connected,
      tapped,
      stale,
      last_event: lastEventMs === null ? null : iso(lastEventMs),
      clock_ahead: clock?.aheadOfHouseSeconds ?? null,
      clock_offset: clock?.offsetSeconds ?? null,
      open_gaps: openGaps,
      vendor,
    };
    return this.#unlessSaid(battery, 'status', JSON.stringify(body));
  }

  #settings(battery: Announced, settings: Settings): Outgoing[] {
    battery.settings = settings;
    battery.changed = true;
    const body = JSON.stringify({ ...allOf(SETTING_FIELDS, settings), ...windowTimes(settings) });
    return [...this.#discovery(battery), ...this.#unlessSaid(battery, 'configuration', body)];
  }

  #controlled(battery: Announced, news: ControlNews): Outgoing[] {
    const { control: before } = battery;
    if (JSON.stringify(before?.last) !== JSON.stringify(news.last)) battery.answer = null;
    if (JSON.stringify(leastOf(before)) !== JSON.stringify(leastOf(news))) battery.changed = true;
    battery.control = news;
    return [...this.#discovery(battery), ...this.#control(battery)];
  }

  /** Unavailable until it is told of: what was said before the start is of before. */
  #control(battery: Announced): Outgoing[] {
    if (!this.#setting.control) return [];
    const { control, answer } = battery;
    const isAvailable = control !== null && control.unavailable === null;
    return [
      ...this.#unlessSaid(battery, CONTROL, JSON.stringify(controlBody(control, answer))),
      ...this.#unlessSaid(battery, CONTROL_AVAILABILITY, isAvailable ? 'online' : 'offline'),
    ];
  }

  /** Whether anything is said of a battery. */
  isTold(id: string): boolean {
    return this.#batteries.has(id) && !this.#setting.leftOut.includes(id);
  }

  /** A command became no change: said where the newest change is. */
  answered(id: string, answer: LastChange): Outgoing[] {
    const battery = this.#known(id);
    battery.answer = answer;
    return this.#control(battery);
  }

  #happened(battery: Announced, news: EventNews): Outgoing[] {
    battery.lastEventMs = news.event.timeMs ?? news.event.receivedAtMs;
    if (news.event.source === 'server') battery.vendor = vendorAfter(news.event.name, battery.vendor);
    return [ordered(this.#event(battery.id, news)), ...this.#status(battery)];
  }

  /** Not kept by the broker: whoever comes later is not to take it for something that happens now. */
  #event(id: string, { event }: EventNews): MqttMessage {
    const { timeMs, receivedAtMs, source, name, code, meaning, text } = event;
    const [time, received_at] = [iso(timeMs ?? receivedAtMs), iso(receivedAtMs)];
    const body = { event_type: eventType(name), time, received_at, source, name, code, meaning, text };
    return { topic: batteryTopic(this.#setting.base, id, 'event'), payload: JSON.stringify(body), retain: false };
  }

  /** Where something has changed. Before the first reading it is not known what a battery has, nor its name. */
  #discovery(battery: Announced): Outgoing[] {
    const { discovery, prefix } = this.#setting;
    if (!discovery || !battery.heard || battery.status === null || !battery.changed) return [];
    battery.changed = false;
    const before = { ...battery.note.components, ...battery.note.gone };
    const components = platformsOf(this.#discoveryBody(battery));
    const gone = Object.fromEntries(Object.entries(before).filter(([key]) => components[key] === undefined));
    battery.note = { ...battery.note, components, gone };
    const text = () => JSON.stringify(withStubs(this.#discoveryBody(battery), battery.note.gone));
    const message = madeWhenSent(discoveryTopic(prefix, battery.id), text);
    this.#discoveries.set(message, battery);
    return [latest(this.#said(battery, message, null))];
  }

  #discoveryBody({ id, name, first, settings, note, control }: Announced) {
    const { manyPhases: threePhases, unknown } = note;
    // What a later version knows is no longer unknown.
    const others = Object.entries(unknown).filter(([wireName]) => fieldsOnWire(wireName).length === 0);
    const device = {
      id,
      name,
      first,
      threePhases,
      settings,
      unknown: Object.fromEntries(others),
      least: leastOf(control),
    };
    return discoveryOf(device, this.#setting);
  }

  #keeps(battery: Announced, level: string, body: object, untilMs: number | null = null): MqttMessage {
    const topic = batteryTopic(this.#setting.base, battery.id, level);
    return this.#said(battery, retained(topic, JSON.stringify(body)), untilMs);
  }

  /** What has not changed is not said again. */
  #unlessSaid(battery: Announced, level: string, payload: string): Outgoing[] {
    const message = retained(batteryTopic(this.#setting.base, battery.id, level), payload);
    if (battery.said.get(message.topic)?.message.payload === payload) return [];
    return [latest(this.#said(battery, message, null))];
  }

  #said(battery: Announced, message: MqttMessage, untilMs: number | null): MqttMessage {
    battery.said.set(message.topic, { message, untilMs });
    // It takes the place of what was there, of a battery of that serial number that was forgotten.
    this.#clearings.superseded(message.topic);
    battery.note = withTopic(battery.note, message.topic);
    return message;
  }
}

/** The battery that news are of; null where it is not known. */
export function batteryOf(news: SinkNews): string | null {
  return news.type === 'battery' ? news.battery.id : news.battery;
}

/** As topics have it. */
function iso(ms: number): string {
  return new Date(ms).toISOString();
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
