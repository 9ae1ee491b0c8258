import { describe, expect, it } from 'vitest';
import { faultsOf, troubles } from './health.ts';
import type { ShownBattery, ShownField, ShownServer } from './types.ts';

const field = (name: string, kind = 'fault', words: Record<string, string> | null = null): ShownField => {
  const panel = kind === 'fault' ? 'faults' : 'power';
  return {
    ...{ name, title: name, unit: '', kind, certainty: 'confirmed', sign: null, in: [], words, panel },
    ...{ value: 'number', range: null, show: 'hidden', decimals: null, phase: null },
  };
};
const FIELDS = [field('err_bms', 'fault', { '4': 'cold' }), field('war_inv'), field('soc', 'state_of_charge')];
const battery = (part: Partial<ShownBattery>): ShownBattery => {
  return {
    id: 'a',
    name: 'Garage',
    first_seen: '2026-11-23T09:00:00Z',
    connected: true,
    tapped: false,
    stale: false,
    last_reading_at: '2026-11-23T09:00:00Z',
    live: null,
    detail: null,
    clock: null,
    open_gaps: 0,
    conflict: null,
    ...part,
  };
};
const SERVER = { storing: true } as ShownServer;

describe('faults', () => {
  it('are fault fields that say something, with words where known', () => {
    expect(faultsOf({ err_bms: 4, war_inv: '12', soc: 80 }, FIELDS)).toEqual([
      { name: 'err_bms', title: 'err_bms', code: '4', words: 'cold', certainty: 'confirmed' },
      { name: 'war_inv', title: 'war_inv', code: '12', words: null, certainty: 'confirmed' },
    ]);
  });

  it.each([0, '0', '', null, undefined])('%j is none', (value) => {
    expect(faultsOf(value === undefined ? undefined : { err_bms: value }, FIELDS)).toEqual([]);
  });
});

describe('troubles', () => {
  it('there are none when all is well', () => {
    const clock = { offset_seconds: 0, ahead_of_house_seconds: -3, drift_ppm: 1, settled: true, unconfirmed: false };
    expect(troubles(SERVER, [battery({ clock })], FIELDS)).toEqual([]);
    expect(troubles(null, [], FIELDS)).toEqual([]);
  });

  it('a blackout is one, while it is of now', () => {
    const detail = (blackout: number | null) => ({ time: '', held: [], values: { blackout } });
    const kinds = (one: Parameters<typeof battery>[0]) =>
      troubles(SERVER, [battery(one)], FIELDS).map(({ kind }) => kind);
    expect(kinds({ detail: detail(1) })).toEqual(['blackout']);
    expect([kinds({ detail: detail(0) }), kinds({ detail: detail(null) })]).toEqual([[], []]);
    expect(kinds({ detail: detail(1), stale: true })).toEqual(['stale']);
  });

  it('are all told', () => {
    const clock = { offset_seconds: 0, ahead_of_house_seconds: 3600, drift_ppm: 1, settled: true, unconfirmed: false };
    const detail = { time: '', held: [], values: { err_bms: 4 } };
    const conflict = { peer: 2, since: '2026-11-23T09:00:00Z' };
    const found = troubles(
      { ...SERVER, storing: false },
      [battery({ connected: false, last_reading_at: null }), battery({ stale: true, clock, detail, conflict })],
      FIELDS,
    );
    expect(found.map(({ kind }) => kind)).toEqual([
      'not_storing',
      'not_connected',
      'stale',
      'fault',
      'conflict',
      'clock',
    ]);
  });
});
