import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockEpoch, EpochReason, Instant } from '../../model.ts';
import type { ClockChange } from './change.ts';
import { BatteryClock } from './clock.ts';
import { ServerClock } from './server-clock.ts';

/** 2024-06-12 00:00:00 UTC. */
const START = Date.UTC(2024, 5, 12) / 1000;
const HOUR = 3600;
const DAY = 86_400;
const AWAY = 20 * HOUR;
const FOREVER = 1e12;

/** A battery and the server it talks to: seconds count from START, by true time. */
class House {
  server = new ServerClock();
  clock = new BatteryClock([], null, this.server);
  /** By how many seconds the battery's clock is fast, and the server's. */
  ahead = HOUR;
  serverAhead = 0;
  readonly changes: ClockChange[] = [];

  /** A live frame of that second comes, so much later. */
  frame(second: number, late = 0): ClockChange | null {
    return this.told(second + this.ahead, second + late);
  }

  /** A frame with a time that the clock does not show. */
  told(batterySecond: number, arrival: number): ClockChange | null {
    const change = this.clock.sample(START + Math.floor(batterySecond), this.at(arrival));
    if (change !== null) this.changes.push(change);
    return change;
  }

  at(second: number): Instant {
    return { wallMs: (START + second + this.serverAhead) * 1000, monoMs: second * 1000 };
  }

  /** Frames every ten seconds, from one second (inclusive) to another. */
  frames(from: number, to: number, every = 10): this {
    for (let second = from; second < to; second += every) this.frame(second);
    return this;
  }

  /** The server is started anew, knowing what it kept. */
  restarted(heardSecond: number | null): this {
    const heardMs = heardSecond === null ? null : this.at(heardSecond).wallMs;
    this.server = new ServerClock();
    this.clock = new BatteryClock(this.clock.timeline.epochs, heardMs, this.server);
    return this;
  }

  get offset(): number | undefined {
    return this.clock.epoch?.offsetSeconds;
  }

  get reasons(): (readonly [EpochReason, number])[] {
    return this.clock.timeline.epochs.map(({ reason, offsetSeconds }) => [reason, offsetSeconds] as const);
  }
}

/** Heard for ten minutes, every ten seconds. */
const trusted = () => new House().frames(0, 600);

const epoch = (number: number, second: number, offsetSeconds: number, reason: EpochReason): ClockEpoch => ({
  number,
  sinceMs: (START + second) * 1000,
  possibleSinceMs: (START + second) * 1000,
  offsetSeconds,
  driftPpm: 0,
  reason,
});

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

describe('a clock that is set while it is heard', () => {
  it.each([3600, -3600, 2340, -2340, 140, -100, 1_000_000, -START])(
    'is found with the third frame, and what was dated meanwhile corrected: by %i s',
    (by) => {
      const house = trusted();
      house.ahead += by;
      for (const second of [600, 610]) {
        expect(house.frame(second)).toBeNull();
        expect(house.clock.settled).toBe(false);
      }
      const change = house.frame(620);
      expect(change?.epochs).toEqual([epoch(2, 600, HOUR + by, 'jump')]);
      expect(change?.corrections).toEqual([
        {
          // An hour told twice: what is missed of it is sent because it was asked for before.
          kinds: by > 0 ? ['live', 'detail', 'history'] : ['live', 'detail'],
          // Details and the frame that shows it first may be of seconds before it was heard.
          fromBatteryTime: START + 600 + HOUR + by - 12,
          toBatteryTime: START + 620 + HOUR + by,
          receivedSinceMs: (START + 590) * 1000 + 1,
          oldOffsetSeconds: HOUR,
          newOffsetSeconds: HOUR + by,
        },
      ]);
      expect(house.clock.settled).toBe(true);
    },
  );

  it('by a little, forward: is found so too, once what the clock was measured by lies an hour back', () => {
    const house = trusted().frames(600, 2 * HOUR);
    house.ahead += 5;
    house.frames(2 * HOUR, 2 * HOUR + 30);
    expect(house.clock.epoch).toEqual(epoch(2, 2 * HOUR, HOUR + 5, 'jump'));
  });

  it('is found at a frame a second too, after fifteen of them', () => {
    const house = new House().frames(0, 60, 1);
    house.ahead -= HOUR;
    for (let second = 60; second < 75; second++) expect(house.frame(second)).toBeNull();
    expect(house.frame(75)?.epochs).toMatchObject([{ reason: 'jump', offsetSeconds: 0 }]);
  });

  it('is found though frames come late, bunched and repeated', () => {
    const house = trusted();
    house.ahead -= HOUR;
    house.frame(600, 40);
    house.frame(610, 30);
    house.frame(610, 31);
    house.frame(620, 21);
    for (const second of [650, 660, 670]) house.frame(second);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['jump', 0],
    ]);
    // The first of the late ones was the first of the new clock.
    expect(house.clock.epoch?.sinceMs).toBe((START + 600) * 1000);
  });

  it('is not believed where one frame is on time under the clock before', () => {
    const house = trusted();
    house.told(600, 600);
    house.told(610, 610);
    house.frame(620);
    house.told(630, 630);
    house.told(640, 640);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
  });

  it('by a little, back: is believed when no frame was on time for half an hour', () => {
    const house = trusted();
    house.ahead -= 20;
    house.frames(600, 600 + 1800);
    expect(house.reasons).toHaveLength(1);
    house.frame(2400);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['jump', HOUR - 20],
    ]);
    expect(house.changes.at(-1)?.corrections).toMatchObject([
      { fromBatteryTime: START + 600 + HOUR - 20 - 12, oldOffsetSeconds: HOUR, newOffsetSeconds: HOUR - 20 },
    ]);
  });

  it('by a little, back: is not believed where one frame is on time, nor of a few', () => {
    const lateForLong = trusted();
    for (let second = 600; second < 2400; second += 10) lateForLong.frame(second, second === 1500 ? 0 : 20);
    expect(lateForLong.reasons).toHaveLength(1);
    const few = trusted();
    for (let second = 600; second < 4000; second += 200) few.frame(second, 20);
    expect(few.reasons).toHaveLength(1);
  });

  it('forward and back again leaves epochs in order', () => {
    const house = trusted();
    house.ahead += HOUR;
    house.frames(600, 4400);
    house.ahead -= HOUR;
    house.frames(4400, 5000);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['jump', 2 * HOUR],
      ['jump', HOUR],
    ]);
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

