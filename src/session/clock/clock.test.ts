/** When a battery’s clock is believed. Others: clock.set, clock.away, clock.bursts. */
import { describe, expect, it } from 'vitest';
import { AWAY, DAY, epoch, FOREVER, HOUR, House, START, trusted } from '../../../test/clock-house.ts';

describe('a clock never heard', () => {
  it('tells nothing', () => {
    const { clock } = new House();
    expect(clock).toMatchObject({ epoch: null, settled: false, driftPpm: 0 });
    expect(clock.timeline.ofArrived(START, START * 1000)).toBeNull();
  });

  it('begins with its first frame', () => {
    const house = new House();
    expect(house.frame(0)).toEqual({ epochs: [epoch(1, 0, HOUR, 'first_frame')], corrections: [] });
    expect(house.clock.settled).toBe(false);
    expect(house.clock.timeline.ofArrived(START + HOUR + 7, (START + 7) * 1000)).toBe(START + 7);
  });

  it.each([
    [0, 3600],
    [0.29, 3600],
    [0.31, 3599],
    [1.001, 3599],
    [60, 3540],
  ])('takes the nearest second, a fifth taken off: a frame %d s late is of %i s', (late, offset) => {
    const house = new House();
    house.frame(0, late);
    expect(house.offset).toBe(offset);
  });

  it.each([0, 7_258_118_399])('may tell any time, even %i', (batteryTime) => {
    const house = new House();
    expect(house.told(batteryTime - START, 0)?.epochs[0]?.offsetSeconds).toBe(batteryTime - START);
  });
});

describe('a provisional clock', () => {
  it('settles with the third frame in cadence, over fifteen seconds', () => {
    const house = new House();
    for (const second of [0, 10]) house.frame(second);
    expect(house.clock.settled).toBe(false);
    expect(house.frame(20)).toBeNull();
    expect(house.clock.settled).toBe(true);
    const fast = new House().frames(0, 15, 1);
    expect(fast.clock.settled).toBe(false);
    fast.frame(15);
    expect(fast.clock.settled).toBe(true);
  });

  it('is set right where its first frame was late, and what it dated with it', () => {
    const house = new House();
    house.frame(0, 45);
    house.frame(50);
    house.frame(60);
    expect(house.offset).toBe(HOUR - 45);
    const right = { ...epoch(1, 0, HOUR, 'first_frame'), number: 1 };
    expect(house.frame(70)).toEqual({
      epochs: [right],
      corrections: [
        {
          kinds: ['live', 'detail', 'history'],
          fromBatteryTime: -FOREVER,
          toBatteryTime: FOREVER,
          receivedSinceMs: 0,
          oldOffsetSeconds: HOUR - 45,
          newOffsetSeconds: HOUR,
        },
      ],
    });
    expect(house.clock.settled).toBe(true);
  });

  it('is not set right by half a second', () => {
    const house = new House();
    house.frame(0, 0.9);
    for (const second of [10, 20, 30]) expect(house.frame(second, 0.4)).toBeNull();
  });

  it('does not settle on frames that were held up together', () => {
    const house = new House();
    for (const second of [0, 10, 20, 30, 40, 50]) house.frame(second, 55 - second);
    expect(house.clock.settled).toBe(false);
  });

  it('settles on what thirty say where none keep cadence, each later than the one before', () => {
    const house = new House();
    for (let at = 0; at < 29; at++) house.frame(at * 3.2, at * 2);
    expect(house.clock.settled).toBe(false);
    house.frame(29 * 3.2, 29 * 2);
    expect(house.clock.settled).toBe(true);
  });

  it('that was set right is corrected once more, where all that set it right was late', () => {
    const house = new House();
    house.frame(0, 100);
    for (const second of [101, 111, 121]) house.frame(second, 50);
    expect(house.offset).toBe(HOUR - 50);
    house.frame(200, 49);
    house.frame(220, 49);
    house.frames(280, 310);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    const corrections = house.changes.at(-1)?.corrections ?? [];
    expect(corrections.map(({ oldOffsetSeconds }) => oldOffsetSeconds)).toEqual([HOUR - 50, HOUR - 49]);
    expect(corrections.every(({ newOffsetSeconds }) => newOffsetSeconds === HOUR)).toBe(true);
  });

  it('starts over with a server that ended before it settled', () => {
    const house = new House();
    house.frame(0, 45);
    house.restarted(45);
    expect(house.clock.settled).toBe(false);
    for (const second of [100, 110, 120]) house.frame(second);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    expect(house.changes.at(-1)?.corrections).toMatchObject([{ oldOffsetSeconds: HOUR - 45, newOffsetSeconds: HOUR }]);
  });

  it('is not what a clock set hours later says it was', () => {
    const house = new House().frames(0, 20, 1);
    house.restarted(19);
    house.ahead += 2340;
    house.frames(AWAY, AWAY + 20, 1);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['restart', HOUR + 2340],
    ]);
    // Nothing of the first run is dated anew.
    const since = house.changes.flatMap(({ corrections }) => corrections.map(({ receivedSinceMs }) => receivedSinceMs));
    expect(Math.min(...since)).toBeGreaterThan((START + HOUR) * 1000);
  });
});

