/** A clock that was not heard for long, or by another start of the server. */
import { describe, expect, it } from 'vitest';
import { AWAY, DAY, epoch, FOREVER, HOUR, House, START, trusted } from '../../../test/clock-house.ts';
import { BatteryClock } from './clock.ts';

describe('a clock not heard for long', () => {
  it.each([-7, -60, -89])('and set back by little meanwhile is found with the third frame: by %i s', (by) => {
    const house = trusted();
    house.ahead += by;
    house.frames(4200, 4220);
    expect(house.clock.settled).toBe(false);
    house.frame(4220);
    expect(house.reasons.at(-1)).toEqual(['restart', HOUR + by]);
    expect(house.clock.epoch?.possibleSinceMs).toBe((START + 590) * 1000);
  });

  it('and late at first is what it was', () => {
    const house = trusted();
    house.frame(4200, 30);
    expect(house.clock.settled).toBe(false);
    house.frames(4240, 4270);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    expect(house.clock.settled).toBe(true);
  });

  it('within the hour is trusted as before', () => {
    const house = trusted();
    expect(house.frame(HOUR)).toBeNull();
    expect(house.clock.settled).toBe(true);
  });

  it('is measured again, and what ran on lies along the line between', () => {
    const house = trusted();
    house.ahead += 3;
    for (const second of [AWAY, AWAY + 10]) {
      expect(house.frame(second)).toBeNull();
      expect(house.clock.settled).toBe(false);
    }
    const change = house.frame(AWAY + 20);
    expect(house.clock.settled).toBe(true);
    // A second each, half a step before the line is there: after 1/6, 3/6 and 5/6 of the outage.
    const outage = AWAY - 590;
    expect(change?.epochs).toEqual(
      [1, 2, 3].map((step) => {
        const second = Math.round(590 + (outage * (step - 0.5)) / 3);
        return epoch(step + 1, second, HOUR + step, 'drift');
      }),
    );
    // What was dated since it was heard again was dated by the first of them.
    expect(change?.corrections).toEqual([
      {
        kinds: ['live', 'detail', 'history'],
        fromBatteryTime: START + AWAY + HOUR + 3 - 302,
        toBatteryTime: START + AWAY + 20 + HOUR + 3,
        receivedSinceMs: (START + AWAY - 300) * 1000,
        oldOffsetSeconds: HOUR,
        newOffsetSeconds: HOUR + 3,
      },
    ]);
  });

  it('is the same where it kept its time', () => {
    const house = trusted();
    for (const second of [DAY, DAY + 10, DAY + 20]) expect(house.frame(second)).toBeNull();
    expect(house.clock.settled).toBe(true);
  });

  it('that does not continue the line was set meanwhile, at a time that nobody saw', () => {
    const house = trusted();
    house.ahead -= HOUR;
    house.frames(DAY, DAY + 30);
    const set = { ...epoch(2, DAY, 0, 'restart'), possibleSinceMs: (START + 590) * 1000 };
    expect(house.changes.at(-1)?.epochs).toEqual([set]);
    // What was missed is dated by either.
    const history = START + HOUR + 1800;
    expect(house.clock.timeline.ofExpected(history, START + 1800, (START + DAY) * 1000)).toBe(START + 1800);
    expect(house.clock.timeline.ofExpected(history, START + 5400, (START + DAY) * 1000)).toBe(START + 5400);
  });

  it('for minutes only, and set meanwhile, is found with the third frame', () => {
    const house = trusted();
    house.ahead += HOUR;
    house.frames(1200, 1230);
    expect(house.clock.epoch).toEqual({
      ...epoch(2, 1200, 2 * HOUR, 'restart'),
      possibleSinceMs: (START + 590) * 1000,
    });
  });

  it('and measured by late frames is corrected, and may still hold from as early', () => {
    const house = trusted();
    house.ahead -= HOUR;
    for (let second = DAY; second < DAY + 30; second += 10) house.frame(second, 60);
    expect(house.offset).toBe(-60);
    house.frames(DAY + 100, DAY + 130);
    expect(house.reasons.at(-1)).toEqual(['restart', 0]);
    expect(house.clock.epoch?.possibleSinceMs).toBe((START + 590) * 1000);
    expect(house.reasons).toHaveLength(2);
    // History that came meanwhile, of hours before: only what was dated by the wrong one.
    expect(house.changes.at(-1)?.corrections).toContainEqual({
      kinds: ['history'],
      fromBatteryTime: -FOREVER,
      toBatteryTime: START + DAY - 303,
      receivedSinceMs: (START + DAY + 60 - 300) * 1000,
      oldOffsetSeconds: -60,
      newOffsetSeconds: 0,
    });
  });
});

