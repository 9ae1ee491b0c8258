import { beforeEach, describe, expect, it } from 'vitest';
import { SinkCondition } from './condition.ts';

let told: string[];
let now: number;
let condition: SinkCondition;

beforeEach(() => {
  told = [];
  now = 1000;
  const reports = {
    up: (sink: string, where: string) => void told.push(`${sink} up ${where}`),
    trouble: (sink: string, code: string, detail: string) => void told.push(`${sink} ${code} ${detail}`),
  };
  condition = new SinkCondition('mqtt', 'broker:1883', reports, () => now);
});

describe('the condition of an output', () => {
  it('is starting until its other side was reached', () => {
    expect(condition.status(0)).toEqual({
      state: 'starting',
      queued: 0,
      sent: 0,
      dropped: 0,
      lastSentMs: null,
      problem: null,
    });
  });

  it('is told when it changes, not with each attempt', () => {
    condition.down('OUTPUT_UNREACHABLE', 'connection refused');
    condition.down('OUTPUT_UNREACHABLE', 'connection refused');
    condition.down('OUTPUT_UNREACHABLE', 'no answer');
    condition.up();
    condition.up();
    condition.down('OUTPUT_REFUSED', 'bad password');
    expect(told).toEqual([
      'mqtt OUTPUT_UNREACHABLE connection refused',
      'mqtt OUTPUT_UNREACHABLE no answer',
      'mqtt up broker:1883',
      'mqtt OUTPUT_REFUSED bad password',
    ]);
    expect(condition.status(3)).toMatchObject({
      state: 'refused',
      queued: 3,
      problem: { code: 'OUTPUT_REFUSED', detail: 'bad password' },
    });
  });

  it('counts what was confirmed, and when', () => {
    condition.sent(2);
    now = 2000;
    condition.sent(3);
    expect(condition.status(0)).toMatchObject({ sent: 5, lastSentMs: 2000 });
  });

  it('says once per outage that the oldest was let go, and counts all of it', () => {
    condition.overflowed(1);
    condition.overflowed(4);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^mqtt OUTPUT_OVERFLOW /);
    condition.up();
    condition.overflowed(1);
    expect(told.filter((text) => text.includes('OVERFLOW'))).toHaveLength(2);
    expect(condition.status(0).dropped).toBe(6);
  });

  it('says each time that something will never be taken', () => {
    condition.rejected(1, 'field soc is an integer there');
    condition.rejected(1, 'field soc is an integer there');
    expect(told).toHaveLength(2);
    expect(condition.status(0).dropped).toBe(2);
  });

  it('is stopped at the end', () => {
    condition.up();
    condition.stopped();
    expect(condition.status(0).state).toBe('stopped');
  });
});
