import { describe, expect, it } from 'vitest';
import { ENERGY_NAMES } from './query/energy.ts';
import * as schema from './schema.ts';

describe('what is asked', () => {
  it('has what is usual where nothing is said', () => {
    expect(schema.readingsQuery.parse({ fields: 'soc' })).toEqual({ fields: 'soc', points: 500 });
    expect(schema.energyQuery.parse({})).toEqual({ per: 'day' });
    expect(schema.eventsQuery.parse({ limit: '7' })).toEqual({ limit: 7 });
    expect(schema.framesQuery.parse({})).toEqual({ kind: 'recent', limit: 100 });
  });

  it.each([
    { points: '' },
    { points: '1.5' },
    { points: 'Infinity' },
    { points: '-1' },
    { points: ['1', '2'] },
    { from: '2026-11-23' },
  ])('is refused where it is none: %j', (change) => {
    expect(schema.readingsQuery.safeParse({ fields: 'soc', ...change }).success).toBe(false);
  });
});

it('has a place for each flow of energy', () => {
  const bucket = Object.fromEntries(ENERGY_NAMES.map((name) => [name, 1]));
  expect(
    schema.energy.parse({
      per: 'day',
      buckets: [{ start: '2026-11-23T00:00:00Z', ...bucket, incomplete: ['pv_energy'] }],
    }).buckets[0],
  ).toMatchObject({ ...bucket, incomplete: ['pv_energy'] });
});
