import { describe, expect, it } from 'vitest';
import { BATTERY_FIELDS, STATE_FIELDS } from './battery.ts';
import type { Field } from './field.ts';

const byWire = (fields: readonly Field[], wire: string) => fields.filter((field) => field.wire.includes(wire));

describe('the battery fields', () => {
  it.each([
    ['VcellLow', 'cell_voltage_min', 'Lowest', 'lowest cell'],
    ['VcellHigh', 'cell_voltage_max', 'Highest', 'highest cell'],
    ['TcellLow', 'cell_temp_min', 'Lowest', 'coldest sensor'],
    ['TcellHigh', 'cell_temp_max', 'Highest', 'hottest sensor'],
  ])('take %s apart into three, each titled for what it is', (wire, name, value, place) => {
    const [first, pack, position] = byWire(BATTERY_FIELDS, wire);
    expect(first).toMatchObject({ name, title: expect.stringContaining(value) });
    expect(pack).toMatchObject({ name: `${name}_pack`, read: 'packed_pack', title: `Pack of the ${place}` });
    expect(position).toMatchObject({ read: 'packed_position', title: `Number of the ${place}` });
    expect(byWire(BATTERY_FIELDS, wire)).toHaveLength(3);
  });

  it('know six packs', () => {
    const packs = BATTERY_FIELDS.filter((field) => /^pack\d_(soc|current)$/.test(field.name));
    expect(packs.map((field) => field.wire[0])).toEqual([
      ...['SOC1', 'SOC2', 'SOC3', 'SOC4', 'SOC5', 'SOC6', 'BatC1', 'BatC2', 'BatC3', 'BatC4', 'BatC5', 'BatC6'],
    ]);
  });

  it('give the current of the whole battery a sign, and that of a pack none: it contradicted BatC', () => {
    expect(byWire(BATTERY_FIELDS, 'BatC')).toMatchObject([{ sign: '+ discharging, − charging' }]);
    expect(byWire(BATTERY_FIELDS, 'BatC1')[0]?.sign).toBeUndefined();
  });

  it('have only the state of charge in the live message', () => {
    expect(BATTERY_FIELDS.filter((field) => field.in.includes('live')).map((field) => field.name)).toEqual(['soc']);
  });

  it('word the states of the BMS as the vendor does', () => {
    expect(byWire(BATTERY_FIELDS, 'BmsWork')[0]?.words).toEqual({
      ...{ 0: 'standby', 1: 'work', 2: 'paralleling', 4: 'maintenance' },
    });
  });
});

describe('the state fields', () => {
  it('show no words for codes that are unknown or differ by make', () => {
    expect(byWire(STATE_FIELDS, 'InvWorkMode')[0]).toMatchObject({ certainty: 'likely', kind: 'state' });
    expect(STATE_FIELDS.filter((field) => field.words !== undefined)).toEqual([]);
  });

  it('call the low-temperature alarm so, despite its name on the wire', () => {
    expect(byWire(STATE_FIELDS, 'IdTempelover')).toMatchObject([{ name: 'id_temp_low' }]);
    expect(byWire(STATE_FIELDS, 'IdTempEover')).toMatchObject([{ name: 'id_temp_high' }]);
  });

  it('keep “99,99” of a modem as text', () => {
    expect(byWire(STATE_FIELDS, 'CSQ')).toMatchObject([{ read: 'text' }]);
    expect(byWire(STATE_FIELDS, 'EmsStatus')).toMatchObject([{ read: 'text' }]);
  });

  it('grade nothing known by its name alone above likely', () => {
    const byName = ['SYSMode', 'UPSModel', 'EVCGunLockFlag'].map((wire) => byWire(STATE_FIELDS, wire)[0]?.certainty);
    expect(byName).toEqual(['unknown', 'unknown', 'likely']);
  });
});
