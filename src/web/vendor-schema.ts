/**
 * What the interface says of the relay, in the words of schema.ts.
 */
import * as z from 'zod';
import { count, time } from './schema.ts';

export const relay = z.object({
  upstream: z.string().nullable().describe('null where nothing is relayed'),
  connections: z.array(
    z.object({
      connection: count,
      battery: z.string().nullable(),
      state: z.enum(['connecting', 'up', 'waiting', 'stopped']),
      since: time,
      has_login: z.boolean().describe('whether the connection begins with the login of the battery'),
      sent: count.describe('messages for the vendor'),
      received: count,
      damaged: count.describe('messages of the vendor’s with a wrong checksum: they go nowhere'),
      dropped: count.describe('for the vendor, which read too slowly'),
      missed: count.describe('for the vendor, which was away'),
      problem: z.object({ code: z.string(), detail: z.string() }).nullable().describe('code: docs/errors.md'),
    }),
  ),
  commands: z.array(z.object({ name: z.string(), policy: z.string(), why: z.string() })),
});
export const difference = z.object({
  key: z.string().describe('the vendor’s name'),
  name: z.string().nullable(),
  title: z.string().nullable(),
  owner: z.enum(['owner', 'guarded', 'other']).describe('guarded: dangerous to change'),
  private: z.boolean().describe('then the values are not told'),
  from: z.string().nullable(),
  to: z.string().nullable().describe('null: left out'),
});
export const vendor = z.object({
  counts: z.object({ pass: count, consume: count, hold: count, block: count }).describe('messages of the vendor’s'),
  blocked: z.record(z.string(), count).describe('by command'),
  requests: z.array(
    z.object({
      at: time,
      command: z.string().nullable().describe('null where it could not be read'),
      action: z.enum(['pass', 'consume', 'hold', 'block']),
      rule: z.string(),
    }),
  ),
  clock_set: time
    .nullable()
    .describe('when the vendor set the clock: all that was said then is kept, and worth sharing'),
  held: z
    .object({
      since: time,
      finding: z.string().describe('unknown: the battery has not told its settings yet'),
      differences: z.array(difference),
      unconfirmed: z.array(z.string()).describe('settings of which nothing is known to compare with'),
    })
    .nullable(),
  postponed: z
    .object({ verb: z.string(), until: time, differences: z.array(difference) })
    .nullable()
    .describe(
      'what it wants of settings that a verb of yours holds (from: the verb’s): they are so when the verb ends',
    ),
});
export const vendorDecision = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('allow'),
    confirm: z.string().max(64).optional().describe('the id of the battery, where what is dangerous would change'),
  }),
  z.strictObject({ action: z.literal('refuse') }),
  z.strictObject({
    action: z.literal('let'),
    command: z.string().regex(/^[\w.-]{1,40}$/),
    minutes: z.int().min(1).max(60),
  }),
]);
export const vendorDecided = z.object({ battery: z.string(), action: z.enum(['allow', 'refuse', 'let']) });