describe('a trusted clock', () => {
  it.each([
    ['late', [600, 590, 610, 620], [30, 40, 60, 5]],
    ['bunched', [600, 610, 620, 630, 640, 650], [50, 40, 30, 20, 10, 0]],
    ['more than 90 seconds late', [600, 610, 620, 630], [95, 120, 200, 0]],
    ['repeated', [600, 600, 610, 600, 610], [0, 10, 0, 15, 10]],
  ])('is not moved by frames that are %s', (_, seconds, late) => {
    const house = trusted();
    for (const [index, second] of seconds.entries()) expect(house.frame(second, late[index])).toBeNull();
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
  });

  it.each([
    ['of a far future', 7_258_118_399 - START],
    ['of 1970', -START],
    ['of an hour later', 2 * HOUR + 600],
    ['of an hour before', 600],
  ])('is in doubt after a glitch %s, and no longer after the next frame', (_, batterySecond) => {
    const house = trusted();
    expect(house.told(batterySecond, 600)).toBeNull();
    expect(house.clock.settled).toBe(false);
    expect(house.frame(610)).toBeNull();
    expect(house.clock.settled).toBe(true);
  });

  it('goes on after a glitch of the far future: the next epoch of its drift begins in the present', () => {
    const house = trusted();
    house.told(7_258_118_399 - START, 600);
    house.told(610 + HOUR + 1, 609.8);
    house.told(630 + HOUR + 1, 629.8);
    expect(house.clock.epoch).toMatchObject({
      reason: 'drift',
      offsetSeconds: HOUR + 1,
      sinceMs: (START + 631) * 1000,
    });
  });

  it('follows the drift, a second at a time, from the reading after', () => {
    const house = trusted();
    expect(house.told(590 + HOUR + 1, 590.5)).toBeNull();
    expect(house.told(600 + HOUR + 1, 600.4)).toBeNull();
    expect(house.told(610 + HOUR + 1, 609.8)).toBeNull();
    // What one frame says another must say as well, fifteen seconds later.
    expect(house.told(620 + HOUR + 1, 619.8)).toBeNull();
    expect(house.told(630 + HOUR + 1, 629.8)).toEqual({ epochs: [epoch(2, 631, HOUR + 1, 'drift')], corrections: [] });
    const { timeline } = house.clock;
    expect(timeline.ofArrived(START + 631 + HOUR + 1, (START + 631) * 1000)).toBe(START + 631);
    // What was dated already keeps its second.
    expect(timeline.ofArrived(START + 630 + HOUR + 1, (START + 631) * 1000)).toBe(START + 631);
  });

  it('knows its drift after a day', () => {
    const house = new House();
    for (let second = 0; second < 2 * DAY; second += 60) {
      house.ahead = HOUR + second * 40e-6;
      house.frame(second);
    }
    expect(house.clock.driftPpm).toBeGreaterThan(35);
    expect(house.clock.driftPpm).toBeLessThan(45);
    expect(house.reasons.slice(1).every(([reason]) => reason === 'drift')).toBe(true);
    expect(house.offset).toBeGreaterThanOrEqual(HOUR + 5);
  });

  it('set from late frames alone is corrected, not followed by another epoch', () => {
    const house = new House();
    for (let second = 0; second < 600; second += 10) house.frame(second, 60);
    expect(house.offset).toBe(HOUR - 60);
    expect(house.clock.settled).toBe(true);
    house.frames(670, 700);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    expect(house.changes.at(-1)?.corrections).toMatchObject([
      { fromBatteryTime: -FOREVER, toBatteryTime: FOREVER, oldOffsetSeconds: HOUR - 60, newOffsetSeconds: HOUR },
    ]);
  });

  it('set from frames a second or two late is corrected too', () => {
    const house = new House();
    for (let second = 0; second < 600; second += 10) house.frame(second, 2.5);
    expect(house.offset).toBe(HOUR - 3);
    house.frame(610, 1.2);
    expect(house.offset).toBe(HOUR - 3);
    house.frame(630, 1.2);
    expect(house.offset).toBe(HOUR - 1);
    expect(house.reasons).toHaveLength(1);
  });
});