describe('a server started anew', () => {
  const known = [epoch(1, 0, HOUR, 'first_frame'), epoch(2, DAY, 0, 'jump'), epoch(3, 2 * DAY, 1, 'drift')];
  const restored = (heard: number | null = 3 * DAY) => {
    const house = new House();
    house.clock = new BatteryClock(known, heard === null ? null : house.at(heard).wallMs);
    house.ahead = 1;
    return house;
  };

  it('goes on where it was', () => {
    const house = restored();
    expect(house.clock.settled).toBe(true);
    for (const second of [10, 20, 30]) expect(house.frame(3 * DAY + second)).toBeNull();
    expect(house.offset).toBe(1);
  });

  it('that kept no reading goes on from the newest epoch', () => {
    const house = restored(null);
    expect(house.frame(2 * DAY + 60)).toBeNull();
    expect(house.clock.settled).toBe(true);
  });

  it('finds that the clock was set while it was down', () => {
    const house = restored();
    house.ahead = HOUR;
    house.frames(3 * DAY + 60, 3 * DAY + 90);
    expect(house.clock.epoch).toEqual({
      ...epoch(4, 3 * DAY + 60, HOUR, 'restart'),
      // A second in two days, as far as what was applied tells.
      driftPpm: 5.8,
      possibleSinceMs: (START + 3 * DAY - 240) * 1000,
    });
    // The server before it may have heard that clock already, in the five minutes before, and doubted it.
    const corrections = house.changes.at(-1)?.corrections ?? [];
    expect(corrections).toHaveLength(151);
    expect(corrections.every(({ receivedSinceMs }) => receivedSinceMs === (START + 3 * DAY - 240) * 1000 + 1)).toBe(
      true,
    );
  });

  it('leaves alone what the server before it dated, where that was long before', () => {
    const house = restored();
    house.ahead = HOUR;
    house.frames(3 * DAY + 301, 3 * DAY + 331);
    expect(house.changes.at(-1)?.corrections.map(({ oldOffsetSeconds }) => oldOffsetSeconds)).toEqual([1]);
  });

  it('corrects what the server before it dated of a clock that had just been set', () => {
    const house = trusted();
    house.ahead += HOUR;
    for (const second of [600, 610]) house.frame(second);
    house.restarted(610).frames(620, 650);
    expect(house.clock.epoch).toMatchObject({ offsetSeconds: 2 * HOUR, reason: 'restart' });
    // Both frames came within five minutes before.
    const dated = { fromBatteryTime: START + 620 + 2 * HOUR - 302, receivedSinceMs: (START + 320) * 1000 + 1 };
    const corrections = house.changes.at(-1)?.corrections ?? [];
    expect(corrections[0]).toMatchObject({ ...dated, oldOffsetSeconds: HOUR, newOffsetSeconds: 2 * HOUR });
    // What it doubted was dated by its arrival, at most so much too late.
    expect(corrections.slice(1).map(({ oldOffsetSeconds }) => oldOffsetSeconds)).toEqual(
      Array.from({ length: 150 }, (_, index) => 2 * HOUR - 150 + index),
    );
    // Sent again, they are where they belong.
    expect(house.clock.timeline.ofArrived(START + 600 + 2 * HOUR, (START + 650) * 1000)).toBe(START + 600);
  });

  it('does not correct what a server before it began: a step of a second is an epoch', () => {
    const house = restored();
    house.ahead = 3;
    house.frames(3 * DAY + 10, 3 * DAY + 40);
    expect(house.reasons.map(([, offset]) => offset)).toEqual([HOUR, 0, 1, 3]);
  });
});
