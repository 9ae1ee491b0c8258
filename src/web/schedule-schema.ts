/**
 * What the interface says of schedules, in the words of schema.ts.
 */
import * as z from 'zod';
import { time } from './schema.ts';

const clockTime = z.string().regex(/^\d{2}:\d{2}$/, 'expected a time such as 22:00');
const verb = z.enum(['hold', 'charge', 'normal']);

const scheduleWindow = z.strictObject({
  name: z.string().max(40).default(''),
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .optional()
    .describe('on which it begins; without days and dates: every day'),
  dates: z
    .array(z.string().max(21))
    .optional()
    .describe('2026-12-24, or 2026-12-24/2027-01-01: these go before windows of weekdays'),
  from: clockTime.describe('in the house’s time'),
  to: clockTime.describe('up to 24:00; before from: on the next day'),
  verb: verb.describe('normal: nothing is wanted then, whatever other windows say'),
  charge_limit: z.int().optional().describe('of charge, 10 to 100 %'),
});

const ruleDays = {
  name: z.string().max(40).default('').describe('without: what it says'),
  days: scheduleWindow.shape.days.describe('on which its time begins; without days and dates: every day'),
  dates: scheduleWindow.shape.dates.describe('2026-12-24, or 2026-12-24/2027-01-01'),
};
const priceRule = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z.literal('cheapest').describe('charge in the cheapest hours'),
    ...ruleDays,
    hours: z.number().describe('how many: 0.25 to 24, in quarters'),
    before: clockTime.describe('in the house’s time'),
    after: clockTime.optional().describe('without: a whole day before'),
    charge_limit: z.int().describe('10 to 100 %'),
    below: z.number().optional().describe('only hours that cost less, in the currency for a kWh'),
    most_stretches: z.int().default(2).describe('1 to 6; each takes two writes'),
  }),
  z.strictObject({
    rule: z.literal('hold_above').describe('hold while it costs more'),
    ...ruleDays,
    price: z.number().describe('in the currency for a kWh'),
    after: clockTime.optional().describe('with before: only between these times'),
    before: clockTime.optional(),
  }),
]);

export const schedules = z.strictObject({
  windows: z.array(scheduleWindow),
  rules: z.array(priceRule).default([]).describe('by prices; the first goes before the others, and windows before all'),
  revision: z.string().max(40).optional().describe('of those that were read: refused where they were set since'),
});

const stretch = z.object({
  from: time,
  to: time,
  verb,
  charge_limit: z.number().nullable(),
  by: z.string().describe('the window that says so'),
});

export const schedulesView = z.object({
  enabled: z.boolean().describe('whether control is'),
  time_zone: z.string(),
  windows: z.array(scheduleWindow),
  now: stretch.nullable().describe('what applies now; null: nothing is wanted'),
  until: time.nullable().describe('when something else is wanted; null: not within a week'),
  next: stretch.nullable().describe('what is wanted then'),
  plan: z
    .array(stretch.extend({ price: z.number().nullable().describe('on average, in the currency for a kWh') }))
    .describe('of the next two days'),
  rules: z.array(priceRule),
  currency: z.string(),
  words: z.array(z.string()).describe('what each rule has planned, what that costs, or why nothing is planned'),
  revision: z.string(),
  last: z
    .object({ at: time, text: z.string() })
    .nullable()
    .describe('what was asked of control last, or why nothing is'),
});
