/**
 * Commands by MQTT: a message on a topic as the body of a request for control, or why it is not heeded. Pure.
 *
 *     topic                       payload
 *     …/ID/set/mode               hold, charge or normal
 *     …/ID/set/charge_limit       percent
 *     …/ID/set/lowest_charge      percent
 *     …/ID/set/grid_charge        ON or OFF
 *     …/ID/set                    JSON: what the interface takes, or {"undo": true}, or {"undo": 12}
 *
 * The first four take {"value": …, "sent": …} as well. `sent`, in any JSON, is when it was sent: a command that was queued on its way is not heeded.
 */

export interface HeardMessage {
  readonly topic: string;
  readonly payload: string;
  /** The broker had kept it: nobody wants it now. */
  readonly isRetained: boolean;
}

export interface MqttCommand {
  readonly battery: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `ignored`: not looked at, since it is not of now. `refused`: not understood. */
export interface Unheeded {
  readonly battery: string;
  readonly state: 'refused' | 'ignored';
  readonly reason: string;
}

type CommandBody = MqttCommand['body'];

const LONGEST_PAYLOAD = 2000;
/** A command that was on its way for longer is of another moment. */
const EXPIRY_MS = 60_000;

/** How the payload of each topic reads; null: not at all. */
const VALUES: Readonly<
  Record<string, { readonly expected: string; readonly read: (text: string) => CommandBody | null }>
> = {
  mode: {
    expected: 'hold, charge or normal',
    read: (text) => (['hold', 'charge', 'normal'].includes(text) ? { verb: text } : null),
  },
  charge_limit: { expected: 'whole percent', read: (text) => settingOf('charge_limit', percentOf(text)) },
  lowest_charge: { expected: 'whole percent', read: (text) => settingOf('lowest_charge', percentOf(text)) },
  grid_charge: { expected: 'ON or OFF', read: (text) => settingOf('grid_charge', SWITCH[text.toLowerCase()] ?? null) },
};
const SWITCH: Readonly<Record<string, boolean>> = { on: true, true: true, off: false, false: false };

/** What to subscribe to. @param base what all topics begin with */
export function commandTopics(base: string): string[] {
  return [`${base}/+/set`, `${base}/+/set/+`];
}

/** null: a message on another topic. @param base as of {@link commandTopics} */
export function readCommand(base: string, heard: HeardMessage, nowMs: number): MqttCommand | Unheeded | null {
  const { topic, payload, isRetained } = heard;
  if (!topic.startsWith(`${base}/`)) return null;
  const [battery = '', set, name, ...more] = topic.slice(base.length + 1).split('/');
  if (set !== 'set' || more.length > 0) return null;
  const unheeded = (state: Unheeded['state'], reason: string): Unheeded => ({ battery, state, reason });
  if (isRetained) return unheeded('ignored', 'the broker had kept it: publish commands without retain');
  if (payload.length > LONGEST_PAYLOAD) return unheeded('refused', `it is longer than ${LONGEST_PAYLOAD} letters`);
  const envelope = envelopeOf(payload, name === undefined);
  if (typeof envelope === 'string') return unheeded('refused', envelope);
  const late = lateness(envelope.sent, nowMs);
  if (late !== null) return unheeded(...late);
  if (name === undefined) return { battery, body: envelope.body };
  const value = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (value === undefined) return unheeded('refused', `there is nothing to set under ${visible(name)}`);
  const body = value.read(envelope.text);
  return body === null
    ? unheeded('refused', `${name}: expected ${value.expected}, not ${visible(envelope.text)}`)
    : { battery, body };
}

interface Envelope {
  readonly text: string;
  readonly body: CommandBody;
  readonly sent: unknown;
}

/** @returns a string: why it is not understood */
function envelopeOf(payload: string, isBody: boolean): Envelope | string {
  const text = payload.trim();
  if (!isBody && !text.startsWith('{')) return { text, body: {}, sent: undefined };
  const parsed = objectOf(text);
  if (parsed === null) return 'expected a JSON object';
  const { sent, ...body } = parsed;
  if (isBody) return { text, body, sent };
  const { value, ...more } = body;
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  if (!isPlain || Object.keys(more).length > 0) return 'expected {"value": …, "sent": …}';
  return { text: String(value).trim(), body: {}, sent };
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** null: it is of now, or nobody says when it was sent. */
function lateness(sent: unknown, nowMs: number): [Unheeded['state'], string] | null {
  if (sent === undefined) return null;
  const ms =
    typeof sent === 'string' && /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(sent) ? Date.parse(sent) : Number.NaN;
  if (Number.isNaN(ms)) return ['refused', 'sent: expected a time with its offset, such as 2026-11-27T06:00:00Z'];
  const lateMs = nowMs - ms;
  if (Math.abs(lateMs) <= EXPIRY_MS) return null;
  const seconds = Math.round(Math.abs(lateMs) / 1000);
  return lateMs > 0
    ? ['ignored', `it was sent ${seconds} s ago: it was queued on its way, or the sender’s clock is wrong`]
    : ['ignored', `it was sent in ${seconds} s: the sender’s clock is wrong, or ours`];
}

function percentOf(text: string): number | null {
  const [, whole] = /^(\d{1,3})(?:\.0+)?$/.exec(text) ?? [];
  return whole === undefined || Number(whole) > 100 ? null : Number(whole);
}

function settingOf(name: string, value: number | boolean | null): CommandBody | null {
  return value === null ? null : { settings: { [name]: value } };
}

/** Another's words stand in a log only where they are plain. */
function visible(text: string): string {
  return /^[\w .:+-]{1,40}$/.test(text) ? `“${text}”` : 'that';
}
