import { describe, expect, it } from 'vitest';
import { fixture } from '../../../test/wire.ts';
import { CONTROL_FIELDS, DRY_CONTACT_FIELDS, GENERATOR_FIELDS } from './control-settings.ts';
import type { Field } from './field.ts';

const ALL = [...CONTROL_FIELDS, ...GENERATOR_FIELDS, ...DRY_CONTACT_FIELDS];
const called = (fields: readonly Field[], wire: string): Field =>
  fields.find((field) => field.wire.includes(wire)) ?? expect.unreachable(`no field ${wire}`);

describe('the charge and discharge windows', () => {
  const hours = CONTROL_FIELDS.filter((field) => /window_\d_(start|end)$/.test(field.name));

  it('are two of each kind with two ends, on weekdays and at weekends', () => {
    const day = 'TimeChaF1 TimeChaE1 TimeChaF2 TimeChaE2 TimeDisF1 TimeDisE1 TimeDisF2 TimeDisE2'.split(' ');
    const weekend = day.map((wire) => wire.replace(/(\d)$/, 'WE$1'));
    expect(hours.map((field) => field.wire[0])).toEqual([...day, ...weekend]);
  });

  it('are in hours, and say that this may be otherwise', () => {
    for (const field of hours) expect(field.unit).toBe('h');
    expect(called(CONTROL_FIELDS, 'TimeChaF1').note).toContain('minutes');
  });

  it('are titled for people', () => {
    expect(called(CONTROL_FIELDS, 'TimeChaF1').title).toBe('Charge window 1, start');
    expect(called(CONTROL_FIELDS, 'TimeDisEM2').title).toBe('Discharge window 2, end, minute');
    expect(called(CONTROL_FIELDS, 'TimeDisEWE2').title).toBe('Weekend: discharge window 2, end');
  });

  it('are never sent by the battery for the weekend', () => {
    const weekend = CONTROL_FIELDS.filter((field) => field.wire.some((wire) => /WE\d?$/.test(wire)));
    expect(weekend).toHaveLength(12);
    for (const field of weekend) expect(field.in).toEqual(['config_reply']);
  });
});

describe('the generator', () => {
  it('has words for the three modes that are known', () => {
    expect(called(GENERATOR_FIELDS, 'GeneratorMode').words).toEqual({
      ...{ 1: 'by state of charge', 2: 'by time', 4: 'by hand' },
    });
  });
});

describe('the dry contacts', () => {
  it('are two with the same settings', () => {
    const wires = (n: number) =>
      DRY_CONTACT_FIELDS.filter((field) => field.name.startsWith(`dry_contact_${n}_`)).map((field) => field.wire[0]);
    expect(wires(1)).toHaveLength(DRY_CONTACT_FIELDS.length / 2);
    expect(wires(2)).toEqual(wires(1).map((wire) => wire?.replace('1', '2')));
  });
});

describe('every setting of control', () => {
  it('stays a setting: none is read as a measurement', () => {
    expect(ALL.filter((field) => field.kind !== 'setting')).toEqual([]);
  });

  it('has each its own name and key', () => {
    expect(new Set(ALL.map((field) => field.name)).size).toBe(ALL.length);
    expect(new Set(ALL.flatMap((field) => field.wire)).size).toBe(ALL.length);
  });

  it('covers what the fixture configuration says of windows, generator and contacts', () => {
    const keys = Object.keys(JSON.parse(fixture('1-1-4.config.json')));
    const ours = keys.filter((key) =>
      /^(Time|GC|Generator|L\d|Channel|ControlMode|Switch|Delay|Pause|UPS\d)/.test(key),
    );
    expect(ours.length).toBeGreaterThan(30);
    for (const key of ours) expect(called(ALL, key).in).toContain('config');
  });
});
