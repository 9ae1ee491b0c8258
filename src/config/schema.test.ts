import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { schemaWith } from './schema.ts';

const CHECKS = { problemOfNetwork: () => null, isTimeZone: () => true, isMeasured: () => true, systemTimeZone: 'UTC' };

/** What is wrong first, and where. */
function complaint(settings: unknown): string {
  const [issue] = schemaWith(CHECKS).safeParse(settings).error?.issues ?? [];
  return issue === undefined ? expect.unreachable('this was accepted') : `${issue.path.join('.')}: ${issue.message}`;
}

describe('outputs', () => {
  it('are none unless an address is given', () => {
    const { mqtt, influx, pvoutput } = configOf({});
    expect([mqtt.url, influx.url, pvoutput.system_id]).toEqual([null, null, null]);
  });

  it.each(['mqtt://broker', 'mqtts://broker:8883', 'ws://broker/mqtt', 'wss://u:p@broker:443/mqtt'])(
    'take %s',
    (url) => {
      expect(configOf({ mqtt: { url } }).mqtt.url).toBe(url);
    },
  );

  it.each([
    [{ mqtt: { url: 'broker:1883' } }, 'mqtt.url: expected an address such as mqtt://broker:1883'],
    [{ mqtt: { url: 'mqtt://broker:99999' } }, 'mqtt.url: expected an address such as mqtt://broker:1883'],
    [{ mqtt: { url: 'mqtt://u:p#x@broker' } }, 'mqtt.url: expected an address such as mqtt://broker:1883'],
    [{ mqtt: { password: 'p' } }, 'mqtt.username: expected a user, where there is a password'],
    [{ mqtt: { password_file: 'p' } }, 'mqtt.username: expected a user, where there is a password'],
    [{ mqtt: { certificate: 'c' } }, 'mqtt.key: expected both certificate and key, or neither'],
    [{ mqtt: { key: 'k' } }, 'mqtt.key: expected both certificate and key, or neither'],
    [{ mqtt: { url: 'http://broker' } }, 'mqtt.url: expected an address such as mqtt://broker:1883'],
    [{ mqtt: { topic: 'a/#' } }, 'mqtt.topic: expected a topic such as house/alphaess'],
    [{ mqtt: { topic: '/a' } }, 'mqtt.topic: expected a topic such as house/alphaess'],
    [{ mqtt: { topic: '' } }, 'mqtt.topic: expected a topic such as house/alphaess'],
    [{ mqtt: { queue: '0' } }, 'mqtt.queue: expected a whole number from 1 to 100000'],
    [{ influx: { url: 'influx:8086' } }, 'influx.url: expected an address such as http://influx:8086'],
    [
      { influx: { url: 'http://influx:8086' } },
      'influx.bucket: expected a bucket (InfluxDB 1.8 and newer), or a database (older) instead',
    ],
    [
      { influx: { url: 'http://influx:8086', bucket: 'b', database: 'd' } },
      'influx.bucket: expected a bucket (InfluxDB 1.8 and newer), or a database (older) instead',
    ],
    [{ influx: { measurement: '#house' } }, 'influx.measurement: expected a name such as alphaess'],
    [{ influx: { measurement: 'a\nb' } }, 'influx.measurement: expected a name such as alphaess'],
    [{ influx: { measurement: '_m' } }, 'influx.measurement: expected a name such as alphaess'],
    [{ influx: { queue: '64' } }, 'influx.queue: expected a size such as 64MB'],
    [{ pvoutput: { system_id: 'home' } }, 'pvoutput.system_id: expected the number of your system at pvoutput.org'],
    [
      { pvoutput: { system_id: '12345' } },
      'pvoutput.api_key: expected the API key of your account at pvoutput.org, or api_key_file instead',
    ],
    [{ pvoutput: { interval: '7m' } }, 'pvoutput.interval: expected 5m, 10m or 15m, as set in your system'],
    [
      { pvoutput: { url: 'pvoutput.org' } },
      'pvoutput.url: expected an address such as https://pvoutput.org/service/r2/addstatus.jsp',
    ],
  ])('refuse %j', (settings, message) => {
    expect(complaint(settings)).toBe(message);
  });
});
