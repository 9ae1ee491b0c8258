import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { energy, live } from '../../../test/news.ts';
import { valuesOf } from '../../../test/records.ts';
import { type Outbox, type OutgoingReading, StoreError, type TimeSpan } from '../../store/store.ts';
import { SinkCondition } from '../condition.ts';
import type { DeliveryOutcome } from './delivery.ts';
import { InfluxSink } from './influx.ts';
import { lineOf, totalsLineOf } from './line.ts';
import type { LineBatch } from './line-batch.ts';

const SECOND = 1000;
const WELL: Pick<DeliveryOutcome, 'rejected' | 'reason' | 'halt'> = { rejected: 0, reason: '', halt: null };
const away = (afterMs: number | null = null): DeliveryOutcome => ({
  ...WELL,
  stored: 0,
  halt: { type: 'later', afterMs, detail: 'connection refused' },
});

/** A queue in memory; a reading's number is its time. */
class FakeOutbox implements Outbox {
  readonly #all: OutgoingReading[] = [];
  #taken = 0;
  dropped = 0;
  unreadable = 0;
  span: TimeSpan | null = null;
  takeDroppedSpan = () => this.span;
  failure: Error | null = null;

  put(count: number, named: Record<string, number> = { soc: 5 }): void {
    for (let n = 0; n < count; n++) {
      this.#all.push({ battery: 'b3f1c2', kind: 'live', time: this.#all.length, values: valuesOf('live', named) });
    }
  }

  get waiting(): number {
    return this.#all.length - this.#taken;
  }

  next(maxRows: number) {
    if (this.failure !== null) throw this.failure;
    const upTo = Math.min(this.#taken + maxRows, this.#all.length);
    return { upTo, readings: this.#all.slice(this.#taken, upTo) };
  }

  newest() {
    return this.#all.at(-1) ?? null;
  }

  done(upTo: number): void {
    this.#taken = upTo;
  }
}

let outbox: FakeOutbox;
let told: string[];
/** Each delivery: when, ms since the start, and how many lines. */
let deliveries: [ms: number, lines: number][];
/** What the next deliveries come to; all is stored where nothing is said. */
let plan: (DeliveryOutcome | 'hang')[];
/** The newest line at each of them. */
let witnesses: (string | null)[];
let sink: InfluxSink;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  outbox = new FakeOutbox();
  [told, deliveries, plan, witnesses] = [[], [], [], []];
  const reports = {
    up: (_: string, where: string) => void told.push(`up ${where}`),
    trouble: (_: string, code: string, detail: string) => void told.push(`${code} ${detail}`),
  };
  sink = new InfluxSink({
    outbox,
    line: lineOf('alphaess'),
    totalsLine: totalsLineOf('alphaess'),
    delivery: { deliver },
    condition: new SinkCondition('influx', 'http://influx', reports, () => Date.now()),
    mistaken: (detail) => void told.push(`mistake ${detail.split('\n')[0]}`),
    random: () => 1,
  });
});

afterEach(async () => {
  await sink.stop();
  vi.useRealTimers();
});

