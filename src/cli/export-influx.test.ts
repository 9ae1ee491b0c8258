import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from '../../test/config.ts';
import { filled } from '../../test/filled.ts';
import { InfluxServer } from '../../test/influx-server.ts';
import { FakeIo, run } from '../../test/io.ts';
import { clock, OTHER, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import type { ReadingRecord } from '../model.ts';
import { placeOf } from '../store/backup/way-back.ts';
import { readerSource } from '../store/reader-source.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../store/store.ts';
import { exportToInflux } from './export-influx.ts';

async function serving(): Promise<InfluxServer> {
  const server = new InfluxServer();
  await server.start();
  onTestFinished(async () => {
    await server.stop();
    expect(server.mistakes).toEqual([]);
  });
  return server;
}

const environmentOf = (server: InfluxServer) => ({
  ALPHAESS_LOCAL_INFLUX_URL: server.url,
  ALPHAESS_LOCAL_INFLUX_BUCKET: 'house',
});

/** A folder with readings of two batteries, one of them not dated. */
function kept(...more: ReadingRecord[]): { folder: string; ids: (string | undefined)[] } {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([
    clock(0),
    ...[0, 10, 20].map((seconds) => reading('live', T + seconds, { soc: 50 + seconds })),
    reading('detail', T + 15, { pv_energy: 433.5 }),
    reading('history', T - 60, { soc: 49 }),
    reading('history', null, { soc: 1 }, { batteryTime: T, serial: OTHER }),
    reading('live', T + 5, { soc: 7 }, { serial: OTHER }),
    reading('live', T + 6, {}),
    ...more,
  ]);
  const ids = [SERIAL, OTHER].map((serial) => store.idOf(serial));
  store.close();
  return { folder, ids };
}

const said = (server: InfluxServer) => server.taken.map(({ tags, time }) => [tags.battery, time - T]);

describe('export --to influx', () => {
  it('writes all readings that have a time, by kind, battery and time', async () => {
    const server = await serving();
    const { folder, ids } = kept();
    const result = await run(['export', '--data', folder, '--to', 'influx'], { environment: environmentOf(server) });
    expect(result).toEqual({ code: 0, out: '', err: `6 points written to ${server.url}\n` });
    expect(said(server)).toEqual([
      [ids[0], 0],
      [ids[0], 10],
      [ids[0], 20],
      [ids[1], 5],
      [ids[0], 15],
      [ids[0], -60],
    ]);
    expect(server.taken[4]?.fields).toEqual({ pv_energy: 433.5 });
  });

  it.each([
    [
      ['--kind', 'live'],
      [0, 10, 20, 5],
    ],
    [
      ['--kind', 'live', '--from', '2024-06-12T11:04:10Z'],
      [10, 20],
    ],
    [
      ['--from', '2024-06-12T11:04:05Z', '--until', '2024-06-12T11:04:16Z'],
      [10, 5, 15],
    ],
    [['--to', '2024-06-12T11:04:00Z'], [-60]],
  ])('writes with %j only those', async (flags, seconds) => {
    const server = await serving();
    const { folder } = kept();
    const argv = ['export', '--data', folder, ...flags, '--to', 'influx'];
    expect((await run(argv, { environment: environmentOf(server) })).code).toBe(0);
    expect(said(server).map(([, time]) => time)).toEqual(seconds);
  });

  it('writes of one battery, by its name too', async () => {
    const server = await serving();
    const { folder, ids } = kept();
    const environment = { ...environmentOf(server), ALPHAESS_LOCAL_BATTERY_NAMES: `${ids[1]}=Garage` };
    await run(['export', '--data', folder, '--to', 'influx', '--battery', 'Garage'], { environment });
    expect(said(server)).toEqual([[ids[1], 5]]);
  });

  it('changes nothing when it is done twice', async () => {
    const server = await serving();
    const { folder } = kept();
    const once = ['export', '--data', folder, '--to', 'influx'];
    await run(once, { environment: environmentOf(server) });
    const { series } = server;
    await run(once, { environment: environmentOf(server) });
    expect([server.taken.length, server.series]).toEqual([12, series]);
  });

  it('writes nothing that is private', async () => {
    const server = await serving();
    const { folder } = filled();
    expect(
      (await run(['export', '--data', folder, '--to', 'influx'], { environment: environmentOf(server) })).code,
    ).toBe(0);
    expect(server.taken.length).toBeGreaterThan(5);
    for (const { measurement, tags } of server.taken) {
      expect([measurement, Object.keys(tags)]).toEqual(['alphaess', ['battery']]);
      expect(tags.battery).toMatch(/^[0-9a-f]{6}$/);
    }
  });

  it.each([
    [['--kind', 'event'], '--to influx takes --kind live, detail, history, or none for all of them'],
    [['--kind', 'energy'], '--to influx takes --kind'],
    [['--private'], 'leave out --wire and --private'],
    [['--wire'], 'leave out --wire and --private'],
    [['--format', 'jsonl'], 'leave out --format'],
    [['--format', 'csv', '--per', 'day'], 'leave out --format and --per'],
    [['--until', '2024-06-12', '--to', '2024-06-13'], 'give one of them'],
  ])('is refused with %j', async (flags, sentence) => {
    const { code, err } = await run(['export', '--data', '/absent', '--to', 'influx', ...flags]);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });

  it('says that no InfluxDB is configured', async () => {
    const { folder } = kept();
    const { code, err } = await run(['export', '--data', folder, '--to', 'influx']);
    expect([code, err]).toEqual([
      2,
      'alphaess-local: influx.url is not set: the configuration says which InfluxDB is written to [CONFIG_INVALID]\n',
    ]);
  });

  it('says what it wants of its owner where it is refused', async () => {
    const server = await serving();
    server.authorization = 'Token right';
    const { folder } = kept();
    const environment = { ...environmentOf(server), ALPHAESS_LOCAL_INFLUX_TOKEN: 'wrong-token' };
    const { code, err } = await run(['export', '--data', folder, '--to', 'influx'], { environment });
    expect(code).toBe(1);
    expect(err).toBe(
      `alphaess-local: ${server.url} did not take the points (HTTP 401: unauthorized access); nothing was written [INFLUX_FAILED]\n`,
    );
  });

  it('says what to type to go on, flags and all', async () => {
    const server = await serving();
    server.plan.push({ status: 204 }, { status: 403 });
    const { folder } = kept();
    const flags = ['--data', folder, '--until', '2024-06-12T11:04:20Z'];
    const environment = environmentOf(server);
    const { err } = await run(['export', '--to', 'influx', ...flags], { environment });
    const command = `alphaess-local export --to influx --data ${folder} --until 2024-06-12T11:04:20Z --kind detail`;
    expect(err).toContain(`. To go on, type: ${command}; then the same with --kind history\n`);
  });

  it('says which points will never be taken', async () => {
    const server = await serving();
    server.isBad = ({ time }) => time === T + 10;
    const { folder } = kept();
    const { code, err } = await run(['export', '--data', folder, '--to', 'influx'], {
      environment: environmentOf(server),
    });
    expect(code).toBe(1);
    expect(err).toBe(
      `5 points written to ${server.url}\n` +
        `1 point was not taken, and will not be: HTTP 400: unable to parse the point of ${T + 10}\n`,
    );
  });
});

describe('an export to a server that is away', () => {
  async function filling(server: InfluxServer, folder: string, terminal = false) {
    const io = new FakeIo({ terminal });
    const pauses: number[] = [];
    const { influx } = configOf({ influx: { url: server.url, bucket: 'b' } });
    const source = readerSource(placeOf(folder));
    const kinds = ['live' as const, 'detail' as const];
    const work = { source, kinds, selection: {}, influx, names: {}, command: 'export --data x' };
    const done = await exportToInflux(work, io, async (ms) => pauses.push(ms)).catch((error: unknown) => error);
    return { done, io, pauses };
  }

  it('is tried again, as late as it asks', async () => {
    const server = await serving();
    server.plan.push('close', { status: 503, headers: { 'retry-after': '9' } });
    const { done, pauses, io } = await filling(server, kept().folder);
    expect([done, pauses, server.taken.length]).toEqual([0, [1000, 9000], 5]);
    expect(io.err).toContain(`${server.url}: HTTP 503; trying again in 9 s\n`);
  });

  it('ends after five attempts', async () => {
    const server = await serving();
    server.plan.push('close', 'close', 'close', 'close', 'close');
    const { done, pauses } = await filling(server, kept().folder);
    expect(done).toMatchObject({ code: 'INFLUX_FAILED', exitCode: 1 });
    expect(pauses).toEqual([1000, 2000, 4000, 8000]);
  });

  it('says how far it came', async () => {
    const server = await serving();
    const many = Array.from({ length: 60_000 }, (_, n) => reading('live', T + 30 + n, { soc: 1 }));
    const { folder, ids } = kept(...many);
    server.plan.push(...Array.from({ length: 11 }, () => ({ status: 204 })), { status: 404 });
    const { done, io } = await filling(server, folder, true);
    expect(server.writes.slice(0, 3).map(({ points }) => points.length)).toEqual([4999, 5000, 5000]);
    // The first are at 0, 6 (without a number), 10 and 20 s, and the rest follow each second from 30 s on.
    expect(io.err).toBe(`54999 points written, the last live of ${ids[0]} at 2024-06-13T02:21:05Z\n`);
    const command = `export --data x --kind live --battery ${ids[0]} --from 2024-06-13T02:21:05Z`;
    expect(done).toMatchObject({
      message:
        `${server.url} did not take the points (HTTP 404); 54999 points were written before, all up to live of ` +
        `${ids[0]} at 2024-06-13T02:21:05Z. To go on, type: ${command}; then the same with --kind live --battery ` +
        `${ids[1]}, with --kind detail`,
    });
  });

  it('says what was not taken so far', async () => {
    const server = await serving();
    const { folder, ids } = kept();
    server.isBad = ({ time }) => {
      // From the details on.
      if (time === T + 15) server.authorization = 'another';
      return time === T + 10 || time === T + 15;
    };
    const { done } = await filling(server, folder);
    expect(done).toMatchObject({
      message: expect.stringContaining(
        `3 points were written before, all up to live of ${ids[1]} at 2024-06-12T11:04:05Z; 1 were not taken, and will ` +
          `not be: HTTP 400: unable to parse the point of ${T + 10}. To go on, type: export --data x --kind detail`,
      ),
    });
  });

  it('does not hold what a running server writes while it waits', async () => {
    const server = await serving();
    const { folder } = kept();
    const busy: unknown[] = [];
    server.isBad = () => {
      const db = new DatabaseSync(join(folder, DATABASE_FILE));
      busy.push(db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy);
      db.close();
      return false;
    };
    await filling(server, folder);
    expect(busy.length).toBeGreaterThan(0);
    expect(new Set(busy)).toEqual(new Set([0]));
  });
});