describe('a server whose own clock is set', () => {
  it('finds it by its monotonic clock, and begins an epoch where the system had said that it was right', () => {
    const house = trusted();
    house.server.told('synchronised');
    house.frames(600, 3 * HOUR);
    house.serverAhead = -1800;
    house.frames(3 * HOUR, 3 * HOUR + 30);
    expect(house.clock.epoch).toMatchObject({ reason: 'server_clock', offsetSeconds: HOUR + 1800, number: 2 });
    expect(house.clock.epoch?.possibleSinceMs).toBe(house.clock.epoch?.sinceMs);
  });

  it('that began with a wrong one corrects what it measured by it: a Raspberry Pi in the past', () => {
    const house = new House();
    house.serverAhead = -30 * DAY;
    house.frames(0, 600);
    expect(house.offset).toBe(30 * DAY + HOUR);
    house.serverAhead = 0;
    house.frames(600, 630);
    expect(house.reasons).toEqual([['server_clock', HOUR]]);
    expect(house.changes.at(-1)?.corrections).toMatchObject([
      { fromBatteryTime: -FOREVER, oldOffsetSeconds: 30 * DAY + HOUR, newOffsetSeconds: HOUR },
    ]);
  });

  it.each([4 * 60, 90 * 60, 3 * DAY])('that was behind for %i s moves all that it measured and dated', (seconds) => {
    const house = new House();
    house.ahead = 0;
    house.serverAhead = -7200;
    house.frames(0, seconds, 60);
    house.ahead += 3600;
    house.frames(seconds, 2 * seconds, 60);
    house.serverAhead = 0;
    const change = house.frames(2 * seconds, 2 * seconds + 180, 60).changes.at(-1);
    expect(house.reasons).toEqual([
      ['server_clock', 0],
      ['jump', 3600],
    ]);
    expect(change?.moved).toEqual({ seconds: 7200, sinceSeconds: null });
    const sets = change?.corrections.map((one) => [one.oldOffsetSeconds, one.newOffsetSeconds]) ?? [];
    expect(sets).toContainEqual([7200, 0]);
    expect(sets).toContainEqual([10_800, 3600]);
    expect(house.clock.timeline.epochs.map(({ sinceMs }) => sinceMs / 1000 - START)).toEqual([0, seconds]);
  });

  it('and set back again undoes what the first step did', () => {
    const house = new House().frames(0, 3300);
    house.serverAhead = -7200;
    house.frames(3300, 3900);
    expect(house.reasons).toEqual([['server_clock', HOUR + 7200]]);
    house.serverAhead = 0;
    house.frames(3900, 4000);
    expect(house.clock.timeline.epochs).toEqual([epoch(1, 0, HOUR, 'server_clock')]);
    const { corrections = [] } = house.changes.at(-1) ?? {};
    expect(corrections).toMatchObject([{ oldOffsetSeconds: HOUR + 7200, newOffsetSeconds: HOUR }]);
  });

  it('by days is told from a battery that was set, whatever its drift', () => {
    const house = trusted();
    house.serverAhead = 5 * DAY;
    house.frames(600, 640);
    expect(house.reasons).toEqual([['server_clock', HOUR - 5 * DAY]]);
  });

  it('while the clock is provisional: what came before dates as what came after', () => {
    const house = new House();
    house.serverAhead = -7200;
    house.frame(0);
    house.frame(10);
    house.serverAhead = 0;
    house.frames(20, 50);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
    expect(house.changes.at(-1)?.corrections).toMatchObject([{ fromBatteryTime: -FOREVER, newOffsetSeconds: HOUR }]);
  });

  it('leaves alone what an earlier run dated, and says when the battery was right all the time', () => {
    const house = trusted().restarted(590);
    house.serverAhead = -1800;
    house.frames(1800, 5400);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['restart', HOUR + 1800],
    ]);
    expect(house.server.isBelieved(house.at(1800))).toBe(false);
    house.serverAhead = 0;
    house.frames(5400, 5430);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['server_clock', HOUR],
    ]);
    expect(house.server.isBelieved(house.at(5430))).toBe(true);
    expect(house.changes.at(-1)?.corrections.every(({ oldOffsetSeconds }) => oldOffsetSeconds > HOUR)).toBe(true);
  });

  it('moves what came before the system confirmed it no more', () => {
    const house = new House().frames(0, 600);
    house.server.told('synchronised');
    house.frames(600, 900);
    house.serverAhead = 3600;
    house.frames(900, 1200);
    house.serverAhead = 0;
    house.frames(1200, 1500);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['server_clock', HOUR],
    ]);
  });

  it('after the server was started anew, within the same wrong time: the run before is moved, too', () => {
    const house = trusted().restarted(590);
    house.serverAhead = -7200;
    house.frames(1800, 3600);
    house.restarted(3590).frames(3600, 5400);
    house.serverAhead = 0;
    house.frames(5400, 5430);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['server_clock', HOUR],
    ]);
    expect(house.changes.at(-1)?.moved).toEqual({ seconds: 7200, sinceSeconds: START + 1800 - 7200 });
  });

  it('while the server was off: the run before is moved once the battery shows what it did before that', () => {
    const house = trusted().restarted(590);
    house.serverAhead = -7200;
    house.frames(1800, 3600);
    house.restarted(3590);
    house.serverAhead = 0;
    house.frames(3700, 3730);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['server_clock', HOUR],
    ]);
  });

  it.each([
    ['of more than a day', 2 * DAY, 7200],
    ['that seemed to be of a battery set back', 1800, -7200],
  ])('is not thought wrong in a run %s', (_, seconds, by) => {
    const house = trusted().restarted(590);
    house.ahead += by;
    house.frames(1800, 1800 + seconds, 60);
    house.restarted(1740 + seconds);
    house.ahead -= by;
    house.frames(1900 + seconds, 1930 + seconds);
    expect(house.reasons.filter(([reason]) => reason !== 'drift').map(([reason]) => reason)).toEqual([
      'first_frame',
      'restart',
      'restart',
    ]);
  });

  it('dates anew by its step what was dated by arrival', () => {
    const house = trusted();
    house.serverAhead = -7200;
    const bounded = (second: number) => {
      const [told, now] = [START + second + HOUR, house.at(second)];
      house.frame(second);
      const time = house.clock.timeline.ofArrived(told, now.wallMs) as number;
      return house.clock.boundedAtOnce(time, told, now) - START;
    };
    expect([600, 610].map(bounded)).toEqual([600 - 7200, 610 - 7200]);
    bounded(620);
    house.serverAhead = 0;
    house.frames(630, 660);
    expect(house.offset).toBe(HOUR);
  });

  it('by less than two seconds is only adjusted', () => {
    const house = trusted();
    house.serverAhead = 1.5;
    house.frames(600, 900);
    expect(house.reasons).toEqual([['first_frame', HOUR]]);
  });

  it('after the machine slept is right: its monotonic clock stood still', () => {
    const house = trusted();
    const asleep = { wallMs: (START + 4200) * 1000, monoMs: 610_000 };
    expect(house.clock.sample(START + 4200 + HOUR, asleep)).toBeNull();
    expect(house.clock.settled).toBe(true);
  });
});

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