async function deliver(batch: LineBatch, newest: () => string | null, signal: AbortSignal): Promise<DeliveryOutcome> {
  deliveries.push([Date.now(), batch.waiting]);
  witnesses.push(newest());
  const planned = plan.shift() ?? { ...WELL, stored: batch.waiting };
  if (planned !== 'hang') {
    for (let left = planned.stored + planned.rejected; left > 0; ) left -= batch.next(left)?.length ?? left;
    return planned;
  }
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return { ...WELL, stored: 0, halt: { type: 'later', afterMs: null, detail: 'broken off' } };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const starts = () => deliveries.map(([ms]) => ms);

describe('an output to InfluxDB', () => {
  it('writes the newest totals of each battery with its readings, once', async () => {
    sink.start();
    sink.tell(energy({ total: { pv_energy: 1 } }));
    sink.tell(energy({ total: { pv_energy: 2 } }, 60));
    sink.tell(live({ soc: 5 }));
    outbox.put(3);
    await pass(25 * SECOND);
    outbox.put(2);
    await pass(25 * SECOND);
    expect(deliveries.map(([, lines]) => lines)).toEqual([4, 2]);
  });

  it('writes no totals of a battery that is forgotten', async () => {
    sink.start();
    sink.tell(energy());
    sink.forget('b3f1c2');
    outbox.put(3);
    await pass(25 * SECOND);
    expect(deliveries.map(([, lines]) => lines)).toEqual([3]);
  });

  it('wants no news but energy, and writes nothing where nothing waits', async () => {
    expect(sink.wants).toEqual(['energy']);
    sink.tell(energy());
    sink.start();
    await pass(25 * SECOND);
    expect(deliveries).toEqual([]);
    expect(sink.status).toMatchObject({ state: 'starting', queued: 0 });
  });

  it('writes what waits at once and then every ten seconds, and lets go of it when that is confirmed', async () => {
    outbox.put(3);
    sink.start();
    await pass(0);
    outbox.put(2);
    expect(sink.status).toMatchObject({ state: 'up', queued: 2, sent: 3, dropped: 0, lastSentMs: 0 });
    await pass(25 * SECOND);
    expect(deliveries).toEqual([
      [0, 3],
      [10 * SECOND, 2],
    ]);
    expect(sink.status).toMatchObject({ queued: 0, sent: 5 });
    expect(told).toEqual(['up http://influx']);
  });

  it('goes on at once while much waits', async () => {
    outbox.put(550);
    sink.start();
    await pass(SECOND);
    expect(deliveries.map(([, lines]) => lines)).toEqual([250, 250]);
    await pass(10 * SECOND);
    expect(deliveries.map(([, lines]) => lines)).toEqual([250, 250, 50]);
  });

  it('lets go of readings without a number without a request', async () => {
    outbox.put(2, {});
    sink.start();
    await pass(0);
    expect([deliveries, outbox.waiting]).toEqual([[], 0]);
    outbox.put(1, {});
    outbox.put(1);
    await pass(10 * SECOND);
    expect(deliveries).toEqual([[10 * SECOND, 1]]);
  });

  it('tries again after 1, 2, 4 … 60 seconds while it is away, and begins anew after that', async () => {
    outbox.put(1);
    plan = Array.from({ length: 8 }, () => away());
    sink.start();
    await pass(200 * SECOND);
    const gaps = [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * SECOND);
    expect(starts().slice(0, 9)).toEqual([0, ...gaps.map((_, n) => gaps.slice(0, n + 1).reduce((a, b) => a + b))]);
    expect(sink.status).toMatchObject({ state: 'up', sent: 1 });
    expect(told).toEqual(['OUTPUT_UNREACHABLE connection refused', 'up http://influx']);
    outbox.put(1);
    plan = [away()];
    const before = deliveries.length;
    await pass(20 * SECOND);
    const [first = 0, second = 0] = starts().slice(before);
    expect(second - first).toBe(SECOND);
  });

  it('comes back after as little as half of that, by chance', async () => {
    sink = new InfluxSink({
      outbox,
      line: lineOf('alphaess'),
      totalsLine: totalsLineOf('alphaess'),
      delivery: { deliver },
      condition: new SinkCondition('influx', '', { up: () => {}, trouble: () => {} }, () => 0),
      mistaken: () => {},
      random: () => 0,
    });
    outbox.put(1);
    plan = [away(), away()];
    sink.start();
    await pass(10 * SECOND);
    expect(starts()).toEqual([0, 500, 1500]);
  });

  it('leaves it alone for as long as it asks', async () => {
    outbox.put(1);
    plan = [away(45 * SECOND), away(0)];
    sink.start();
    await pass(60 * SECOND);
    expect(starts()).toEqual([0, 45 * SECOND, 47 * SECOND]);
  });

  it('asks once a minute where it is refused, and keeps what waits', async () => {
    outbox.put(1);
    const refused: DeliveryOutcome = { ...WELL, stored: 0, halt: { type: 'refused', detail: 'HTTP 401' } };
    plan = [refused, refused];
    sink.start();
    await pass(0);
    expect(sink.status).toMatchObject({ state: 'refused', queued: 1, problem: { code: 'OUTPUT_REFUSED' } });
    await pass(130 * SECOND);
    expect(starts()).toEqual([0, 60 * SECOND, 120 * SECOND]);
    expect(told).toEqual(['OUTPUT_REFUSED HTTP 401', 'up http://influx']);
  });

  it('says what will never be taken, counts it and goes on', async () => {
    outbox.put(5);
    plan = [{ stored: 3, rejected: 2, reason: 'HTTP 400: soc is an integer', halt: null }];
    sink.start();
    await pass(0);
    expect(told).toEqual(['up http://influx', 'OUTPUT_REJECTED 2 of 5 points: HTTP 400: soc is an integer']);
    expect(sink.status).toMatchObject({ queued: 0, sent: 3, dropped: 2, state: 'up' });
    outbox.put(1);
    plan = [{ stored: 0, rejected: 1, reason: 'HTTP 400', halt: null }];
    await pass(10 * SECOND);
    expect(sink.status).toMatchObject({ queued: 0, sent: 3, dropped: 3, lastSentMs: 0 });
  });

  it('counts what was let go for want of room', async () => {
    outbox.put(1);
    outbox.dropped = 7;
    outbox.span = { from: 1_718_190_240, to: 1_718_190_300 };
    plan = [away(), away()];
    sink.start();
    await pass(0);
    outbox.dropped = 9;
    await pass(SECOND);
    expect(sink.status.dropped).toBe(9);
    expect(told.filter((text) => text.includes('OVERFLOW'))).toEqual([
      'OUTPUT_OVERFLOW so far from 2024-06-12T11:04:00Z to 2024-06-12T11:05:00Z; what follows of this outage is only counted',
    ]);
  });

  it('goes on a second later with what was not settled, and reads nothing again', async () => {
    outbox.put(3);
    plan = [
      { ...WELL, stored: 1 },
      { ...WELL, stored: 1, halt: { type: 'later', afterMs: null, detail: 'HTTP 429' } },
    ];
    sink.start();
    await pass(0);
    outbox.put(2, { soc: 7 });
    outbox.failure = new Error('read again');
    await pass(2 * SECOND);
    expect(deliveries).toEqual([
      [0, 3],
      [SECOND, 2],
      [2 * SECOND, 1],
    ]);
    expect(witnesses).toEqual([2, 4, 4].map((n) => expect.stringMatching(new RegExp(` ${n}$`))));
    expect(sink.status).toMatchObject({ queued: 2, sent: 3 });
  });

  it('says what could not be read, and counts it', async () => {
    outbox.put(1);
    outbox.dropped = 5;
    outbox.unreadable = 5;
    sink.start();
    await pass(0);
    expect(told).toEqual(['mistake of the queue 5 readings could not be read, and were dropped', 'up http://influx']);
    expect(sink.status.dropped).toBe(5);
  });

  it('waits, longer each time, while its queue cannot be read', async () => {
    outbox.put(1);
    outbox.failure = new StoreError('STORE_BUSY', 'locked');
    sink.start();
    await pass(2 * SECOND);
    expect(sink.status).toMatchObject({ state: 'down', problem: { code: 'OUTPUT_QUEUE' } });
    outbox.failure = null;
    await pass(2 * SECOND);
    expect(starts()).toEqual([3 * SECOND]);
    expect(told).toEqual(['OUTPUT_QUEUE STORE_BUSY: locked', 'up http://influx']);
  });

  it('says a mistake of ours, and goes on a minute later', async () => {
    outbox.put(1);
    outbox.failure = new Error('the disk is gone');
    sink.start();
    await pass(0);
    outbox.failure = null;
    await pass(60 * SECOND);
    expect(told).toEqual(['mistake Error: the disk is gone', 'up http://influx']);
    expect(starts()).toEqual([60 * SECOND]);
  });
});

describe('the end of an output to InfluxDB', () => {
  it('breaks off what is under way, which waits for the next start', async () => {
    outbox.put(1);
    plan = ['hang'];
    sink.start();
    await pass(0);
    await sink.stop();
    await pass(120 * SECOND);
    expect(starts()).toEqual([0]);
    expect(sink.status).toMatchObject({ state: 'stopped', queued: 1 });
    expect(told).toEqual([]);
  });

  it('is the end of waiting, too, and may come before the beginning', async () => {
    outbox.put(1);
    plan = [away()];
    sink.start();
    await pass(0);
    await sink.stop();
    sink.start();
    await pass(120 * SECOND);
    expect(starts()).toEqual([0]);
  });
});
