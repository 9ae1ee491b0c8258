/**
 * What the interface says of the tap, in the words of schema.ts.
 */
import * as z from 'zod';
import { count, time } from './schema.ts';

export const tap = z
  .object({
    source: z.enum(['command', 'input']).describe('tap.command, or standard input'),
    state: z.enum(['starting', 'listening', 'waiting', 'ended']),
    since: time,
    starts: count.describe('of the command'),
    packets: count,
    other_packets: count.describe('of other ports'),
    frames_from_battery: count,
    frames_from_server: count,
    own_frames: count.describe('of this server’s own connections, passed over'),
    lost_bytes: count.describe('of connections, not recorded'),
    problem: z.object({ code: z.string(), detail: z.string() }).nullable().describe('code: docs/errors.md'),
  })
  .nullable()
  .describe('null where nothing is tapped');
