/**
 * The interface under /api, request by request: what is asked, what is answered. Everything else that speaks of it (checks,
 * the OpenAPI document, the page's types) is made from these.
 *
 * Times are ISO 8601 in UTC with a `Z`; where there are many they are Unix seconds, and say so in their name.
 *
 * What is now has its types in src/now/: a schema here is what the interface makes of one (`Json<BatteryState>`), and does
 * not compile where it says something else.
 */
import * as z from 'zod';
import type {
  BatteryState,
  ClockState,
  ConnectionState,
  EpochState,
  ShownEvent,
  ShownGap,
  Snapshot,
} from '../now/state.ts';
import type { StorageState } from '../now/storage.ts';
import { PANELS } from '../protocol/fields/field.ts';
import { FLOWS } from '../protocol/fields/flows.ts';
import { BUCKET_STEPS } from '../store/energy/buckets.ts';
import type { JsonOf, NewsViews } from './views.ts';

/** Describes what the interface makes of a type of ours. */
type Json<Type> = z.ZodType<JsonOf<Type>>;

export const time = z.iso.datetime().describe('UTC, such as 2026-11-23T09:00:05Z');
const value = z.union([z.number(), z.string()]).nullable();
const values = z
  .record(z.string(), value)
  .describe('by the names of docs/fields.md, in their units; a key without a value is left out');
export const count = z.int().nonnegative();

