import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { outboxesOf, sinksOf } from './from-config.ts';

const asked: string[] = [];
const outbox = (name: string) => {
  asked.push(name);
  return { waiting: 3, dropped: 0, next: () => ({ upTo: 0, readings: [] }), done: () => {} };
};
const TOOLS = { reports: { up: () => {}, trouble: () => {} }, wallMs: () => 0, outbox };

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

  it('is refused where a file of its secrets cannot be read', () => {
    const influx = { url: 'http://influx:8086', bucket: 'house', token_file: '/absent/token' };
    expect(() => sinksOf(configOf({ influx }), TOOLS)).toThrow('influx.token_file: /absent/token cannot be read');
  });
});