describe('a young epoch', () => {
  it('is not thought late any more a quarter of an hour later: its owner set the clock', () => {
    const house = new House();
    house.ahead = HOUR - 70;
    house.frames(0, 1200);
    house.ahead = HOUR;
    house.frames(1200, 1230);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR - 70],
      ['jump', HOUR],
    ]);
    const since = house.changes.at(-1)?.corrections.map(({ receivedSinceMs }) => receivedSinceMs) ?? [];
    expect(Math.min(...since)).toBeGreaterThan((START + 1180) * 1000);
  });

  it('that is corrected leaves alone what the epoch before it dated', () => {
    const house = new House().frames(0, 60);
    house.restarted(50);
    house.ahead = 0;
    for (let second = AWAY; second < AWAY + 120; second += 10) house.frame(second, 4);
    house.frames(AWAY + 120, AWAY + 160);
    expect(house.reasons.map(([reason]) => reason)).toEqual(['first_frame', 'restart']);
    expect(house.changes.at(-1)?.corrections.some(({ oldOffsetSeconds }) => oldOffsetSeconds === HOUR)).toBe(false);
  });
});

describe('a first frame that tells an odd time', () => {
  it('stays at its arrival; what others told is dated by the clock that is found', () => {
    const house = new House();
    house.told(7200, 0);
    house.frames(10, 40);
    expect(house.clock.timeline.epochs).toEqual([epoch(1, 10, HOUR, 'first_frame')]);
    const [live, others] = house.changes.at(-1)?.corrections ?? [];
    expect(live).toMatchObject({ kinds: ['live'], fromBatteryTime: START + 10 + HOUR - 2, oldOffsetSeconds: 7200 });
    expect(others).toMatchObject({ kinds: ['detail', 'history'], fromBatteryTime: -FOREVER, newOffsetSeconds: HOUR });
  });

  it('in a run before does not make what that dated wrong', () => {
    const house = new House().frames(0, 300).restarted(290);
    house.serverAhead = -7200;
    house.frames(1500, 1530);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['restart', HOUR + 7200],
    ]);
  });

  it('that was only late, in a run before: what that had dated moves with the server’s clock', () => {
    const house = new House().frames(0, 300).restarted(290);
    house.serverAhead = -100;
    house.frames(300, 330);
    expect(house.reasons).toEqual([['first_frame', HOUR + 100]]);
    house.serverAhead = 0;
    house.frames(330, 360);
    expect(house.reasons).toEqual([['server_clock', HOUR]]);
    expect(house.changes.at(-1)?.corrections).toMatchObject([{ fromBatteryTime: -FOREVER, receivedSinceMs: 0 }]);
  });
});
