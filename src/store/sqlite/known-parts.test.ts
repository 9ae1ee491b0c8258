import { describe, expect, it } from 'vitest';
import { folded, row } from '../../../test/minutes.ts';
import { KnownParts } from './known-parts.ts';

const HOUR = 3600;
const NOW = 1_718_190_000;

function house() {
  const { db, fold } = folded();
  return { fold, known: new KnownParts(db) };
}

describe('the parts a battery was heard to have', () => {
  it('are none where nothing was heard', () => {
    expect(house().known.of(1)).toEqual([]);
  });

  it('are the powers in its newest reading of each kind, with when it came', () => {
    const { fold, known } = house();
    fold(row('live', NOW, { grid_power_l1: 5, grid_power_l2: null, grid_power: 5, soc: 50 }));
    fold(row('history', NOW - 60, { inverter_power_l1: 7 }));
    const times = new Set(known.of(1).map(({ kind, name, receivedMs }) => `${kind} ${name} ${receivedMs}`));
    expect([...times]).toEqual([`live grid_power_l1 ${NOW * 1000}`, `history inverter_power_l1 ${(NOW - 60) * 1000}`]);
  });

  it('are those of some readings before it, too: in the newest one may be missing', () => {
    const { fold, known } = house();
    fold(row('live', NOW - 5 * HOUR, { grid_power_l1: 1, grid_power_l2: 2, grid_power_l3: 3 }));
    fold(row('live', NOW, { grid_power_l1: 1, grid_power_l2: null }));
    expect(new Set(known.of(1).map(({ name }) => name))).toEqual(
      new Set(['grid_power_l1', 'grid_power_l2', 'grid_power_l3']),
    );
  });

  it('are none whose number cannot be, and none of another battery', () => {
    const { fold, known } = house();
    fold(row('live', NOW, { grid_power_l1: 65_535 }), row('live', NOW, { grid_power_l2: 5 }, 2));
    expect(known.of(1)).toEqual([]);
  });
});
