/**
 * Flags that stand for settings: named, described and with the default of the table of settings.
 */
import { Option } from 'commander';
import type { ConfigSources } from '../config/load.ts';
import { SETTINGS, type Setting, settingAt } from '../config/settings.ts';

/** The option of a setting such as `battery.listen`. @throws Error where it has no flag */
export function settingOption(key: string): Option {
  const setting = settingAt(key);
  const { flag, word, fallback } = setting;
  if (flag === undefined) throw new Error(`the setting ${key} has no flag`);
  return new Option(`${flagOf(setting)} <${flag}>`, `${word} (default ${fallback})`);
}

/** Which file is read. */
export function configOption(): Option {
  return new Option('--config <file>', 'configuration (default alphaess-local.yaml, where there is one)');
}

/** What a command was given for settings, of all its flags as commander hands them over. */
export function givenSettings(flags: object): ConfigSources['flags'] {
  return SETTINGS.filter(({ flag }) => flag !== undefined).map((setting) => {
    const given = (flags as Record<string, unknown>)[new Option(flagOf(setting)).attributeName()];
    return { flag: flagOf(setting), path: setting.path, value: given === undefined ? undefined : String(given) };
  });
}

/** `--battery-listen` */
export function flagOf({ path }: Setting): string {
  return `--${path.join('-').replaceAll('_', '-')}`;
}
