/**
 * From batteries to InfluxDB: the real store, the real sink and, in the end, the real server, against a server of the tests
 * that looks at each line.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreRecord } from '../../src/model.ts';
import { SinkCondition } from '../../src/sinks/condition.ts';
import { InfluxDelivery } from '../../src/sinks/influx/delivery.ts';
import { InfluxSink } from '../../src/sinks/influx/influx.ts';
import { lineOf, totalsLineOf } from '../../src/sinks/influx/line.ts';
import { influxTarget } from '../../src/sinks/influx/target.ts';
import { InfluxWriter } from '../../src/sinks/influx/writer.ts';
import type { SinkStatus } from '../../src/sinks/sink.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { configOf } from '../config.ts';
import { InfluxServer } from '../influx-server.ts';
import { asAfterCrash, clock, OTHER, reading, SERIAL, T, temporaryFolder } from '../records.ts';
import { endAll, exported, folder, liveBody, Peer, serve, successTo, until } from '../server.ts';
import { frameByHand } from '../wire.ts';

/** Fast, so that no test waits. */
const PACE = { everyMs: 5, firstRetryMs: 5, longestRetryMs: 20, refusedMs: 10 };
const NUMBERS = { pv1_power: 1, soc: 50 };

let influx: InfluxServer;
let endings: (() => Promise<void> | void)[];

beforeEach(async () => {
  influx = new InfluxServer();
  endings = [];
  await influx.start();
});

afterEach(async () => {
  for (const end of endings.reverse()) await end();
  await influx.stop();
  await endAll();
  expect(influx.mistakes).toEqual([]);
});

interface House {
  readonly folder: string;
  readonly store: SqliteStore;
  readonly sink: InfluxSink;
  readonly problems: string[];
  commit(...records: StoreRecord[]): void;
  stop(): Promise<void>;
}

/** A store and what hands on what it keeps. */
function house(settings: object = {}, at = temporaryFolder()): House {
  const config = configOf({ influx: { url: influx.url, bucket: 'house', token: 'abc', ...settings } }).influx;
  const store = SqliteStore.open({ folder: at, timeZone: 'UTC', outboxes: [{ name: 'influx', bytes: config.queue }] });
  const target = influxTarget(config) ?? expect.unreachable();
  const problems: string[] = [];
  const trouble = (_: string, code: string, detail: string) => void problems.push(`${code} ${detail}`);
  const sink = new InfluxSink({
    outbox: store.outbox('influx'),
    line: lineOf(config.measurement),
    totalsLine: totalsLineOf(config.measurement),
    delivery: new InfluxDelivery(new InfluxWriter(target, () => Date.now())),
    condition: new SinkCondition('influx', target.where, { up: () => {}, trouble }, () => Date.now()),
    mistaken: (detail) => expect.unreachable(detail),
    random: () => 0,
    pace: PACE,
  });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await sink.stop();
    store.close();
  };
  endings.push(stop);
  sink.start();
  const commit = (...records: StoreRecord[]): void => {
    store.commit(records);
    // As the keeper does, a moment later.
    while (store.jobs > 0) store.work(1000);
  };
  return { folder: at, store, sink, problems, commit, stop };
}

const live = (seconds: number, serial = SERIAL, named: Record<string, number> = NUMBERS) =>
  reading('live', T + seconds, named, { serial });
const times = () => influx.taken.map(({ time }) => time - T);
const delivered = ({ sink }: House) => until('all to be delivered', () => sink.status.queued === 0);
const has = (one: House, part: Partial<SinkStatus>) =>
  until(`a status with ${JSON.stringify(part)}`, () =>
    Object.entries(part).every(([key, value]) => one.sink.status[key as keyof SinkStatus] === value),
  );

