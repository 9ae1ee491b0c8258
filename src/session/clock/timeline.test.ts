import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockEpoch, EpochReason } from '../../model.ts';
import { Timeline } from './timeline.ts';

const HOUR = 3600;
const DAY = 86_400;
/** 2024-10-27 01:00:00 UTC: summer time ends in Ireland, clocks go from 02:00 back to 01:00. */
const CHANGE = Date.UTC(2024, 9, 27, 1) / 1000;

interface Told {
  readonly since: number;
  readonly offset: number;
  readonly reason?: EpochReason;
  readonly possible?: number;
}

function epochs(...told: readonly Told[]): ClockEpoch[] {
  return told.map(({ since, offset, reason = 'jump', possible = since }, index) => ({
    number: index + 1,
    sinceMs: since * 1000,
    possibleSinceMs: possible * 1000,
    offsetSeconds: offset,
    driftPpm: 0,
    reason,
  }));
}

const timeline = (...told: readonly Told[]) => new Timeline(epochs(...told));

/** The clock was set back at the change, and a server saw it. */
const AUTUMN = timeline(
  { since: CHANGE - 30 * DAY, offset: HOUR, reason: 'first_frame' },
  { since: CHANGE, offset: 0 },
);
/** It was set forward. */
const SPRING = timeline(
  { since: CHANGE - 30 * DAY, offset: 0, reason: 'first_frame' },
  { since: CHANGE, offset: HOUR },
);
/** It was set back at some time in ten hours in which nobody listened. */
const UNSEEN = timeline(
  { since: CHANGE - 30 * DAY, offset: HOUR, reason: 'first_frame' },
  { since: CHANGE + 5 * HOUR, offset: 0, reason: 'restart', possible: CHANGE - 5 * HOUR },
);

describe('a battery whose clock is not known', () => {
  it('has no times', () => {
    const nothing = timeline();
    expect(nothing.newest).toBeNull();
    expect(nothing.ofArrived(1000, 1_000_000)).toBeNull();
    expect(nothing.ofExpected(1000, 1000, 1_000_000)).toBeNull();
    expect(nothing.firstAfter(1000, 0)).toBeNull();
    expect(nothing.toBatteryTime(1000)).toBeNull();
    expect(nothing.leastShown(0, 1000, 5)).toBe(5);
    expect(nothing.shownBefore(0, 0)).toBe(0);
    expect(nothing.epochsOf(0, 1e9)).toEqual([]);
  });
});

describe('one epoch', () => {
  const one = timeline({ since: CHANGE, offset: HOUR, reason: 'first_frame' });

  it('holds for what was before it too, and for what is to come', () => {
    expect(one.ofArrived(CHANGE + HOUR, CHANGE * 1000)).toBe(CHANGE);
    expect(one.ofArrived(CHANGE - DAY, CHANGE * 1000)).toBe(CHANGE - DAY - HOUR);
    expect(one.ofExpected(CHANGE - DAY, CHANGE, CHANGE * 1000)).toBe(CHANGE - DAY - HOUR);
    expect(one.toBatteryTime(CHANGE - DAY)).toBe(CHANGE - DAY + HOUR);
    expect(one.toBatteryTime(CHANGE + DAY)).toBe(CHANGE + DAY + HOUR);
  });

  it('dates a time from the future by it all the same: the battery’s word is kept', () => {
    expect(one.ofArrived(CHANGE + 2 * HOUR, CHANGE * 1000)).toBe(CHANGE + HOUR);
    expect(one.ofExpected(CHANGE + 2 * HOUR, CHANGE, CHANGE * 1000)).toBe(CHANGE + HOUR);
  });
});

describe('epochs', () => {
  it('are replaced from a number on', () => {
    const [first, second] = epochs({ since: 1000, offset: 0 }, { since: 2000, offset: 60 });
    const known = new Timeline([first, second] as ClockEpoch[]);
    const right = { ...(second as ClockEpoch), offsetSeconds: 61 };
    known.extend([right]);
    expect(known.epochs).toEqual([first, right]);
    known.extend([]);
    expect(known.epochs).toEqual([first, right]);
    expect(known.newest).toEqual(right);
  });

  it('are remembered up to two hundred', () => {
    const many = epochs(...Array.from({ length: 205 }, (_, index) => ({ since: index * DAY, offset: index })));
    expect(new Timeline(many).epochs.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, n) => n + 6));
  });

  it('of a drift meet between two times of the battery, so that none belongs to both', () => {
    for (const offset of [1, -1]) {
      const drifted = timeline(
        { since: 0, offset: 0, reason: 'first_frame' },
        { since: 5000, offset, reason: 'drift' },
      );
      const boundary = 5000 + offset;
      expect(drifted.ofExpected(boundary - 1, 5000, 9e6)).toBe(boundary - 1);
      expect(drifted.ofExpected(boundary, 5000, 9e6)).toBe(5000);
      expect(drifted.firstAfter(boundary, 5000)).toBeNull();
      expect(drifted.lastBefore(boundary, 5000)).toBeNull();
    }
  });

  it('that a stretch of battery time may belong to are those it touches, and always the newest', () => {
    const offsets = (from: number, to: number) => AUTUMN.epochsOf(from, to).map(({ offsetSeconds }) => offsetSeconds);
    expect(offsets(CHANGE - DAY, CHANGE - 1)).toEqual([HOUR, 0]);
    expect(offsets(CHANGE, CHANGE + 10)).toEqual([HOUR, 0]);
    expect(offsets(CHANGE + HOUR, CHANGE + DAY)).toEqual([0]);
  });
});

