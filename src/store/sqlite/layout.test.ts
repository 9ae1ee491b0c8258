import { expect, it } from 'vitest';
import { LAYOUT } from './layout.ts';

it('the order of values is that of the table of fields, for each kind of reading', () => {
  expect(Object.keys(LAYOUT)).toEqual(['live', 'detail', 'history']);
  expect(LAYOUT.live.slice(0, 3)).toEqual(['pv_power', 'pv1_power', 'pv2_power']);
  for (const names of Object.values(LAYOUT)) {
    expect(names).toContain('soc');
    expect(new Set(names).size).toBe(names.length);
  }
  expect(LAYOUT.detail).toContain('battery_voltage');
  expect(LAYOUT.live).not.toContain('battery_voltage');
});
