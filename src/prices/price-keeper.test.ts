/** Through all of the keeper: a source that says what a test wants, a clock of its own, a store in memory. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { KnownPrice } from '../model.ts';
import { PriceKeeper, type PriceKeeperParts } from './price-keeper.ts';
import { PriceTrouble } from './price-source.ts';

/** 13:00 in a house that is two hours ahead of UTC. */
const START = Date.parse('2026-07-01T11:00:00Z');
const T = START / 1000;
const HOUR = 3600;
const TERMS = { currency: 'EUR', unit: 'kWh', factor: 1, add: 0 } as const;
/** By the hour, from now on. */
const priced = (...prices: number[]) => from(0, ...prices);
const from = (hour: number, ...prices: number[]) =>
  JSON.stringify(
    prices.map((price, n) => ({
      start: new Date((T + (hour + n) * HOUR) * 1000).toISOString().replace('.000', ''),
      end: new Date((T + (hour + n + 1) * HOUR) * 1000).toISOString().replace('.000', ''),
      price,
    })),
  );

function memoryOf(): PriceKeeperParts['memory'] & { kept: KnownPrice[] } {
  const notes = new Map<string, string>();
  const memory = {
    kept: [] as KnownPrice[],
    replace: async (first: number, last: number, prices: readonly KnownPrice[]) => {
      const others = memory.kept.filter((one) => one.from >= last || one.to <= first);
      memory.kept = [...others, ...prices].sort((one, other) => one.from - other.from);
    },
    between: async (first: number, last: number) => memory.kept.filter((one) => one.from < last && one.to > first),
    recall: (name: string) => notes.get(name) ?? null,
    remember: (entries: ReadonlyMap<string, string>) => {
      for (const [name, text] of entries) notes.set(name, text);
    },
  };
  return memory;
}

interface HouseOptions extends Partial<PriceKeeperParts> {
  readonly isByDate?: boolean;
  readonly memory?: ReturnType<typeof memoryOf>;
}

function houseOf({ isByDate = false, memory = memoryOf(), ...more }: HouseOptions = {}) {
  const house = {
    memory,
    said: [] as string[],
    dates: [] as string[],
    /** What the source says, or why it does not. */
    answer: (_date: string): string => priced(0.1, 0.2),
  };
  const fetch = async (date: string) => {
    house.dates.push(date);
    return house.answer(date);
  };
  const keeper = new PriceKeeper({
    source: { kind: 'http', where: 'prices.example', key: 'a', fetched: { everyMs: HOUR * 1000, isByDate, fetch } },
    terms: TERMS,
    memory,
    houseOffset: () => 7200,
    said: (code, detail) => void house.said.push(`${code}: ${detail}`),
    wallMs: () => Date.now(),
    random: () => 0.5,
    ...more,
  });
  onTestFinished(() => keeper.stop());
  return { ...house, house, keeper };
}

