/**
 * What is asked and answered where something is imported, or bundled to be shared.
 */
import * as z from 'zod';
import { count } from './schema.ts';

export const bundleRequest = z.strictObject({
  shift_dates: z.boolean().default(false).describe('whether all dates are moved back by some number of weeks'),
});
export const bundle = z.object({
  name: z.string().describe('of the file'),
  files: z.array(z.object({ name: z.string(), what: z.string(), bytes: count })).describe('what is in it'),
  zip: z.string().describe('all of it, in base64'),
});

export const importing = z.strictObject({
  recording: z.string().describe('the name of a folder in the data folder, into which the command has read it'),
  as: z.string().nullable().optional().describe('the id of the battery that it is to be of; without, it is kept apart'),
  dry_run: z.boolean().default(false).describe('whether it is only to be counted'),
});
const importedCounts = z.object({ added: count, known: count.describe('that were there') });
export const imported = z.object({
  batteries: z.array(
    z.object({
      id: z.string(),
      own_id: z.string().nullable().describe('of the house’s own battery of that serial number'),
      rows: z.record(z.string(), importedCounts).describe('live, detail, history, events, configurations, frames'),
      too_old: count.describe('live readings older than such of the house are kept: not imported as its own'),
      undated: count.describe('readings without a date: no live message of it was recorded'),
    }),
  ),
  nameless: count.describe('frames and events of which it is not known whose they are: not imported'),
});
