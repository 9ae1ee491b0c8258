import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import type { Pricing } from './prices.ts';

const HERE = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}` };
const T = Date.parse('2026-11-27T10:30:00Z') / 1000;
const PRICE = { from: T - 1800, to: T + 1800, price: -0.012, known: 5 };
const SHOWN = { from: '2026-11-27T10:00:00.000Z', to: '2026-11-27T11:00:00.000Z', price: -0.012 };

async function webWith(prices: Partial<Pricing>) {
  const { folder, store } = stored(identity());
  const web = await webOn(folder, store, { prices, nowMs: T * 1000 });
  return { ...web, tokens: tokensIn(folder) };
}

describe('prices on the interface', () => {
  it('are shown with where they come from, for a day back and all that is known', async () => {
    const asked: number[][] = [];
    const { get } = await webWith({
      view: {
        ...{ source: { kind: 'http', where: 'prices.example' }, currency: 'SEK', now: PRICE, knownUntil: T + 1800 },
        ...{ takenMs: T * 1000, nextMs: (T + 3600) * 1000, isStale: false },
        problem: { code: 'PRICES_REFUSED', detail: 'HTTP 401', sinceMs: T * 1000 },
      },
      between: async (from, to) => {
        asked.push([from - T, to - T]);
        return [PRICE];
      },
    });
    expect((await get('/api/prices', HERE)).json).toEqual({
      ...{ source: { kind: 'http', where: 'prices.example' }, currency: 'SEK', unit: 'SEK/kWh', now: SHOWN },
      ...{ known_until: SHOWN.to, taken_at: '2026-11-27T10:30:00.000Z', next_at: '2026-11-27T11:30:00.000Z' },
      problem: { code: 'PRICES_REFUSED', detail: 'HTTP 401', since: '2026-11-27T10:30:00.000Z' },
      ...{ stale: false, prices: [SHOWN] },
    });
    await get('/api/prices?from=2026-11-27T10:30:00Z&to=2026-11-28T10:30:00Z', HERE);
    await get('/api/prices?from=2026-12-27T10:30:00Z', HERE);
    expect(asked).toEqual([
      [-86_400, 864_000],
      [0, 86_400],
      [30 * 86_400, 40 * 86_400],
    ]);
  });

  it('are none where none are configured', async () => {
    const { get } = await webWith({});
    expect((await get('/api/prices', HERE)).json).toEqual({
      ...{
        source: null,
        currency: 'EUR',
        unit: 'EUR/kWh',
        now: null,
        known_until: null,
        taken_at: null,
        next_at: null,
      },
      ...{ stale: true, problem: null, prices: [] },
    });
  });

  it('are for who may look, and for a span that can be read', async () => {
    const { get, tokens } = await webWith({});
    expect((await get('/api/prices', { host: 'localhost' })).status).toBe(401);
    expect((await get('/api/prices', { host: 'localhost', authorization: `Bearer ${tokens.view}` })).status).toBe(200);
    for (const query of ['from=yesterday', 'from=2026-01-01T00:00:00Z&to=2026-11-27T00:00:00Z', 'span=1'])
      expect(await get(`/api/prices?${query}`, HERE)).toMatchObject({ status: 400, json: { code: 'REQUEST_INVALID' } });
  });
});
