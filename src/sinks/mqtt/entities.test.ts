import { describe, expect, it } from 'vitest';
import { ENTITIES, eventType, FAULTS, isPlainName, SETTING_FIELDS } from './entities.ts';

describe('entities', () => {
  it('have keys of their own', () => {
    const keys = ENTITIES.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[a-z0-9]+(?:_[a-z0-9]+)*$/);
  });

  it('have names in sentence case', () => {
    for (const { name } of ENTITIES) expect(name).toMatch(/^[A-Z]/);
  });

  it('know what is a fault', () => {
    expect(FAULTS).toEqual(expect.arrayContaining(['err_inv', 'war_inv', 'err_bms', 'bms_shutdown', 'id_temp_high']));
    expect(FAULTS).not.toContain('bms_state');
  });

  it('know the settings that matter, by whole hours', () => {
    expect(SETTING_FIELDS.map(({ name }) => name).sort()).toEqual(
      [
        ...['grid_charge_enabled', 'discharge_control_enabled', 'charge_stop_soc', 'discharge_stop_soc'],
        ...['battery_capacity', 'battery_usable_share'],
        ...['charge', 'discharge'].flatMap((does) =>
          [1, 2].flatMap((n) => [`${does}_window_${n}_start`, `${does}_window_${n}_end`]),
        ),
      ].sort(),
    );
  });

  it('knows the events of the relay by their names', () => {
    const names = [
      ...[
        'vendor_up',
        'vendor_away',
        'vendor_order',
        'vendor_order_dropped',
        'vendor_order_unanswered',
        'vendor_silent',
      ],
      ...['vendor_blocked', 'vendor_held', 'vendor_let', 'vendor_settings_held', 'vendor_settings_passed'],
      ...['vendor_settings_same', 'vendor_settings_unreadable', 'vendor_settings_postponed', 'vendor_settings_allowed'],
      ...['vendor_settings_confirmed', 'vendor_settings_refused', 'vendor_settings_applied'],
    ];
    expect(names.map(eventType)).toEqual(names);
  });

  it('know the types of events, and one for all others', () => {
    expect(['connected', 'EventLog', 'Xyz', '__proto__'].map(eventType)).toEqual([
      'connected',
      'EventLog',
      'other',
      'other',
    ]);
  });

  it.each([
    ['Xyz', true],
    ['x_1', true],
    ['', false],
    ["a'b", false],
    ['a b', false],
    ['a'.repeat(41), false],
  ])('take %j into a template: %j', (name, plain) => {
    expect(isPlainName(name)).toBe(plain);
  });
});
