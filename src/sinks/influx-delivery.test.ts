import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { InfluxDelivery, type LineWriter } from './influx-delivery.ts';
import type { WriteOutcome } from './influx-writer.ts';

const NEVER = new AbortController().signal;
const lines = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `line ${from + n}`);

/** A server that takes so many lines at once, and none that is bad. */
class Taking implements LineWriter {
  readonly requests: number[] = [];
  readonly stored: string[] = [];
  most = 1e9;
  isBad: (line: string) => boolean = () => false;
  plan: WriteOutcome[] = [];

  async write(portion: readonly string[]): Promise<WriteOutcome> {
    this.requests.push(portion.length);
    const planned = this.plan.shift();
    if (planned !== undefined) return planned;
    if (portion.length > this.most) return { type: 'too_large' };
    const bad = portion.filter((line) => this.isBad(line));
    if (bad.length > 0) return { type: 'bad', detail: `cannot parse ${bad[0]}` };
    this.stored.push(...portion);
    return { type: 'stored' };
  }
}

let server: Taking;
let delivery: InfluxDelivery;
const deliver = (all: readonly string[]) => delivery.deliver(all, NEVER);

beforeEach(() => {
  server = new Taking();
  delivery = new InfluxDelivery(server);
});

describe('lines', () => {
  it('go in requests of at most 5,000, in their order', async () => {
    const all = lines(12_001);
    expect(await deliver(all)).toEqual({ stored: 12_001, rejected: 0, reason: '', halt: null });
    expect(server.requests).toEqual([5000, 5000, 2001]);
    expect(server.stored).toEqual(all);
  });

  it('are no request where there are none', async () => {
    expect(await deliver([])).toMatchObject({ stored: 0, halt: null });
    expect(server.requests).toEqual([]);
  });

  it('are halved until they are not too many', async () => {
    server.most = 3;
    await deliver(lines(10));
    expect(server.requests).toEqual([10, 5, 3, 2, 5, 3, 2]);
    expect(server.stored).toEqual(lines(10));
  });

  it('get in but for the bad ones, whose reason is told', async () => {
    server.isBad = (line) => line === 'line 3' || line === 'line 6';
    expect(await deliver(lines(8))).toEqual({ stored: 6, rejected: 2, reason: 'cannot parse line 3', halt: null });
    expect(server.stored).toEqual(['line 0', 'line 1', 'line 2', 'line 4', 'line 5', 'line 7']);
  });

  it('of which its server has taken part are not written again', async () => {
    server.plan = [{ type: 'partly', rejected: 3, detail: 'soc is an integer' }];
    expect(await deliver(lines(8))).toEqual({ stored: 5, rejected: 3, reason: 'soc is an integer', halt: null });
    server.plan = [{ type: 'partly', rejected: 99, detail: 'beyond retention' }];
    expect(await deliver(lines(8))).toMatchObject({ stored: 0, rejected: 8, halt: null });
    expect(server.requests).toEqual([8, 8]);
  });

  it.each([
    { type: 'later' as const, afterMs: 5, detail: 'busy' },
    { type: 'refused' as const, detail: 'who are you' },
  ])('wait, all of them, when it says $type', async (halt) => {
    server.isBad = (line) => line === 'line 0';
    server.plan = [{ type: 'stored' }, halt];
    expect(await deliver(lines(5001))).toMatchObject({ rejected: 0, halt });
    expect(server.requests).toEqual([5000, 1]);
  });

  it('that are too large one by one are let go', async () => {
    await deliver(lines(1));
    server.most = 0;
    expect(await deliver(lines(2))).toMatchObject({ stored: 0, rejected: 2, reason: 'HTTP 413: too large by itself' });
  });
});

describe('a server that has never taken a line', () => {
  it('and takes none of many is not believed that it is for the lines', async () => {
    server.isBad = () => true;
    expect(await deliver(lines(1000))).toMatchObject({
      rejected: 0,
      halt: { type: 'refused', detail: 'cannot parse line 0' },
    });
    expect(server.requests.length).toBeLessThan(40);
    expect(await deliver(lines(1))).toMatchObject({ rejected: 0, halt: { type: 'refused' } });
  });

  it('and takes one is', async () => {
    server.isBad = (line) => line !== 'line 1';
    expect(await deliver(lines(4))).toMatchObject({ stored: 1, rejected: 3, halt: null });
    expect(await deliver(lines(1))).toMatchObject({ stored: 0, rejected: 1, halt: null });
  });
});

it('thousands of bad lines are not thousands of requests', async () => {
  await deliver(lines(1));
  server.isBad = () => true;
  expect(await deliver(lines(5000))).toMatchObject({ stored: 0, rejected: 5000, halt: null });
  expect(server.requests.length).toBeLessThan(300);
});

it('whichever lines are bad, all others get in once, in their order', async () => {
  const bad = fc.uniqueArray(fc.integer({ min: 1, max: 199 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(bad, fc.integer({ min: 1, max: 250 }), async (numbers, most) => {
      server = new Taking();
      server.most = most;
      delivery = new InfluxDelivery(server);
      await deliver(['proof']);
      server.isBad = (line) => numbers.includes(Number(line.slice(5)));
      const all = lines(200);
      expect(await deliver(all)).toMatchObject({ stored: 200 - numbers.length, rejected: numbers.length, halt: null });
      expect(server.stored.slice(1)).toEqual(all.filter((line) => !server.isBad(line)));
    }),
  );
});
