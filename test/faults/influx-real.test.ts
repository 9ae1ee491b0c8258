/**
 * The real server writes to the real InfluxDB and the real VictoriaMetrics, and what they hold is what was kept.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { needing } from '../outputs/required.ts';
import { freePort } from '../port.ts';
import { endAll, exported, folder, Peer, Program, type Row, run, serve, successTo, until } from '../server.ts';
import { fixture, frameByHand, sessionFrames } from '../wire.ts';

const KINDS = ['live', 'detail', 'history'];
/** Ten seconds pass between two writes, and servers take a while to start where others work too. */
const LONG_MS = 120_000;
const PATIENCE_MS = 40_000;

/** By `battery time`: numbers by name. */
type Points = Record<string, Record<string, number>>;

/** A server of points. */
interface Real {
  /** The settings that lead to it. */
  readonly environment: Readonly<Record<string, string>>;
  points(): Promise<Points>;
}

afterEach(endAll);

async function ask(url: string, options: RequestInit = {}): Promise<Response | null> {
  return fetch(url, options).catch(() => null);
}

/** InfluxDB 1 with a user, a password with a blank and no more than it must write to disk. */
async function influxd(): Promise<Real> {
  const [data, port] = [folder(), await freePort()];
  const sections = {
    meta: { dir: join(data, 'meta') },
    data: { dir: join(data, 'data'), 'wal-dir': join(data, 'wal') },
    http: { 'bind-address': `127.0.0.1:${port}`, 'auth-enabled': true },
    monitor: { 'store-enabled': false },
  };
  const file = join(data, 'influxdb.conf');
  writeFileSync(file, `reporting-disabled = true\nbind-address = "127.0.0.1:0"\n${toml(sections)}`);
  const program = new Program('/usr/bin/influxd', ['run', '-config', file]);
  const base = `http://127.0.0.1:${port}`;
  await until('InfluxDB to listen', async () => ended(program) ?? (await ask(`${base}/ping`))?.ok, PATIENCE_MS);
  const authorization = `Basic ${Buffer.from('me:x y').toString('base64')}`;
  const query = async (q: string) => {
    const url = `${base}/query?${new URLSearchParams({ db: 'house', epoch: 's', q })}`;
    return (await fetch(url, { method: 'POST', headers: { authorization } })).json() as Promise<InfluxAnswer>;
  };
  await query(`CREATE USER me WITH PASSWORD 'x y' WITH ALL PRIVILEGES`);
  await query('CREATE DATABASE house');
  return {
    environment: {
      ALPHAESS_LOCAL_INFLUX_URL: base,
      ALPHAESS_LOCAL_INFLUX_DATABASE: 'house',
      ALPHAESS_LOCAL_INFLUX_USERNAME: 'me',
      ALPHAESS_LOCAL_INFLUX_PASSWORD: 'x y',
      ALPHAESS_LOCAL_INFLUX_MEASUREMENT: 'my house',
    },
    points: async () => pointsOfInflux(await query('SELECT * FROM "my house" GROUP BY battery')),
  };
}

function toml(sections: Record<string, Record<string, string | boolean>>): string {
  return Object.entries(sections)
    .map(([name, entries]) => {
      const lines = Object.entries(entries).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
      return `[${name}]\n${lines.join('')}`;
    })
    .join('');
}

interface InfluxAnswer {
  readonly results: {
    readonly series?: {
      readonly tags: { readonly battery: string };
      readonly columns: readonly string[];
      readonly values: readonly (number | null)[][];
    }[];
  }[];
}

function pointsOfInflux({ results }: InfluxAnswer): Points {
  const points: Points = {};
  for (const { tags, columns, values } of results[0]?.series ?? []) {
    for (const row of values) {
      const known = columns.flatMap((name, at) => (row[at] === null || name === 'time' ? [] : [[name, row[at]]]));
      points[`${tags.battery} ${row[columns.indexOf('time')]}`] = Object.fromEntries(known);
    }
  }
  return points;
}