/** RFC 9457, with a code of docs/errors.md. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
});

const role = z.enum(['view', 'control']);

export const session = z.object({
  role: role.nullable().describe('null: log in first'),
  password_set: z.boolean(),
  setup: z.boolean().describe('whether the first password can be set, with the code from the log'),
});
export const setup = z.strictObject({ code: z.string().min(1).max(40), password: z.string().min(8).max(1024) });
export const login = z.strictObject({ password: z.string().min(1).max(1024) });

const sink = z.object({
  name: z.string(),
  state: z.enum(['starting', 'up', 'down', 'refused', 'stopped']),
  queued: count.describe('what waits to be sent'),
  sent: count.describe('what was confirmed since the start'),
  dropped: count.describe('what was let go since the start'),
  last_sent_at: time.nullable(),
  problem: z
    .object({ code: z.string(), detail: z.string() })
    .nullable()
    .describe('what keeps it from working at present'),
});

export const server = z.object({
  name: z.string().describe('of the house'),
  version: z.string(),
  node: z.string(),
  started_at: time,
  now: time,
  time_zone: z.string(),
  battery_address: z.string().describe('where batteries connect'),
  storing: z.boolean().describe('whether what batteries send can be kept at present'),
  connections: count,
  peers: z.array(
    z.object({
      connection: count,
      peer: z.string(),
      since: time,
      tapped: z.boolean().describe('it leads to the vendor, and is overheard'),
      battery: z.string().nullable().describe('the one that was named last'),
      batteries: z.array(z.string()).describe('all that speak on it'),
    }) satisfies Json<ConnectionState>,
  ),
  counters: z.record(z.string(), count).describe('how often each problem was seen since the start, by code'),
  frames: z.object({ received: count, sent: count }),
  store: z.object({
    bytes: count,
    bytes_a_day: z.number().nullable().describe('growth over the last days; null while too little is known'),
    waiting_rows: count,
  }),
  sinks: z.array(sink).describe('outputs: MQTT, InfluxDB and the like'),
});

export const ownClock = z.object({
  doubt: z.string().nullable().describe('why nothing is removed for its age at present; null while what is too old is'),
});

export const confirmation = z.strictObject({ confirm: z.literal(true) });

export const strangers = z.array(
  z.object({
    address: z.string().describe('as it would stand in battery.allow'),
    code: z.string().describe('why: docs/errors.md'),
    times: count,
    last_at: time,
  }),
);

const clock = z.object({
  offset_seconds: z.int().describe('how far the battery’s clock is ahead of UTC'),
  ahead_of_house_seconds: z.int().describe('… and of the house’s own time'),
  drift_ppm: z.number(),
  settled: z.boolean(),
  unconfirmed: z.boolean().describe('measured by the server’s clock, which nothing had confirmed'),
}) satisfies Json<ClockState>;

const heldValues = z
  .array(z.object({ field: z.string(), time: time.describe('when that value was measured') }))
  .describe('values of before, since in this reading they could not be read, or cannot be');
export const snapshot = z.object({ time, values, held: heldValues }) satisfies Json<Snapshot>;

export const current = z.object({
  battery: z.string(),
  time: time.describe('when it was measured'),
  values: values.describe('of the newest live reading; nothing of before'),
});

export const battery = z.object({
  id: z.string(),
  name: z.string(),
  first_seen: time,
  connected: z.boolean(),
  tapped: z.boolean().describe('it speaks to the vendor alone, and is overheard by the tap'),
  stale: z.boolean(),
  last_reading_at: time.nullable().describe('arrival of the newest'),
  live: snapshot.nullable(),
  detail: snapshot.nullable(),
  clock: clock.nullable(),
  open_gaps: count,
  conflict: z
    .object({ peer: count, since: time })
    .nullable()
    .describe('another peer speaks with its serial number, last at that time; the owner has not said what to do'),
}) satisfies Json<BatteryState>;
export const batteries = z.array(battery);

export const storage = z.object({
  battery: z.string(),
  time: time.nullable().describe('when the state of charge was measured; null where there is none'),
  capacity: z.number().nullable().describe('kWh, as the battery reports it; null where it has not'),
  usable_share: z.number().nullable().describe('percent of the capacity, as the battery reports it'),
  stored_energy: z.number().nullable().describe('kWh: capacity × state of charge (likely)'),
}) satisfies Json<{ battery: string; timeMs: number | null } & StorageState>;

export const corrections = z.strictObject({
  corrections: z
    .array(
      z.strictObject({
        kinds: z.array(z.enum(['live', 'detail', 'history'])).min(1),
        from_battery_time: z.number().int().describe('seconds of its time, as if UTC; inclusive, as the next'),
        to_battery_time: z.number().int(),
        received_since_ms: z.number().describe('only what arrived since, Unix milliseconds'),
        old_offset_seconds: z.number().int().describe('battery time − UTC, by which they were dated'),
        new_offset_seconds: z.number().int(),
      }),
    )
    .min(1)
    .max(10_000),
});
export const redating = z.object({ corrections: count.describe('how many are done now, in strokes') });

export const forgetting = z.object({
  number: count.describe('by which /api/forgotten tells how far it has come'),
  connections_closed: count.describe('those on which the battery was named'),
});
export const forgottenQuery = z.strictObject({ number: z.coerce.number().int().min(1) });
export const forgotten = z.object({
  done: z.boolean(),
  removed: z.record(z.string(), count).describe('rows by what they were: live, detail, history, events …'),
  topics_left: count.describe('on MQTT: those that the broker has not cleared yet'),
});

const span = { from: time.optional(), to: time.optional() };

export const readingsQuery = z.strictObject({
  ...span,
  fields: z.string().max(2000).describe('names of docs/fields.md, separated by commas'),
  points: z.coerce.number().int().min(1).max(5000).default(500),
});
export const readings = z.object({
  from: time.describe('of the first bucket, at or before the moment asked for'),
  to: time.describe('the end of the last, at or after the moment asked for'),
  source: z.enum(['live', 'minute', 'hour', 'day', 'detail']).describe('what the buckets were made of'),
  bucket: z.enum(BUCKET_STEPS).describe('of the house’s clock and calendar; it ends early where the clock is set'),
  bucket_seconds: z.number().describe('the same as a rule; of months the longest'),
  start_seconds: z.array(z.number()).describe('Unix seconds of each bucket that has data, in order'),
  fields: z.record(
    z.string(),
    z.object({
      min: z.array(z.number().nullable()),
      mean: z.array(z.number().nullable()),
      max: z.array(z.number().nullable()),
    }),
  ),
});

export const peer = z.object({
  peer: count.describe('its number'),
  address: z.string().describe('or the network of many that share one'),
  standing: z.enum(['trusted', 'other', 'refused']),
  since: time,
  logged_in: z.boolean().describe('whether it ever did'),
  conflicts: count,
  last_conflict_at: time.nullable(),
});
const heldCount = z.object({
  battery: z.string(),
  why: z.enum(['conflict', 'newcomer']),
  peer: count.nullable(),
  rows: count,
  first_at: time,
  newest_at: time,
});
export const held = z.array(heldCount);
export const trust = z.object({
  batteries: z.array(z.object({ battery: z.string(), peers: z.array(peer) })),
  held: held.describe(
    'readings that are kept apart: of peers in conflict, and of serial numbers that are no battery yet',
  ),
});
export const trustDecision = z.strictObject({
  battery: z.string().min(1).max(64),
  action: z.enum(['swap', 'refuse', 'adopt']),
  peer: z.int().min(1).optional().describe('its number; may be left out where there is only one'),
});
export const decided = z.object({ battery: z.string(), action: z.enum(['swap', 'refuse', 'adopt']) });

export const energyQuery = z.strictObject({ ...span, per: z.enum(['hour', 'day', 'month']).default('day') });
const energies = Object.fromEntries(
  FLOWS.map((flow) => [`${flow}_energy`, z.number().nullable().describe('kWh')]),
) as Record<`${(typeof FLOWS)[number]}_energy`, z.ZodNullable<z.ZodNumber>>;
export const energy = z.object({
  per: z.enum(['hour', 'day', 'month']),
  buckets: z.array(
    z.object({
      start: time.describe('from when on the numbers are; of the first not before what was asked for'),
      end: time.describe('up to when they are; of the last not after what was asked for'),
      ...energies,
      incomplete: z.array(z.string()).describe('energies of which a part is lost: a counter was reset unheard'),
    }),
  ),
});

export const eventsQuery = z.strictObject({ ...span, limit: z.coerce.number().int().min(1).max(2000).default(200) });
export const events = z.array(
  z.object({
    time: time.nullable(),
    received_at: time,
    source: z.enum(['battery', 'server']),
    name: z.string(),
    code: z.int().nullable(),
    meaning: z.string().nullable().describe('inferred; null where nobody knows'),
    text: z.string(),
  }) satisfies Json<ShownEvent>,
);

export const gaps = z.array(
  z.object({
    from: time,
    to: time,
    minutes: count,
    filled_minutes: count,
    state: z.enum(['open', 'asked', 'filled', 'partly', 'refused']),
    asked_at: time.nullable(),
  }) satisfies Json<ShownGap>,
);

export const epochs = z.array(
  z.object({
    since: time,
    offset_seconds: z.int(),
    drift_ppm: z.number(),
    reason: z.enum(['first_frame', 'drift', 'jump', 'restart', 'server_clock', 'vendor']),
    unconfirmed: z.boolean().describe('measured by the server’s clock, which nothing had confirmed'),
  }) satisfies Json<EpochState>,
);

export const configuration = z.object({
  received_at: time,
  last_received_at: time,
  settings: z.array(
    z.object({
      name: z.string().describe('ours, or the vendor’s where we have none'),
      title: z.string(),
      unit: z.string(),
      value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
      private: z.boolean().describe('then the value is not told'),
      certainty: z.enum(['confirmed', 'likely', 'unknown']),
    }),
  ),
});

export const framesQuery = z.strictObject({
  kind: z.enum(['recent', 'unknown', 'discarded', 'conversation']).default('recent'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const frame = z.object({
  key: z.string(),
  time,
  connection: count,
  battery: z.string().nullable(),
  direction: z.enum(['from_battery', 'to_battery', 'from_vendor', 'to_vendor']),
  name: z.string().describe('such as live, or unknown 7'),
  type: z.int().nullable(),
  command: z.int().nullable(),
  size: count.describe('bytes, header and checksum included'),
  checksum: z.enum(['right', 'wrong', 'none']).describe('of what was sent'),
  checksum_recomputed: z
    .boolean()
    .describe('whether that in hex was computed anew, because private values were replaced'),
  understood: z.boolean(),
  reason: z.string().nullable().describe('a code of docs/errors.md, where something was wrong'),
  hex: z.string().describe('redacted: private values are replaced by asterisks'),
  fields: z.array(
    z.object({
      wire: z.string(),
      name: z.string().nullable(),
      text: z.string().nullable(),
      unit: z.string(),
      certainty: z.string(),
    }),
  ),
});
export const frames = z.array(frame);

/** Fields as the page labels them: the one table. */
export const field = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.string(),
  kind: z.string(),
  certainty: z.enum(['confirmed', 'likely', 'unknown']),
  sign: z.string().nullable(),
  value: z.enum(['number', 'flag', 'text']).describe('a flag is 1 or 0'),
  range: z
    .object({ min: z.number(), max: z.number() })
    .nullable()
    .describe('what a measured value can be, both inclusive'),
  show: z
    .enum(['main', 'detail', 'hidden'])
    .describe('main is among the first things seen, detail for who looks closer, hidden only for who asks'),
  panel: z.enum(PANELS).describe('what it stands together with, in the order of the page'),
  decimals: z.int().nullable().describe('that mean something, where the unit does not say'),
  phase: z.int().nullable().describe('of which phase it is; 2 and 3 are 0 in a house with one'),
  in: z.array(z.string()),
  words: z.record(z.string(), z.string()).nullable().describe('known codes in words'),
});
export const fields = z.array(field);

