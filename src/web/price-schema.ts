/**
 * What the interface says of prices, in the words of schema.ts.
 */
import * as z from 'zod';
import { time } from './schema.ts';

export const pricesQuery = z.strictObject({
  from: time.optional().describe('without: a day ago'),
  to: time.optional().describe('without: up to the last that is known'),
});

const price = z.object({
  from: time,
  to: time,
  price: z.number().describe('in `unit`, as it is paid; may be negative'),
});

export const prices = z.object({
  source: z
    .object({ kind: z.enum(['http', 'mqtt']), where: z.string() })
    .nullable()
    .describe('null: none is configured'),
  currency: z.string(),
  unit: z.string().describe('such as EUR/kWh'),
  now: price.nullable().describe('null: there is none for now'),
  known_until: time.nullable().describe('up to when there are prices from now on, without a break'),
  taken_at: time.nullable().describe('when they came last'),
  next_at: time.nullable().describe('when they are fetched next'),
  stale: z.boolean().describe('whether what is known may be out of date'),
  problem: z
    .object({ code: z.string(), detail: z.string(), since: time })
    .nullable()
    .describe('why no more is known; its code is in docs/errors.md'),
  prices: z.array(price).describe('in their order; a time that none is of has no price'),
});
