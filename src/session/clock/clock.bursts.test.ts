/** A clock whose frames come in bursts, and whatever samples come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, epoch, HOUR, House, START, trusted } from '../../../test/clock-house.ts';
import type { ClockEpoch } from '../../model.ts';
import type { ClockChange } from './change.ts';
import { BatteryClock } from './clock.ts';

describe('a clock that stands still', () => {
  it('tells the same time for longer than a second', () => {
    const house = trusted();
    const last = START + 590 + HOUR;
    expect(house.clock.isOfLast(last)).toBe(true);
    expect(house.clock.isOfLast(last - 1)).toBe(false);
    expect(house.clock.stands(last, house.at(592))).toBe(false);
    expect(house.clock.stands(last, house.at(593))).toBe(true);
    expect(house.clock.stands(last + 1, house.at(600))).toBe(false);
    expect(new BatteryClock().isOfLast(last)).toBe(false);
    expect(new BatteryClock().stands(last, house.at(600))).toBe(false);
  });

  it('leaves what it told as it began to stand where that was', () => {
    const house = trusted();
    for (let second = 600; second < 900; second += 10) {
      house.told(590 + HOUR, second);
      house.clock.stands(START + 590 + HOUR, house.at(second));
    }
    house.ahead -= 310;
    house.frames(901, 940);
    expect(house.reasons.at(-1)).toEqual(['restart', HOUR - 310]);
    expect(house.changes.at(-1)?.corrections.map((one) => one.fromBatteryTime - START - HOUR)).toEqual([591]);
  });

  it('is no sample, however often it comes', () => {
    const house = trusted();
    for (let second = 600; second < 6000; second += 10) expect(house.told(590 + HOUR, second)).toBeNull();
    expect(house.reasons).toHaveLength(1);
    expect(house.clock.settled).toBe(true);
  });
});

describe('a burst', () => {
  /** Frames that come within so many seconds, each telling a time that the one before it makes. */
  function burst(house: House, from: number, within: number, count: number, by: (told: number) => number): void {
    let told = from + HOUR;
    for (let at = 0; at < count; at++) {
      told = by(told);
      house.told(told, from + (within * at) / count);
    }
  }

  it.each([
    ['each a second later', 1, 1000, (told: number) => told + 1],
    ['each a second later, in fourteen seconds', 14, 1000, (told: number) => told + 1],
    ['each 1.4 s later than what passed', 14, 14, (told: number) => told + 2.4],
    ['each an hour later', 1, 1000, (told: number) => told + HOUR],
    ['each a second earlier', 1, 1000, (told: number) => told - 1],
    ['each a minute earlier', 14, 1000, (told: number) => told - 60],
    ['at an hour later, each of its second', 14, 14, (told: number) => Math.max(told, 600 + 2 * HOUR) + 1],
  ])('of frames %s moves no clock', (_, within, count, by) => {
    const house = trusted();
    burst(house, 600, within, count, by);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    house.frames(620, 2000);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    expect(house.clock.settled).toBe(true);
  });

  it('before the clock is settled does not settle it, and what follows does', () => {
    const house = new House();
    house.frame(0);
    burst(house, 1, 1, 1000, (told) => told + 1);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    house.frames(10, 130);
    expect(house.clock.settled).toBe(true);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
  });

  it('as the very first that is heard is put right', () => {
    const house = new House();
    burst(house, 0, 1, 1000, (told) => told + 1);
    house.frames(10, 130);
    expect(house.clock.settled).toBe(true);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
  });

  it('of one who speaks among its frames moves no clock, however long he does', () => {
    const house = trusted();
    for (let second = 600; second < 4200; second += 10) {
      house.frame(second);
      for (const at of [2, 4, 6, 8]) house.told(second + at + 2 * HOUR, second + at);
      house.told(second + 9 + HOUR + 1.4, second + 9);
    }
    // A frame may have been less late than all before, but for that once.
    expect(house.offset).toBeLessThanOrEqual(HOUR + 1);
    expect(house.reasons.every(([reason]) => reason !== 'jump')).toBe(true);
  });

  it('that goes on, with more time than passes, is of no clock; what it says is dated as it comes', () => {
    const house = trusted();
    for (let at = 0; at < 360; at++) {
      const arrival = 600 + at * 10;
      const told = START + Math.floor(arrival + HOUR + at * 1.4);
      house.told(told - START, arrival);
      const time = house.clock.timeline.ofArrived(told, house.at(arrival).wallMs) as number;
      const ahead = house.clock.bounded(time, told, house.at(arrival)) - START - arrival;
      expect(ahead).toBeGreaterThanOrEqual(-1);
      expect(ahead).toBeLessThanOrEqual(60);
    }
    expect(house.offset).toBeLessThanOrEqual(HOUR + 1);
    expect(house.reasons.every(([reason]) => reason !== 'jump')).toBe(true);
  });

  it('back is not taken for a clock that was set back, half an hour later', () => {
    const house = trusted();
    for (let at = 0; at < 100; at++) house.told(590 + HOUR - at / 20, 600 + at / 10);
    house.frame(2500, 5);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
  });

  it('confirms a clock that was set once it lasts fifteen seconds, and no sooner', () => {
    const house = trusted();
    house.ahead += HOUR;
    for (let at = 0; at < 30; at++) expect(house.frame(600 + at / 2)).toBeNull();
    expect(house.frame(615)?.epochs).toEqual([epoch(2, 600, 2 * HOUR, 'jump')]);
  });

  it('and a clock set forward: what was dated by its arrival is dated by the clock, once that is known', () => {
    const house = trusted();
    house.ahead += HOUR;
    const dated = [600, 640, 650].map((second, index) => {
      const late = index === 0 ? 30 : 0;
      house.frame(second, late);
      const [told, now] = [START + second + 2 * HOUR, house.at(second + late)];
      return house.clock.bounded(house.clock.timeline.ofArrived(told, now.wallMs) as number, told, now) - START;
    });
    expect(dated).toEqual([630, 640, 650]);
    const corrections = house.frame(660)?.corrections ?? [];
    expect(corrections.map((one) => [one.oldOffsetSeconds, one.newOffsetSeconds])).toEqual([
      [HOUR, 2 * HOUR],
      [2 * HOUR - 30, 2 * HOUR],
    ]);
    expect(corrections.every(({ fromBatteryTime }) => fromBatteryTime <= START + 600 + 2 * HOUR)).toBe(true);
  });
});

