import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { configOf } from '../../test/config.ts';
import { samplesOf } from '../../test/exposition.ts';
import { keptHouse, told } from '../../test/kept-house.ts';
import { Client } from '../../test/port.ts';
import { clock, identity, OTHER, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { fixture, frameByHand, hexOf, sessionFrames } from '../../test/wire.ts';
import { entriesOf } from '../bundle/zip.ts';
import type { Config } from '../config/load.ts';
import type { LiveReport, Log, Note } from '../log/log.ts';
import { OwnerError } from '../problems/errors.ts';
import { BatteryMemory } from '../store/sqlite/battery-memory.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../store/store.ts';
import { App } from './app.ts';
import { readContact } from './server-file.ts';

const HERE = { host: '127.0.0.1', port: 0 };
const SUCCESS = (command: number) => hexOf(frameByHand(2, command, '{"Status":"Success"}'));

type Change = {
  readonly [Key in 'battery' | 'web' | 'log' | 'data' | 'mqtt' | 'store']?: Partial<Config[Key]> | string;
};

function configWith(change: Change = {}): Config {
  const { battery = {}, web = {}, log = {}, mqtt = {}, store = {}, data = temporaryFolder() } = change;
  const config = configOf({ time_zone: 'Europe/Dublin', data, store });
  return {
    ...config,
    battery: { ...config.battery, listen: HERE, max_connections: 10, max_batteries: 10, ...(battery as object) },
    web: { ...config.web, listen: HERE, ...(web as object) },
    mqtt: { ...config.mqtt, ...(mqtt as object) },
    log: { ...config.log, ...(log as object) },
  };
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** All the app said, as `LEVEL CODE text`, and its readings. */
class Heard implements Log {
  readonly wantsLive: boolean;
  readonly notes: Note[] = [];
  readonly readings: LiveReport[] = [];

  constructor(wantsLive = true) {
    this.wantsLive = wantsLive;
  }

  live(report: LiveReport): void {
    this.readings.push(report);
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  get texts(): string[] {
    return this.notes.map(({ level, code, text }) => `${level} ${code} ${text}`);
  }
}

async function started(change: Change = {}, log = new Heard()) {
  const config = configWith(change);
  const app = new App(config, log);
  await app.start();
  onTestFinished(() => app.stop());
  return { app, log, config };
}

it('says what waited for an output that is configured no more', async () => {
  const data = temporaryFolder();
  const before = SqliteStore.open({ folder: data, timeZone: 'UTC', outboxes: [{ name: 'influx', bytes: 1e6 }] });
  before.commit([reading('live', T, { soc: 5 }), reading('live', T + 1, { soc: 6 })]);
  before.close();
  const { log } = await started({ data });
  expect(log.texts[0]).toMatch(/^warn OUTPUT_FORGOTTEN influx: .*\(2 readings, from 2024-06-12T11:04:00Z on\)$/);
});

describe('copies of what is kept', () => {
  it('are made by themselves, and said', async () => {
    const data = keptHouse(5);
    const { log, config } = await started({ data, store: { backups: { every: '10s' } } as object });
    const note = await vi.waitFor(
      () => log.notes.find(({ code }) => code === 'backup') ?? expect.unreachable('none yet'),
      { timeout: 15_000 },
    );
    expect(note.text).toMatch(/^backed up to \S+\/backups\/automatic-000001-\S+Z, 1 MB in \d+ s, and read again$/);
    // What is older than retention is trimmed by the server meanwhile.
    const ids = (folder: string) => (told(folder) as { ids: unknown }).ids;
    expect(ids(String(note.data?.path))).toEqual(ids(config.data));
  });
});

/** Says these frames on one connection, and waits until each is answered. */
async function says(app: App, ...frames: readonly Uint8Array[]): Promise<Client> {
  const client = await Client.to(app.batteryPort);
  client.socket.once('end', () => client.socket.end());
  const before = client.received.length;
  for (const frame of frames) client.socket.write(frame);
  const answers = frames.map((frame) => SUCCESS(frame[2] ?? 0)).join('');
  await vi.waitFor(() => expect(client.hex.slice(before)).toBe(answers), { timeout: 5000 });
  return client;
}

const batteriesOf = async (app: App) =>
  (await (await fetch(`http://127.0.0.1:${app.webPort}/api/batteries`)).json()) as unknown[];
const ready = async (app: App) => (await fetch(`http://127.0.0.1:${app.webPort}/readyz`)).status;
const liveOf = (name: string) => frameByHand(1, 16, fixture(`1-1-16.${name}.json`));

/** The error that starting ended with. */
async function failureOf(config: Config): Promise<unknown> {
  const app = new App(config, new Heard());
  onTestFinished(() => app.stop());
  return app.start().then(
    () => expect.unreachable('it started'),
    (error: unknown) => error,
  );
}

function taken(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** Nobody holds the folder: another server could begin. */
const isFree = (folder: string) => SqliteStore.open({ folder, timeZone: 'UTC' }).close();

it('counts lines of the log that were lost, and says so when it can', async () => {
  const log = new Heard();
  const output = {
    lost: 0,
    sayLost: (say: (lines: number, reason: string) => void) => {
      if (output.lost > 0) say(output.lost, 'its disk is full');
    },
  };
  const app = new App(configWith(), log, output);
  await app.start();
  onTestFinished(() => app.stop());
  const problems = async () => {
    const response = await fetch(`http://127.0.0.1:${app.webPort}/readyz`);
    return ((await response.json()) as { problems: unknown }).problems;
  };
  expect(await problems()).toEqual({});
  output.lost = 7;
  expect(await problems()).toEqual({ LOG_LOST: 7 });
  const metrics = await (await fetch(`http://127.0.0.1:${app.webPort}/metrics`)).text();
  expect(metrics).toContain('alphaess_problems_total{code="LOG_LOST"} 7\n');
  await app.stop();
  expect(log.notes.at(-1)).toEqual({
    level: 'error',
    code: 'LOG_LOST',
    text: '7 lines of the log were lost: its disk is full',
    data: { lines: 7 },
  });
});

it('closes to others what an earlier version left open, and says what it cannot close', async () => {
  const data = join(temporaryFolder(), 'data');
  SqliteStore.open({ folder: data, timeZone: 'UTC' }).close();
  const files = [DATABASE_FILE, 'lock'].map((name) => join(data, name));
  chmodSync(data, 0o755);
  for (const path of files) chmodSync(path, 0o644);
  const { log } = await started({ data });
  expect([data, ...readdirSync(data).map((name) => join(data, name))].map(modeOf)).toEqual([
    '700',
    ...readdirSync(data).map(() => '600'),
  ]);
  expect(readdirSync(data)).toEqual(expect.arrayContaining([`${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`]));
  expect(log.notes.map(({ code }) => code)).toEqual(['listening']);
});

describe('a running app', () => {
  it('bounds connections by address, but not this machine’s', async () => {
    const { app } = await started({ battery: { max_connections_per_address: 1 } });
    const first = await Client.to(app.batteryPort);
    await says(app, liveOf('live'));
    await says(app, liveOf('night'));
    expect(first.ended).toBe(false);
  });

  it('can be reached by commands once it says that it listens', async () => {
    const data = temporaryFolder();
    const reachable: boolean[] = [];
    const log = new (class extends Heard {
      override note(note: Note): void {
        if (note.code === 'listening') reachable.push(existsSync(join(data, 'server.json')));
      }
    })();
    await started({ data }, log);
    expect(reachable).toEqual([true]);
  });

  it('goes on where commands cannot be told of it, and says so', async () => {
    const data = temporaryFolder();
    mkdirSync(join(data, 'server.json'));
    const { app, log } = await started({ data });
    expect(log.texts[0]).toMatch(/^warn DATA_NOT_WRITABLE commands cannot reach this server, since server\.json /);
    await says(app, liveOf('live'));
  });

  it('says where it listens', async () => {
    const { app, log } = await started();
    expect(log.notes).toEqual([
      {
        level: 'info',
        code: 'listening',
        text: `listening for batteries on 127.0.0.1:${app.batteryPort}, web on 127.0.0.1:${app.webPort}`,
        data: { battery_port: app.batteryPort, web_port: app.webPort },
        more: expect.arrayContaining([`the page: http://127.0.0.1:${app.webPort}/`]),
      },
    ]);
    expect(await ready(app)).toBe(200);
  });

  it('answers a battery, and tells of its readings and events by its id', async () => {
    const { app, log } = await started();
    await says(app, ...sessionFrames(), frameByHand(1, 9, fixture('1-1-9.system.json')));
    const [first] = log.readings;
    expect(log.readings).toHaveLength(2);
    expect(first?.battery).toMatch(/^[0-9a-f]{6}$/);
    expect(first?.time).toBeCloseTo(Date.now() / 1000, -2);
    expect(first?.values()).toMatchObject({ pv_power: 6065, grid_power: -3442, load_power: 418, soc: 71.2 });
    expect(first?.values()).not.toHaveProperty('pv3_power');
    const events = log.notes.filter(({ code }) => code === 'event');
    expect(events.map(({ text }) => text)).toEqual([
      'connected, connection 1',
      'login, AlphaESS',
      'message System',
      ...Array.from({ length: 14 }, () => expect.stringMatching(/^log (29|30|42): .* \(inferred\), 24\/06\/12 /)),
      'log 29: network link up (inferred), 24/06/12 11:40:25 29',
      'log 41: connected to the server (inferred), 24/06/12 12:03:41 41',
    ]);
    expect(new Set(events.map(({ battery }) => battery))).toEqual(new Set([first?.battery]));
  });

  it('calls a battery what its owner calls it', async () => {
    const data = temporaryFolder();
    const before = await started({ data });
    await says(before.app, liveOf('live'));
    const id = before.log.readings[0]?.battery ?? '';
    await before.app.stop();
    const { app, log } = await started({ data, battery: { names: { [id]: 'Garage' } } });
    await says(app, liveOf('night'));
    expect(log.readings[0]?.battery).toBe('Garage');
    expect(log.texts).toContain('info event connected, connection 10001');
  });

  it('reads a hundred of many batteries at the start, and any other when it is first heard', async () => {
    const data = temporaryFolder();
    const before = SqliteStore.open({ folder: data, timeZone: 'UTC' });
    before.commit(Array.from({ length: 1000 }, (_, n) => identity(`AL${n}`)));
    before.commit([clock(3600, T * 1000)]);
    before.close();
    const of = vi.spyOn(BatteryMemory.prototype, 'of');
    onTestFinished(() => of.mockRestore());
    const { app, log } = await started({ data, battery: { max_batteries: 1001 } });
    expect(of).toHaveBeenCalledTimes(100);
    expect(await batteriesOf(app)).toHaveLength(100);
    await says(app, liveOf('live'), liveOf('night'));
    expect(of.mock.calls.slice(100)).toEqual([[SERIAL]]);
    expect(log.readings).toHaveLength(2);
    // Its clock is the one that was kept, and it is shown from now on.
    expect(log.notes.filter(({ code }) => code === 'clock')[0]?.data).toMatchObject({ reason: 'first_frame' });
    expect(await batteriesOf(app)).toHaveLength(101);
    // A new one finds its place taken.
    await says(app, liveOf('three-phase'));
    expect(log.texts.at(-1)).toMatch(/BATTERIES_TOO_MANY/);
  });

  it('makes no report of readings that nobody wants', async () => {
    const { app, log } = await started({}, new Heard(false));
    await says(app, liveOf('live'));
    expect(log.readings).toEqual([]);
    expect(log.texts).toContain('info event connected, connection 1');
  });

  it('tells Prometheus of its batteries and of itself, by ids alone', async () => {
    const { app, log } = await started();
    const client = await says(app, ...sessionFrames(), frameByHand(1, 4, fixture('1-1-4.config.json')));
    const id = log.readings[0]?.battery;
    const metrics = async () => (await fetch(`http://127.0.0.1:${app.webPort}/metrics`)).text();
    const text = await metrics();
    expect(samplesOf(text, 'alphaess_load_power_watts')).toEqual({ [`battery=${id}`]: 416 });
    expect(samplesOf(text, 'alphaess_connected')).toEqual({ [`battery=${id}`]: 1 });
    expect(samplesOf(text, 'alphaess_connections')).toEqual({ '': 1 });
    expect(samplesOf(text, 'alphaess_readings_kept_total')).toMatchObject({ 'kind=live': 2 });
    expect(samplesOf(text, 'alphaess_problems_total')).toMatchObject({ 'code=FRAME_TLS': 0, 'code=STORE_FULL': 0 });
    expect(text).not.toContain(SERIAL);
    await vi.waitFor(
      async () =>
        expect(Object.keys(samplesOf(await metrics(), 'alphaess_device_info'))).toEqual([
          expect.stringMatching(new RegExp(`^battery=${id} name=${id} model=\\S+ ems_version=V`)),
        ]),
      // The reading thread begins with this question.
      { timeout: 10_000 },
    );
    client.socket.end();
    await vi.waitFor(async () =>
      expect(samplesOf(await metrics(), 'alphaess_connected')).toEqual({ [`battery=${id}`]: 0 }),
    );
  });

  it('counts Prometheus as an output once it has asked', async () => {
    const { app } = await started();
    const ask = (path: string) => fetch(`http://127.0.0.1:${app.webPort}${path}`);
    const outputs = async () => ((await (await ask('/api/server')).json()) as { sinks: unknown[] }).sinks;
    expect(await outputs()).toEqual([]);
    await (await ask('/metrics')).text();
    expect(await outputs()).toMatchObject([{ name: 'prometheus', state: 'up', sent: 1, problem: null }]);
    expect(samplesOf(await (await ask('/metrics')).text(), 'alphaess_output_up')).toEqual({});
  });

  it('says that the meaning of a code is unknown', async () => {
    const { app, log } = await started();
    const body = '{"MsgType":"EventLog","MsgContent":"24/06/12 12:03:41 23;","Description":"OK"}';
    await says(app, frameByHand(1, 9, body));
    expect(log.texts).toContain('info event log 23: meaning unknown, 24/06/12 12:03:41 23');
  });

  it('tells of connections without addresses, unless the owner wants them', async () => {
    const shy = await started();
    const client = await says(shy.app, frameByHand(1, 0, ''));
    client.socket.end();
    await vi.waitFor(() => expect(shy.log.texts).toContain('info connection connection 1 closed'));
    expect(shy.log.texts).toContain('info connection connection 1 from this machine');
    const open = await started({ log: { private: true } });
    await says(open.app, frameByHand(1, 0, ''));
    expect(open.log.texts).toContain('info connection connection 1 from 127.0.0.1');
  });

  it('tells of what is wrong with its code, on which connection, and whose', async () => {
    const { app, log } = await started();
    const client = await says(app, liveOf('live'));
    client.socket.write(frameByHand(1, 7, '{}'));
    await vi.waitFor(() => expect(client.hex).toBe(SUCCESS(16) + SUCCESS(7)));
    expect(log.notes.at(-1)).toEqual({
      level: 'warn',
      code: 'COMMAND_UNKNOWN',
      text: 'connection 1: a message with a command nobody has documented was kept as it came (unknown 7, 2 bytes)',
      battery: log.readings[0]?.battery,
    });
    const other = await started({ battery: { allow: ['10.0.0.0/8'] } });
    await Client.to(other.app.batteryPort);
    await vi.waitFor(() =>
      expect(other.log.texts.at(-1)).toBe(
        'warn PEER_NOT_ALLOWED a connection from outside the allowed networks was refused (this machine)',
      ),
    );
    // Its owner can learn who that was.
    const strangers = await fetch(`http://127.0.0.1:${other.app.webPort}/api/strangers`);
    expect(await strangers.json()).toMatchObject([{ address: '127.0.0.1', code: 'PEER_NOT_ALLOWED', times: 1 }]);
  });

  it('takes in no more batteries than it is set up for', async () => {
    const { app, log } = await started({ battery: { max_batteries: 1 } });
    await says(app, liveOf('live'));
    await says(app, liveOf('three-phase'));
    expect(log.texts.at(-1)).toMatch(/^warn BATTERIES_TOO_MANY connection 2: /);
    expect(log.readings).toHaveLength(1);
  });
});

describe('a store in trouble', () => {
  it('is not answered over, is told of, and heals by itself', async () => {
    const { app, log, config } = await started();
    const client = await says(app, liveOf('live'));
    const other = new DatabaseSync(join(config.data, 'alphaess-local.db'));
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    client.socket.write(liveOf('night'));
    await vi.waitFor(() => expect(log.texts.at(-1)).toMatch(/^error STORE_BUSY /));
    expect(log.texts.at(-1)).toBe(
      'error STORE_BUSY cannot write: another program holds the database locked (database is locked). ' +
        'Batteries are not answered until it passes, so nothing is lost',
    );
    expect(await ready(app)).toBe(503);
    expect(client.hex).toBe(SUCCESS(16));
    other.exec('ROLLBACK');
    await vi.waitFor(() => expect(client.hex).toBe(SUCCESS(16).repeat(2)), { timeout: 8000 });
    expect(log.texts.at(-1)).toMatch(/^info STORE_RECOVERED writing works again after \d+ s$/);
    expect(await ready(app)).toBe(200);
    expect(log.readings).toHaveLength(2);
  });

  it('costs one connection what it can never take', async () => {
    const { app, log, config } = await started();
    const client = await says(app, liveOf('live'));
    const other = new DatabaseSync(join(config.data, 'alphaess-local.db'));
    other.exec('DROP TABLE frame');
    other.close();
    client.socket.write(frameByHand(1, 7, '{}'));
    await vi.waitFor(() => expect(client.ended).toBe(true));
    expect(client.hex).toBe(SUCCESS(16));
    expect(log.texts.filter((text) => text.startsWith('error'))).toEqual([
      expect.stringMatching(/^error STORE_REFUSED could not keep what one connection sent, and closed it: /),
    ]);
  });

  it('that cannot be put in order is told of, and costs nobody the connection', async () => {
    const { app, log, config } = await started();
    const client = await says(app, liveOf('live'));
    const other = new DatabaseSync(join(config.data, 'alphaess-local.db'));
    other.exec('ALTER TABLE frame DROP COLUMN reason; ALTER TABLE frame RENAME TO frames');
    other.close();
    const text = /^error STORE_REFUSED could not put in order what is kept, and will try again: /;
    await vi.waitFor(() => expect(log.texts.at(-1)).toMatch(text), { timeout: 5000 });
    client.socket.write(liveOf('night'));
    await vi.waitFor(() => expect(client.hex).toBe(SUCCESS(16).repeat(2)));
  });

  it('does not keep the app from stopping', async () => {
    const { app, log, config } = await started();
    const client = await says(app, liveOf('live'));
    const other = new DatabaseSync(join(config.data, 'alphaess-local.db'));
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    client.socket.write(liveOf('night'));
    await vi.waitFor(() => expect(log.texts.at(-1)).toMatch(/^error STORE_BUSY /));
    await app.stop();
    other.exec('ROLLBACK');
    expect(client.hex).toBe(SUCCESS(16));
    isFree(config.data);
  });
});

describe('an app that cannot start', () => {
  it.each(['battery', 'web'] as const)('because its %s port is in use says so, and holds nothing', async (side) => {
    const port = await taken();
    const config = configWith({ [side]: { listen: { host: '127.0.0.1', port } } });
    const error = await failureOf(config);
    expect(error).toBeInstanceOf(OwnerError);
    expect(error).toMatchObject({
      code: 'PORT_IN_USE',
      message: `cannot listen on 127.0.0.1:${port} (${side} port): another program already listens there: stop it, or choose another port with --${side}-listen`,
    });
    isFree(config.data);
  });

  it('because the address is none of this machine says so', async () => {
    const error = await failureOf(configWith({ battery: { listen: { host: '203.0.113.1', port: 7777 } } }));
    expect(error).toMatchObject({
      code: 'ADDRESS_NOT_HERE',
      message:
        'cannot listen on 203.0.113.1:7777 (battery port): this machine has no such address: use 0.0.0.0 for every address it has',
    });
  });

  it('because the name of the address is unknown says so', async () => {
    const error = await failureOf(configWith({ battery: { listen: { host: 'nowhere.invalid', port: 7777 } } }));
    expect(error).toMatchObject({
      code: 'ADDRESS_NOT_HERE',
      message:
        'cannot listen on nowhere.invalid:7777 (battery port): there is no such address: use 0.0.0.0 for every address this machine has',
    });
  });

  it('writes an IPv6 address in brackets', async () => {
    const error = await failureOf(configWith({ battery: { listen: { host: '2001:db8::1', port: 7777 } } }));
    expect(String(error)).toContain('cannot listen on [2001:db8::1]:7777 (battery port): ');
  });

  it('is told of as it is where nobody foresaw it', async () => {
    const error = await failureOf(configWith({ battery: { listen: { host: '127.0.0.1', port: 65_536 } } }));
    expect(error).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
    expect(error).not.toBeInstanceOf(OwnerError);
  });

  it('because another one has the folder leaves that one alone', async () => {
    const { app, config } = await started();
    expect(await failureOf(configWith({ data: config.data }))).toMatchObject({ code: 'STORE_IN_USE' });
    await says(app, liveOf('live'));
  });

  it.each(['0.0.0.0', '::', '192.168.1.20', 'example.org', '10.127.0.1'])(
    'because its page would be open to others has not even touched the folder: %s',
    async (host) => {
      const data = join(temporaryFolder(), 'data');
      const error = await failureOf(configWith({ data, web: { listen: { host, port: 0 } } }));
      expect(error).toMatchObject({
        code: 'WEB_NEEDS_PASSWORD',
        message: `the web port may not listen on ${host} without a password: set a password with: alphaess-local password --data ${data}`,
      });
      expect(() => new DatabaseSync(join(data, 'alphaess-local.db'))).toThrow();
    },
  );

  it('is not one where a password can be set on the page: nobody sees anything until it is', async () => {
    const { app, log } = await started({ web: { hosts: ['battery.example'], setup: true } });
    const ask = (path: string) => fetch(`http://127.0.0.1:${app.webPort}${path}`);
    expect((await ask('/api/batteries')).status).toBe(401);
    const { app: plain } = await started();
    expect(log.notes.filter(({ code }) => code === 'WEB_SETUP')).toEqual([
      expect.objectContaining({ level: 'warn', text: expect.stringMatching(/ with the code \w{4}-\w{4}$/) }),
    ]);
    expect((await fetch(`http://127.0.0.1:${plain.webPort}/api/batteries`)).status).toBe(200);
  });

  it('shares the code with nobody who is given the newest lines of the log', async () => {
    const { app, log, config } = await started({ web: { hosts: ['battery.example'], setup: true } });
    const code = / (\w{4}-\w{4})$/.exec(log.texts.find((text) => text.includes('WEB_SETUP')) ?? '')?.[1] ?? '';
    const headers = { authorization: `Local ${readContact(config.data)?.token}`, 'x-requested-by': 'test' };
    const asked = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' };
    const bundle = await fetch(`http://127.0.0.1:${app.webPort}/api/bundle`, asked);
    expect([bundle.status, code.length]).toEqual([200, 9]);
    const { zip } = (await bundle.json()) as { zip: string };
    const texts = entriesOf(Buffer.from(zip, 'base64')).map(({ bytes }) => Buffer.from(bytes).toString());
    expect(texts.some((text) => text.includes('listening for batteries'))).toBe(true);
    expect(texts.some((text) => text.includes(code))).toBe(false);
  });

  it.each(['localhost', '127.0.0.2'])('is not one whose page only this machine reaches: %s', async (host) => {
    const { app } = await started({ web: { listen: { host, port: 0 } } });
    expect(app.webPort).toBeGreaterThan(0);
  });
});

describe('stopping', () => {
  it('answers what was heard, closes everything, and keeps who was connected until when', async () => {
    const { app, config } = await started();
    const client = await says(app, liveOf('live'));
    await says(app, liveOf('preal-zero'));
    const { batteryPort, webPort } = app;
    await app.stop();
    expect([app.batteryPort, app.webPort]).toEqual([0, 0]);
    await vi.waitFor(() => expect(client.ended).toBe(true));
    await expect(Client.to(batteryPort)).rejects.toThrow('ECONNREFUSED');
    await expect(Client.to(webPort)).rejects.toThrow('ECONNREFUSED');
    isFree(config.data);
    const db = new DatabaseSync(join(config.data, 'alphaess-local.db'));
    const ends = db.prepare(`SELECT serial FROM event JOIN battery ON battery.key = event.battery
      WHERE name = 'disconnected' ORDER BY serial`);
    expect(ends.all().map(({ serial }) => serial)).toEqual([SERIAL, OTHER]);
    expect(db.prepare('SELECT count(*) AS n FROM reading_live').get()).toMatchObject({ n: 2 });
    db.close();
  });

  it('is no error before the start, nor twice', async () => {
    const app = new App(configWith(), new Heard());
    await app.stop();
    await app.start();
    await app.stop();
    await app.stop();
  });

  it('right after starting leaves nothing running', async () => {
    const log = new Heard();
    const config = configWith();
    const app = new App(config, log);
    const starting = app.start();
    await app.stop();
    await starting;
    expect(log.texts).toEqual([]);
    expect([app.batteryPort, app.webPort]).toEqual([0, 0]);
    isFree(config.data);
  });

  it('between the one port and the other leaves nothing running', async () => {
    const log = new Heard();
    const config = configWith();
    let stopping: Promise<void> | null = null;
    // Looked at when the web port is about to be opened.
    const web = {
      ...config.web,
      get listen() {
        if (app.batteryPort > 0) stopping ??= app.stop();
        return HERE;
      },
    };
    const app: App = new App({ ...config, web }, log);
    await app.start();
    expect(stopping).not.toBeNull();
    await stopping;
    expect(log.texts).toEqual([]);
    expect([app.batteryPort, app.webPort]).toEqual([0, 0]);
    isFree(config.data);
  });

  it('may be followed by another start', async () => {
    const { app, log } = await started();
    await says(app, liveOf('live'));
    await app.stop();
    await app.start();
    await says(app, liveOf('night'));
    expect(log.readings.map(({ battery }) => battery)).toEqual([log.readings[0]?.battery, log.readings[0]?.battery]);
  });
});
