import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock, event, peer, T } from '../../test/records.ts';
import { KeptSnapshot, LastValues } from './snapshot.ts';
import { TrackedBattery } from './tracked-battery.ts';

const NOW = T * 1000;
const MOMENT = { nowMs: NOW, houseOffsetSeconds: 3600, staleMs: 90_000 };

function battery(): TrackedBattery {
  return new TrackedBattery({ id: 'aaa', name: 'Garage', serial: 'AL2002021010101', firstSeenMs: 7 });
}

const LAST = new LastValues();
const snapshot = (timeMs: number) => new KeptSnapshot('live', timeMs, [], [], LAST);

it('is at first known by its name alone, and stale', () => {
  expect(battery().state(MOMENT)).toEqual({
    id: 'aaa',
    name: 'Garage',
    firstSeenMs: 7,
    connected: false,
    stale: true,
    lastReadingAtMs: null,
    live: null,
    detail: null,
    clock: null,
    tapped: false,
    openGaps: 0,
    conflict: null,
  });
  expect(battery().isUnheard).toBe(true);
});

it('is stale once its newest reading came longer ago than that, not sooner', () => {
  const one = battery();
  one.arrived(NOW - 90_000);
  expect(one.isStale(MOMENT)).toBe(false);
  expect(one.isStale({ ...MOMENT, nowMs: NOW + 1 })).toBe(true);
  one.arrivedBefore(NOW - 91_000);
  expect(one.state(MOMENT).lastReadingAtMs).toBe(NOW - 90_000);
  one.arrivedBefore(NOW);
  expect(one.state(MOMENT).lastReadingAtMs).toBe(NOW);
});

describe('the time a reading is shown at', () => {
  it.each([
    ['its own', T - 10, null, NOW - 10_000],
    ['its own, up to five seconds ahead of its arrival', T + 5, null, NOW + 5000],
    ['its arrival, where it would be later', T + 6, null, NOW],
    ['its arrival, where its clock is not known', null, null, NOW],
    ['that of the newest, where that came later', null, NOW + 3000, NOW + 3000],
    ['none, where a newer one is known', T - 10, NOW - 9000, null],
    ['its own, where the newest is of the same second', T - 10, NOW - 10_000, NOW - 10_000],
    ['that of the newest, where that is as far ahead as may be', T - 10, NOW + 5000, null],
    ['its own, where the newest is of a time to come', T - 10, NOW + 5001, NOW - 10_000],
  ])('is %s', (_which, time, newest, shown) => {
    const one = battery();
    if (newest !== null) one.show('live', snapshot(newest));
    expect(one.shownTime('live', time, NOW + 999)).toBe(shown);
  });

  it('does not depend on the other kind', () => {
    const one = battery();
    const shown = snapshot(NOW);
    one.show('detail', shown);
    expect(one.shownTime('live', T - 10, NOW)).toBe(NOW - 10_000);
    expect([one.newest('live'), one.newest('detail'), one.isUnheard]).toEqual([null, shown, false]);
  });

  it('is never more than five seconds after it came, nor falls while ours goes on', () => {
    const times = fc.option(fc.integer({ min: T - 100, max: T + 100 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(times, fc.nat(20))), (readings) => {
        const one = battery();
        let receivedMs = NOW;
        let before = 0;
        for (const [time, seconds] of readings) {
          receivedMs += seconds * 1000;
          const shown = one.shownTime('live', time, receivedMs);
          if (shown === null) continue;
          expect(shown).toBeLessThanOrEqual(receivedMs + 5000);
          expect(shown).toBeGreaterThanOrEqual(before);
          one.show('live', snapshot(shown));
          before = shown;
        }
      }),
    );
  });
});

it('has a clock that is settled after ten minutes, or where it is no first estimate', () => {
  const one = battery();
  one.noteEpochs(clock(3612, NOW).epochs);
  one.noteEpochs([]);
  const measured = { offsetSeconds: 3612, aheadOfHouseSeconds: 12, driftPpm: 0, settled: false };
  expect(one.clock(MOMENT)).toEqual({ ...measured, unconfirmed: false });
  expect(one.clock({ ...MOMENT, nowMs: NOW + 599_999 })?.settled).toBe(false);
  expect(one.clock({ ...MOMENT, nowMs: NOW + 600_000 })?.settled).toBe(true);
  one.noteEpochs(clock(0, NOW, undefined, 2).epochs);
  expect(one.clock(MOMENT)).toMatchObject({ offsetSeconds: 0, settled: true });
});

it('has gaps as long as they are open or asked for', () => {
  const one = battery();
  const gap = { number: 1, from: T, to: T + 600, filledMinutes: 0, askedMs: null };
  one.noteGap({ ...gap, state: 'open' });
  one.noteGap({ ...gap, state: 'asked' });
  one.noteGap({ ...gap, number: 2, state: 'open' });
  expect(one.state(MOMENT).openGaps).toBe(2);
  for (const state of ['filled', 'partly', 'refused'] as const) one.noteGap({ ...gap, state });
  expect(one.state(MOMENT).openGaps).toBe(1);
});

it('is in conflict with the peer that was so last, until the owner has decided', () => {
  const one = battery();
  const other = (number: number, conflictMs: number | null, standing: 'other' | 'refused' = 'other') =>
    peer({ number, standing, conflictMs }).peer;
  expect(one.notePeer(other(2, null), false)).toBe(false);
  expect(one.notePeer(other(2, NOW), false)).toBe(true);
  expect(one.notePeer(other(2, NOW), false)).toBe(false);
  expect(one.notePeer(other(3, NOW + 1), false)).toBe(true);
  expect(one.state(MOMENT).conflict).toEqual({ peer: 3, sinceMs: NOW + 1 });
  expect(one.notePeer(other(4, NOW + 1), false)).toBe(false);
  expect(one.state(MOMENT).conflict).toEqual({ peer: 3, sinceMs: NOW + 1 });
  one.notePeer(other(4, null), false);
  expect(one.notePeer(other(2, NOW, 'refused'), false)).toBe(false);
  expect(one.notePeer(other(3, NOW + 1), true)).toBe(true);
  expect(one.state(MOMENT).conflict).toBeNull();
});

it('remembers a hundred entries of its log that were told', () => {
  const one = battery();
  const entry = (batteryTime: number) => event({ batteryTime, code: 41 });
  expect([one.isFirst(entry(0)), one.isFirst(entry(0))]).toEqual([true, false]);
  expect(one.isFirst({ ...entry(0), occurrence: 1 })).toBe(true);
  for (let n = 1; n <= 98; n++) one.isFirst(entry(n));
  expect(one.isFirst(entry(0))).toBe(false);
  one.isFirst(entry(99));
  expect(one.isFirst(entry(0))).toBe(true);
});
