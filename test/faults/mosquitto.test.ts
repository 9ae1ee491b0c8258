/**
 * A real server and a real broker, as their owner has them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { DISCOVERY } from '../home-assistant-rules.ts';
import { run } from '../io.ts';
import { EXECUTABLE, Listener, Mosquitto, TLS, tlsFile } from '../outputs/mosquitto.ts';
import { needing } from '../outputs/required.ts';
import {
  clockText,
  endAll,
  exported,
  folder,
  liveBody,
  Peer,
  type Server,
  serve,
  successTo,
  until,
  Witness,
} from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';

const SERIAL = 'AL2002021010101';
const OTHER = 'AL2002021010102';
const THIRD = 'AL2002021010103';
const UNTRUSTED = /OUTPUT_UNTRUSTED|certificate/;

afterEach(endAll);

/** A server with these settings of MQTT. */
function serverWith(settings: Readonly<Record<string, string>>, data = folder()): Promise<Server> {
  const environment = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`ALPHAESS_LOCAL_MQTT_${key}`, value]),
  );
  return serve({ data, environment });
}

/** A battery that has said these messages, and was answered. */
async function battery(
  server: Server,
  ...messages: readonly (readonly [command: number, body: string])[]
): Promise<Peer> {
  const peer = await Peer.connect(server.port);
  peer.send(...messages.map(([command, body]) => frameByHand(1, command, body)));
  await peer.receives(...messages.map(([command]) => successTo(command)));
  return peer;
}

const nowSeconds = () => Math.floor(Date.now() / 1000);
const live = (second = nowSeconds(), more: Readonly<Record<string, unknown>> = {}) =>
  [16, liveBody(SERIAL, second, more)] as const;
