/**
 * What the interface says of leaving, in the words of schema.ts.
 */
import * as z from 'zod';
import { count, time } from './schema.ts';

const step = z.object({ done: z.boolean().describe('seen, not only asked for'), sentence: z.string() });
const event = z.object({ time: time.nullable(), name: z.string(), text: z.string() });
export const leaveRequest = z.strictObject({ confirm: z.literal('leave').describe('typed by the owner') });
export const leaveReport = z.object({
  since: time.nullable().describe('when the owner said so; from then on nothing new is done to a battery'),
  done: z.boolean(),
  redirect: step,
  batteries: z.array(
    z.object({
      battery: z.string(),
      name: z.string(),
      settings: step.describe('whether its settings are as they were before this server changed them'),
      stays: z.array(z.string()).describe('what the owner has set without an end: it stays'),
      gone: step.describe('whether it does not come here any more'),
      unseen: z
        .object({ since: time, sentence: z.string(), log_entries: count, newest: z.array(event) })
        .describe('what the vendor did not see meanwhile'),
    }),
  ),
});
