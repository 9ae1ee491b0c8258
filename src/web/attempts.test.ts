import { beforeEach, describe, expect, it } from 'vitest';
import { Attempts } from './attempts.ts';

let now: number;
let attempts: Attempts;

beforeEach(() => {
  now = 0;
  attempts = new Attempts(() => now);
});

function fail(address: string, times: number): void {
  for (let time = 0; time < times; time++) attempts.failed(address);
}

describe('wrong attempts from one address', () => {
  it('cost nothing at first, and then twice as long each time, up to a quarter of an hour', () => {
    fail('192.168.1.5', 4);
    expect(attempts.waitSeconds('192.168.1.5')).toBe(0);
    const waits = Array.from({ length: 12 }, () => {
      attempts.failed('192.168.1.5');
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
    attempts.failed('::1');
    expect(attempts.waitSeconds('::1')).toBe(0);
  });

  it('are forgiven by the right password', () => {
    fail('::1', 7);
    attempts.succeeded('::1');
    attempts.failed('::1');
    expect(attempts.waitSeconds('::1')).toBe(0);
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

describe('wrong attempts from many addresses', () => {
  it('are bounded together', () => {
    for (let host = 0; host < 49; host++) attempts.failed(`10.0.0.${host}`);
    expect(attempts.waitSeconds('10.9.9.9')).toBe(0);
    attempts.failed('10.0.1.1');
    expect(attempts.waitSeconds('10.9.9.9')).toBe(1);
  });

  it('fill no memory, and are still counted', () => {
    for (let host = 0; host < 10_050; host++) attempts.failed(`10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`);
    expect(attempts.waitSeconds('203.0.113.1')).toBe(900);
  });

  it('do not add up where passwords are right', () => {
    for (let time = 0; time < 200; time++) {
      attempts.failed('10.0.0.1');
      attempts.succeeded('10.0.0.1');
    }
    expect(attempts.waitSeconds('10.0.0.2')).toBe(0);
  });
});