/** What /api/live tells: `event:` is the type, `data:` this. */
/** Of a change of settings: docs/control.md. */
export const controlState = z.enum([
  ...(['proposed', 'asked', 'accepted', 'fetched', 'echoed', 'observed', 'done'] as const),
  ...(['refused', 'timed_out', 'different', 'superseded', 'undone'] as const),
]);

export const liveEvents = {
  reading: z.object({
    battery: z.string(),
    kind: z.enum(['live', 'detail']),
    time,
    values,
    held: heldValues,
    other: z.record(z.string(), z.string()).describe('unknown fields under the vendor’s names, without private ones'),
  }),
  battery,
  server_state: z.object({ storing: z.boolean(), connections: count }),
  event: z.object({ battery: z.string().nullable(), event: events.element }),
  gap: z.object({ battery: z.string(), gap: gaps.element }),
  clock: z.object({ battery: z.string(), clock }),
  configuration: z.object({ battery: z.string() }).describe('a battery has reported its configuration'),
  control: z
    .object({ battery: z.string(), change: count.describe('its number'), state: controlState })
    .describe('a change of a battery’s settings has come to another state'),
  frame: frame.describe('only with ?frames=true'),
  page: z
    .object({ build: z.string().nullable() })
    .describe(
      'which build of the page the server hands out, at the beginning and every 15 s; null where it is not built',
    ),
  reset: z.object({}).describe('what was missed is no longer known: load anew'),
} satisfies { [Type in keyof NewsViews]: z.ZodType<NewsViews[Type]> } & Record<'frame' | 'page' | 'reset', z.ZodType>;