describe('an epoch that ends while nobody listens', () => {
  it('holds for a little longer: the clock drifted on meanwhile', () => {
    // Ten hours at 100 parts per million are 3.6 s, and three more for the estimate.
    const end = CHANGE + 5 * HOUR + HOUR;
    const now = (CHANGE + 6 * HOUR) * 1000;
    expect(UNSEEN.ofExpected(end + 6, CHANGE + 5 * HOUR, now)).toBe(CHANGE + 5 * HOUR + 6);
    expect(UNSEEN.firstAfter(end + 6, 0)).toBe(CHANGE + 5 * HOUR + 6);
    expect(UNSEEN.firstAfter(end + 7, 0)).toBe(CHANGE + 6 * HOUR + 7);
  });
});

describe('what has just come', () => {
  it('is of the last moment it may mean: the hour that was told twice', () => {
    const halfPast = CHANGE + 1800;
    expect(AUTUMN.ofArrived(halfPast, (CHANGE - 1799) * 1000)).toBe(CHANGE - 1800);
    expect(AUTUMN.ofArrived(halfPast, (CHANGE + 1801) * 1000)).toBe(CHANGE + 1800);
    expect(AUTUMN.ofArrived(halfPast, (CHANGE + 7000) * 1000)).toBe(CHANGE + 1800);
  });

  it('is of before the change where it comes late over it', () => {
    expect(AUTUMN.ofArrived(CHANGE + HOUR - 20, (CHANGE + 30) * 1000)).toBe(CHANGE - 20);
    expect(SPRING.ofArrived(CHANGE - 20, (CHANGE + 30) * 1000)).toBe(CHANGE - 20);
  });

  it('may come up to three seconds before the estimate says that it was sent', () => {
    expect(AUTUMN.ofArrived(CHANGE + 1800, (CHANGE + 1797) * 1000)).toBe(CHANGE + 1800);
    expect(AUTUMN.ofArrived(CHANGE + 1800, (CHANGE + 1796) * 1000)).toBe(CHANGE - 1800);
  });

  it('of a time that was never shown is dated by the newest epoch', () => {
    expect(SPRING.ofArrived(CHANGE + 1800, (CHANGE + 20) * 1000)).toBe(CHANGE - 1800);
    expect(SPRING.ofExpected(CHANGE + 1800, CHANGE, (CHANGE + 20) * 1000)).toBe(CHANGE - 1800);
  });
});

describe('history', () => {
  const now = (CHANGE + DAY) * 1000;

  it('is of the moment nearest to where it is expected', () => {
    const halfPast = CHANGE + 1800;
    expect(AUTUMN.ofExpected(halfPast, CHANGE - 1800, now)).toBe(CHANGE - 1800);
    expect(AUTUMN.ofExpected(halfPast, CHANGE + 60, now)).toBe(CHANGE + 1800);
    expect(UNSEEN.ofExpected(halfPast, CHANGE + 2000, now)).toBe(CHANGE + 1800);
  });

  it('is of the newest epoch where by any other it would be days away, though a clock that was behind had that begin later', () => {
    const rebooted = timeline(
      { since: CHANGE - 30 * DAY, offset: 0, reason: 'first_frame' },
      { since: CHANGE, offset: -9000 * DAY, reason: 'restart' },
    );
    const told = CHANGE - 9000 * DAY - 300;
    const now = (CHANGE + 60) * 1000;
    expect(rebooted.ofExpected(told, CHANGE, now)).toBe(CHANGE - 300);
    // Neither of a time to come, nor of long before.
    expect(rebooted.ofExpected(told, CHANGE, (CHANGE - 400) * 1000)).toBe(told);
    expect(rebooted.ofExpected(told - 2 * DAY, CHANGE, now)).toBe(told - 2 * DAY);
  });

  it('is never later than its arrival', () => {
    expect(AUTUMN.ofExpected(CHANGE + 1800, CHANGE + 1800, (CHANGE + 600) * 1000)).toBe(CHANGE - 1800);
  });

  it('is not before the row before it, unless it must', () => {
    expect(AUTUMN.ofExpected(CHANGE + 1800, CHANGE - 700, now, CHANGE)).toBe(CHANGE + 1800);
    expect(AUTUMN.ofExpected(CHANGE + 1800, CHANGE - 700, now, CHANGE + 1801)).toBe(CHANGE - 1800);
  });

  it('has moments before and after another', () => {
    const halfPast = CHANGE + 1800;
    expect(AUTUMN.firstAfter(halfPast, CHANGE - 1800)).toBe(CHANGE + 1800);
    expect(AUTUMN.firstAfter(halfPast, CHANGE + 1800)).toBeNull();
    expect(AUTUMN.lastBefore(halfPast, CHANGE + 1800)).toBe(CHANGE - 1800);
    expect(AUTUMN.lastBefore(halfPast, CHANGE - 1800)).toBeNull();
  });
});

