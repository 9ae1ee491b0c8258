import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Broker } from '../../test/broker.ts';
import { configOf } from '../../test/config.ts';
import { battery, live } from '../../test/news.ts';
import { outboxesOf, sinksOf } from './from-config.ts';

const asked: string[] = [];
const kept = new Map<string, string>();
const TOOLS = {
  reports: { up: () => {}, trouble: () => {} },
  wallMs: () => 0,
  memory: {
    recall: (name: string) => kept.get(name) ?? null,
    remember: (entries: ReadonlyMap<string, string>) => {
      for (const [name, text] of entries) kept.set(name, text);
    },
  },
  version: '1.2.3',
  control: { take: async () => {} },
  outbox: (name: string) => {
    asked.push(name);
    return {
      waiting: 3,
      dropped: 0,
      unreadable: 0,
      takeDroppedSpan: () => null,
      next: () => ({ upTo: 0, readings: [] }),
      newest: () => null,
      done: () => {},
    };
  },
};

const namesOf = (settings: unknown) => sinksOf(configOf(settings), TOOLS).map(({ name }) => name);

it('makes no output unless one is configured', () => {
  expect(sinksOf(configOf({}), TOOLS)).toEqual([]);
  expect(outboxesOf(configOf({}))).toEqual([]);
  expect(asked).toEqual([]);
});

describe('InfluxDB', () => {
  it('takes from an outbox of its own, as large as its owner says', () => {
    const config = configOf({ influx: { url: 'http://influx:8086', bucket: 'house', queue: '1MB' } });
    expect(outboxesOf(config)).toEqual([{ name: 'influx', bytes: 1_000_000 }]);
    const [sink, ...others] = sinksOf(config, TOOLS);
    expect([sink?.name, sink?.status.queued, others]).toEqual(['influx', 3, []]);
    expect(asked).toEqual(['influx']);
  });

  it('says nothing of its secrets where it made a mistake', async () => {
    const told: string[] = [];
    const trouble = (_: string, code: string, detail: string) => void told.push(`${code} ${detail.split('\n')[0]}`);
    const outbox = (name: string) => ({
      ...TOOLS.outbox(name),
      next: () => {
        throw new Error('cannot write to http://me:geheim@influx');
      },
    });
    const influx = { url: 'http://me:geheim@influx:8086', bucket: 'house' };
    const [sink] = sinksOf(configOf({ influx }), { ...TOOLS, reports: { up: () => {}, trouble }, outbox });
    sink?.start();
    await vi.waitFor(() => expect(told).toEqual(['OUTPUT_MISTAKE Error: cannot write to http://me:[private]@influx']));
    await sink?.stop();
  });

  it('is refused where a file of its secrets cannot be read', () => {
    const influx = { url: 'http://influx:8086', bucket: 'house', token_file: '/absent/token' };
    expect(() => sinksOf(configOf({ influx }), TOOLS)).toThrow('influx.token_file: /absent/token cannot be read');
  });
});

it('makes the outputs that are configured', () => {
  const config = configOf({ mqtt: { url: 'mqtt://127.0.0.1:1' } });
  expect(sinksOf(config, TOOLS).map(({ name }) => name)).toEqual(['mqtt']);
});

it.each([
  ['http', {}],
  ['https', { self_signed: true }],
])('links Home Assistant to the page by %s, as it is served', async (scheme, tls) => {
  const broker = await Broker.start();
  const web = { listen: '127.0.0.1:7780', hosts: ['server.lan'], tls };
  const [sink] = sinksOf(configOf({ mqtt: { url: broker.url }, web }), TOOLS);
  onTestFinished(() => sink?.stop());
  sink?.start();
  sink?.tell(battery());
  sink?.tell(live({ soc: 50 }));
  await vi.waitFor(() => {
    const [, device = '{}'] = [...broker.retained].find(([topic]) => /\/device\/.*\/config$/.test(topic)) ?? [];
    expect(JSON.parse(device).device?.configuration_url).toBe(`${scheme}://server.lan:7780/`);
  });
});

it('keeps the name it has for the broker', () => {
  kept.clear();
  const config = configOf({ mqtt: { url: 'mqtt://127.0.0.1:1' } });
  sinksOf(config, TOOLS);
  const name = kept.get('mqtt client');
  expect(name).toMatch(/^alphaess-local-[0-9a-f]{8}$/);
  sinksOf(config, TOOLS);
  expect(kept.get('mqtt client')).toBe(name);
});

it('says which file cannot be read', () => {
  const config = configOf({ mqtt: { url: 'mqtt://127.0.0.1:1', ca: '/nowhere' } });
  expect(() => sinksOf(config, TOOLS)).toThrow('mqtt.ca: /nowhere cannot be read');
});

it('makes PVOutput where a system is named', () => {
  expect(namesOf({ pvoutput: { system_id: '12345', api_key: 'k' } })).toEqual(['pvoutput']);
});

it('says whose secret cannot be read', () => {
  const settings = { pvoutput: { system_id: '12345', api_key_file: '/nowhere/key' } };
  expect(() => namesOf(settings)).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
});
