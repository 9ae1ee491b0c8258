/**
 * What electricity costs at which time, as far as it is known.
 */
import type * as z from 'zod';
import type { KnownPrice } from '../../model.ts';
import type { PriceView } from '../../prices/price-keeper.ts';
import * as schema from '../price-schema.ts';
import { WebError } from '../problem.ts';
import { iso } from '../views.ts';
import { type Route, route } from './route.ts';

/** Who knows them. */
export interface Pricing {
  readonly view: PriceView;
  /** Those for any time between two moments, Unix seconds, in their order. */
  between(from: number, to: number): Promise<readonly KnownPrice[]>;
}

const DAY_SECONDS = 86_400;
const BACK_SECONDS = DAY_SECONDS;
const AHEAD_SECONDS = 10 * DAY_SECONDS;
const LONGEST_SECONDS = 100 * DAY_SECONDS;

export const PRICE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/prices',
    summary: 'What electricity costs at which time, and what is known of its source',
    role: 'view',
    query: schema.pricesQuery,
    response: schema.prices,
    answer: async ({ query }, { prices, facts }) => {
      const now = Math.floor(facts.now() / 1000);
      const from = query.from === undefined ? now - BACK_SECONDS : Date.parse(query.from) / 1000;
      const to = query.to === undefined ? Math.max(from, now) + AHEAD_SECONDS : Date.parse(query.to) / 1000;
      if (to - from > LONGEST_SECONDS)
        throw new WebError('REQUEST_INVALID', `from and to: more than ${LONGEST_SECONDS / DAY_SECONDS} days`);
      return { ...viewOf(prices.view), prices: (await prices.between(from, to)).map(priceView) };
    },
  }),
];

function viewOf(found: PriceView): Omit<z.infer<typeof schema.prices>, 'prices'> {
  const { source, currency, now, knownUntil, takenMs, nextMs, isStale, problem } = found;
  return {
    source,
    currency,
    unit: `${currency}/kWh`,
    now: now === null ? null : priceView(now),
    known_until: knownUntil === null ? null : iso(knownUntil * 1000),
    taken_at: takenMs === null ? null : iso(takenMs),
    next_at: nextMs === null ? null : iso(nextMs),
    stale: isStale,
    problem: problem === null ? null : { code: problem.code, detail: problem.detail, since: iso(problem.sinceMs) },
  };
}

function priceView({ from, to, price }: KnownPrice) {
  return { from: iso(from * 1000), to: iso(to * 1000), price };
}
