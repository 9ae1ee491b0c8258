/** Each fault does what its name says, and nothing without it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameDecoder, REQUEST } from '../protocol/frame.ts';
import { joined } from './battery/text.ts';
import { FAULT_NAMES, FAULTS, type FaultName, FaultPlan, parseFaults } from './faults.ts';
import { Random } from './random.ts';

const plan = (seed: string, ...names: FaultName[]) => new FaultPlan<number>(new Random(seed), new Set(names));
const writes = (one: FaultPlan<number>, count: number) => Array.from({ length: count }, (_, i) => one.samples(i));
const frame = encodeFrame(REQUEST, 16, new TextEncoder().encode('{"Time":"2021/03/24 20:59:22"}'));

describe('the list of names', () => {
  test('reads names, with spaces and repeats', () => {
    expect([...parseFaults(' split, slow,split,')]).toEqual(['split', 'slow']);
    expect(parseFaults('').size).toBe(0);
    expect([...parseFaults(FAULT_NAMES.join())]).toEqual(FAULT_NAMES);
    for (const name of FAULT_NAMES) expect(FAULTS[name]).toMatch(/\w+ \w+/);
  });

  test('names the word it does not know, and those it does', () => {
    expect(() => parseFaults('split,fire')).toThrow(
      'there is no fault "fire"; there are: duplicate, bunch, split, reconnect, jump, garbage, slow',
    );
    expect(() => parseFaults('toString')).toThrow('no fault "toString"');
  });
});

test('without faults every sample is one write, at once and whole', () => {
  const none = plan('none');
  expect(writes(none, 50)).toEqual(Array.from({ length: 50 }, (_, i) => [i]));
  expect(none.garbage(frame)).toBeNull();
  expect(none.delayMs()).toBe(0);
  expect(none.pieces(frame)).toEqual([{ bytes: frame, pauseMs: 0 }]);
  expect([none.dropAfterMs(), none.jumpAfterMs()]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

test('duplicate: a sample again together with the next, nothing else', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const out = writes(plan(seed, 'duplicate'), 300);
      expect(out.every((write, i) => write.at(-1) === i)).toBe(true);
      for (const [i, write] of out.entries()) expect(write.length === 1 || write[0] === i - 1).toBe(true);
      expect(out.filter((write) => write.length === 2).length).toBeGreaterThan(3);
    }),
    { numRuns: 30 },
  );
});

test('bunch: two to six samples in one write, in order, none lost', () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (seed, twice) => {
      const one = plan(seed, 'bunch', ...(twice ? (['duplicate'] as const) : []));
      const out = writes(one, 400);
      const bunches = out.map((write) => write.length).filter((length) => length > (twice ? 2 : 1));
      expect(Math.max(...bunches)).toBeLessThanOrEqual(6);
      expect(Math.max(...bunches)).toBeGreaterThan(3);
      const sent = out.flat();
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
      const last = sent.at(-1) as number;
      expect([...new Set(sent)]).toEqual(Array.from({ length: last + 1 }, (_, i) => i));
      expect(last).toBeGreaterThan(390);
      one.forget();
      expect(one.samples(1000).every((sample) => sample === 1000)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('garbage: a copy with a wrong checksum, now and then', () => {
  const one = plan('garbage', 'garbage');
  const damaged = Array.from({ length: 300 }, () => one.garbage(frame)).filter((bytes) => bytes !== null);
  expect(damaged.length).toBeGreaterThan(5);
  expect(damaged.length).toBeLessThan(60);
  for (const bytes of damaged) {
    const decoder = new FrameDecoder();
    decoder.receive(joined([bytes, frame]));
    expect([decoder.next()?.kind, decoder.next()?.kind]).toEqual(['discarded', 'frame']);
  }
});

test('split: two to five pieces that are the whole, none empty', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ minLength: 9, maxLength: 400 }), (seed, bytes) => {
      const pieces = plan(seed, 'split').pieces(bytes);
      expect(pieces.length >= 2 && pieces.length <= 5).toBe(true);
      expect(pieces.every((piece) => piece.bytes.length > 0)).toBe(true);
      expect(pieces[0]?.pauseMs).toBe(0);
      expect(pieces.slice(1).every((piece) => piece.pauseMs >= 5 && piece.pauseMs <= 200)).toBe(true);
      expect(joined(pieces.map((piece) => piece.bytes))).toEqual(bytes);
    }),
  );
});

test('slow: up to a minute, now and then; reconnect and jump: after a while', () => {
  const one = plan('late', 'slow', 'reconnect', 'jump');
  const delays = Array.from({ length: 300 }, () => one.delayMs());
  expect(Math.max(...delays)).toBeLessThan(60_000);
  expect(Math.max(...delays)).toBeGreaterThan(30_000);
  expect(delays.filter((delay) => delay === 0).length).toBeGreaterThan(150);
  expect(one.dropAfterMs()).toBeLessThan(24 * 3600_000);
  expect(one.jumpAfterMs()).toBeLessThan(10 * 24 * 3600_000);
  const jumps = new Set(Array.from({ length: 60 }, () => one.jumpSeconds()));
  expect([...jumps].sort((a, b) => a - b)).toEqual([-3600, -2352, 2352, 3600]);
});
