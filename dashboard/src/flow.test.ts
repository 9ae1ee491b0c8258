import { describe, expect, it } from 'vitest';
import {
  balance,
  directionOf,
  flowsOf,
  flowsOfBatteries,
  type HouseFlows,
  heldSince,
  living,
  paceSeconds,
  sumKnown,
  thickness,
  together,
} from './flow.ts';
import type { ShownBattery } from './types.ts';

const flows = (part: Partial<HouseFlows>): HouseFlows => {
  return { pv: 0, grid: 0, battery: 0, load: 0, soc: 50, loadIncludesLosses: false, ...part };
};

describe('flows of a reading', () => {
  it('are null where a value is missing or no number', () => {
    expect(flowsOf({ pv_power: 5, soc: 'x', load_power_method: 'customary' })).toEqual({
      pv: 5,
      grid: null,
      battery: null,
      load: null,
      soc: null,
      loadIncludesLosses: true,
    });
    expect(flowsOf(undefined).pv).toBeNull();
  });
});

describe('several batteries together', () => {
  it('weigh the charge by capacity', () => {
    const both = together([flows({ soc: 100, pv: 1 }), flows({ soc: 0, pv: 2 })], [10, 30]);
    expect(both).toMatchObject({ soc: 25, pv: 3 });
  });

  it('weigh it evenly where a capacity is not known', () => {
    expect(together([flows({ soc: 100 }), flows({ soc: 0 })], [10, null]).soc).toBe(50);
  });

  it('are not known where one is not', () => {
    const one = { id: 'a', live: { time: '', values: { pv_power: 5 } } } as unknown as ShownBattery;
    const other = { id: 'b', live: null } as unknown as ShownBattery;
    expect(flowsOfBatteries([one, other], () => null).pv).toBeNull();
    expect(flowsOfBatteries([one], () => null).pv).toBe(5);
    expect(sumKnown([])).toBeNull();
  });
});

describe('the living of several batteries', () => {
  const at = (id: string, last: string | null, live: object | null = {}) =>
    ({ id, last_reading_at: last, live }) as unknown as ShownBattery;
  const now = Date.parse('2026-11-23T10:00:00Z') / 1000;
  const idsOf = (...batteries: ShownBattery[]) => living(batteries, now).map(({ id }) => id);

  it('are those that sent a reading in the last 90 s', () => {
    const [a, b] = [at('a', '2026-11-23T09:58:30Z'), at('b', '2026-11-23T09:58:29Z')];
    expect(idsOf(a, b, at('c', null), at('d', '2026-11-23T10:00:00Z', null))).toEqual(['a']);
  });

  it('are all where none is: what was last known is shown as old', () => {
    expect(idsOf(at('a', '2026-11-23T08:00:00Z'), at('b', null))).toEqual(['a', 'b']);
    expect(idsOf()).toEqual([]);
  });
});

describe('the balance', () => {
  it('of a sunny day, with what the inverter loses', () => {
    expect(balance(flows({ pv: 5000, grid: -1000, battery: -2000, load: 1900 }))).toEqual({
      sources: [['pv', 5000]],
      uses: [
        ['load', 1900],
        ['battery', 2000],
        ['grid', 1000],
        ['other', 100],
      ],
      total: 5000,
    });
  });

  it('of a night, where the meters differ the other way', () => {
    expect(balance(flows({ grid: 100, battery: 300, load: 450 }))).toEqual({
      sources: [
        ['battery', 300],
        ['grid', 100],
        ['other', 50],
      ],
      uses: [['load', 450]],
      total: 450,
    });
  });

  it('leaves noise out, and is unknown where a flow is', () => {
    expect(balance(flows({ grid: -6, battery: 500, load: 495 }))?.uses).toEqual([['load', 495]]);
    expect(balance(flows({ grid: null }))).toBeNull();
  });
});

it('directions are seen from the middle', () => {
  expect([100, -100, 3, null].map(directionOf)).toEqual(['in', 'out', 'still', 'still']);
});

it('more power runs faster and thicker, within bounds', () => {
  expect(paceSeconds(100)).toBeGreaterThan(paceSeconds(5000));
  expect(paceSeconds(0)).toBe(4);
  expect(paceSeconds(1e9)).toBe(0.35);
  expect(thickness(-5000)).toBeGreaterThan(thickness(100));
  expect(thickness(1e9)).toBe(9);
});

describe('values of before', () => {
  const battery = (held: { field: string; time: string }[]) => ({ live: { held } }) as unknown as ShownBattery;
  const at = (second: string) => `2026-03-02T12:00:${second}.000Z`;

  it('say of when the oldest is that is drawn', () => {
    const one = battery([
      { field: 'soc', time: at('20') },
      { field: 'load_power', time: at('10') },
      { field: 'pv3_power', time: at('00') },
    ]);
    expect(heldSince([one, battery([])])).toBe(Date.parse(at('10')) / 1000);
  });

  it('are none where all is of now', () => {
    expect(heldSince([battery([{ field: 'pv3_power', time: at('00') }]), { live: null } as ShownBattery])).toBeNull();
  });
});
