import { describe, expect, it } from 'vitest';
import type { ClockEpoch, EpochReason } from '../../model.ts';
import { Doubt } from './doubt.ts';
import { Timeline } from './timeline.ts';
import { Unconfirmed } from './unconfirmed.ts';

const epoch = (number: number, second: number, offsetSeconds: number, reason: EpochReason = 'drift'): ClockEpoch => ({
  ...{ number, sinceMs: second * 1000, possibleSinceMs: second * 1000, offsetSeconds, driftPpm: 0, reason },
});
const sample = (batteryTime: number, second: number) => ({
  ...{ batteryTime, wallMs: second * 1000, monoMs: second * 1000, offset: batteryTime - second },
});
const sets = (corrections: readonly { oldOffsetSeconds: number; newOffsetSeconds: number }[]) =>
  corrections.map((one) => [one.oldOffsetSeconds, one.newOffsetSeconds]);

describe('what was measured while nobody had confirmed the server’s clock', () => {
  const timeline = new Timeline([epoch(1, 0, 10, 'first_frame'), epoch(2, 1000, 100, 'restart'), epoch(3, 2000, 101)]);
  const heard = () => {
    const unconfirmed = new Unconfirmed(2);
    unconfirmed.hear(sample(1100, 1000));
    unconfirmed.hear(sample(2101, 2000));
    return unconfirmed;
  };

  it('moves as a whole, what was before does not', () => {
    const { epochs, corrections, by, isAsBefore, sinceMs } = heard().moved(timeline, 11, new Doubt(null));
    expect(epochs).toEqual([epoch(2, 1090, 10, 'server_clock'), epoch(3, 2090, 11)]);
    expect([by, isAsBefore, sinceMs]).toEqual([-90, true, 1_000_000]);
    expect(corrections).toContainEqual({
      kinds: ['live', 'detail', 'history'],
      // Details are of five minutes before.
      ...{ fromBatteryTime: 800, toBatteryTime: 2401, receivedSinceMs: 700_000 },
      ...{ oldOffsetSeconds: 100, newOffsetSeconds: 10 },
    });
    expect(corrections).toContainEqual({
      ...{ kinds: ['history'], fromBatteryTime: -1e12, toBatteryTime: 799, receivedSinceMs: 700_000 },
      ...{ oldOffsetSeconds: 100, newOffsetSeconds: 10 },
    });
  });

  it.each([
    [-1, [101, 101, 100, 100].reverse()],
    [2, [101, 101, 100, 100]],
  ])('is corrected in such an order that nothing moves twice: by %i s', (by, order) => {
    const { corrections } = heard().moved(timeline, 101 + by, new Doubt(null));
    expect(corrections.map(({ oldOffsetSeconds }) => oldOffsetSeconds)).toEqual(order);
  });

  it('is not taken for what came since, of which an epoch that was over seems to tell', () => {
    const set = new Timeline([epoch(2, 1000, 100, 'restart'), epoch(3, 1500, 110), epoch(4, 2000, 50, 'jump')]);
    const { corrections } = heard().moved(set, 80, new Doubt(null));
    const until = corrections.map((one) => [one.oldOffsetSeconds, one.toBatteryTime]).filter(([, to]) => to !== 799);
    expect(until).toEqual([
      [110, 2000 + 110 + 300],
      [100, 2000 + 100 + 300],
      [50, 2401],
    ]);
  });

  it('is not as before where the battery shows another time than before it', () => {
    expect(heard().moved(timeline, 15, new Doubt(null)).isAsBefore).toBe(false);
  });

  it('takes along what was dated by arrival, and gives what was since the step the offset that is known now', () => {
    const doubt = new Doubt(null);
    doubt.date(5000, 5101, 1_000_000, null);
    doubt.serverWasSet();
    doubt.date(5000, 5101, 1_090_000, null);
    const { corrections } = heard().moved(timeline, 11, doubt);
    expect(sets(corrections)).toContainEqual([4101, 4011]);
    // Of the same reading, arrived by the clock as it was set: it says the offset itself.
    expect(sets(corrections)).toContainEqual([4011, 11]);
    expect(sets(heard().moved(timeline, 12, doubt).corrections)).toContainEqual([4011, 11]);
  });

  it('is all that there is, where the first epoch is of it', () => {
    const unconfirmed = heard();
    expect(unconfirmed.holds(new Timeline([]))).toBe(false);
    unconfirmed.reopen(1);
    const { epochs, corrections, isAsBefore } = unconfirmed.moved(timeline, 0, new Doubt(null));
    expect(epochs).toHaveLength(3);
    expect(isAsBefore).toBe(false);
    expect(corrections.every((one) => one.fromBatteryTime === -1e12 && one.receivedSinceMs === 0)).toBe(true);
  });

  it('is nothing once the system has said that the clock is right', () => {
    const unconfirmed = heard();
    expect(unconfirmed.holds(timeline)).toBe(true);
    unconfirmed.close(4);
    expect(unconfirmed.holds(timeline)).toBe(false);
  });

  it('may still have begun as early as the clock was last heard', () => {
    const unseen = { ...epoch(2, 1000, 100, 'restart'), possibleSinceMs: 500_000 };
    const moved = (offset: number) =>
      heard().moved(new Timeline([epoch(1, 0, 10, 'first_frame'), unseen]), offset, new Doubt(null)).epochs[0];
    expect(moved(10)).toMatchObject({ sinceMs: 1_090_000, possibleSinceMs: 500_000 });
    expect(moved(700)).toMatchObject({ sinceMs: 400_000, possibleSinceMs: 400_000 });
  });

  it('may have begun while nobody listened though the server’s clock was behind when it was', () => {
    const unconfirmed = new Unconfirmed(2, 900_000);
    unconfirmed.hear(sample(600, 500));
    const epochs = [epoch(1, 0, 10, 'first_frame'), epoch(2, 500, 100, 'restart')];
    expect(unconfirmed.moved(new Timeline(epochs), -400, new Doubt(null)).epochs).toMatchObject([
      { sinceMs: 1_000_000, possibleSinceMs: 900_000 },
    ]);
  });
});

