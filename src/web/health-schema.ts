/**
 * What a supervisor is told: whether the server is alive, and whether it is ready.
 */
import * as z from 'zod';
import { count } from './schema.ts';

export const health = z.object({ status: z.literal('ok') });
export const ready = z.object({
  status: z.enum(['ready', 'not ready']),
  listening: z.boolean().describe('whether batteries are listened to'),
  storing: z.boolean().describe('whether what they send can be kept at present'),
  problems: z.record(z.string(), count).describe('how often each was seen since the start, by its code'),
});