describe('what is committed', () => {
  it('arrives in order, each point once, without a serial number', async () => {
    const one = house();
    for (const seconds of [0, 10, 20]) one.commit(live(seconds));
    one.commit(live(25, OTHER), reading('detail', T + 26, { pv_energy: 433.5, soc: 51 }));
    await delivered(one);
    expect(times()).toEqual([0, 10, 20, 25, 26]);
    const ids = [SERIAL, OTHER].map((serial) => one.store.idOf(serial));
    expect(influx.taken.at(-2)).toEqual({
      measurement: 'alphaess',
      tags: { battery: ids[1] },
      fields: NUMBERS,
      time: T + 25,
    });
    expect(influx.taken.at(-1)).toMatchObject({ tags: { battery: ids[0] }, fields: { pv_energy: 433.5, soc: 51 } });
    expect(JSON.stringify(influx.writes)).not.toMatch(/AL20020/);
    expect(influx.writes[0]).toMatchObject({ path: '/api/v2/write', authorization: 'Token abc' });
    expect(one.sink.status).toMatchObject({ state: 'up', sent: 5, dropped: 0, problem: null });
  });

  it('arrives at an older server under the name of its database', async () => {
    const one = house({ bucket: null, token: null, database: 'energy', username: 'me', password: 'x' });
    one.commit(live(0));
    await delivered(one);
    expect(influx.writes).toMatchObject([
      { path: '/write', query: { db: 'energy', precision: 's' }, authorization: 'Basic bWU6eA==' },
    ]);
  });

  it('arrives too where it is history, or gets its date later', async () => {
    const one = house();
    const history = (batteryTime: number) =>
      reading('history', null, { soc: 40 }, { batteryTime, receivedMs: T * 1000 });
    one.commit(...[3600, 3660].map((seconds) => history(T + seconds)));
    one.commit(live(0), clock(3600));
    one.commit(reading('history', T - 60, { soc: 39 }), reading('history', T, { soc: 51, pv2_power: 7 }));
    await delivered(one);
    const id = one.store.idOf(SERIAL);
    expect(times().sort((a, b) => a - b)).toEqual([-60, 0, 0, 0, 60]);
    // The same point: what came last overwrites, and nothing stands twice.
    expect(influx.series.get(`${id} ${T}`)).toEqual({ pv1_power: 1, pv2_power: 7, soc: 51 });
  });

  it('arrives at another time where it was dated anew', async () => {
    const one = house();
    one.commit(clock(0), live(3600));
    await delivered(one);
    const correction = {
      kinds: ['live' as const],
      fromBatteryTime: T,
      toBatteryTime: T + 7200,
      receivedSinceMs: 0,
      oldOffsetSeconds: 0,
      newOffsetSeconds: 3600,
    };
    one.commit({ ...clock(3600, T * 1000, SERIAL, 2), corrections: [correction] });
    await delivered(one);
    expect(times()).toEqual([3600, 0]);
  });
});

describe('a server that is away', () => {
  it.each([
    ['hangs up', 'close' as const],
    ['is busy', { status: 503, headers: { 'retry-after': '0' } }],
    ['has too much to do', { status: 429, body: '{"code":"too many requests","message":"slow down"}' }],
  ])('and %s is tried again until all is there', async (_, plan) => {
    influx.plan.push(plan, plan, plan);
    const one = house();
    one.commit(live(0), live(10));
    await delivered(one);
    expect(influx.writes.length).toBe(4);
    expect(times()).toEqual([0, 10]);
    expect(one.problems).toHaveLength(1);
    expect(one.problems[0]).toMatch(/^OUTPUT_UNREACHABLE /);
  });

  it('gets all that came meanwhile, through restarts and a crash, in order', async () => {
    await influx.stop();
    const first = house();
    first.commit(live(0), live(10));
    await has(first, { state: 'down' });
    await first.stop();
    const second = house({}, first.folder);
    second.commit(live(20));
    while (second.store.fold(1));
    second.commit(live(30));
    const third = house({}, asAfterCrash(first.folder));
    third.commit(live(40));
    expect(third.sink.status.queued).toBe(5);
    await second.stop();
    await influx.start();
    await delivered(third);
    expect(times()).toEqual([0, 10, 20, 30, 40]);
    await third.stop();
    const fourth = house({}, third.folder);
    fourth.commit(live(50));
    await delivered(fourth);
    expect(times()).toEqual([0, 10, 20, 30, 40, 50]);
  });

  it('costs the oldest beyond the quota, counted, and nothing else', async () => {
    await influx.stop();
    const one = house({ queue: '1kB' });
    for (let n = 0; n < 30; n++) {
      one.commit(live(10 * n));
      while (one.store.fold(1000));
    }
    await until('some to be let go', () => one.sink.status.dropped > 0);
    const { dropped } = one.store.outbox('influx');
    await influx.start();
    await delivered(one);
    expect(times()).toEqual(Array.from({ length: 30 - dropped }, (_, n) => 10 * (dropped + n)));
    expect(one.sink.status.dropped).toBe(dropped);
    expect(one.problems.filter((text) => text.startsWith('OUTPUT_OVERFLOW'))).toHaveLength(1);
  });

  it('does not keep anybody from stopping while it says nothing', async () => {
    influx.plan.push('hang');
    const one = house();
    one.commit(live(0));
    await until('a request', () => influx.writes.length === 1);
    await one.stop();
    const again = house({}, one.folder);
    await delivered(again);
    expect(times()).toEqual([0]);
  });
});

