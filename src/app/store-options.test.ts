import { expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { storeOptions } from './store-options.ts';

it('are what the owner has set', () => {
  const config = configOf({
    data: '/var/lib/a',
    time_zone: 'Europe/Dublin',
    store: { keep: { live: '30d', raw: 'forever' }, raw_quota: '1MB', backups: { to: '/mnt' } },
    battery: { limits: { grid_power: '-150000..120000', soc: '0..110' } },
    influx: { url: 'http://influx:8086', bucket: 'b', queue: '2MB' },
  });
  expect(storeOptions(config)).toEqual({
    folder: '/var/lib/a',
    backups: '/mnt',
    timeZone: 'Europe/Dublin',
    retention: {
      liveDays: 30,
      rawDays: null,
      rawBytes: 1_000_000,
      quotas: { events: 128e6, configurations: 32e6, unknownFields: 256e6, undated: 256e6, batteries: 8 },
    },
    heldBytes: 64e6,
    mostKw: 150,
    outboxes: [{ name: 'influx', bytes: 2_000_000 }],
  });
});
