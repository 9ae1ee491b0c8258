/**
 * What the interface says of recordings, in the words of schema.ts.
 */
import * as z from 'zod';
import { count, time } from './schema.ts';

export const recordings = z.object({
  recording: z.boolean().describe('whether one is made now'),
  private: z.boolean().describe('whether private values are in that'),
  since: time.nullable(),
  until: time.nullable().describe('when it ends by itself'),
  frames: count,
  dropped: count.describe('messages that were not written: the disk was too slow, or there were too many connections'),
  files: z.array(
    z.object({
      name: z.string(),
      bytes: count,
      since: time,
      private: z.boolean().describe('then it is in the data folder alone'),
    }),
  ),
});

export const recordingOrder = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('start'),
    minutes: z.int().min(1).max(1440),
    private: z.boolean().optional().describe('as it was sent: by commands on this machine alone'),
  }),
  z.strictObject({ action: z.literal('stop') }),
]);
