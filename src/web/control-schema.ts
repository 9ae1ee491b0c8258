/**
 * What the interface says of control, in the words of schema.ts.
 */
import * as z from 'zod';
import { controlState, count, time } from './schema.ts';

const windows = z
  .array(z.tuple([z.string(), z.string()]))
  .max(2)
  .describe('in the house’s time, [["02:00", "05:00"]]; told to the battery in whole hours of its clock; none: []');
const percent = z.int().min(0).max(100);
const ownerSettings = z.strictObject({
  grid_charge: z.boolean().optional().describe('whether the charge windows are in force'),
  charge_limit: percent.optional().describe('grid charging stops there, %'),
  charge_windows: windows.optional(),
  discharge_only_in_windows: z.boolean().optional(),
  discharge_windows: windows.optional(),
  lowest_charge: percent.optional().describe('discharging stops there, %'),
  reserve: percent.optional().describe('for outages, %; not every model has it'),
});
export const controlRequest = z.strictObject({
  verb: z.enum(['hold', 'charge', 'normal']).optional().describe('or settings'),
  until: z.iso.datetime({ offset: true }).optional().describe('of hold and charge; without: control.default_end'),
  charge_limit: percent.optional().describe('of charge; without: 100'),
  settings: ownerSettings.optional(),
  override: z.boolean().optional().describe('one write more than the budget and the interval have'),
  confirm: z.boolean().optional().describe('although what is known of the battery’s configuration may be out of date'),
  experiment: z
    .string()
    .max(64)
    .optional()
    .describe('the id of the battery, typed: without a configuration of the vendor’s'),
});
const shownValue = z.union([z.boolean(), z.number(), z.string(), z.array(z.array(z.string())), z.null()]);
const shownChange = z.object({ name: z.string(), from: shownValue, to: shownValue });
export const controlPreview = z.object({
  changes: z.array(shownChange),
  effect: z.string(),
  warnings: z.array(z.string()),
  writes_left: count.describe('today, before this'),
  until: time.nullable(),
});
export const controlTaken = z.object({ change: count.describe('its number'), state: z.string() });
const controlFrame = z.object({ at: time, from: z.enum(['server', 'battery']), frame: z.string(), bytes: count });
export const controlChange = z.object({
  change: count,
  wish: z.enum(['hold', 'charge', 'settings', 'normal', 'undo']),
  charge_limit: z.number().nullable().describe('of charge, %'),
  undoes: count.nullable().describe('the number of the change that it undoes'),
  by: z.object({ kind: z.enum(['page', 'token', 'local', 'mqtt', 'schedule', 'server']), name: z.string() }),
  state: controlState,
  holds: z.boolean().describe('whether the battery may have it, so that it will be undone'),
  obeyed: z.boolean().nullable().describe('whether the power that followed agrees; null where that was not seen'),
  until: time.nullable(),
  steps: z.array(z.object({ state: controlState, at: time, note: z.string() })),
  changes: z.array(shownChange),
  before: z.record(z.string(), z.string()).describe('by the vendor’s names'),
  after: z.record(z.string(), z.string()),
  written: z.array(time).describe('when the battery was given a configuration'),
  frames: z.array(controlFrame),
});
export const controlChangeSaid = controlChange.extend({
  frames: z.array(
    controlFrame.extend({
      hex: z.string().describe('the whole frame, private values replaced by stars'),
      checksum_recomputed: z.boolean().describe('because private values were replaced'),
    }),
  ),
});
export const controlChanges = z.array(controlChange);
export const controlView = z.object({
  enabled: z.boolean(),
  leaving: z.boolean().describe('whether the owner is about to leave this server: /api/leave'),
  unavailable: z.string().nullable().describe('why nothing can be changed now'),
  mode: z.enum(['normal', 'hold', 'charge']),
  until: time.nullable(),
  holding: count.nullable().describe('the change that the battery has'),
  under_way: count.nullable(),
  waiting: count.nullable(),
  last: controlChange.nullable(),
  changed_elsewhere: z.array(z.string()).describe('what somebody else has set otherwise while a verb holds'),
  writes_left: count,
  writes_per_day: count,
  settings: z.record(z.string(), shownValue),
  clock_ahead_seconds: z
    .number()
    .nullable()
    .describe('of the house’s time; null where the battery’s clock is not known'),
});
