import { expect, it } from 'vitest';
import { groupedSettings } from './setting-groups.ts';
import type { ShownSetting } from './types.ts';

const setting = (name: string, value: ShownSetting['value'], unit = '', title = name): ShownSetting => {
  return { name, title, unit, value, private: false, certainty: 'confirmed' } as ShownSetting;
};
const told = (settings: readonly ShownSetting[]) => {
  const { groups, unused } = groupedSettings(settings);
  const rows = (of: typeof unused) => of.map(({ title, words, setting: { value } }) => [title, words ?? value]);
  return { groups: Object.fromEntries(groups.map((group) => [group.name, rows(group.rows)])), unused: rows(unused) };
};

it('stand by what they are about, in the battery’s order', () => {
  expect(
    told([
      setting('wifi_version', '1'),
      setting('inverter_rating', 5, 'kW'),
      setting('grid_code', 2),
      setting('discharge_stop_soc', 13, '%'),
      setting('charge_stop_soc', 100, '%'),
      setting('of_the_vendor', 'x'),
    ]).groups,
  ).toEqual({
    charging: [
      ['discharge_stop_soc', 13],
      ['charge_stop_soc', 100],
    ],
    plant: [['inverter_rating', 5]],
    grid: [['grid_code', 2]],
    versions: [['wifi_version', '1']],
    more: [['of_the_vendor', 'x']],
  });
});

it('a window is one row with its times, also over midnight and to the minute', () => {
  const window = (name: string, start: number, end: number) => [
    setting(`${name}_start`, start, 'h', `${name}, start`),
    setting(`${name}_end`, end, 'h', `${name}, end`),
  ];
  expect(
    told([
      ...window('charge_window_1', 23, 4.5),
      ...window('charge_window_2', 0, 0),
      ...window('discharge_window_1', 18.25, 24),
    ]),
  ).toEqual({
    groups: {
      charging: [
        ['charge_window_1', '23:00 – 04:30'],
        ['discharge_window_1', '18:15 – 24:00'],
      ],
    },
    unused: [['charge_window_2', 'none']],
  });
});

it('half a window, and hours that are none, are told as they are', () => {
  expect(told([setting('charge_window_1_end', 5, 'h')]).groups.charging).toEqual([['charge_window_1_end', '05:00']]);
  expect(told([setting('charge_window_1_end', 99, 'h')]).groups.charging).toEqual([['charge_window_1_end', 99]]);
});

it('what is switched off, not fitted or empty is apart; its switch is not', () => {
  const settings = [
    setting('generator_enabled', false),
    setting('generator_start_soc', 10, '%'),
    setting('dry_contact_1_enabled', false),
    setting('dry_contact_1_mode', 1),
    setting('dry_contact_2_enabled', true),
    setting('dry_contact_2_mode', 0),
    setting('backup_box_fitted', false),
    setting('backup_box_version', '0.0.0'),
    setting('bmu_model', ''),
  ];
  expect(told(settings)).toEqual({
    groups: {
      plant: [['backup_box_fitted', false]],
      generator: [['generator_enabled', false]],
      contacts: [
        ['dry_contact_1_enabled', false],
        ['dry_contact_2_enabled', true],
        ['dry_contact_2_mode', 0],
      ],
    },
    unused: [
      ['generator_start_soc', 10],
      ['dry_contact_1_mode', 1],
      ['backup_box_version', '0.0.0'],
      ['bmu_model', ''],
    ],
  });
});

it('what has no switch that is off is in use', () => {
  expect(told([setting('generator_mode', 0)]).unused).toEqual([]);
});
