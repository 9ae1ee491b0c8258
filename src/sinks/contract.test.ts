/**
 * What every output keeps to (sink.ts), tried on each with its real other side and a real store. Another output passes
 * these by one more call of `contract` at the end.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Broker } from '../../test/broker.ts';
import { configOf } from '../../test/config.ts';
import { samplesOf } from '../../test/exposition.ts';
import { FIRST_LIVE_MS, records, SECRETS } from '../../test/filled.ts';
import { InfluxServer } from '../../test/influx-server.ts';
import { event, identity, reading, T } from '../../test/records.ts';
import { type HouseTools, SinkHouse } from '../../test/sink-house.ts';
import { brokerAt, HOUSE, NO_FIGURES } from '../../test/sink-settings.ts';
import { SinkCondition } from './condition.ts';
import { InfluxDelivery } from './influx/delivery.ts';
import { InfluxSink } from './influx/influx.ts';
import { lineOf, totalsLineOf } from './influx/line.ts';
import { influxTarget } from './influx/target.ts';
import { InfluxWriter } from './influx/writer.ts';
import { MqttSink } from './mqtt/mqtt.ts';
import { Prometheus } from './prometheus/prometheus.ts';
import { ServerMetrics } from './prometheus/server-metrics.ts';
import { PvOutput } from './pvoutput.ts';
import type { Sink } from './sink.ts';

/** The other side of one output. */
interface Other {
  /** An output that leads to it. */
  make(tools: HouseTools): Sink;
  /** The nth thing happens in the house. */
  say(house: SinkHouse, n: number): void;
  /** What it has heard of those, in the order in which it came. */
  heard(): Promise<readonly number[]> | readonly number[];
  /** All it was told, as it was written. */
  words(): Promise<string> | string;
  /** Takes what comes and never answers. */
  hang(): void;
  /** As by kill -9, and there again under the same address. */
  die(): Promise<void>;
  live(): Promise<void>;
}

interface Backend {
  begin(): Promise<Other>;
  /** Of what happens while the other side is away. */
  readonly keeps: 'everything' | 'newest';
  /** Also when the server ends meanwhile. */
  readonly throughRestart: boolean;
  /** Between two things that happen; 1 where it is not given. */
  readonly stepSeconds?: number;
  /** It is of one battery alone. */
  readonly alone?: true;
}

/** For whatever takes a moment on an idle machine. */
const PATIENCE = { timeout: 10_000 };

