import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FieldSource } from './field.ts';
import { FIELDS, fieldByName, fieldsOnWire } from './fields.ts';
import { SETTING_FIELDS, SETTING_GROUPS } from './settings.ts';

const SAMPLES = new URL('../../../../shared/samples/', import.meta.url);
const HAVE_SAMPLES = existsSync(SAMPLES);

describe('the settings', () => {
  it('are their groups, each with a title of its own', () => {
    expect(SETTING_FIELDS).toEqual(SETTING_GROUPS.flatMap((group) => group.fields));
    expect(new Set(SETTING_GROUPS.map((group) => group.title)).size).toBe(SETTING_GROUPS.length);
  });

  it('are found only in the two messages of the configuration', () => {
    const sources = new Set<FieldSource>(SETTING_FIELDS.flatMap((field) => field.in));
    expect([...sources].toSorted()).toEqual(['config', 'config_reply']);
  });

  it('give each key to one field', () => {
    const wires = SETTING_FIELDS.flatMap((field) => field.wire.map((wire) => wire.toLowerCase()));
    expect(new Set(wires).size).toBe(wires.length);
    expect(wires).toHaveLength(SETTING_FIELDS.length);
  });

  it.each([
    ['GridCharge', 'grid_charge_enabled', 'flag', ''],
    ['CtrDis', 'discharge_control_enabled', 'flag', ''],
    ['BatHighCap', 'charge_stop_soc', 'number', '%'],
    ['BatUseCap', 'discharge_stop_soc', 'number', '%'],
    ['TimeChaF1', 'charge_window_1_start', 'number', 'h'],
    ['TimeChaE1', 'charge_window_1_end', 'number', 'h'],
    ['TimeChaF2', 'charge_window_2_start', 'number', 'h'],
    ['TimeDisF1', 'discharge_window_1_start', 'number', 'h'],
    ['TimeDisE2', 'discharge_window_2_end', 'number', 'h'],
    ['TimeDisEM2', 'discharge_window_2_end_minute', 'number', 'min'],
    ['TimeChaFWE1', 'weekend_charge_window_1_start', 'number', 'h'],
    ['TimeDisEWE2', 'weekend_discharge_window_2_end', 'number', 'h'],
    ['BatterySN18', 'pack18_serial', 'text', ''],
    ['StartTime2B', 'dry_contact_2_window_b_start', 'text', ''],
    ['Pause1', 'dry_contact_1_pause', 'number', 'min'],
    ['OnGridCap', 'pv_size_ac_coupled', 'number', 'W'],
  ])('call %s %s', (wire, name, read, unit) => {
    expect(fieldsOnWire(wire)).toEqual([expect.objectContaining({ name, read, unit })]);
  });

  it('do not claim that BatReady means that a battery is ready', () => {
    expect(fieldsOnWire('BatReady')).toEqual([expect.objectContaining({ name: 'no_battery_mode', read: 'flag' })]);
  });

  it('have words only for known codes', () => {
    expect(fieldByName('coupling')?.words).toEqual({ 1: 'AC', 2: 'DC', 3: 'hybrid' });
    for (const field of FIELDS) {
      if (field.words) expect(field.read === 'number' && field.certainty !== 'unknown', field.name).toBe(true);
    }
  });
});

describe.skipIf(!HAVE_SAMPLES)('the captured configurations (skipped where ../shared/samples is absent)', () => {
  const keys = (name: string) => Object.keys(JSON.parse(readFileSync(new URL(name, SAMPLES), 'utf8')));
  const config = HAVE_SAMPLES ? keys('1-1-4.json') : [];
  const reply = HAVE_SAMPLES ? keys('1-2-3.json') : [];

  it.each([
    ['config', config],
    ['config_reply', reply],
  ] as const)('hold no key that is unknown in %s', (source, wires) => {
    expect(wires.filter((wire) => !fieldsOnWire(wire).some((field) => field.in.includes(source)))).toEqual([]);
  });

  it('agree with the table on which of the two messages carries a key', () => {
    for (const wire of new Set([...config, ...reply])) {
      const captured = [config.includes(wire) && 'config', reply.includes(wire) && 'config_reply'].filter(Boolean);
      const sources = fieldsOnWire(wire).flatMap((field) => field.in);
      expect(
        sources.filter((source) => source.startsWith('config')),
        wire,
      ).toEqual(captured);
    }
  });
});
