/**
 * The settings of outputs: MQTT, InfluxDB, PVOutput.
 */
import * as z from 'zod';
import { about, count, list, optional, parsed, secret, size, topic, truth, url } from './kinds.ts';

export const MQTT = z
  .strictObject({
    url: about('your broker; without: no MQTT', url('mqtts?|wss?', 'mqtt://broker:1883'), {
      example: 'mqtt://broker:1883',
    }),
    username: about('the user there', optional(), { example: 'alphaess' }),
    ...secret('password', 'the password of that user', './mqtt-password'),
    ca: about('a file: the certificate of the authority that signed the broker’s', optional(), {
      example: './ca.crt',
      isPath: true,
    }),
    certificate: about('a file: the certificate of this client', optional(), {
      example: './client.crt',
      isPath: true,
    }),
    key: about('a file: its key', optional(), { example: './client.key', isPath: true }),
    client_id: about('without: one that the data folder keeps', optional(), { example: 'alphaess-local' }),
    topic: about('what all topics begin with', topic('alphaess')),
    values: about('whether each value has a topic of its own, too, such as alphaess/ID/value/soc', truth('false')),
    leave_out: about('ids of batteries that are not handed out, or no longer', list(z.string().min(1)).prefault([]), {
      example: '[b3f1c2]',
    }),
    control: about('whether it sets batteries, too, where control is enabled: docs/control.md', truth('false')),
    queue: about('totals and events that wait at most while the broker is away', count('10000', 100_000)),
    home_assistant: z
      .strictObject({
        discovery: about('whether Home Assistant is told what there is', truth('true')),
        prefix: about('where it listens for that', topic('homeassistant')),
      })
      .prefault({}),
  })
  .refine(
    ({ url, username, password, password_file: file }) =>
      (password === null && file === null) || username !== null || (url ?? '').includes('@'),
    { error: 'expected a user, where there is a password', path: ['username'] },
  )
  .refine(({ certificate, key }) => (certificate === null) === (key === null), {
    error: 'expected both certificate and key, or neither',
    path: ['key'],
  })
  .prefault({});

/** Of InfluxDB: `#` would begin a comment, `_` is its own, and a line break or a backslash cannot be escaped. */
const measurement = z
  .string()
  .regex(/^[\p{L}\p{N}][^\p{C}\\]*$/u, 'expected a name such as alphaess')
  .default('alphaess');

export const INFLUX = z
  .strictObject({
    url: about('your server; without: no InfluxDB', url('https?', 'http://influx:8086'), {
      example: 'http://influx:8086',
    }),
    org: about('the organisation, for 2 only', optional(), { example: 'home' }),
    bucket: about('for 2, 3, 1.8 (database/retention policy), VictoriaMetrics …', optional(), { example: 'house' }),
    database: about('before 1.8', optional(), { example: 'house', isAlternative: true }),
    ...secret('token', 'the token, for 2 and 3', '/run/secrets/influx'),
    username: about('the user there, before 2', optional(), { example: 'alphaess' }),
    ...secret('password', 'the password of that user', '/run/secrets/influx-password'),
    measurement: about('of all points', measurement),
    name_tag: about(
      'whether points have the tag name, too, as in battery.names; that begins new series',
      truth('false'),
    ),
    queue: about('what may wait on disk while it is away', size('64MB')),
  })
  .refine(({ url, bucket, database }) => url === null || (bucket === null) !== (database === null), {
    error: 'expected a bucket (InfluxDB 1.8 and newer), or a database (older) instead',
    path: ['bucket'],
  })
  .prefault({});

const PVOUTPUT_INTERVALS: Readonly<Record<string, number>> = { '5m': 300, '10m': 600, '15m': 900 };

export const PVOUTPUT = z
  .strictObject({
    system_id: about(
      'number of your system at pvoutput.org; without: nothing is sent',
      optional(z.string().regex(/^\d{1,10}$/, 'expected the number of your system at pvoutput.org')),
      { example: '12345' },
    ),
    ...secret('api_key', 'the API key of your account there', './pvoutput-key'),
    interval: about(
      '10m and 15m too: as set in your system there',
      parsed((text) => PVOUTPUT_INTERVALS[text], 'expected 5m, 10m or 15m, as set in your system').prefault('5m'),
    ),
    battery: about('its id, where there are several', optional(), { example: 'b3f1c2' }),
    url: about(
      'where it is sent; for tests',
      z
        .string()
        .regex(/^https?:\/\/[^\s/]+/, 'expected an address such as https://pvoutput.org/service/r2/addstatus.jsp')
        .default('https://pvoutput.org/service/r2/addstatus.jsp'),
    ),
  })
  .refine(
    ({ system_id: system, api_key: key, api_key_file: file }) => system === null || key !== null || file !== null,
    {
      error: 'expected the API key of your account at pvoutput.org, or api_key_file instead',
      path: ['api_key'],
    },
  )
  .prefault({});
