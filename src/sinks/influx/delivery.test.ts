import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { InfluxDelivery, type LineWriter } from './delivery.ts';
import { LineBatch } from './line-batch.ts';
import type { WriteOutcome } from './writer.ts';

const NEVER = new AbortController().signal;
const lines = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `line ${from + n}`);

/** A server that takes so many lines at once, and none that is bad. */
class Taking implements LineWriter {
  readonly requests: number[] = [];
  readonly stored: string[] = [];
  most = 1e9;
  isBad: (line: string) => boolean = () => false;
  plan: WriteOutcome[] = [];
  /** Each so manieth request is put off. */
  throttled = Number.POSITIVE_INFINITY;

  async write(portion: readonly string[]): Promise<WriteOutcome> {
    this.requests.push(portion.length);
    const planned = this.plan.shift();
    if (planned !== undefined) return planned;
    if (this.requests.length % this.throttled === 0) return { type: 'later', afterMs: 1, detail: 'HTTP 429' };
    if (portion.length > this.most) return { type: 'too_large' };
    const bad = portion.filter((line) => this.isBad(line));
    if (bad.length > 0) return { type: 'bad', detail: `cannot parse ${bad[0]}` };
    this.stored.push(...portion);
    return { type: 'stored' };
  }
}

let server: Taking;
let delivery: InfluxDelivery;
const none = () => null;
const isOf = (from: number, to: number) => (line: string) => {
  const number = Number(line.slice(5));
  return number >= from && number < to;
};
const attempt = (batch: LineBatch, newest: () => string | null = none) => delivery.deliver(batch, newest, NEVER);
const deliver = (all: readonly string[]) => attempt(new LineBatch(all));

/** Attempts until nothing waits. */
async function settled(batch: LineBatch, newest: () => string | null = none) {
  const sum = { stored: 0, rejected: 0, attempts: 0 };
  while (batch.waiting > 0) {
    const { stored, rejected } = await attempt(batch, newest);
    sum.stored += stored;
    sum.rejected += rejected;
    if (sum.attempts++ > 200) expect.unreachable(`it gets nowhere: ${batch.waiting} wait`);
  }
  return sum;
}

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
  ])('wait, those not settled, when it says $type', async (halt) => {
    const batch = new LineBatch(lines(5001));
    server.plan = [{ type: 'stored' }, halt];
    expect(await attempt(batch)).toMatchObject({ stored: 5000, rejected: 0, halt });
    expect(batch.waiting).toBe(1);
    expect(await attempt(batch)).toMatchObject({ stored: 1, halt: null });
    expect(server.requests).toEqual([5000, 1, 1]);
  });

  it('that are too large one by one are let go, where others are taken', async () => {
    server.plan = [{ type: 'too_large' }, { type: 'too_large' }];
    expect(await deliver(lines(2))).toMatchObject({ stored: 1, rejected: 1, reason: 'HTTP 413: too large by itself' });
    server.most = 0;
    expect(await deliver(lines(2))).toMatchObject({ stored: 0, rejected: 0, halt: { type: 'refused' } });
  });
});

describe('a server that is too slow for many', () => {
  it('gets fewer, and more again once it takes them', async () => {
    const slow = { type: 'later' as const, afterMs: null, detail: 'no answer', tooSlow: true as const };
    server.plan = [slow, slow];
    const batch = new LineBatch(lines(200));
    for (let n = 0; n < 3; n++) await attempt(batch);
    expect(server.requests).toEqual([200, 100, 50, 50, 100]);
    expect(server.stored).toEqual(lines(200));
  });

  it('gets no fewer than ten', async () => {
    server.plan = Array.from({ length: 9 }, () => ({ type: 'later', afterMs: null, detail: '', tooSlow: true }));
    const batch = new LineBatch(lines(100));
    for (let n = 0; n < 10; n++) await attempt(batch);
    expect(server.requests.slice(4)).toEqual([10, 10, 10, 10, 10, 10, 3, 12, 25, 50]);
  });
});

