/**
 * What Home Assistant shows of control, and sends: a mode, numbers, a switch, a button. Nothing is optimistic: a state is what the battery told.
 */
import type { ControlNews, LastChange } from '../control-news.ts';

/** The last levels of the topics. */
export const CONTROL = 'control';
export const CONTROL_AVAILABILITY = 'control/availability';

/** The least that each number is shown at: a battery may have less than an owner may set. */
export interface LeastPercents {
  readonly chargeLimit: number;
  readonly lowestCharge: number;
}

export interface ControlEntity {
  readonly key: string;
  readonly platform: 'select' | 'number' | 'switch' | 'button' | 'sensor';
  /** The last part of its entity id. */
  readonly idKey: string;
  /** Options of Home Assistant's, topics aside. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The last levels of the topic that it sends to. */
  readonly command?: string;
  /** Whether it has attributes. */
  readonly isTold?: true;
}

const LEAST_PERCENT = 10;
/** In each command: one that waited on its way is not heeded (commands.ts). */
const SENT = '"sent": "{{ utcnow().isoformat() }}"';
const WORD = `{"value": "{{ value }}", ${SENT}}`;
const STATES = [
  ...['proposed', 'asked', 'accepted', 'fetched', 'echoed', 'observed', 'done', 'refused', 'timed_out', 'different'],
  ...['superseded', 'undone', 'ignored'],
];
const GRID_CHARGE = "{{ None if value_json.grid_charge is none else 'ON' if value_json.grid_charge else 'OFF' }}";

const MODE: ControlEntity = {
  ...{ key: 'mode', idKey: 'mode', platform: 'select', command: 'set/mode' },
  options: {
    name: 'Mode',
    options: ['hold', 'charge', 'normal'],
    value_template: '{{ value_json.mode }}',
    command_template: WORD,
    optimistic: false,
  },
};
const GRID_CHARGING: ControlEntity = {
  ...{ key: 'set_grid_charge', idKey: 'grid_charging', platform: 'switch', command: 'set/grid_charge' },
  options: {
    name: 'Grid charging',
    ...{ payload_on: 'ON', payload_off: 'OFF', state_on: 'ON', state_off: 'OFF' },
    value_template: GRID_CHARGE,
    command_template: WORD,
    entity_category: 'config',
    optimistic: false,
  },
};
const MODE_UNTIL: ControlEntity = {
  ...{ key: 'mode_until', idKey: 'mode_until', platform: 'sensor' },
  options: { name: 'Mode until', device_class: 'timestamp', value_template: '{{ value_json.until }}' },
};
const LAST_CHANGE: ControlEntity = {
  ...{ key: 'last_change', idKey: 'last_change', platform: 'sensor', isTold: true },
  options: {
    name: 'Last change',
    device_class: 'enum',
    options: STATES,
    value_template: '{{ value_json.last_change.state }}',
    json_attributes_template: '{{ value_json.last_change | tojson }}',
  },
};
const UNDO: ControlEntity = {
  ...{ key: 'undo', idKey: 'undo', platform: 'button', command: 'set' },
  options: { name: 'Undo', payload_press: '{"undo": true}', command_template: `{"undo": true, ${SENT}}` },
};

export function leastOf(news: ControlNews | null): LeastPercents {
  const least = (percent: number | null | undefined) => Math.min(LEAST_PERCENT, Math.floor(percent ?? LEAST_PERCENT));
  return { chargeLimit: least(news?.chargeLimit), lowestCharge: least(news?.lowestCharge) };
}

export function controlEntities({ chargeLimit, lowestCharge }: LeastPercents): readonly ControlEntity[] {
  return [
    MODE,
    percentEntity('charge_limit', 'Charge limit', chargeLimit),
    percentEntity('lowest_charge', 'Lowest charge', lowestCharge),
    GRID_CHARGING,
    MODE_UNTIL,
    LAST_CHANGE,
    UNDO,
  ];
}

function percentEntity(name: 'charge_limit' | 'lowest_charge', title: string, min: number): ControlEntity {
  return {
    ...{ key: `set_${name}`, idKey: name, platform: 'number', command: `set/${name}` },
    options: {
      name: title,
      ...{ min, max: 100, step: 1, unit_of_measurement: '%' },
      value_template: `{{ value_json.${name} }}`,
      command_template: `{"value": {{ value }}, ${SENT}}`,
      entity_category: 'config',
      optimistic: false,
    },
  };
}

/**
 * What is said under {@link CONTROL}. Every key every time.
 * @param answer to a command that became no change, since the news
 */
export function controlBody(news: ControlNews | null, answer: LastChange | null): object {
  const last = answer ?? news?.last ?? null;
  return {
    mode: news?.mode ?? null,
    until: isoOrNull(news?.untilMs),
    charge_limit: news?.chargeLimit ?? null,
    lowest_charge: news?.lowestCharge ?? null,
    grid_charge: news?.gridCharge ?? null,
    unavailable: news === null ? 'the battery has not spoken yet' : news.unavailable,
    last_change: {
      change: last?.number ?? null,
      wish: last?.wish ?? null,
      state: last?.state ?? null,
      reason: last?.reason ?? null,
      by: last?.by ?? null,
      time: isoOrNull(last?.atMs),
    },
  };
}

function isoOrNull(ms: number | null | undefined): string | null {
  return typeof ms === 'number' ? new Date(ms).toISOString() : null;
}
