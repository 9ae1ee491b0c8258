/**
 * What Home Assistant takes of a device's discovery, written from its documentation and source (as of late 2026;
 * components/mqtt/schemas.py, components/sensor/const.py), not from what this project sends.
 */
import * as z from 'zod';

/** Of each device class of a sensor: its units, and the state classes it may have. */
const SENSOR_CLASSES: Readonly<Record<string, { units: readonly string[]; states: readonly string[] }>> = {
  apparent_power: { units: ['mVA', 'VA', 'kVA'], states: ['measurement'] },
  battery: { units: ['%'], states: ['measurement'] },
  current: { units: ['A', 'mA'], states: ['measurement'] },
  duration: { units: ['d', 'h', 'min', 's', 'ms'], states: ['measurement', 'total', 'total_increasing'] },
  energy: { units: ['J', 'kJ', 'MJ', 'GJ', 'Wh', 'kWh', 'MWh', 'GWh'], states: ['total', 'total_increasing'] },
  energy_storage: { units: ['J', 'kJ', 'MJ', 'GJ', 'Wh', 'kWh', 'MWh', 'GWh'], states: ['measurement'] },
  enum: { units: [], states: [] },
  frequency: { units: ['Hz', 'kHz', 'MHz', 'GHz'], states: ['measurement'] },
  power: { units: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'], states: ['measurement'] },
  reactive_power: { units: ['mvar', 'var', 'kvar'], states: ['measurement'] },
  signal_strength: { units: ['dB', 'dBm'], states: ['measurement'] },
  temperature: { units: ['°C', '°F', 'K'], states: ['measurement'] },
  timestamp: { units: [], states: [] },
  voltage: { units: ['V', 'mV', 'µV', 'kV', 'MV'], states: ['measurement'] },
};

const BINARY_CLASSES = ['battery', 'battery_charging', 'connectivity', 'plug', 'power', 'problem', 'running', 'safety'];

const topic = z.string().regex(/^[^+#\0]+$/, 'a topic without wildcards');
const template = z.string().regex(/^\{\{ .+ \}\}$/, 'a template');
const availability = z.array(z.strictObject({ topic })).min(1);
const entityId = (domain: string) =>
  z.string().regex(new RegExp(`^${domain}\\.[a-z0-9]+(?:_[a-z0-9]+)*$`), 'an entity id with its domain');

/** Options of every platform. An `object_id` is among the removed ones, and so is what is not here. */
function entity<D extends string>(domain: D) {
  return {
    platform: z.literal(domain),
    unique_id: z.string().regex(/^\w+$/),
    default_entity_id: entityId(domain),
    name: z.string().min(1),
    state_topic: topic.optional(),
    value_template: template.optional(),
    availability: availability.optional(),
    // A sensor that is `config` is refused.
    entity_category: z.literal('diagnostic').optional(),
    enabled_by_default: z.boolean().optional(),
  };
}

const sensor = z
  .strictObject({
    ...entity('sensor'),
    device_class: z.enum(Object.keys(SENSOR_CLASSES) as [string, ...string[]]).optional(),
    state_class: z.enum(['measurement', 'total', 'total_increasing']).optional(),
    unit_of_measurement: z.string().min(1).optional(),
    suggested_display_precision: z.int().min(0).optional(),
    last_reset_value_template: template.optional(),
    options: z.array(z.string().min(1)).min(1).optional(),
    expire_after: z.int().min(1).optional(),
    json_attributes_topic: topic.optional(),
    json_attributes_template: template.optional(),
  })
  .superRefine((component, context) => {
    const problem = problemOfSensor(component);
    if (problem !== null) context.addIssue({ code: 'custom', message: `${component.unique_id}: ${problem}` });
  });

const binarySensor = z.strictObject({
  ...entity('binary_sensor'),
  device_class: z.enum(BINARY_CLASSES as [string, ...string[]]).optional(),
  expire_after: z.int().min(1).optional(),
});

const event = z.strictObject({
  ...entity('event'),
  event_types: z.array(z.string().min(1)).min(1),
  device_class: z.enum(['button', 'doorbell', 'motion']).optional(),
});

/** What sends commands (components/mqtt: select, number, switch, button). Without a state topic it would be optimistic. */
function commanding<D extends string>(domain: D) {
  return {
    ...entity(domain),
    entity_category: z.enum(['config', 'diagnostic']).optional(),
    command_topic: topic,
    command_template: z
      .string()
      .regex(/\{\{ .+ \}\}/, 'a template')
      .optional(),
    retain: z.literal(false),
    availability_mode: z.enum(['all', 'any', 'latest']).optional(),
  };
}

function settable<D extends string>(domain: D) {
  return { ...commanding(domain), state_topic: topic, value_template: template, optimistic: z.literal(false) };
}

const select = z.strictObject({ ...settable('select'), options: z.array(z.string().min(1)).min(1) });

const number = z
  .strictObject({
    ...settable('number'),
    ...{ min: z.number(), max: z.number(), step: z.number().min(0.001) },
    unit_of_measurement: z.string().optional(),
    mode: z.enum(['auto', 'box', 'slider']).optional(),
  })
  .refine(({ min, max }) => min < max, 'min is below max');

const switching = z.strictObject({
  ...settable('switch'),
  ...{ payload_on: z.string(), payload_off: z.string(), state_on: z.string(), state_off: z.string() },
});

const button = z
  .strictObject({ ...commanding('button'), payload_press: z.string() })
  .omit({ state_topic: true, value_template: true });

/** A component that is to be removed says its platform and nothing else. */
const removed = z.strictObject({
  platform: z.enum(['sensor', 'binary_sensor', 'event', 'select', 'number', 'switch', 'button']),
});

export const DISCOVERY = z.strictObject({
  device: z.strictObject({
    identifiers: z.array(z.string().min(1)).min(1),
    name: z.string().min(1),
    manufacturer: z.string().optional(),
    model: z.string().optional(),
    sw_version: z.string().optional(),
    hw_version: z.string().optional(),
    configuration_url: z.url().optional(),
  }),
  origin: z.strictObject({ name: z.string().min(1), sw_version: z.string().optional() }),
  availability,
  availability_mode: z.enum(['all', 'any', 'latest']),
  state_topic: topic,
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  components: z.record(
    z.string().regex(/^\w+$/),
    z.union([removed, sensor, binarySensor, event, select, number, switching, button]),
  ),
});

export type Discovery = z.infer<typeof DISCOVERY>;

interface SensorLike {
  readonly device_class?: string | undefined;
  readonly state_class?: string | undefined;
  readonly unit_of_measurement?: string | undefined;
  readonly last_reset_value_template?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

function problemOfSensor({ device_class, state_class, unit_of_measurement, ...rest }: SensorLike): string | null {
  if ((device_class === 'enum') !== (rest.options !== undefined)) return 'options and the class enum go together';
  if (rest.last_reset_value_template !== undefined && state_class !== 'total') return 'last_reset needs total';
  const rules = SENSOR_CLASSES[device_class ?? ''];
  if (rules === undefined) return null;
  if (state_class !== undefined && !rules.states.includes(state_class))
    return `${device_class} cannot be ${state_class}`;
  if (rules.units.length === 0) return unit_of_measurement === undefined ? null : `${device_class} has no unit`;
  if (unit_of_measurement === undefined) return `${device_class} needs a unit`;
  return rules.units.includes(unit_of_measurement) ? null : `${device_class} cannot be in ${unit_of_measurement}`;
}