describe('a server that takes nothing', () => {
  it('is not believed that it is for the lines, and not flooded', async () => {
    server.isBad = () => true;
    const batch = new LineBatch(lines(1000));
    const witness = () => 'line 1000';
    expect(await attempt(batch, witness)).toMatchObject({
      rejected: 0,
      halt: { type: 'refused', detail: 'cannot parse line 0' },
    });
    expect(server.requests.length).toBeLessThan(20);
    for (let n = 0; n < 200; n++) expect(await attempt(batch, witness)).toMatchObject({ rejected: 0 });
    expect(batch.waiting).toBe(1000);
    server.isBad = () => false;
    expect(await settled(batch)).toMatchObject({ stored: 1000, rejected: 0 });
  });

  it('any more is not believed either, though it took lines before', async () => {
    await deliver(lines(1));
    server.isBad = () => true;
    for (let n = 0; n < 20; n++)
      expect(await deliver(lines(500))).toMatchObject({ rejected: 0, halt: { type: 'refused' } });
  });

  it('of a batch is asked whether it takes what is newest', async () => {
    server.isBad = isOf(0, 4);
    expect(await attempt(new LineBatch(lines(4)), () => 'line 3')).toMatchObject({ rejected: 0 });
    const batch = new LineBatch(lines(4));
    expect(await attempt(batch, () => 'line 9')).toMatchObject({ stored: 0, rejected: 4, halt: null });
    expect(server.stored).toEqual(['line 9']);
  });

  it.each([
    { type: 'later' as const, afterMs: null, detail: 'HTTP 503' },
    { type: 'refused' as const, detail: 'HTTP 401' },
  ])('is left alone when asked so it says $type', async (halt) => {
    server.plan = [{ type: 'bad', detail: 'no' }, halt];
    const batch = new LineBatch(lines(1));
    expect(await attempt(batch, () => 'line 1')).toMatchObject({ rejected: 0, halt });
    expect(batch.waiting).toBe(1);
  });
});

describe('bad lines', () => {
  it('at the head do not keep the others from getting in, also after a restart', async () => {
    for (const bad of [8, 70, 249]) {
      server = new Taking();
      delivery = new InfluxDelivery(server);
      server.isBad = isOf(0, bad);
      expect(await settled(new LineBatch(lines(250)))).toMatchObject({ stored: 250 - bad, rejected: bad });
      expect(new Set(server.stored)).toEqual(new Set(lines(250 - bad, bad)));
    }
  });

  it('are found one by one, however many they are', async () => {
    server.isBad = (line) => Number(line.slice(5)) % 2 === 1;
    expect(await settled(new LineBatch(lines(500)))).toMatchObject({ stored: 250, rejected: 250 });
  });

  it('are all but one in the middle, which is found', async () => {
    server.isBad = (line) => line !== 'line 100';
    expect(await settled(new LineBatch(lines(250)))).toMatchObject({ stored: 1, rejected: 249 });
  });

  it('are found though the server puts requests off again and again', async () => {
    for (const throttled of [2, 3, 15]) {
      server = new Taking();
      delivery = new InfluxDelivery(server);
      server.throttled = throttled;
      server.isBad = isOf(250, 251);
      expect(await settled(new LineBatch(lines(500)), () => 'line 900')).toMatchObject({ stored: 499, rejected: 1 });
    }
  });

  it('are as many requests as an attempt may have, and the rest in the next', async () => {
    server.isBad = isOf(1, 250);
    const batch = new LineBatch(lines(250));
    expect(await attempt(batch)).toMatchObject({ stored: 1, halt: null });
    expect(server.requests.length).toBe(100);
    expect(batch.waiting).toBeGreaterThan(0);
  });

  it('found last are let go where the server takes again what it took before', async () => {
    server.isBad = isOf(1, 2);
    server.plan = [{ type: 'bad', detail: '' }, { type: 'stored' }, { type: 'later', afterMs: 1, detail: '' }];
    const batch = new LineBatch(lines(2));
    expect(await attempt(batch)).toMatchObject({ stored: 1, halt: { type: 'later' } });
    expect(await attempt(batch)).toMatchObject({ stored: 0, rejected: 1, halt: null });
    expect(server.stored).toEqual(['line 0']);
  });
});

it('whichever lines are bad, all others get in, in their order', async () => {
  const bad = fc.uniqueArray(fc.integer({ min: 1, max: 199 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(bad, fc.integer({ min: 1, max: 250 }), async (numbers, most) => {
      server = new Taking();
      server.most = most;
      delivery = new InfluxDelivery(server);
      server.isBad = (line) => numbers.includes(Number(line.slice(5)));
      const all = lines(200);
      expect(await settled(new LineBatch(all))).toMatchObject({
        stored: 200 - numbers.length,
        rejected: numbers.length,
      });
      // To find out whether it takes anything, one that it took is written again: a point overwrites itself.
      expect([...new Set(server.stored)]).toEqual(all.filter((line) => !server.isBad(line)));
    }),
    { numRuns: 1000 },
  );
});
