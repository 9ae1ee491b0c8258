import { describe, expect, it } from 'vitest';
import { ENTRIES, SECRET_NAMES, SECTIONS_WITH_SECRETS, SETTINGS, settingAt, settingsIn } from './settings.ts';

const keyOf = ({ path }: { readonly path: readonly string[] }) => path.join('.');

describe('the settings', () => {
  it('are named in the environment by their path, no two alike', () => {
    const variables = SETTINGS.map(({ variable }) => variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(settingAt('store.keep.live').variable).toBe('ALPHAESS_LOCAL_STORE_KEEP_LIVE');
    expect(settingAt('data').variable).toBe('ALPHAESS_LOCAL_DATA');
  });

  it('have a form: a text, a list or names', () => {
    const formed = (form: string) => SETTINGS.filter((setting) => setting.form === form).map(keyOf);
    expect(formed('map')).toEqual(['battery.names', 'battery.limits', 'web.token_files', 'relay.policy']);
    expect(formed('list')).toEqual([
      ...['battery.allow', 'battery.trusted_networks', 'battery.serials'],
      ...['web.trusted_proxies', 'web.hosts', 'web.frame_ancestors', 'web.tokens', 'mqtt.leave_out'],
      ...['relay.resolvers', 'relay.share', 'tap.command'],
    ]);
  });

  it('are secret where they are called so, and then may stand in a file', () => {
    const secrets = SETTINGS.filter(({ secret }) => secret === true).map(keyOf);
    expect(secrets).toEqual([
      ...['web.password', 'web.view_password', 'mqtt.password', 'influx.token', 'influx.password', 'pvoutput.api_key'],
      'prices.token',
    ]);
    for (const key of secrets) expect(SETTINGS.map(keyOf)).toContain(`${key}_file`);
    expect([...SECRET_NAMES]).toEqual(['password', 'view_password', 'token', 'api_key']);
    expect([...SECTIONS_WITH_SECRETS]).toEqual(['web', 'mqtt', 'influx', 'pvoutput', 'prices']);
  });

  it('that are named for a secret are one, or the file of one', () => {
    const telling = SETTINGS.filter(({ path }) => /(?:password|secret|api_key|token)$/.test(path.at(-1) ?? ''));
    expect(telling.filter(({ secret }) => secret !== true).map(keyOf)).toEqual([]);
  });

  it('take what stands in the README for them, as default and as example', () => {
    for (const setting of SETTINGS) {
      const { type, fallback, example, form } = setting;
      if (fallback !== null) expect([keyOf(setting), type.safeParse(fallback).success]).toEqual([keyOf(setting), true]);
      const isPlain = form === 'text' && example !== undefined;
      if (isPlain) expect([keyOf(setting), type.safeParse(example).success]).toEqual([keyOf(setting), true]);
    }
  });

  it('have a default, or an example of what they may be', () => {
    for (const setting of SETTINGS) {
      const { fallback, example } = setting;
      const isNothing = fallback === null || (typeof fallback === 'object' && Object.keys(fallback).length === 0);
      expect([keyOf(setting), isNothing && example === undefined]).toEqual([keyOf(setting), false]);
    }
  });

  it('stand behind their section', () => {
    const keys = ENTRIES.map(keyOf);
    for (const [index, { path }] of ENTRIES.entries())
      if (path.length > 1) expect(keys.indexOf(path.slice(0, -1).join('.'))).toBeLessThan(index);
    expect(settingsIn('log').map(keyOf)).toEqual(['log.format', 'log.level', 'log.private']);
  });

  it('are those there are', () => {
    expect(() => settingAt('battery.nope')).toThrow('there is no setting battery.nope');
  });
});