function contract(name: string, { begin, keeps, throughRestart, stepSeconds = 1, alone }: Backend): void {
  let nowMs = T * 1000;

  async function started(): Promise<{ other: Other; house: SinkHouse }> {
    nowMs = T * 1000;
    const other = await begin();
    const house = houseWith(other);
    return { other, house };
  }

  function houseWith(other: Other, folder?: string): SinkHouse {
    const house = new SinkHouse(other.make, () => nowMs, folder);
    onTestFinished(() => expect(house.mistakes).toEqual([]));
    return house;
  }

  function say(other: Other, house: SinkHouse, from: number, to: number): void {
    for (let n = from; n <= to; n++) {
      nowMs = (T + n * stepSeconds) * 1000;
      other.say(house, n);
    }
  }

  const hears = (other: Other, last: number) =>
    vi.waitFor(async () => expect((await other.heard()).at(-1)).toBe(last), PATIENCE);

  /** One after the other, each once; all of them where it keeps everything. */
  function isWhole(heard: readonly number[], from: number, to: number): void {
    const inOrder = [...new Set(heard)].sort((a, b) => a - b);
    expect(heard).toEqual(inOrder);
    if (keeps === 'everything')
      expect(heard).toEqual(Array.from({ length: to - from + 1 }, (_, index) => from + index));
  }

  describe(name, () => {
    it('hands on what happens, in its order, and says that it works', async () => {
      const { other, house } = await started();
      say(other, house, 1, 20);
      await hears(other, 20);
      isWhole(await other.heard(), 1, 20);
      await vi.waitFor(
        () => expect(house.sink.status).toMatchObject({ state: 'up', queued: 0, problem: null }),
        PATIENCE,
      );
      expect(house.sink.status.sent).toBeGreaterThan(0);
    });

    it(`hands on ${keeps === 'everything' ? 'everything, once,' : 'the newest'} when its other side is back`, async () => {
      const { other, house } = await started();
      say(other, house, 1, 1);
      await hears(other, 1);
      await other.die();
      say(other, house, 2, 6);
      await other.live();
      await hears(other, 6);
      isWhole(await other.heard(), 1, 6);
    });

    it('makes nobody wait for an other side that never answers, also at the end', async () => {
      const { other, house } = await started();
      say(other, house, 1, 1);
      await hears(other, 1);
      other.hang();
      say(other, house, 2, 300);
      await house.stop();
      expect(house.sink.status.state).toBe('stopped');
    });

    it('ends though its other side is away, and begins again with the next start', async () => {
      const { other, house } = await started();
      say(other, house, 1, 1);
      await hears(other, 1);
      await other.die();
      say(other, house, 2, 4);
      await house.stop();
      await other.live();
      const after = houseWith(other, house.folder);
      say(other, after, 5, 5);
      await hears(other, 5);
      const heard = await other.heard();
      if (throughRestart) isWhole(heard, 1, 5);
      else expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    });

    it('tells nothing that is private, whatever a battery says', async () => {
      const other = await begin();
      nowMs = FIRST_LIVE_MS + 20_000;
      const house = houseWith(other);
      for (const all of alone ? records().slice(0, 1) : records()) house.commit(...all);
      await house.minute();
      nowMs += 300_000;
      other.say(house, 300);
      await hears(other, 300);
      await vi.waitFor(() => expect(house.sink.status.queued).toBe(0), PATIENCE);
      const words = await other.words();
      expect(SECRETS.filter((secret) => words.includes(secret))).toEqual([]);
    });

    it('can be told news after its end', async () => {
      const { other, house } = await started();
      await house.stop();
      house.sink.tell({
        type: 'reading',
        battery: 'b3f1c2',
        kind: 'live',
        snapshot: { timeMs: nowMs, held: [], values: {} },
        other: {},
      });
      expect(await other.heard()).toEqual([]);
    });
  });
}

/** What is said and heard on MQTT. */
async function mqtt(topic: string, say: Other['say'], numberIn: (payload: string) => number): Promise<Other> {
  let broker = await Broker.start();
  const { port } = broker;
  const before: string[] = [];
  const payloads = () => [...before, ...saidUnder(topic, broker)];
  return {
    make: ({ reports, memory, wallMs }) =>
      new MqttSink({
        broker: brokerAt(`mqtt://127.0.0.1:${port}`),
        house: HOUSE,
        queue: 1000,
        reports,
        memory,
        control: null,
        wallMs,
        random: () => 0,
      }),
    say,
    // What is said again on a new connection is the same thing.
    heard: () =>
      payloads()
        .map(numberIn)
        .filter((n, index, all) => n !== all[index - 1]),
    words: () => JSON.stringify(broker.published),
    hang: () => broker.hold(),
    die: async () => {
      before.push(...saidUnder(topic, broker));
      await broker.kill();
    },
    live: async () => {
      broker = await Broker.start({ port });
    },
  };
}

/** What was said under the topics of that level, whatever the battery's id. */
function saidUnder(level: string, broker: Broker): string[] {
  const isOne = (topic: string) => topic.endsWith(`/${level}`) && !topic.includes('bridge');
  return broker.published.filter(({ topic }) => isOne(topic)).map(({ payload }) => payload);
}

/** At what time it is, so that it is news wherever it is told. */
function live(house: SinkHouse, n: number): void {
  const time = Math.floor(house.wallMs() / 1000);
  house.commit(identity(), reading('live', time, { soc: n, pv_power: n }));
}

/** Fast, so that no test waits. */
const PACE = { everyMs: 5, firstRetryMs: 5, longestRetryMs: 20, refusedMs: 10 };