describe('whatever a burst says', () => {
  const told = fc.oneof(
    fc.integer({ min: -3 * DAY, max: 3 * DAY }),
    fc.integer({ min: -100, max: 100 }),
    fc.double({ min: 0, max: 3, noNaN: true }),
  );
  const steps = fc.array(fc.record({ by: told, pause: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    minLength: 1,
    maxLength: 200,
  });

  /** Its frames come within so many seconds of real time; each step is added to the time of the clock, or to the one told before. */
  function hear(
    house: House,
    from: number,
    within: number,
    walks: boolean,
    burst: readonly { by: number; pause: number }[],
  ) {
    const whole = burst.reduce((sum, { pause }) => sum + pause, 0) || 1;
    let [at, walked] = [0, 0];
    for (const { by, pause } of burst) {
      at += (within * pause) / whole;
      walked = walks ? walked + by : by;
      house.told(from + at + house.ahead + walked, from + at);
    }
  }

  it('within fifteen seconds, the clock is moved by a second at most, and is what it was after the next frames', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), fc.double({ min: 0, max: 14.9, noNaN: true }), (burst, walks, within) => {
        const house = trusted();
        hear(house, 600, within, walks, burst);
        expect(Math.abs((house.offset ?? 0) - HOUR)).toBeLessThanOrEqual(1);
        house.frames(620, 700);
        expect(Math.abs((house.offset ?? 0) - HOUR)).toBeLessThanOrEqual(1);
        expect(house.clock.settled).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('within whatever time, it is moved by what drift allows, but where three frames in cadence over fifteen seconds say so', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), fc.integer({ min: 15, max: 3600 }), (burst, walks, within) => {
        const house = trusted();
        const heard: { readonly offset: number; readonly at: number }[] = [];
        const tell = house.told.bind(house);
        house.told = (batterySecond, arrival) => {
          heard.push({ offset: Math.floor(batterySecond) - arrival, at: arrival });
          const before = house.offset ?? 0;
          const change = tell(batterySecond, arrival);
          const after = house.offset ?? 0;
          if (Math.abs(after - before) > 1 && !isConfirmed(heard, after)) expect.fail(`${before} → ${after}`);
          return change;
        };
        hear(house, 600, within, walks, burst);
        const drifts = house.clock.timeline.epochs.filter(({ reason }) => reason === 'drift').length;
        const sets = house.clock.timeline.epochs.length - drifts;
        // A second and a half, and what may have drifted, each time that it was measured anew.
        expect(drifts).toBeLessThanOrEqual(3 * sets);
      }),
      { numRuns: 500 },
    );
  });

  function isConfirmed(heard: readonly { offset: number; at: number }[], offset: number): boolean {
    const agreeing = heard.filter((one) => Math.abs(one.offset - offset) <= 2.5).map(({ at }) => at);
    return agreeing.length >= 3 && Math.max(...agreeing) - Math.min(...agreeing) >= 15;
  }

  it('no reading is dated more than a minute after it came', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), fc.integer({ min: 0, max: 3600 }), (burst, walks, within) => {
        const house = trusted();
        const tell = house.told.bind(house);
        house.told = (batterySecond, arrival) => {
          const change = tell(batterySecond, arrival);
          const [batteryTime, now] = [START + Math.floor(batterySecond), house.at(arrival)];
          const time = house.clock.timeline.ofArrived(batteryTime, now.wallMs) as number;
          expect(house.clock.bounded(time, batteryTime, now)).toBeLessThanOrEqual(now.wallMs / 1000 + 60);
          return change;
        };
        hear(house, 600, within, walks, burst);
      }),
    );
  });
});

