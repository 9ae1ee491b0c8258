/** A clock that is set: the battery’s, and the server’s own. */
import { describe, expect, it } from 'vitest';
import { DAY, epoch, FOREVER, HOUR, House, START, trusted } from '../../../test/clock-house.ts';
import { BatteryClock } from './clock.ts';
import { ServerClock } from './server-clock.ts';

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

  it('by a little, back, and again before that is found: each time was an epoch', () => {
    const house = trusted();
    house.ahead -= 60;
    house.frames(600, 1200);
    house.ahead -= 180;
    house.frames(1200, 1240);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['jump', HOUR - 60],
      ['jump', HOUR - 240],
    ]);
    const corrections = house.changes.at(-1)?.corrections ?? [];
    // What came between is what is left once the newest is corrected.
    expect(corrections.map((one) => [one.oldOffsetSeconds, one.newOffsetSeconds])).toEqual([
      [HOUR - 60, HOUR - 240],
      [HOUR, HOUR - 240],
      [HOUR, HOUR - 60],
    ]);
    expect(corrections.map(({ receivedSinceMs }) => receivedSinceMs - START * 1000)).toEqual([
      1_190_001, 1_190_001, 590_001,
    ]);
  });

  it('back, after frames that were late for minutes: those are not moved on', () => {
    const house = trusted();
    for (const second of [600, 680, 760, 840, 920]) house.frame(second, (second - 520) / 10);
    house.ahead -= 180;
    house.frames(1200, 1240);
    expect(house.reasons).toEqual([
      ['first_frame', HOUR],
      ['restart', HOUR - 180],
    ]);
    const [live, detail] = house.changes.at(-1)?.corrections ?? [];
    expect(live).toMatchObject({ kinds: ['live'], receivedSinceMs: house.at(1200).wallMs });
    expect(detail).toMatchObject({ kinds: ['detail'], receivedSinceMs: house.at(900).wallMs });
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

  it('is told from a battery that was set though all frames that follow are late', () => {
    const house = trusted();
    house.serverAhead = 647;
    for (const second of [600, 610, 620, 630]) house.frame(second, 32);
    expect(house.changes.at(-1)?.moved).toEqual({ seconds: 647, sinceSeconds: null });
    expect(house.reasons).toEqual([['server_clock', HOUR - 647]]);
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

  it('after the server was started anew, within the time in which it first heard the battery: both runs are moved', () => {
    const house = new House();
    house.serverAhead = -7200;
    house.frames(0, 1800);
    const epochs = house.clock.timeline.epochs.map((one) => ({ ...one, unconfirmed: true }));
    house.server = new ServerClock();
    house.clock = new BatteryClock(epochs, house.at(1790).wallMs, house.server);
    house.frames(1800, 3600);
    house.serverAhead = 0;
    house.frames(3600, 3630);
    expect(house.reasons).toEqual([['server_clock', HOUR]]);
    expect(house.changes.at(-1)?.moved).toEqual({ seconds: 7200, sinceSeconds: START - 7200 });
  });

  it.each([-19, -100])('back by %i s is seen though a frame that was late by as much hid it', (by) => {
    const house = trusted();
    house.serverAhead = by;
    house.frame(600, -by);
    house.frames(700, 730);
    expect(house.reasons).toEqual([['server_clock', HOUR - by]]);
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