describe('a server that wants something else', () => {
  it('of its owner, gets all once that is put right', async () => {
    influx.authorization = 'Token right';
    const wrong = house({ token: 'wrong-token' });
    wrong.commit(live(0));
    await has(wrong, { state: 'refused', queued: 1 });
    await until('a second attempt', () => influx.writes.length > 1);
    expect(wrong.problems).toEqual(['OUTPUT_REFUSED HTTP 401: unauthorized access']);
    await wrong.stop();
    const right = house({ token: 'right' }, wrong.folder);
    await delivered(right);
    expect(times()).toEqual([0]);
  });

  it('of a line, gets all others', async () => {
    influx.isBad = ({ time }) => time === T + 20;
    const one = house();
    one.commit(...[0, 10, 20, 30, 40].map((seconds) => live(seconds)));
    await delivered(one);
    expect(times()).toEqual([0, 10, 30, 40]);
    expect(one.problems).toEqual([`OUTPUT_REJECTED 1 of 5 points: HTTP 400: unable to parse the point of ${T + 20}`]);
    expect(one.sink.status).toMatchObject({ sent: 4, dropped: 1, state: 'up' });
  });

  it('of the size, gets it in halves', async () => {
    influx.plan.push({ status: 413 }, { status: 413 });
    const one = house();
    one.commit(...[0, 10, 20, 30].map((seconds) => live(seconds)));
    await delivered(one);
    expect(influx.writes.map(({ points }) => points.length)).toEqual([4, 2, 1, 1, 2]);
    expect(times()).toEqual([0, 10, 20, 30]);
  });
});

describe('the server itself', () => {
  /** As an owner would configure it. */
  const environment = () => ({
    ALPHAESS_LOCAL_INFLUX_URL: influx.url,
    ALPHAESS_LOCAL_INFLUX_BUCKET: 'house',
    ALPHAESS_LOCAL_INFLUX_TOKEN: 'abc',
  });
  const now = Math.floor(Date.now() / 1000);

  /** A battery says these seconds of its clock, and each is acknowledged. */
  async function says(port: number, ...seconds: number[]): Promise<void> {
    const peer = await Peer.connect(port);
    peer.send(...seconds.map((second) => frameByHand(1, 16, liveBody(SERIAL, second))));
    await peer.receives(...seconds.map(() => successTo(16)));
  }

  it('loses nothing that was acknowledged, killed while InfluxDB is away', async () => {
    const data = folder();
    await influx.stop();
    const first = await serve({ data, environment: environment() });
    await says(first.port, now, now + 10);
    await first.says('OUTPUT_UNREACHABLE', 0, 30_000);
    await first.kill();
    const second = await serve({ data, environment: environment() });
    await says(second.port, now + 20);
    await second.kill();
    await influx.start();
    const third = await serve({ data, environment: environment() });
    await until('three points', () => influx.series.size === 3, 30_000);
    const rows = await exported(data, 'live');
    expect([...influx.series].map(([key]) => key)).toEqual(
      rows.map(({ battery, time }) => `${battery} ${Date.parse(String(time)) / 1000}`),
    );
    const { code, ms } = await third.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(3000);
  }, 90_000);

  it('does not start, and leaves nothing open, where a file of its secrets cannot be read', async () => {
    const data = folder();
    const { ALPHAESS_LOCAL_INFLUX_TOKEN: _, ...others } = environment();
    const wrong = { ...others, ALPHAESS_LOCAL_INFLUX_TOKEN_FILE: '/absent/token' };
    await expect(serve({ data, environment: wrong })).rejects.toThrow('/absent/token cannot be read');
  });
});
