import { expect, it } from 'vitest';
import { energyBody } from './energy-body.ts';

it('has every counter and flow, null where nothing is known, rounded down to watt-hours', () => {
  const flows = { pv_energy: 12.3456789, load_energy: 0.30000000000000004 };
  const body = energyBody({
    type: 'energy',
    battery: 'b3f1c2',
    timeMs: 1_718_190_240_000,
    dayStartMs: 1_718_146_800_000,
    counters: { pv_energy: 100 },
    total: flows,
    today: { load_energy: 0.2999 },
  });
  expect(body).toMatchObject({
    time: '2024-06-12T11:04:00.000Z',
    day_start: '2024-06-11T23:00:00.000Z',
    pv_energy: 100,
    pv_energy_integrated: 12.345,
    load_energy_integrated: 0.3,
    pv_energy_today: null,
    load_energy_today: 0.299,
  });
});
