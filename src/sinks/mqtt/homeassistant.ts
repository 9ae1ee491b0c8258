/**
 * Home Assistant's device discovery: one retained message says all there is to a battery. Pure; mqtt.ts sends it.
 * Rules from Home Assistant's documentation and source as of late 2026.
 */

import type { Settings } from '../../now/state.ts';
import { DETAIL_OLD_MS } from '../sink.ts';
import {
  CONTROL,
  CONTROL_AVAILABILITY,
  type ControlEntity,
  controlEntities,
  type LeastPercents,
} from './control-entities.ts';
import { ENTITIES, type Entity, isPlainName, unknownEntity } from './entities.ts';

/** What is known of a battery beyond its values. */
export interface DiscoveredDevice {
  /** The short id. */
  readonly id: string;
  /** As its owner calls it; null where he has not named it. */
  readonly name: string | null;
  /** Whether it is the one that was heard first: plain names are its. */
  readonly first: boolean;
  /** Whether the house has three phases. */
  readonly threePhases: boolean;
  /** As it last reported it; empty while it has not. */
  readonly settings: Settings;
  /** Fields that nobody knows, by their wire names, and where they stand. */
  readonly unknown: Readonly<Record<string, 'state' | 'detail'>>;
  readonly least: LeastPercents;
}

export interface DiscoverySetting {
  /** What all topics begin with. */
  readonly base: string;
  /** Home Assistant's own, such as `homeassistant`. */
  readonly prefix: string;
  readonly version: string;
  /** Where the page is, if it is known by a name. */
  readonly pageUrl: string | null;
  /** Seconds after which a live value counts no more. */
  readonly staleSeconds: number;
  /** Whether batteries may be set by MQTT. */
  readonly control: boolean;
}

type Component = Readonly<Record<string, unknown>> & { readonly platform: string };

/** The message about one battery; its entities by their keys. */
export interface Discovery extends Readonly<Record<string, unknown>> {
  readonly components: Readonly<Record<string, Component>>;
}

/** Shorter, and values flap. */
const LEAST_EXPIRY_SECONDS = 60;

/** Where the discovery of a battery stands. */
export function discoveryTopic(prefix: string, id: string): string {
  return `${prefix}/device/alphaess_${id}/config`;
}

export function bridgeTopic(base: string): string {
  return `${base}/bridge/state`;
}

export function batteryTopic(base: string, id: string, level: string): string {
  return `${base}/${id}/${level}`;
}

/** The whole message, but for components that are to be removed. */
export function discoveryOf(device: DiscoveredDevice, setting: DiscoverySetting): Discovery {
  const { base, pageUrl, version } = setting;
  const { ems_version: software, ems_hardware_version: hardware, inverter_model: model } = device.settings;
  return {
    device: {
      identifiers: [uniqueId(device.id)],
      name: deviceName(device),
      manufacturer: 'AlphaESS',
      ...(isText(model) ? { model } : {}),
      ...(isText(software) ? { sw_version: `EMS ${software}` } : {}),
      ...(isText(hardware) ? { hw_version: hardware } : {}),
      ...(pageUrl === null ? {} : { configuration_url: pageUrl }),
    },
    origin: { name: 'alphaess-local', sw_version: version },
    availability: [{ topic: bridgeTopic(base) }, { topic: batteryTopic(base, device.id, 'availability') }],
    availability_mode: 'all',
    state_topic: batteryTopic(base, device.id, 'state'),
    qos: 1,
    components: componentsOf(device, setting),
  };
}

/** With a name of its own where its owner gave one, or else where there are several. */
function deviceName({ id, name, first }: DiscoveredDevice): string {
  return name ?? (first ? 'AlphaESS' : `AlphaESS ${id}`);
}

function componentsOf(device: DiscoveredDevice, setting: DiscoverySetting): Discovery['components'] {
  const others = Object.entries(device.unknown).filter(([wireName]) => isPlainName(wireName));
  const entities = [...ENTITIES, ...others.map(([wireName, topic]) => unknownEntity(wireName, topic))];
  const controls = setting.control ? controlEntities(device.least) : [];
  return Object.fromEntries([
    ...entities.map((entity) => [entity.key, componentOf(entity, device, setting)] as const),
    ...controls.map((entity) => [entity.key, controlComponentOf(entity, device, setting)] as const),
  ]);
}

