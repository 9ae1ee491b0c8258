import { describe, expect, it } from 'vitest';
import type { ControlWish } from '../../model.ts';
import { Observation } from './observation.ts';

const HOLD: ControlWish = { kind: 'hold' };
const CHARGE: ControlWish = { kind: 'charge', limit: 80 };

function seen(
  wish: ControlWish,
  watts: number | null,
  percent: number | null,
  rated: number | null = null,
  times = 18,
) {
  const observation = new Observation(wish);
  for (let n = 0; n < times; n++) observation.add({ watts, percent }, false);
  const { verdict, note } = observation.verdict(rated);
  return `${verdict}: ${note}`;
}

describe('the power that follows', () => {
  it.each([
    ['a hold that holds', HOLD, 0, 50, null, 'agrees: on average the battery discharged with 0 W'],
    ['a hold at the limit', HOLD, 200, 50, null, 'agrees: on average the battery discharged with 200 W'],
    ['a hold beyond it', HOLD, 201, 50, null, 'disagrees: on average the battery discharged with 201 W'],
    ['a hold of a large inverter', HOLD, 450, 50, 10_000, 'agrees: on average the battery discharged with 450 W'],
    ['a hold with sun', HOLD, -2000, 50, null, 'agrees: on average the battery charged with 2000 W'],
    ['a charge', CHARGE, -3000, 50, null, 'agrees: on average the battery charged with 3000 W'],
    ['a charge that discharges', CHARGE, 300, 50, null, 'disagrees: on average the battery discharged with 300 W'],
    [
      'a charge that does nothing',
      CHARGE,
      0,
      50,
      null,
      'disagrees: on average the battery discharged with 0 W, at 50 %',
    ],
    [
      'a charge of a battery nobody knows the charge of',
      CHARGE,
      0,
      null,
      null,
      'disagrees: on average the battery discharged with 0 W, at 0 %',
    ],
    ['a charge that is there', CHARGE, 0, 80.4, null, 'agrees: its charge has come to 80.4 %'],
    [
      'a charge of a full battery',
      { kind: 'charge', limit: 100 } as const,
      0,
      99.6,
      null,
      'not_observable: the battery is full',
    ],
  ])('%s', (_what, wish, watts, percent, rated, expected) => {
    expect(seen(wish, watts, percent, rated)).toBe(expected);
  });

  it('says nothing where few readings came, or none with a power', () => {
    expect(seen(HOLD, 500, 50, null, 5)).toBe('not_observable: too few readings came');
    expect(seen(HOLD, null, 50)).toBe('not_observable: too few readings came');
  });

  it('says nothing where the grid was gone for a moment', () => {
    const observation = new Observation(HOLD);
    for (let n = 0; n < 18; n++) observation.add({ watts: 900, percent: 50 }, n === 3);
    expect(observation.verdict(null)).toEqual({ verdict: 'not_observable', note: 'the grid was gone' });
  });
});