describe('whatever samples come', () => {
  const anyTime = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: START, max: START + 3 * DAY }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 7_258_118_399 }) },
  );
  /** Frames of a real clock, set now and then, with glitches among them; pauses; the server's clock set; restarts. */
  const anySample = fc.record({
    pause: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 200_000 })),
    late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 })),
    set: fc.oneof(
      { weight: 20, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -9000, max: 9000 }) },
    ),
    server: fc.oneof(
      { weight: 20, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -1e7, max: 1e7 }) },
    ),
    glitch: fc.option(anyTime, { freq: 20 }),
    restart: fc.oneof({ weight: 20, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });

  it('it never throws; epochs keep their numbers and their order; what is corrected was there', () => {
    fc.assert(
      fc.property(fc.array(anySample, { minLength: 1, maxLength: 120 }), (samples) => {
        const house = new House();
        let second = 0;
        for (const { pause, late, set, server, glitch, restart } of samples) {
          second += pause;
          house.ahead += set;
          house.serverAhead += server;
          if (restart) house.restarted(second);
          const before = house.clock.timeline.epochs;
          const change = glitch === null ? house.frame(second, late) : house.told(glitch - START, second + late);
          if (change !== null) follows(before, change);
          expect(house.clock.timeline.epochs.map(({ number }) => number)).toEqual(
            house.clock.timeline.epochs.map((_, index) => (house.clock.timeline.epochs[0]?.number ?? 0) + index),
          );
          expect(Number.isFinite(house.clock.driftPpm)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  function follows(before: readonly ClockEpoch[], { epochs, corrections, moved }: ClockChange): void {
    const newest = before.at(-1)?.number ?? 0;
    expect(epochs.length).toBeGreaterThan(0);
    expect(epochs[0]?.number).toBeLessThanOrEqual(newest + 1);
    for (const one of epochs) {
      expect(Number.isInteger(one.offsetSeconds)).toBe(true);
      expect(Number.isInteger(one.sinceMs / 1000)).toBe(true);
      expect(one.possibleSinceMs).toBeLessThanOrEqual(one.sinceMs);
    }
    const offsets = before.map(({ offsetSeconds }) => offsetSeconds);
    for (const { oldOffsetSeconds, newOffsetSeconds } of corrections) {
      expect(offsets).toContain(oldOffsetSeconds);
      expect(newOffsetSeconds).not.toBe(oldOffsetSeconds);
      if (moved === undefined) expect(epochs.at(-1)?.offsetSeconds).toBe(newOffsetSeconds);
      else expect(oldOffsetSeconds - newOffsetSeconds).toBe(moved.seconds);
    }
  }
});
