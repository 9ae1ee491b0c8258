import { describe, expect, it } from 'vitest';
import { configOption, givenSettings, settingOption } from './setting-options.ts';

describe('a flag of a setting', () => {
  it('is named by its path and says what it is where it is not given', () => {
    const { flags, description } = settingOption('battery.listen');
    expect([flags, description]).toEqual([
      '--battery-listen <host:port>',
      'where batteries connect (default 0.0.0.0:7777)',
    ]);
    expect(settingOption('data')).toMatchObject({
      ...{ flags: '--data <dir>', description: 'where everything is kept (default ./data)' },
    });
  });

  it('is there for few settings: others are refused', () => {
    expect(() => settingOption('mqtt.password')).toThrow('the setting mqtt.password has no flag');
  });

  it('is no setting where it names the file', () => {
    expect(configOption().flags).toBe('--config <file>');
  });
});

it('what a command was given goes to its setting, with the flag for the error', () => {
  expect(givenSettings({ data: '/d', webListen: '127.0.0.1:0', private: true })).toEqual([
    { flag: '--data', path: ['data'], value: '/d' },
    { flag: '--battery-listen', path: ['battery', 'listen'], value: undefined },
    { flag: '--web-listen', path: ['web', 'listen'], value: '127.0.0.1:0' },
  ]);
});
