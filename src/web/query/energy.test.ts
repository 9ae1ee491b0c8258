import { describe, expect, it } from 'vitest';
import { Calendar } from '../../store/energy/calendar.ts';
import type { StoreReader } from '../../store/reader.ts';
import { ENERGY_NAMES, energyOf, totalsOf } from './energy.ts';

const calendar = new Calendar('Europe/Dublin');
const seconds = (text: string) => Date.parse(text) / 1000;

/** What a store that keeps energy tells of days, kWh of every flow. */
function reader(rows: readonly [start: string, kwh: number | null, incomplete?: number][]): StoreReader {
  async function* energy(span: string, { fromMs, toMs }: { fromMs: number; toMs: number }) {
    for (const [start, kwh, incomplete = 0] of span === 'day' ? rows : []) {
      if (Date.parse(start) < fromMs || Date.parse(start) >= toMs) continue;
      yield { start: seconds(start), energies: ENERGY_NAMES.map(() => kwh), incomplete };
    }
  }
  return { energy } as unknown as StoreReader;
}

/** The whole of some years, in Dublin. */
const SPAN = { battery: 'b', fromMs: Date.parse('2025-01-01T00:00:00Z'), toMs: Date.parse('2027-01-01T00:00:00Z') };

describe('energy', () => {
  it('is told day by day as the store has it', async () => {
    const kept = reader([
      ['2026-06-30T23:00:00Z', 2],
      ['2026-07-01T23:00:00Z', null],
    ]);
    expect(await energyOf(kept, 'day', SPAN, calendar)).toMatchObject([
      { start: '2026-06-30T23:00:00.000Z', end: '2026-07-01T23:00:00.000Z', pv_energy: 2, load_energy: 2 },
      { start: '2026-07-01T23:00:00.000Z', end: '2026-07-02T23:00:00.000Z', pv_energy: null },
    ]);
    expect(await energyOf(kept, 'hour', SPAN, calendar)).toEqual([]);
  });

  it('of a month is that of its days, as far as they are known', async () => {
    const kept = reader([
      ['2026-03-28T00:00:00Z', 1],
      ['2026-03-29T23:00:00Z', 2],
      ['2026-03-31T23:00:00Z', null],
      ['2026-04-01T23:00:00Z', 4],
    ]);
    expect(await energyOf(kept, 'month', SPAN, calendar)).toMatchObject([
      { start: '2026-03-01T00:00:00.000Z', end: '2026-03-31T23:00:00.000Z', pv_energy: 3 },
      { start: '2026-03-31T23:00:00.000Z', end: '2026-04-30T23:00:00.000Z', pv_energy: 4 },
    ]);
  });

  it('says what it lacks: of a month, what any of its days does', async () => {
    const [first, second] = [ENERGY_NAMES[0], ENERGY_NAMES[2]];
    const kept = reader([
      ['2026-03-02T00:00:00Z', 1, 0b101],
      ['2026-03-03T00:00:00Z', 2],
      ['2026-03-04T00:00:00Z', 2, 0b001],
    ]);
    expect((await energyOf(kept, 'day', SPAN, calendar)).map(({ incomplete }) => incomplete)).toEqual([
      [first, second],
      [],
      [first],
    ]);
    expect(await energyOf(kept, 'month', SPAN, calendar)).toMatchObject([{ incomplete: [first, second] }]);
  });

  it('is none where nothing is kept', async () => {
    expect(await energyOf(reader([]), 'day', SPAN, calendar)).toEqual([]);
    expect(await energyOf(reader([]), 'month', SPAN, calendar)).toEqual([]);
  });
});

describe('totals', () => {
  /** 60 kWh in all, of which 5 of today; a kilowatt hour in each of the last minutes. */
  function filled(unfinished: readonly string[]): StoreReader {
    const all = (kwh: number) => ENERGY_NAMES.map((name) => (name === 'grid_charge_energy' ? null : kwh));
    async function* energy(span: string, { fromMs = 0 }: { fromMs?: number }) {
      const rows = span === 'day' ? ['2026-06-30T23:00:00Z'] : unfinished;
      for (const start of rows) {
        if (Date.parse(start) >= fromMs)
          yield { start: seconds(start), energies: all(span === 'day' ? 5 : 1), incomplete: 0 };
      }
    }
    return { energy, energyTotal: async () => all(60) } as unknown as StoreReader;
  }
  const at = async (now: string, ...minutes: string[]) =>
    (await totalsOf(filled(minutes), ['b'], Date.parse(now), calendar)).b;

  it('leave out minutes that may not be over', async () => {
    const told = await at(
      '2026-07-01T12:00:30Z',
      '2026-07-01T11:57:00Z',
      '2026-07-01T11:58:00Z',
      '2026-07-01T12:00:00Z',
    );
    expect(told).toMatchObject({ today: { pv_energy: 3, grid_charge_energy: null } });
    expect(told).toMatchObject({ total: { pv_energy: 58, grid_charge_energy: null } });
  });

  it('leave minutes of yesterday in today’s', async () => {
    const told = await at('2026-06-30T23:00:30Z', '2026-06-30T22:59:00Z', '2026-06-30T23:00:00Z');
    expect(told).toMatchObject({ today: { pv_energy: 4 }, total: { pv_energy: 58 } });
  });
});