const refused = () => {
  throw new PriceTrouble('PRICES_REFUSED', 'HTTP 401');
};
const away = () => {
  throw new PriceTrouble('PRICES_UNREACHABLE', 'ECONNREFUSED');
};
const paid = ({ prices }: PriceKeeper) => prices.map(({ price }) => price);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('prices', () => {
  it('are fetched at once, and each hour', async () => {
    const { keeper, dates, memory, said } = houseOf();
    await keeper.start();
    expect(dates).toEqual([]);
    await pass(0);
    expect(paid(keeper)).toEqual([0.1, 0.2]);
    expect(memory.kept.map(({ price, known }) => [price, known])).toEqual([
      [0.1, T],
      [0.2, T],
    ]);
    expect(keeper.view).toMatchObject({
      ...{ source: { kind: 'http', where: 'prices.example' }, currency: 'EUR', now: { price: 0.1 } },
      ...{ knownUntil: T + 2 * HOUR, takenMs: START, nextMs: START + 3_600_000, isStale: false, problem: null },
    });
    await pass(2 * 3_600_000);
    expect(dates).toEqual(['2026-07-01', '2026-07-01', '2026-07-01']);
    // The third time there was none for then.
    expect(said).toEqual(['PRICES_MISSING: prices.example']);
  });

  it('of tomorrow are asked for too where a request is for one day, and may not be there yet', async () => {
    const { keeper, house, dates, said } = houseOf({ isByDate: true });
    house.answer = (date) => (date === '2026-07-01' ? priced(0.1, 0.2) : '[]');
    await keeper.start();
    await pass(0);
    house.answer = (date) => (date === '2026-07-01' ? priced(0.1, 0.2) : refused());
    await pass(3_600_000);
    expect(paid(keeper)).toEqual([0.1, 0.2]);
    house.answer = (date) => (date === '2026-07-01' ? priced(0.1, 0.2) : from(11, 0.3));
    await pass(3_600_000);
    expect(dates.slice(0, 2)).toEqual(['2026-07-01', '2026-07-02']);
    expect(paid(keeper)).toEqual([0.1, 0.2, 0.3]);
    // Known since they came, for who plans by them.
    expect(keeper.prices.map(({ known }) => known)).toEqual([T, T, T + 2 * HOUR]);
    expect(said).toEqual(['PRICES_MISSING: prices.example']);
  });

  it('are refused where their source says that they are of another energy, or in another currency', async () => {
    const { keeper, house, said } = houseOf();
    house.answer = () => JSON.stringify({ unit: 'Eur/MWh', data: JSON.parse(priced(100)) });
    await keeper.start();
    await pass(0);
    house.answer = () => JSON.stringify({ currency: 'SEK', data: JSON.parse(priced(100)) });
    await pass(60_000);
    expect(said.filter((text) => text.startsWith('PRICES_UNREADABLE'))).toEqual([
      'PRICES_UNREADABLE: the source says MWh, and prices.unit is kWh',
      'PRICES_UNREADABLE: the source says SEK, and prices.currency is EUR',
    ]);
    expect(paid(keeper)).toEqual([]);
  });

  it('are what is paid, and those that are published anew count', async () => {
    const { keeper, house, memory } = houseOf({ terms: { currency: 'EUR', unit: 'MWh', factor: 1.2, add: 0.1 } });
    house.answer = () => priced(100, -50);
    await keeper.start();
    await pass(0);
    expect(paid(keeper)).toEqual([0.22, 0.04]);
    const { version } = keeper;
    house.answer = () => priced(100, 200);
    await pass(3_600_000);
    expect(paid(keeper)).toEqual([0.22, 0.34]);
    expect(memory.kept).toEqual(keeper.prices);
    expect(keeper.version).toBe(version + 1);
    await pass(3_600_000);
    expect(keeper.version).toBe(version + 1);
  });

  it('are there after a restart, and not asked for again before their time', async () => {
    const first = houseOf();
    first.house.answer = () => priced(0.1, 0.2, 0.3);
    await first.keeper.start();
    await pass(0);
    await first.keeper.stop();
    await pass(600_000);
    const second = houseOf({ memory: first.memory });
    second.house.answer = () => priced(0.1, 0.2, 0.3);
    await second.keeper.start();
    await pass(0);
    expect(paid(second.keeper)).toEqual([0.1, 0.2, 0.3]);
    expect(second.dates).toEqual([]);
    await pass(3_000_000);
    expect(second.dates).toHaveLength(1);
    // By other terms they are others.
    const third = houseOf({ memory: first.memory, terms: { ...TERMS, add: 1 } });
    third.house.answer = () => priced(0.1, 0.2, 0.3);
    await third.keeper.start();
    await pass(0);
    expect(paid(third.keeper)).toEqual([1.1, 1.2, 1.3]);
  });

  it('of long ago and of far ahead are not taken, and what is over goes from memory alone', async () => {
    const { keeper, house, memory } = houseOf();
    house.answer = () => from(-50, 9, 0.1);
    await keeper.start();
    await pass(0);
    expect(paid(keeper)).toEqual([]);
    house.answer = () => from(24 * 8, 0.1);
    await pass(3_600_000);
    expect(paid(keeper)).toEqual([0.1]);
    house.answer = () => from(0, 0.5);
    await pass(3_600_000);
    house.answer = () => from(60, 0.6);
    await pass(57 * 3_600_000);
    expect(paid(keeper)).toEqual([0.6, 0.1]);
    expect(memory.kept.map(({ price }) => price)).toEqual([0.5, 0.6, 0.1]);
    expect(await keeper.between(T, T + HOUR)).toMatchObject([{ price: 0.5 }]);
  });
});

