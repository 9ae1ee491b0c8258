import { beforeEach, describe, expect, it } from 'vitest';
import { Attempts } from './attempts.ts';

let now: number;
let attempts: Attempts;

beforeEach(() => {
  now = 0;
  attempts = new Attempts(() => now);
});

function fail(address: string, times: number): void {
  for (let time = 0; time < times; time++) attempts.begin(address);
}

describe('wrong attempts from one address', () => {
  it('cost nothing at first, and then twice as long each time, up to a quarter of an hour', () => {
    fail('192.168.1.5', 4);
    expect(attempts.waitSeconds('192.168.1.5')).toBe(0);
    const waits = Array.from({ length: 12 }, () => {
      attempts.begin('192.168.1.5');
      return attempts.waitSeconds('192.168.1.5');
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(attempts.waitSeconds('192.168.1.6')).toBe(0);
  });

  it('wait out their time, and are forgotten after an hour', () => {
    fail('::1', 7);
    expect(attempts.waitSeconds('::1')).toBe(4);
    now = 4000;
    expect(attempts.waitSeconds('::1')).toBe(0);
    now = 3_700_000;
    attempts.begin('::1');
    expect(attempts.waitSeconds('::1')).toBe(0);
  });

  it('are forgiven by the right password', () => {
    fail('::1', 7);
    attempts.succeeded('::1');
    expect(attempts.begin('::1')).toBe(1);
    expect(attempts.waitSeconds('::1')).toBe(0);
  });

  it('wait from when they were known to be wrong', () => {
    fail('::1', 5);
    now = 700;
    attempts.failed('::1');
    now = 1699;
    expect(attempts.waitSeconds('::1')).toBe(1);
    now = 1700;
    expect(attempts.waitSeconds('::1')).toBe(0);
  });

  it('are numbered', () => {
    expect([1, 2, 3].map(() => attempts.begin('::1'))).toEqual([1, 2, 3]);
    attempts.withdrawn('::1');
    expect(attempts.begin('::1')).toBe(3);
    now = 3_600_000;
    expect(attempts.begin('::1')).toBe(1);
  });

  it('cost no other address anything', () => {
    fail('192.168.1.5', 1000);
    for (let host = 0; host < 200; host++) fail(`10.0.0.${host}`, 20);
    expect(attempts.waitSeconds('192.168.1.6')).toBe(0);
    expect(attempts.waitSeconds('fd00::1')).toBe(0);
  });

  it.each([
    ['2001:db8:1:2::5', '2001:db8:1:2:ffff::1', true],
    ['2001:db8:1:2::5', '2001:DB8:1:3::5', false],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
    ['::1', '::2', true],
  ])('count for %s and %s together: %s', (one, other, together) => {
    fail(one, 10);
    expect(attempts.waitSeconds(other) > 0).toBe(together);
  });
});

/** A wrong one from there, to its end. */
function wrong(address: string): void {
  attempts.begin(address);
  attempts.failed(address);
}

describe('wrong attempts from all addresses', () => {
  it('are an attack where they are more than fifty in an hour', () => {
    for (let host = 0; host < 50; host++) wrong(`10.0.0.${host}`);
    expect(attempts.many).toBe(false);
    wrong('10.0.1.1');
    expect(attempts.many).toBe(true);
    // One program that has an old password: four an hour, and an owner who mistypes.
    now = 3_600_000;
    for (let hour = 0; hour < 100; hour++) {
      for (let time = 0; time < 40; time++) wrong('10.0.0.1');
      now += 3_600_000;
    }
    expect(attempts.many).toBe(false);
  });

  it('are forgotten an hour after the last, however many they were', () => {
    for (let time = 0; time < 100_000; time++) wrong('10.0.0.1');
    now = 3_599_000;
    expect(attempts.many).toBe(true);
    now = 3_601_000;
    expect(attempts.many).toBe(false);
  });

  it('do not add up where passwords are right, or were not looked at', () => {
    for (let time = 0; time < 200; time++) {
      wrong('10.0.0.1');
      attempts.begin('10.0.0.1');
      attempts.succeeded('10.0.0.1');
      attempts.begin('10.0.0.2');
      attempts.withdrawn('10.0.0.2');
    }
    expect([attempts.many, attempts.waitSeconds('10.0.0.2')]).toEqual([false, 0]);
    // Nothing is below none.
    attempts.withdrawn('10.0.0.3');
    attempts.succeeded('10.0.0.4');
    for (let host = 0; host < 51; host++) wrong(`10.0.2.${host}`);
    expect(attempts.many).toBe(true);
  });

  it('fill no memory: the oldest are forgotten, and what is no address is one', () => {
    fail('203.0.113.1', 10);
    for (let host = 0; host < 10_000; host++) attempts.begin(`10.0.${host >> 8}.${host & 255}`);
    expect(attempts.waitSeconds('203.0.113.1')).toBe(0);
    for (let length = 1; length < 10; length++) attempts.begin('x'.repeat(length));
    expect(attempts.waitSeconds('anything')).toBeGreaterThan(0);
  });
});

describe('an address is known', () => {
  it('from which somebody has logged in, until a thousand others have', () => {
    expect(attempts.knows('10.0.0.1')).toBe(false);
    attempts.succeeded('10.0.0.1');
    attempts.succeeded('2001:db8:1:2::5');
    fail('10.0.0.1', 100);
    expect(['10.0.0.1', '2001:db8:1:2::6', '2001:db8:1:3::5'].map((one) => attempts.knows(one))).toEqual([
      true,
      true,
      false,
    ]);
    for (let host = 0; host < 998; host++) attempts.succeeded(`10.1.${host >> 8}.${host & 255}`);
    // Used again, it is the newest.
    attempts.succeeded('10.0.0.1');
    attempts.succeeded('10.2.0.0');
    expect(['10.0.0.1', '2001:db8:1:2::6'].map((one) => attempts.knows(one))).toEqual([true, false]);
  });
});