function controlComponentOf(entity: ControlEntity, device: DiscoveredDevice, { base }: DiscoverySetting): Component {
  const { key, idKey, platform, options, command, isTold } = entity;
  const topic = (level: string) => batteryTopic(base, device.id, level);
  return {
    platform,
    unique_id: `${uniqueId(device.id)}_${key}`,
    default_entity_id: `${platform}.${entityPrefix(device)}_${idKey}`,
    ...options,
    ...(platform === 'button' ? {} : { state_topic: topic(CONTROL) }),
    ...(isTold === true ? { json_attributes_topic: topic(CONTROL) } : {}),
    // What was last changed, and why not, is shown while the battery is away, too.
    ...(command === undefined
      ? { availability: topicsOf([bridgeTopic(base)]) }
      : {
          command_topic: topic(command),
          retain: false,
          availability: topicsOf([bridgeTopic(base), topic('availability'), topic(CONTROL_AVAILABILITY)]),
          availability_mode: 'all',
        }),
  };
}

function topicsOf(topics: readonly string[]): { readonly topic: string }[] {
  return topics.map((topic) => ({ topic }));
}

function componentOf(entity: Entity, device: DiscoveredDevice, setting: DiscoverySetting): Component {
  const { base } = setting;
  const component: Record<string, unknown> = {
    unique_id: `${uniqueId(device.id)}_${entity.key}`,
    default_entity_id: `${entity.platform}.${entityPrefix(device)}_${entity.key.toLowerCase()}`,
    name: entity.name,
    device_class: entity.deviceClass,
    state_class: entity.stateClass,
    unit_of_measurement: entity.unit,
    suggested_display_precision: entity.precision,
    options: entity.options,
    event_types: entity.eventTypes,
    value_template: entity.template,
    last_reset_value_template: entity.lastReset === undefined ? undefined : `{{ value_json.${entity.lastReset} }}`,
    expire_after: expiryOf(entity, setting),
    entity_category: entity.diagnostic === true ? 'diagnostic' : undefined,
    enabled_by_default: isEnabled(entity, device) ? undefined : false,
    state_topic: entity.topic === 'state' ? undefined : batteryTopic(base, device.id, entity.topic),
    availability: holds(entity) ? [{ topic: bridgeTopic(base) }] : undefined,
  };
  const given = Object.entries(component).filter(([, value]) => value !== undefined);
  return { platform: entity.platform, ...Object.fromEntries(given) };
}

function isEnabled({ enabled }: Entity, { threePhases }: DiscoveredDevice): boolean {
  return enabled === 'phases' ? threePhases : enabled;
}

/**
 * Whether it holds while the battery is away: what says so could not else, and totals that come and go only harm the
 * statistics.
 */
function holds({ always, topic }: Entity): boolean {
  return always === true || topic === 'energy' || topic === 'configuration';
}

/** What is measured counts for a while; totals, settings and states of the server remain true. */
function expiryOf({ topic, always }: Entity, { staleSeconds }: DiscoverySetting): number | undefined {
  if (always === true) return undefined;
  if (topic === 'state') return Math.max(LEAST_EXPIRY_SECONDS, staleSeconds);
  return topic === 'detail' ? DETAIL_OLD_MS / 1000 : undefined;
}

/** For ever the same battery's: no serial number, no address, no name. */
function uniqueId(id: string): string {
  return `alphaess_${id}`;
}

/** `alphaess`, or `alphaess_garage`, or `alphaess_b3f1c2`. */
function entityPrefix({ id, name, first }: DiscoveredDevice): string {
  const slug = (name ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (slug !== '') return slug.startsWith('alphaess') ? slug : `alphaess_${slug}`;
  return first ? 'alphaess' : `alphaess_${id}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The platform of each component. */
export function platformsOf({ components }: Discovery): Record<string, string> {
  return Object.fromEntries(Object.entries(components).map(([key, { platform }]) => [key, platform]));
}

/** With what Home Assistant is to forget: each by its platform alone. */
export function withStubs(body: Discovery, gone: Readonly<Record<string, string>>): object {
  const stubs = Object.entries(gone).map(([key, platform]) => [key, { platform }]);
  return { ...body, components: { ...body.components, ...Object.fromEntries(stubs) } };
}
