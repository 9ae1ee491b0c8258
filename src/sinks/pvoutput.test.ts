import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { at, battery, detail, energy, happened, live, NOW } from '../../test/news.ts';
import { PvOutput, type PvOutputOptions } from './pvoutput.ts';

const KEY = '0123456789abcdef-the-key';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
}

let now: number;
let told: string[];
let asked: Asked[];
/** How the other side answers. */
let answer: (response: ServerResponse) => void;

beforeEach(() => {
  now = NOW;
  told = [];
  asked = [];
  answer = (response) => response.end('OK 200: Added Status');
});

/** What PVOutput is to us, on a port of its own. */
async function otherSide(): Promise<string> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { method = '', url = '', headers } = request;
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
    asked.push({ method, path: url, headers, form });
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/service/r2/addstatus.jsp`;
}

async function started(change: Partial<PvOutputOptions> = {}): Promise<PvOutput> {
  const output = new PvOutput({
    url: change.url ?? (await otherSide()),
    systemId: '12345',
    apiKey: KEY,
    intervalMinutes: 5,
    battery: null,
    timeZone: 'Europe/Dublin',
    wallMs: () => now,
    reports: {
      up: (sink, where) => void told.push(`${sink} up ${where.replace(/:\d+$/, '')}`),
      trouble: (sink, code, words) => void told.push(`${sink} ${code} ${words}`),
    },
    ...change,
  });
  onTestFinished(() => output.stop());
  output.start();
  return output;
}

const TODAY = { pv_energy: 12.3456, load_energy: 7.5, grid_import_energy: 1 };

/** So many minutes later a battery says all there is, and the interval is looked at. */
async function after(output: PvOutput, minutes: number): Promise<void> {
  now += minutes * 60_000;
  const seconds = (now - NOW) / 1000;
  output.tell(live({ pv_power: 1890.4, load_power: 418, battery_power: 500, soc: 71.2 }, seconds));
  output.tell(detail({ grid_voltage_l1: 238.44 }, seconds));
  output.tell(energy({ today: TODAY, dayStartMs: at(-43_440) }, seconds));
  await output.tick();
}

describe('a status', () => {
  it('is today’s energy and the power now, in the house’s time, and nothing of the battery', async () => {
    await after(await started(), 3);
    expect(asked).toMatchObject([{ method: 'POST', path: '/service/r2/addstatus.jsp' }]);
    expect(asked[0]?.headers).toMatchObject({
      'x-pvoutput-apikey': KEY,
      'x-pvoutput-systemid': '12345',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    });
    // 11:07 UTC, and summer in Dublin.
    expect(asked[0]?.form).toEqual({
      d: '20240612',
      t: '12:05',
      v1: '12346',
      v2: '1890',
      v3: '7500',
      v4: '418',
      v6: '238.4',
    });
  });

  it.each([
    [5, '12:20'],
    [10, '12:20'],
    [15, '12:15'],
  ])('is of an interval of %s minutes', async (intervalMinutes, t) => {
    await after(await started({ intervalMinutes }), 19);
    expect(asked[0]?.form.t).toBe(t);
  });

  it('is of a day that begins elsewhere earlier', async () => {
    const output = await started({ timeZone: 'Pacific/Kiritimati' });
    await after(output, 3);
    // Its day began at 10:00 UTC; the energy of another one is left out.
    expect(asked[0]?.form).toEqual({ d: '20240613', t: '01:05', v2: '1890', v4: '418', v6: '238.4' });
  });

  it('is one for each interval, from the next one on', async () => {
    const output = await started();
    await after(output, 0.5);
    expect(asked).toEqual([]);
    await after(output, 0.5);
    await after(output, 0.5);
    await after(output, 3.5);
    await after(output, 1);
    expect(asked.map(({ form }) => form.t)).toEqual(['12:05', '12:10']);
  });

  it('waits for a reading, and is not made of old ones', async () => {
    const output = await started();
    now += 120_000;
    await output.tick();
    output.tell(energy({ today: TODAY }));
    await output.tick();
    expect(asked).toEqual([]);
    output.tell(live({ pv_power: 5, load_power: 7 }));
    now += 90_001;
    await output.tick();
    expect(asked).toEqual([]);
    output.tell(live({ pv_power: 5, load_power: null }));
    await output.tick();
    expect(asked.map(({ form }) => form)).toEqual([{ d: '20240612', t: '12:05', v1: '12346', v2: '5', v3: '7500' }]);
  });

  it('is without energy and voltage that are old, and without a voltage that is not there', async () => {
    const output = await started();
    await after(output, 3);
    output.tell(detail({ grid_voltage_l1: 0 }));
    now += 240_000;
    output.tell(live({ pv_power: 5, load_power: 7 }));
    await output.tick();
    expect(asked[1]?.form).toEqual({ d: '20240612', t: '12:10', v2: '5', v4: '7' });
  });

  it('just after midnight has no energy of the day before', async () => {
    now = Date.parse('2024-06-12T23:01:00Z');
    const output = await started();
    now += 300_000;
    output.tell(energy({ today: TODAY, dayStartMs: Date.parse('2024-06-11T23:00:00.000Z') }));
    output.tell(live({ pv_power: 0, load_power: 7 }));
    await output.tick();
    expect(asked[0]?.form).toEqual({ d: '20240613', t: '00:05', v2: '0', v4: '7' });
  });

  it('has no number below 0 and none that is no number', async () => {
    const output = await started();
    now += 120_000;
    output.tell(live({ pv_power: 'n/a', load_power: -12 }));
    output.tell(energy({ today: { pv_energy: null, load_energy: 0.0004 } }));
    await output.tick();
    expect(asked[0]?.form).toEqual({ d: '20240612', t: '12:05', v3: '0', v4: '0' });
  });
});

describe('the battery', () => {
  it('must be chosen where there are several', async () => {
    const output = await started();
    output.tell(battery({ id: 'ccc' }));
    await after(output, 3);
    await after(output, 3);
    expect(asked).toEqual([]);
    expect(told).toEqual([
      'pvoutput OUTPUT_REFUSED there are several batteries: set pvoutput.battery to the id of one',
    ]);
  });

  it('that is forgotten is sent no more, and another may be heard', async () => {
    const output = await started();
    const hears = (watts: number, seconds: number, id: string) =>
      output.tell(live({ pv_power: watts, load_power: 8 }, seconds, id));
    hears(1890, 299, 'b3f1c2');
    output.forget('b3f1c2');
    now += 300_000;
    await output.tick();
    expect(asked).toEqual([]);
    hears(7, 300, 'ccc');
    // It is none of what is forgotten now.
    output.forget('b3f1c2');
    await output.tick();
    expect([asked.map(({ form }) => form.v2), told.filter((line) => line.includes('REFUSED'))]).toEqual([['7'], []]);
  });

  it('that is chosen is the only one that is heard', async () => {
    const output = await started({ battery: 'b3f1c2' });
    output.tell(battery({ id: 'ccc' }));
    await after(output, 3);
    output.tell(live({ pv_power: 1, load_power: 2 }, 240, 'ccc'));
    await after(output, 3);
    expect(asked.map(({ form }) => form.v2)).toEqual(['1890', '1890']);
  });

  it('has events that are of no concern', async () => {
    const output = await started();
    output.tell(happened({}, 0, 'ccc'));
    await after(output, 3);
    expect(asked).toHaveLength(1);
  });
});

describe('the other side', () => {
  it('that takes a status is up', async () => {
    const output = await started();
    expect(output.status).toMatchObject({ state: 'starting', sent: 0 });
    await after(output, 3);
    expect(told).toEqual(['pvoutput up 127.0.0.1']);
    expect(output.status).toEqual({
      state: 'up',
      queued: 0,
      sent: 1,
      dropped: 0,
      lastSentMs: now,
      problem: null,
    });
  });

  it.each([
    [401, 'Unauthorized 401: Invalid API Key', 'refused', 'OUTPUT_REFUSED'],
    [403, 'Forbidden 403: Exceeded 60 requests per hour', 'refused', 'OUTPUT_REFUSED'],
    [404, '', 'refused', 'OUTPUT_REFUSED'],
    [429, 'slower', 'down', 'OUTPUT_UNREACHABLE'],
    [503, 'Service Unavailable', 'down', 'OUTPUT_UNREACHABLE'],
  ])('that says %s is told of in its words, once', async (status, words, state, code) => {
    answer = (response) => response.writeHead(status).end(words);
    const output = await started();
    await after(output, 3);
    await after(output, 5);
    expect(told).toEqual([`pvoutput ${code} ${`${status} ${words}`.trim()}`]);
    expect(output.status).toMatchObject({ state, sent: 0, problem: { code } });
  });

  it('that will not take this status is told of, and it is let go', async () => {
    answer = (response) => response.writeHead(400).end('Bad request 400: Date is older\r\n\u001b[31m than 14 days');
    const output = await started();
    await after(output, 3);
    expect(told).toEqual([
      'pvoutput up 127.0.0.1',
      'pvoutput OUTPUT_REJECTED 400 Bad request 400: Date is older [31m than 14 days',
    ]);
    expect(output.status).toMatchObject({ state: 'up', sent: 0, dropped: 1 });
  });

  it('that is away is tried again with the next interval', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    const output = await started({ url: `http://127.0.0.1:${port}/addstatus.jsp` });
    await after(output, 3);
    await after(output, 5);
    expect(told).toEqual(['pvoutput OUTPUT_UNREACHABLE ECONNREFUSED']);
    expect(output.status).toMatchObject({ state: 'down', sent: 0, dropped: 0 });
  });

  it('that hangs up without a word is told of', async () => {
    answer = (response) => void response.socket?.destroy();
    await after(await started(), 3);
    expect(told).toEqual([expect.stringMatching(/^pvoutput OUTPUT_UNREACHABLE (?:UND_ERR_SOCKET|ECONNRESET)$/)]);
  });

  it('cannot lead the key elsewhere', async () => {
    const elsewhere = vi.fn();
    const thief = createServer((request, response) => {
      elsewhere(request.headers);
      response.end();
    });
    thief.listen(0, '127.0.0.1');
    await once(thief, 'listening');
    onTestFinished(() => void thief.close());
    const location = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/`;
    answer = (response) => response.writeHead(307, { location }).end();
    const output = await started();
    await after(output, 3);
    expect(elsewhere).not.toHaveBeenCalled();
    expect(output.status).toMatchObject({ state: 'refused', problem: { detail: '307' } });
  });

  it('cannot put the key, or a long story, into the log', async () => {
    answer = (response) => response.writeHead(403).end(`key ${KEY} ${'is wrong '.repeat(100_000)}`);
    await after(await started(), 3);
    expect(told[0]).toContain('key … is wrong');
    expect(told[0]?.length).toBeLessThan(300);
  });

  it('that does not answer does not keep the server from ending, and is no trouble then', async () => {
    let reached = () => {};
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    answer = () => reached();
    const output = await started();
    const sending = after(output, 3);
    await isReached;
    expect(output.status.queued).toBe(1);
    await output.tick();
    expect(asked).toHaveLength(1);
    await output.stop();
    await sending;
    await output.tick();
    expect(told).toEqual([]);
    expect(output.status).toMatchObject({ state: 'stopped', queued: 0 });
  });
});