const detail = () =>
  [5, fixture('1-1-5.detail.json').replace(/"Time":"[^"]*"/, `"Time":"${clockText(nowSeconds())}"`)] as const;

needing(EXECUTABLE, 'mosquitto', 'With mosquitto', () => {
  it('over TLS and with a password: Home Assistant is told what there is and what it measures, and no secret', async () => {
    const broker = await Mosquitto.start({ lines: TLS, users: { house: 's3cret' } });
    const url = `mqtts://127.0.0.1:${broker.port}`;
    const listener = await Listener.to({ url, username: 'house', password: 's3cret' });
    const secret = join(folder(), 'password');
    writeFileSync(secret, 's3cret\n');
    const server = await serverWith({ URL: url, USERNAME: 'house', PASSWORD_FILE: secret, CA: tlsFile('ca.crt') });
    await battery(server, [2, fixture('1-1-2.login.json')], live(), [4, fixture('1-1-4.config.json')], detail());

    const state = await listener.says(/\/state$/, (payload) => payload.startsWith('{'));
    expect(JSON.parse(state.payload)).toMatchObject({
      pv1_power: 1890,
      battery_power: -2099.692,
      soc: 71.2,
      grid_power: null,
    });
    const details = await listener.says(/\/detail$/);
    expect(JSON.parse(details.payload)).toMatchObject({ problem: false, bms_state: 1 });
    await listener.says(/\/configuration$/);
    const { payload } = await listener.says(/^homeassistant\/device\/alphaess_[0-9a-f]{6}\/config$/, (text) =>
      text.includes('sw_version":"EMS '),
    );
    const discovery = DISCOVERY.parse(JSON.parse(payload));
    expect(discovery.device).toMatchObject({ name: 'AlphaESS', sw_version: 'EMS V1.01.08' });
    // Every template finds its key in what is said under its topic.
    for (const [topic, keys] of topicsOf(discovery)) {
      const said = listener.heard.findLast((one) => one.topic === topic);
      if (said === undefined) expect(topic).toMatch(/\/energy$|\/event$/);
      else expect(Object.keys(JSON.parse(said.payload))).toEqual(expect.arrayContaining(keys));
    }
    const all = JSON.stringify(listener.heard);
    for (const private_ of [
      SERIAL,
      's3cret',
      'Example Lane',
      'X99 ZZ99',
      '0209100123',
      'EXBAT101P00017',
      'EXINV5000000023',
    ])
      expect(all).not.toContain(private_);
    expect(server.stdout + server.stderr).not.toContain('s3cret');
  });

  it('with a client certificate', async () => {
    const broker = await Mosquitto.start({ lines: [...TLS, 'require_certificate true'] });
    const url = `mqtts://localhost:${broker.port}`;
    const files = { CA: tlsFile('ca.crt'), CERTIFICATE: tlsFile('client.crt'), KEY: tlsFile('client.key') };
    const server = await serverWith({ URL: url, ...files });
    expect((await server.says('output')).msg).toBe(`mqtt: connected to localhost:${broker.port}`);
    const stranger = await serverWith({ URL: url, CA: tlsFile('ca.crt') });
    await until('the stranger to be kept out', () => stranger.lines.find(({ code }) => code.startsWith('OUTPUT_')));
  });

  it('over WebSockets', async () => {
    // It does not start with that listener alone.
    const other = `listener 0 ${join(folder(), 'socket')}`;
    const broker = await Mosquitto.start({ lines: ['protocol websockets', other] });
    const server = await serverWith({ URL: `ws://127.0.0.1:${broker.port}` });
    await server.says('output');
  });

  it.each([
    ['a wrong password', { USERNAME: 'house', PASSWORD: 'wr0ng', CA: tlsFile('ca.crt') }, /OUTPUT_REFUSED/],
    ['a broker whose authority is not known', { USERNAME: 'house', PASSWORD: 's3cret' }, UNTRUSTED],
  ])('%s is said, and batteries do not notice', async (_what, settings, code) => {
    const broker = await Mosquitto.start({ lines: TLS, users: { house: 's3cret' } });
    const server = await serverWith({ URL: `mqtts://127.0.0.1:${broker.port}`, ...settings });
    const line = await until('the trouble to be said', () => server.lines.find((one) => code.test(one.code)));
    expect(JSON.stringify(line)).not.toMatch(/wr0ng|s3cret/);
    await battery(server, live());
    const { sinks } = (await (await fetch(`http://127.0.0.1:${server.webPort}/api/server`)).json()) as {
      sinks: { name: string; state: string }[];
    };
    expect(sinks).toMatchObject([{ name: 'mqtt', state: 'refused' }]);
  });

  it('says that the server is gone when it is killed', async () => {
    const broker = await Mosquitto.start();
    const listener = await Listener.to({ url: `mqtt://127.0.0.1:${broker.port}` });
    const server = await serverWith({ URL: `mqtt://127.0.0.1:${broker.port}` });
    await listener.says(/^alphaess\/bridge\/state$/, (payload) => payload === 'online');
    await server.kill();
    await listener.says(/^alphaess\/bridge\/state$/, (payload) => payload === 'offline');
  });

  it('keeps nothing of a battery that is forgotten, also where it was away then, and all of others', async () => {
    const lines = ['persistence true', `persistence_location ${folder()}/`];
    const broker = await Mosquitto.start({ lines });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const data = folder();
    const server = await serverWith({ URL: url }, data);
    await battery(server, [2, fixture('1-1-2.login.json')], live(), detail());
    await battery(server, [16, liveBody(OTHER, nowSeconds())]);
    await battery(server, [16, liveBody(THIRD, nowSeconds())]);
    const rows = await exported(data, 'live');
    const ids = [...new Set(rows.map(({ battery: id }) => String(id)))];
    expect(ids).toHaveLength(3);
    const keptOf = async (id: string) => (await retainedAt(url)).filter((topic) => topic.includes(id)).length;
    for (const id of ids) await until('it to be known at the broker', async () => (await keptOf(id)) >= 3);

    const [one, other, third] = ids as [string, string, string];
    const forgotten = await run(['forget', one, '--yes', '--data', data]);
    expect(forgotten.out).not.toContain('topics');
    expect([forgotten.code, await keptOf(one)]).toEqual([0, 0]);

    broker.child.kill('SIGTERM');
    await broker.exited;
    await server.says('OUTPUT_UNREACHABLE');
    const later = await run(['forget', other, '--yes', '--data', data]);
    expect([later.code, later.out]).toEqual([
      0,
      expect.stringMatching(/\d topics at the MQTT broker are cleared once/),
    ]);
    await server.stop();
    await Mosquitto.start({ lines, port: broker.port });
    expect(await keptOf(other)).toBeGreaterThan(2);
    await serverWith({ URL: url }, data);
    await until('its topics to be cleared', async () => (await keptOf(other)) === 0);
    expect(await keptOf(third)).toBeGreaterThan(2);
  }, 60_000);

  it('killed under load: batteries are answered as ever, and every event arrives afterwards, once', async () => {
    const broker = await Mosquitto.start();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const data = folder();
    const server = await serverWith({ URL: url }, data);
    await server.says('output');
    const witness = await Witness.start(server.port);
    await witness.isAnswered();
    await broker.kill();
    await server.says('OUTPUT_UNREACHABLE');
    for (let n = 0; n < 20; n++) {
      const peer = await battery(server, live(nowSeconds() + n));
      peer.socket.end();
      await peer.hungUp();
    }
    await witness.isAnswered();
    const from = server.lines.length;
    // Who listens is there before the server is back.
    server.child.kill('SIGSTOP');
    await Mosquitto.start({ port: broker.port });
    const listener = await Listener.to({ url });
    server.child.kill('SIGCONT');
    await server.says('output', from, 60_000);
    await until('all events at the broker', async () => {
      const told = listener.all(/\/event$/).map(({ payload }) => JSON.parse(payload).text);
      const expected = (await exported(data, 'event'))
        .filter(({ name }) => name === 'disconnected')
        .map(({ text }) => text);
      return expected.length === 20 && expected.every((text) => told.filter((one) => one === text).length >= 1);
    });
    const texts = listener
      .all(/\/event$/)
      .map(({ payload }) => JSON.parse(payload))
      .map(({ name, text }) => `${name} ${text}`);
    expect(new Set(texts).size).toBe(texts.length);
    expect(listener.all(/\/event$/).every(({ retain }) => !retain)).toBe(true);
    await witness.isAnswered();
  });
});

/** Topics under which the broker keeps something. */
async function retainedAt(url: string): Promise<string[]> {
  const listener = await Listener.to({ url });
  // What is published after it has subscribed comes behind all that is kept.
  const mark = `mark/${performance.now()}`;
  listener.publish(mark, 'here');
  await listener.says(new RegExp(`^${mark}$`));
  return listener.heard.filter(({ retain, payload }) => retain && payload !== '').map(({ topic }) => topic);
}

/** The keys that the templates of each topic ask for. */
function topicsOf(discovery: ReturnType<typeof DISCOVERY.parse>): Map<string, string[]> {
  const topics = new Map<string, string[]>();
  for (const one of Object.values(discovery.components)) {
    const { state_topic: topic = discovery.state_topic, value_template: template = '' } = one as Record<string, string>;
    const keys = [...template.matchAll(/value_json\.(\w+)/g)].map(([, key]) => key as string);
    topics.set(topic, [...(topics.get(topic) ?? []), ...keys]);
  }
  return topics;
}