describe('a source in trouble', () => {
  it('is tried again, later each time, said once, and what is known stays', async () => {
    const { keeper, house, dates, said } = houseOf();
    await keeper.start();
    await pass(0);
    house.answer = away;
    await pass(3_600_000);
    expect(keeper.view.problem).toEqual({
      code: 'PRICES_UNREACHABLE',
      detail: 'ECONNREFUSED',
      sinceMs: START + 3_600_000,
    });
    expect([keeper.view.nextMs, dates.length]).toEqual([START + 3_600_000 + 45_000, 2]);
    await pass(45_000);
    expect([keeper.view.nextMs, dates.length]).toEqual([START + 3_645_000 + 90_000, 3]);
    expect(paid(keeper)).toEqual([0.1, 0.2]);
    expect(said).toEqual(['PRICES_UNREACHABLE: ECONNREFUSED']);
    house.answer = () => priced(0.1, 0.2);
    await pass(90_000);
    expect(keeper.view.problem).toBeNull();
    expect(said).toEqual(['PRICES_UNREACHABLE: ECONNREFUSED', 'PRICES_KNOWN: 2 are known']);
  });

  it('that wants something of its owner is asked seldom', async () => {
    const { keeper, house, said } = houseOf();
    house.answer = refused;
    await keeper.start();
    await pass(0);
    expect(keeper.view).toMatchObject({ nextMs: START + 2_700_000, isStale: true, now: null });
    await pass(60_000);
    expect(said).toEqual(['PRICES_REFUSED: HTTP 401', 'PRICES_MISSING: prices.example']);
  });

  it('that cannot be read changes nothing', async () => {
    const { keeper, house, said, memory } = houseOf();
    await keeper.start();
    await pass(0);
    house.answer = () => JSON.stringify([{ start: '2026-07-01T12:00:00', price: 1 }]);
    await pass(3_600_000);
    expect(said).toEqual(['PRICES_UNREADABLE: a time is none; expected 2026-11-27T14:00:00+01:00, or Unix time']);
    expect(memory.kept.map(({ price }) => price)).toEqual([0.1, 0.2]);
  });

  it('is said to be stale after three turns without an answer, though a price for now is known', async () => {
    const { keeper, house } = houseOf();
    house.answer = () => priced(...Array(24).fill(0.1));
    await keeper.start();
    await pass(0);
    house.answer = away;
    await pass(3 * 3_600_000);
    expect(keeper.view.isStale).toBe(false);
    await pass(60_000);
    expect(keeper.view).toMatchObject({ isStale: true, now: { price: 0.1 } });
  });

  it('is one with a disk that cannot be written: prices that would be gone after a restart are not used', async () => {
    const memory = memoryOf();
    const { replace } = memory;
    memory.replace = () => Promise.reject(new Error('disk full'));
    const { keeper, said } = houseOf({ memory });
    await keeper.start();
    await pass(0);
    expect([paid(keeper), said[0]]).toEqual([[], 'PRICES_NOT_KEPT: disk full']);
    memory.replace = replace;
    await pass(45_000);
    expect(paid(keeper)).toEqual([0.1, 0.2]);
    const unread = houseOf({ memory: { ...memoryOf(), between: () => Promise.reject(new Error('locked')) } });
    await unread.keeper.start();
    expect(unread.said).toEqual(['PRICES_NOT_KEPT: locked']);
  });

  it('is asked nothing once the server ends', async () => {
    const { keeper, dates } = houseOf();
    await keeper.start();
    await keeper.stop();
    await pass(7_200_000);
    await keeper.fetch();
    expect(dates).toEqual([]);
  });
});

describe('prices that come by themselves', () => {
  const told = (memory = memoryOf()) =>
    houseOf({ memory, source: { kind: 'mqtt', where: 'house/prices', key: 'b', fetched: null } });

  it('are taken as they come, in their order, and nothing is asked for', async () => {
    const { keeper, said, dates } = told();
    const started = keeper.start();
    const first = keeper.heard(priced(0.5));
    await Promise.all([started, first, keeper.heard(priced(0.1, 0.2))]);
    expect(paid(keeper)).toEqual([0.1, 0.2]);
    await keeper.heard('unavailable');
    expect([paid(keeper), said]).toEqual([[0.1, 0.2], ['PRICES_UNREADABLE: no JSON']]);
    expect(keeper.view).toMatchObject({ isStale: false, nextMs: null, problem: { code: 'PRICES_UNREADABLE' } });
    await pass(27 * 3_600_000);
    expect([keeper.view.isStale, dates]).toEqual([true, []]);
  });
});

describe('without a source', () => {
  it('nothing is asked for or said, and what was kept is known', async () => {
    const { keeper, said } = houseOf({ source: null });
    await keeper.start();
    await keeper.fetch();
    await pass(7_200_000);
    expect([keeper.view.source, keeper.isConfigured, said]).toEqual([null, false, []]);
  });
});
