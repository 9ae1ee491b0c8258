/**
 * The battery's configuration as people look for it: by what it is about, windows as times, and apart what is not in use.
 */
import { settingTexts } from './setting-texts.ts';
import type { ShownSetting } from './types.ts';

export type SettingGroupName = keyof typeof settingTexts.groups;

export interface SettingRow {
  readonly setting: ShownSetting;
  readonly title: string;
  /** What is shown in place of the value; null: the value. */
  readonly words: string | null;
}

export interface SettingGroup {
  readonly name: SettingGroupName;
  readonly rows: readonly SettingRow[];
}

export interface GroupedSettings {
  readonly groups: readonly SettingGroup[];
  readonly unused: readonly SettingRow[];
}

const GROUPS: readonly (readonly [SettingGroupName, RegExp])[] = [
  ['generator', /^generator_/],
  ['contacts', /^dry_contact_/],
  ['versions', /_version$/],
  ['charging', /^(grid_charge|discharge_control|(dis)?charge_|ems_mode|l\d_|feed_in_limit|no_battery_mode)/],
  [
    'grid',
    /^(grid_code|power_factor|voltage_limit|temperature_limit|output_current|dc_injection|residual_current|pv_insulation)/,
  ],
  ['plant', /^(pv_|inverter_|battery_|meter_|grid_meter|grid_ct|coupling|backup_box|scb_|bmu_|network_|fan_)/],
];

const WINDOW = /^((?:dis)?charge_window_\d)_(start|end)$/;

function groupOf(name: string): SettingGroupName {
  return GROUPS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'more';
}

/** Hours of the day, such as 4.5, as a clock shows them. */
function clockOf(hours: number): string {
  const minutes = Math.round(hours * 60);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Start and end of a window are one row, under its start; other hours of the day are times too. */
function rowOf(setting: ShownSetting, byName: ReadonlyMap<string, ShownSetting>): SettingRow | null {
  const { name, title, value, unit } = setting;
  const [, window, edge] = WINDOW.exec(name) ?? [];
  const start = byName.get(`${window}_start`)?.value;
  const end = byName.get(`${window}_end`)?.value;
  if (typeof start === 'number' && typeof end === 'number') {
    if (edge === 'end') return null;
    const words = start === end ? settingTexts.noWindow : `${clockOf(start)} – ${clockOf(end)}`;
    return { setting, title: settingTexts.window(title), words };
  }
  const isHour = unit === 'h' && typeof value === 'number' && value >= 0 && value <= 24;
  return { setting, title, words: isHour ? clockOf(value) : null };
}

/** Whether it has no effect: empty, a window of no length, or a part of what is switched off or not fitted. */
function isUnused({ setting: { name, value }, words }: SettingRow, byName: ReadonlyMap<string, ShownSetting>): boolean {
  if (words === settingTexts.noWindow || value === '' || value === null) return true;
  const contact = /^(dry_contact_\d+)_/.exec(name)?.[1];
  const switches: readonly (readonly [boolean, string])[] = [
    [contact !== undefined, `${contact}_enabled`],
    [name.startsWith('generator_'), 'generator_enabled'],
    [name === 'backup_box_version', 'backup_box_fitted'],
  ];
  return switches.some(([belongs, by]) => belongs && name !== by && byName.get(by)?.value === false);
}

/** @param settings those that are told, in the battery's order, which is kept within a group */
export function groupedSettings(settings: readonly ShownSetting[]): GroupedSettings {
  const byName = new Map(settings.map((setting) => [setting.name, setting]));
  const rows = settings.map((setting) => rowOf(setting, byName)).filter((row) => row !== null);
  const used = rows.filter((row) => !isUnused(row, byName));
  const names = Object.keys(settingTexts.groups) as SettingGroupName[];
  const groups = names.map((name) => ({ name, rows: used.filter(({ setting }) => groupOf(setting.name) === name) }));
  return {
    groups: groups.filter(({ rows: found }) => found.length > 0),
    unused: rows.filter((row) => isUnused(row, byName)),
  };
}