async function influx(): Promise<Other> {
  const server = new InfluxServer();
  await server.start();
  onTestFinished(() => server.stop());
  onTestFinished(() => expect(server.mistakes).toEqual([]));
  return {
    make: ({ reports, wallMs, store }) => {
      const target = influxTarget(configOf({ influx: { url: server.url, bucket: 'house' } }).influx);
      return new InfluxSink({
        outbox: store.outbox('influx'),
        line: lineOf('alphaess'),
        totalsLine: totalsLineOf('alphaess'),
        delivery: new InfluxDelivery(new InfluxWriter(target ?? expect.unreachable(), wallMs)),
        condition: new SinkCondition('influx', server.url, reports, wallMs),
        mistaken: (detail) => expect.unreachable(detail),
        random: () => 0,
        pace: PACE,
      });
    },
    say: live,
    // Of a point that is written again the same stands there; totals are points of their own.
    heard: () => [...server.series.values()].flatMap(({ soc }) => soc ?? []),
    words: () => JSON.stringify(server.writes),
    hang: () => void server.plan.push(...Array.from({ length: 50 }, () => 'hang' as const)),
    die: () => server.stop(),
    live: () => server.start(),
  };
}

/** It is asked, and so never away. */
function prometheus(): Other {
  let sink: Prometheus | null = null;
  const render = async () => ((await sink?.render(NO_FIGURES)) ?? []).join('');
  return {
    make: ({ wallMs }) => {
      sink = new Prometheus({ server: new ServerMetrics(), staleMs: 90_000, wallMs });
      return sink;
    },
    say: live,
    heard: async () =>
      Object.entries(samplesOf(await render(), 'alphaess_battery_soc_ratio')).map(([, ratio]) =>
        Math.round(ratio * 100),
      ),
    words: render,
    hang: () => {},
    die: async () => {},
    live: async () => {},
  };
}

/** A status for each interval of five minutes. */
async function pvOutput(): Promise<Other> {
  const forms: URLSearchParams[] = [];
  let hangs = false;
  let port = 0;
  let server: Server;
  let sink: PvOutput | null = null;
  const listen = async () => {
    server = createServer(async (request, response) => {
      forms.push(new URLSearchParams(await text(request)));
      if (!hangs) response.end('OK 200: Added Status');
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  const die = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await listen();
  onTestFinished(die);
  return {
    make: ({ reports, wallMs }) => {
      sink = new PvOutput({
        url: `http://127.0.0.1:${port}/addstatus.jsp`,
        systemId: '1',
        apiKey: 'key',
        intervalMinutes: 5,
        battery: null,
        timeZone: 'Europe/Dublin',
        reports,
        wallMs,
      });
      return sink;
    },
    say: (house, n) => {
      live(house, n);
      void sink?.tick();
    },
    // As it does every ten seconds by itself: while one status is on its way none is sent.
    heard: async () => {
      await Promise.race([sink?.tick(), new Promise((resolve) => setTimeout(resolve, 20))]);
      return forms.map((form) => Number(form.get('v2')));
    },
    words: () => forms.join('\n'),
    hang: () => {
      hangs = true;
    },
    die,
    live: listen,
  };
}

contract('MQTT, events', {
  begin: () =>
    mqtt(
      'event',
      (house, n) =>
        house.commit(
          identity(),
          event({ source: 'server', name: 'login', code: null, time: T + n, text: `${n}`, connection: n }),
        ),
      (payload) => Number(JSON.parse(payload).text),
    ),
  keeps: 'everything',
  throughRestart: false,
});

contract('MQTT, what is now', {
  begin: () => mqtt('state', live, (payload) => JSON.parse(payload).soc),
  keeps: 'newest',
  throughRestart: false,
});

contract('InfluxDB', { begin: influx, keeps: 'everything', throughRestart: true });

contract('Prometheus', { begin: async () => prometheus(), keeps: 'newest', throughRestart: false });

contract('PVOutput', { begin: pvOutput, keeps: 'newest', throughRestart: false, stepSeconds: 300, alone: true });
