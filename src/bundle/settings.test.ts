import { expect, it } from 'vitest';
import { sharedSettings, textsOf } from './settings.ts';

const setting = (path: string, value: unknown, fallback: unknown = undefined, isSecret = false) => ({
  ...{ path: path.split('.'), value, fallback, isSecret },
});

const SETTINGS = [
  setting('name', 'Villa Rosa', 'Home'),
  setting('battery.listen', { host: '0.0.0.0', port: 7777 }, { host: '0.0.0.0', port: 7777 }),
  setting('battery.stale_after', 120, 90),
  setting('battery.backfill', false, true),
  setting('battery.names', { b3f1c2: 'Garage' }, {}),
  setting('web.hosts', ['a.example', 'b.example'], []),
  setting('mqtt.url', undefined),
  setting('mqtt.password', 'hunter22', null, true),
  setting('log.level', 'debug', 'info'),
];

it('settings are shown as far as they tell nothing of a house', () => {
  expect(sharedSettings(SETTINGS)).toEqual({
    name: '[set]',
    'battery.listen': { host: '0.0.0.0', port: 7777 },
    'battery.stale_after': 120,
    'battery.backfill': false,
    'battery.names': '[set]',
    'web.hosts': '[2 set]',
    'mqtt.url': null,
    'mqtt.password': '[set]',
    'log.level': 'debug',
  });
});

it('each text that somebody set may be private', () => {
  expect(textsOf(SETTINGS)).toEqual(['Villa Rosa', 'b3f1c2', 'Garage', 'a.example', 'b.example', 'hunter22']);
});
