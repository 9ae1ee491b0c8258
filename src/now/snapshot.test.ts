import { expect, it, vi } from 'vitest';
import { SERIAL, valuesOf } from '../../test/records.ts';
import { columnsOf } from '../protocol/fields/fields.ts';
import { KeptSnapshot, LastValues } from './snapshot.ts';

function snapshot(soc: number, last = new LastValues()): KeptSnapshot {
  return new KeptSnapshot('live', 5000, valuesOf('live', { soc, load_power_method: SERIAL }), [SERIAL], last);
}

it('shows its values by our names, without a serial number', () => {
  expect(snapshot(5)).toMatchObject({ timeMs: 5000, values: { soc: 5, load_power_method: '[private]' } });
});

it('works them out when they are asked for, once for all who ask one after the other', () => {
  const last = new LastValues();
  const [one, other] = [snapshot(1, last), snapshot(2, last)];
  const work = vi.spyOn(one, 'workOut');
  expect(work).not.toHaveBeenCalled();
  expect(one.values).toBe(one.values);
  expect(work).toHaveBeenCalledTimes(1);
  expect([other.values, one.values]).toMatchObject([{ soc: 2 }, { soc: 1 }]);
  expect(work).toHaveBeenCalledTimes(2);
});

it('says which of them are of before, and of when', () => {
  expect(snapshot(5).held).toEqual([]);
  const soc = columnsOf('live').findIndex(({ name }) => name === 'soc');
  const held = new KeptSnapshot(
    'live',
    5000,
    valuesOf('live', { soc: 5 }),
    [],
    new LastValues(),
    new Map([[soc, 3000]]),
  );
  expect(held.held).toEqual([{ field: 'soc', timeMs: 3000 }]);
});