describe('what a clock showed', () => {
  it('is known where it was heard, and after the last frame before an outage', () => {
    expect(AUTUMN.toBatteryTime(CHANGE - 1)).toBe(CHANGE - 1 + HOUR);
    expect(AUTUMN.toBatteryTime(CHANGE)).toBe(CHANGE);
    expect(UNSEEN.toBatteryTime(CHANGE)).toBe(CHANGE + HOUR);
    expect(UNSEEN.toBatteryTime(CHANGE + 5 * HOUR)).toBe(CHANGE + 5 * HOUR);
  });

  it('may have been less, where it was set back meanwhile', () => {
    const from = CHANGE - 5 * HOUR;
    expect(UNSEEN.leastShown(from, CHANGE + 5 * HOUR, from + HOUR)).toBe(from);
    // Of a later row it is known that the clock had been set already.
    expect(UNSEEN.leastShown(from + HOUR, CHANGE + 5 * HOUR, from + HOUR)).toBe(from + HOUR);
    // A set-back that was seen lies where it was seen: after a row of the hour before, it shows less by all but that.
    expect(AUTUMN.leastShown(CHANGE - 600, CHANGE + 600, CHANGE + 3000)).toBe(CHANGE);
    expect(AUTUMN.leastShown(CHANGE - 1200, CHANGE - 600, CHANGE + 2400)).toBe(CHANGE + 2400);
    expect(SPRING.leastShown(CHANGE - 600, CHANGE + 600, CHANGE - 600)).toBe(CHANGE - 600);
  });

  it('is in whole seconds, though a frame arrives between two', () => {
    const [summer, winter] = UNSEEN.epochs as [ClockEpoch, ClockEpoch];
    const from = CHANGE - 5 * HOUR;
    const known = new Timeline([summer, { ...winter, possibleSinceMs: winter.possibleSinceMs + 73 }]);
    expect(known.leastShown(from, CHANGE + 5 * HOUR, from + HOUR)).toBe(from);
  });

  it('is not followed to another date', () => {
    const to1970 = timeline({ since: CHANGE, offset: 0 }, { since: CHANGE + 600, offset: -CHANGE });
    expect(to1970.leastShown(CHANGE, CHANGE + 900, CHANGE)).toBe(CHANGE);
    expect(to1970.shownBefore(660, CHANGE + 660)).toBe(0);
  });

  it('had been more before it was set back, for so many seconds', () => {
    expect(AUTUMN.shownBefore(CHANGE + 600, CHANGE + 600)).toBe(3000);
    expect(AUTUMN.shownBefore(CHANGE + HOUR, CHANGE + HOUR)).toBe(0);
    expect(AUTUMN.shownBefore(CHANGE - 600 + HOUR, CHANGE - 600)).toBe(0);
    expect(SPRING.shownBefore(CHANGE + HOUR + 600, CHANGE + 600)).toBe(0);
    expect(SPRING.shownBefore(12, 1)).toBe(0);
  });
});

describe('whatever the epochs are', () => {
  const anyEpochs = fc.array(
    fc.record({
      since: fc.integer({ min: -1e6, max: 4e9 }),
      possible: fc.integer({ min: -1e6, max: 4e9 }),
      offset: fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -4e9, max: 4e9 })),
      reason: fc.constantFrom<EpochReason>('first_frame', 'drift', 'jump', 'restart', 'server_clock'),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const anyTime = fc.integer({ min: -1e9, max: 8e9 });

  it('every time has a second, which one of the offsets gives', () => {
    fc.assert(
      fc.property(anyEpochs, anyTime, anyTime, anyTime, (told, batteryTime, expected, received) => {
        const known = timeline(...told);
        const possible = told.map(({ offset }) => batteryTime - offset);
        expect(possible).toContain(known.ofArrived(batteryTime, received * 1000));
        expect(possible).toContain(known.ofExpected(batteryTime, expected, received * 1000));
        expect([...possible, null]).toContain(known.firstAfter(batteryTime, expected));
        expect(known.firstAfter(batteryTime, expected) ?? expected + 1).toBeGreaterThan(expected);
        expect(known.lastBefore(batteryTime, expected) ?? expected - 1).toBeLessThan(expected);
        expect(known.shownBefore(batteryTime, expected)).toBeGreaterThanOrEqual(0);
        expect(known.leastShown(expected, received, batteryTime)).toBeLessThanOrEqual(batteryTime);
        expect(known.leastShown(expected, received, batteryTime)).toBeGreaterThanOrEqual(batteryTime - DAY);
      }),
    );
  });
});