describe('a run whose clock was behind, and that ended before it was set', () => {
  const found = (batteryTime: number) => ({ first: sample(batteryTime, batteryTime - 10), greatest: 10 });
  const known = (...epochs: ClockEpoch[]) => new Timeline([epoch(1, 0, 10, 'first_frame'), ...epochs]);

  it('is found by what the battery shows, and moved', () => {
    const unconfirmed = new Unconfirmed(4);
    const timeline = known(epoch(2, 1000, 100, 'restart'), epoch(3, 2000, 101));
    expect(unconfirmed.isBack(timeline, found(4000), 11)).toBe(true);
    expect(unconfirmed.moved(timeline, 11, new Doubt(null)).epochs.map(({ number }) => number)).toEqual([2, 3]);
  });

  it.each([
    ['there was none before', new Timeline([epoch(1, 0, 100, 'restart')]), 4000, 10],
    ['it is of the first', known(), 4000, 10],
    ['the battery was seen to be set', known(epoch(2, 1000, 100, 'jump')), 4000, 10],
    ['it was ahead', known(epoch(2, 1000, -100, 'restart')), 4000, 10],
    ['it took long', known(epoch(2, 1000, 100, 'restart')), 100_000, 10],
    ['the battery shows another time', known(epoch(2, 1000, 100, 'restart')), 4000, 14],
  ])('is not found where %s', (_, timeline, batteryTime, offset) => {
    expect(new Unconfirmed(4).isBack(timeline, found(batteryTime), offset)).toBe(false);
  });
});

describe('a run that went on with what the one before had measured by the same clock', () => {
  const found = (batteryTime: number) => ({ first: sample(batteryTime, batteryTime - 10), greatest: 10 });
  const measured = { ...epoch(1, 0, 100, 'first_frame'), unconfirmed: true };
  const known = (first: ClockEpoch = measured) => new Timeline([first, epoch(2, 2000, 101)]);

  it('moves that with its own', () => {
    const unconfirmed = new Unconfirmed(2);
    unconfirmed.hear(sample(2101, 2000));
    expect(unconfirmed.reachesBack(known(), found(4000))).toBe(true);
    const { epochs, sinceMs } = unconfirmed.moved(known(), 11, new Doubt(null));
    expect(epochs.map(({ number, offsetSeconds }) => [number, offsetSeconds])).toEqual([
      [1, 10],
      [2, 11],
    ]);
    expect(sinceMs).toBe(0);
  });

  it.each([
    ['the system had confirmed it', known(epoch(1, 0, 100, 'first_frame')), 4000, 2],
    ['it is of this run', known(), 4000, 1],
    ['it began more than a day before', known(), 86_501, 2],
    ['there is none', new Timeline([]), 4000, 1],
  ])('but not where %s', (_, timeline, batteryTime, from) => {
    expect(new Unconfirmed(from).reachesBack(timeline, found(batteryTime))).toBe(false);
  });

  it('but not where the system has said since that the clock is right', () => {
    const unconfirmed = new Unconfirmed(2);
    unconfirmed.close(2);
    expect(unconfirmed.reachesBack(known(), found(4000))).toBe(false);
  });
});
