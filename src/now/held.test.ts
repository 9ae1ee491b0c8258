import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../test/records.ts';
import { columnsOf } from '../protocol/fields/fields.ts';
import { type Filled, filled, NONE_HELD } from './held.ts';

const column = (name: string) => columnsOf('live').findIndex((field) => field.name === name);
const live = (values: Record<string, number>, heldMs: Filled['heldMs'] = NONE_HELD, timeMs = 1000) => ({
  columns: valuesOf('live', values),
  heldMs,
  timeMs,
});
const shown = ({ columns, heldMs }: Filled, name: string) => [columns[column(name)], heldMs.get(column(name)) ?? null];

describe('a value that is not good', () => {
  const before = live({ soc: 62, pv1_power: 1000, pv_power: 1000, load_power: 700, apparent_power: 5 });

  it('is shown as it last was, with its time, and what is worked out of it too', () => {
    const now = filled('live', valuesOf('live', { soc: 61 }), { Ppv1: '4294967295' }, before);
    expect(shown(now, 'soc')).toEqual([61, null]);
    expect(shown(now, 'pv1_power')).toEqual([1000, 1000]);
    expect(shown(now, 'load_power')).toEqual([700, 1000]);
  });

  it('keeps its time however long that lasts', () => {
    const again = live({ soc: 62 }, new Map([[column('soc'), 1000]]), 9000);
    expect(shown(filled('live', valuesOf('live', {}), { SOC: '6553.5' }, again), 'soc')).toEqual([62, 1000]);
  });

  it('is none where it never was, and where it is not mentioned at all', () => {
    expect(shown(filled('live', valuesOf('live', {}), { SOC: '6553.5' }, null), 'soc')).toEqual([null, null]);
    expect(shown(filled('live', valuesOf('live', {}), { SOC: '1e9', New: '1' }, live({})), 'soc')).toEqual([
      null,
      null,
    ]);
    const silent = filled('live', valuesOf('live', {}), { SOC: '6553.5' }, before);
    expect(shown(silent, 'apparent_power')).toEqual([null, null]);
    expect(filled('live', valuesOf('live', {}), { New: '1' }, before).heldMs).toBe(NONE_HELD);
    expect(filled('live', valuesOf('live', {}), null, before).heldMs).toBe(NONE_HELD);
  });
});