async function victoriaMetrics(): Promise<Real> {
  const [data, port] = [folder(), await freePort()];
  const base = `http://127.0.0.1:${port}`;
  const flags = { storageDataPath: data, httpListenAddr: `127.0.0.1:${port}`, retentionPeriod: '100y' };
  const program = new Program(
    '/usr/bin/victoria-metrics',
    Object.entries({ ...flags, 'dedup.minScrapeInterval': '1ms' }).map(([name, value]) => `-${name}=${value}`),
  );
  await until(
    'VictoriaMetrics to listen',
    async () => ended(program) ?? (await ask(`${base}/health`))?.ok,
    PATIENCE_MS,
  );
  return {
    environment: { ALPHAESS_LOCAL_INFLUX_URL: base, ALPHAESS_LOCAL_INFLUX_BUCKET: 'house' },
    points: async () => {
      await fetch(`${base}/internal/force_flush`);
      const match = new URLSearchParams({ 'match[]': '{__name__=~"alphaess_.*"}' });
      return pointsOfVictoria(await (await fetch(`${base}/api/v1/export?${match}`)).text());
    },
  };
}

interface VictoriaSeries {
  readonly metric: { readonly __name__: string; readonly battery: string };
  readonly values: readonly number[];
  /** Ms. */
  readonly timestamps: readonly number[];
}

function pointsOfVictoria(text: string): Points {
  const points: Points = {};
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const { metric, values, timestamps } = JSON.parse(line) as VictoriaSeries;
    timestamps.forEach((ms, at) => {
      const key = `${metric.battery} ${ms / 1000}`;
      points[key] = { ...points[key], [metric.__name__.replace('alphaess_', '')]: values[at] as number };
    });
  }
  return points;
}

function ended({ exit, stdout, stderr }: Program): null {
  if (exit !== null) throw new Error(`it ended at once: ${stdout}${stderr}`);
  return null;
}

/** What an export says that was kept, as it should stand there. */
async function kept(data: string): Promise<Points> {
  const points: Points = {};
  for (const kind of KINDS) {
    for (const row of await exported(data, kind)) {
      const { time, battery, battery_time, received_at, other, ...values } = row as Row & { time: string | null };
      if (time === null) continue;
      const key = `${battery} ${Date.parse(time) / 1000}`;
      const numbers = Object.entries(values).filter(([, value]) => typeof value === 'number');
      points[key] = { ...points[key], ...(Object.fromEntries(numbers) as Record<string, number>) };
    }
  }
  return points;
}

/** A noon of a battery: live readings, a detail, and history, each of which is acknowledged. */
async function noon(port: number): Promise<void> {
  const peer = await Peer.connect(port);
  const frames = [...sessionFrames(), frameByHand(1, 12, fixture('1-1-12.history.csv'))];
  peer.send(...frames);
  await peer.receives(...frames.map((frame) => successTo(frame[2] as number)));
}

/** All that is kept stands there, each value; nothing else does. */
async function holdsAll(real: Real, data: string): Promise<void> {
  const expected = await kept(data);
  expect(Object.keys(expected).length).toBeGreaterThan(4);
  // Not all of a write is seen at once. What is missing in the end is said by the comparison.
  const isThere = async () => isDeepStrictEqual(await real.points(), expected);
  await until('all points', isThere, PATIENCE_MS).catch(() => {});
  expect(await real.points()).toEqual(expected);
}

const SERVERS = [
  ['/usr/bin/influxd', 'influxdb', 'InfluxDB 1', influxd],
  ['/usr/bin/victoria-metrics', 'victoria-metrics', 'VictoriaMetrics', victoriaMetrics],
] as const;

for (const [binary, from, what, start] of SERVERS) {
  needing(binary, from, what, () => {
    it(
      'holds what a running server was told, also what it was told while it was away',
      async () => {
        const real = await start();
        const data = folder();
        const away = { ...real.environment, ALPHAESS_LOCAL_INFLUX_URL: `http://127.0.0.1:${await freePort()}` };
        const before = await serve({ data, environment: away });
        await noon(before.port);
        await before.kill();
        const server = await serve({ data, environment: real.environment });
        await holdsAll(real, data);
        await server.says('output');
        await server.stop();
      },
      LONG_MS,
    );

    it(
      'holds what was kept before, once it is exported, and twice is the same',
      async () => {
        const real = await start();
        const data = folder();
        const server = await serve({ data });
        await noon(server.port);
        for (const _ of [1, 2]) {
          const { code, stderr } = await run(['export', '--data', data, '--to', 'influx'], real.environment);
          expect(stderr).toMatch(/^\d+ points written to http:/);
          expect(code).toBe(0);
        }
        await holdsAll(real, data);
      },
      LONG_MS,
    );
  });
}
