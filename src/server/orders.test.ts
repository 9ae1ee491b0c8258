import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Orders } from './orders.ts';

/** What was written, and when, in ms: `100 resume`. */
let story: string[];
let now: number;
let orders: Orders;

beforeEach(() => {
  vi.useFakeTimers();
  story = [];
  now = 0;
  orders = new Orders(
    (order) => void story.push(`${now} ${Buffer.from(order)}`),
    () => now,
  );
});

afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed++) {
    now++;
    vi.advanceTimersByTime(1);
  }
}

const order = (text: string) => orders.add(Buffer.from(text));

describe('an order', () => {
  it('goes out once nothing else was written for a tenth of a second', () => {
    order('resume');
    pass(60);
    orders.replied();
    pass(99);
    expect(story).toEqual([]);
    pass(1);
    expect(story).toEqual(['160 resume']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits no longer than a second for a peer that is answered all the time', () => {
    order('resume');
    for (let reply = 0; reply < 100; reply++) {
      pass(20);
      orders.replied();
    }
    expect(story).toHaveLength(1);
    expect(Number.parseInt(story[0] as string, 10)).toBeLessThanOrEqual(1000);
  });

  it('follows another in a write of its own', () => {
    order('one');
    pass(50);
    order('two');
    pass(1000);
    expect(story).toEqual(['100 one', '200 two']);
  });

  it('is dropped when the peer is gone, and the next one is not', () => {
    order('one');
    order('two');
    orders.drop();
    expect(vi.getTimerCount()).toBe(0);
    pass(1000);
    order('three');
    pass(100);
    expect(story).toEqual(['1100 three']);
  });

  it('that is dropped while another is written stays unsent', () => {
    orders = new Orders(
      (one) => {
        story.push(`${now} ${Buffer.from(one)}`);
        orders.drop();
      },
      () => now,
    );
    order('one');
    order('two');
    pass(1000);
    expect(story).toEqual(['100 one']);
  });
});

it('takes no notice of replies while no order waits', () => {
  orders.replied();
  orders.drop();
  expect(vi.getTimerCount()).toBe(0);
});
