import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockCorrection, ClockEpoch } from '../../model.ts';
import { Timeline } from '../clock/timeline.ts';
import { type PlacedRow, Transfer } from './transfer.ts';

const HOUR = 3600;
/** 2024-10-27 01:00:00 UTC: clocks go back from 02:00 to 01:00 in Ireland. */
const CHANGE = Date.UTC(2024, 9, 27, 1) / 1000;
const NOW_MS = (CHANGE + 12 * HOUR) * 1000;

const epoch = (number: number, since: number, offsetSeconds: number, possibleSince = since): ClockEpoch => ({
  number,
  sinceMs: since * 1000,
  possibleSinceMs: possibleSince * 1000,
  offsetSeconds,
  driftPpm: 0,
  reason: 'restart',
});

const SUMMER = epoch(1, CHANGE - 30 * 24 * HOUR, HOUR);
const SEEN = new Timeline([SUMMER, epoch(2, CHANGE, 0)]);
/** Nobody listened for five hours before and five after. */
const UNSEEN = new Timeline([SUMMER, epoch(2, CHANGE + 5 * HOUR, 0, CHANGE - 5 * HOUR)]);

function transfer(timeline: Timeline, from: number, to = CHANGE + 5 * HOUR, begin = from): Transfer {
  return new Transfer(timeline, { connection: 7, index: '1', from, to, begin }, 60_000);
}

/** The moments of a minute's row each, from the one after a moment until another. */
function minutes(after: number, until: number): number[] {
  return Array.from({ length: (until - after) / 60 }, (_, index) => after + 60 * (index + 1));
}

/** A battery whose clock was set back at the change. */
const shown = (moment: number) => (moment < CHANGE ? moment + HOUR : moment);

function sent(to: Transfer, batteryTimes: readonly number[], receivedMs = NOW_MS): PlacedRow[] {
  return batteryTimes.map((batteryTime) => to.row(batteryTime, receivedMs));
}

/** Where the rows are in the end, as a store would have it. */
function settled(batteryTimes: readonly number[], placed: readonly PlacedRow[]): number[] {
  const times = placed.map(({ time }) => time);
  placed.forEach(({ corrections }, at) => {
    for (const correction of corrections) {
      for (let index = 0; index < at; index++) correct(times, batteryTimes, index, correction);
    }
  });
  return times;
}

function correct(times: number[], batteryTimes: readonly number[], index: number, correction: ClockCorrection): void {
  const batteryTime = batteryTimes[index] as number;
  if (batteryTime < correction.fromBatteryTime || batteryTime > correction.toBatteryTime) return;
  if (times[index] === batteryTime - correction.oldOffsetSeconds)
    times[index] = batteryTime - correction.newOffsetSeconds;
}

describe('rows of a clock that was set in an outage', () => {
  const CUT = CHANGE - HOUR;
  const HEARD = CHANGE + HOUR;
  /** Kept half a minute after each minute; the last reading before was at the minute. */
  const KEPT = minutes(CUT - 30, HEARD);
  const found = (by: number) => new Timeline([epoch(1, 0, HOUR), epoch(2, HEARD, HOUR + by, CUT)]);

  it.each([-60, -59, -31, -7, -4, 5, 30, 90, 2340])('by %i s are told from those before by their distance', (by) => {
    const batteryTimes = KEPT.map((moment) => moment + HOUR + (moment < CHANGE ? 0 : by));
    const asked = transfer(found(by), CUT, HEARD);
    // Each says something else, as rows do.
    const placed = batteryTimes.map((batteryTime, row) => asked.row(batteryTime, NOW_MS, [row]));
    expect(settled(batteryTimes, placed)).toEqual(KEPT);
  });

  it('that stood still and lost a quarter of an hour: a minute apart, whatever they tell', () => {
    const frozen = CUT + HOUR + 60;
    const asked = transfer(found(-900), CUT, HEARD);
    const stands = [1, 2, 3].map((said) => asked.row(frozen, NOW_MS, [said]).time - CUT);
    expect(stands).toEqual([60, 120, 180]);
    expect(asked.newest?.time).toBe(CUT + 180);
    // The same once more is the same row.
    expect(asked.row(frozen, NOW_MS, [3]).time).toBe(CUT + 180);
    const late = transfer(found(-900), CUT, HEARD);
    late.row(frozen, (CUT + 90) * 1000, [1]);
    // None is of a time to come.
    expect([2, 3].map((said) => late.row(frozen, (CUT + 90) * 1000, [said]).time - CUT)).toEqual([90, 90]);
  });

  it('that stood still since less than a minute after a row: the others are where they were kept', () => {
    const asked = transfer(found(-900), CUT, HEARD);
    asked.row(CUT + HOUR + 60, NOW_MS, [1]);
    const frozen = CUT + HOUR + 99;
    const stands = [2, 3, 4].map((said) => asked.row(frozen, NOW_MS, [said]).time - CUT);
    // The first says when it stopped; that it did shows the second.
    expect(stands).toEqual([99, 180, 240]);
  });
});

describe('rows', () => {
  it('know what they were asked for', () => {
    const asked = transfer(SEEN, CHANGE);
    expect(asked).toMatchObject({ connection: 7, index: '1', from: CHANGE, to: CHANGE + 5 * HOUR, deadline: 60_000 });
    expect(asked.newest).toBeNull();
    asked.row(CHANGE + 60, NOW_MS);
    expect(asked.newest).toEqual({ batteryTime: CHANGE + 60, time: CHANGE + 60 });
  });

  it.each([
    ['that was seen', SEEN],
    ['while nobody listened', UNSEEN],
  ])('of an hour told twice keep their order: a change %s', (_, timeline) => {
    const moments = minutes(CHANGE - 2 * HOUR, CHANGE + 2 * HOUR);
    const placed = sent(transfer(timeline, CHANGE - 2 * HOUR), moments.map(shown));
    expect(placed.map(({ time }) => time)).toEqual(moments);
    expect(placed.flatMap(({ corrections }) => corrections)).toEqual([]);
  });

  it('of an outage in which the clock was set forward follow each other', () => {
    const timeline = new Timeline([epoch(1, 0, 0), epoch(2, CHANGE + 5 * HOUR, 2340, CHANGE - 5 * HOUR)]);
    const moments = minutes(CHANGE - 5 * HOUR, CHANGE + 5 * HOUR);
    const placed = sent(
      transfer(timeline, CHANGE - 5 * HOUR),
      moments.map((moment) => (moment < CHANGE ? moment : moment + 2340)),
    );
    expect(placed.map(({ time }) => time)).toEqual(moments);
  });

  it('that are left out by a battery that goes by its clock are not taken for those that came', () => {
    // Asked for what follows 01:50, it sends 01:51 to 01:59, and then nothing until it is 01:51 again.
    const moments = [...minutes(CHANGE - 600, CHANGE - 60), ...minutes(CHANGE + 3000, CHANGE + 3 * HOUR)];
    const times = sent(transfer(UNSEEN, CHANGE - 600), moments.map(shown)).map(({ time }) => time);
    expect(times).toEqual(moments);
  });

  it('are not taken back to before a change that they have shown', () => {
    const moments = [...minutes(CHANGE - 600, CHANGE), ...minutes(CHANGE + 3000, CHANGE + 3 * HOUR)];
    for (const timeline of [SEEN, UNSEEN]) {
      expect(sent(transfer(timeline, CHANGE - 600), moments.map(shown)).map(({ time }) => time)).toEqual(moments);
    }
  });

  it('asked for from before the gap, since the clock may have been set back, are where they belong', () => {
    const moments = minutes(CHANGE - 2 * HOUR, CHANGE + 2 * HOUR);
    const asked = transfer(UNSEEN, CHANGE - HOUR, CHANGE + 5 * HOUR, CHANGE - 2 * HOUR);
    expect(sent(asked, moments.map(shown)).map(({ time }) => time)).toEqual(moments);
  });

  it('repeated, or in packets out of order, stay where they are', () => {
    const moments = minutes(CHANGE - HOUR, CHANGE + HOUR).flatMap((moment, index, all) =>
      index % 3 === 2 ? [moment, ...all.slice(Math.max(0, index - 4), index + 1)] : [moment],
    );
    for (const timeline of [SEEN, UNSEEN]) {
      const inSummer = moments.filter((moment) => moment < CHANGE - 300);
      expect(sent(transfer(timeline, CHANGE - HOUR), inSummer.map(shown)).map(({ time }) => time)).toEqual(inSummer);
    }
  });

  it('that are all sent a second time are the same rows', () => {
    const moments = minutes(CHANGE - 2 * HOUR, CHANGE + 2 * HOUR);
    const asked = transfer(SEEN, CHANGE - 2 * HOUR);
    const twice = [...moments, ...moments];
    expect(sent(asked, twice.map(shown)).map(({ time }) => time)).toEqual(twice);
    expect(asked.newest?.time).toBe(CHANGE + 2 * HOUR);
  });
});

describe('rows that turn out to be those of before the clock was set back', () => {
  it('are corrected, when a row steps back', () => {
    // An outage of 20 minutes, ten minutes after the change. Asked for what follows 01:10, the battery sends what it
    // remembers of 01:11 and later, and that began in summer time.
    const from = CHANGE + 600;
    const before = minutes(CHANGE - 3000, CHANGE - 60);
    const after = minutes(from, from + 1200);
    const batteryTimes = [...before, ...after].map(shown);
    const asked = transfer(SEEN, from, from + 1200);
    const placed = sent(asked, batteryTimes, (CHANGE + 2 * HOUR) * 1000);
    expect(settled(batteryTimes, placed)).toEqual([...before, ...after]);
    expect(placed[before.length]).toEqual({
      time: from + 60,
      corrections: [
        {
          kinds: ['history'],
          fromBatteryTime: from + 60,
          toBatteryTime: CHANGE + HOUR - 60,
          receivedSinceMs: (CHANGE + 2 * HOUR) * 1000,
          oldOffsetSeconds: 0,
          newOffsetSeconds: HOUR,
        },
      ],
      takenBack: before.map((moment) => ({ batteryTime: moment + HOUR, time: moment + HOUR })),
    });
    expect(asked.newest).toEqual({ batteryTime: from + 1200, time: from + 1200 });
  });

  it('are corrected, when they would lie in the future', () => {
    const from = CHANGE + 600;
    const before = minutes(CHANGE - 3000, CHANGE - 60);
    const batteryTimes = before.map(shown);
    const placed = sent(transfer(SEEN, from, from + 1200), batteryTimes, (from + 1200) * 1000);
    expect(settled(batteryTimes, placed)).toEqual(before);
    expect(placed.filter(({ corrections }) => corrections.length > 0)).toHaveLength(1);
  });

  it('are corrected one by one where the clock drifted meanwhile', () => {
    const timeline = new Timeline([
      SUMMER,
      { ...epoch(2, CHANGE - 1800, HOUR + 1), reason: 'drift' },
      epoch(3, CHANGE, 0),
      { ...epoch(4, CHANGE + 3000, 1), reason: 'drift' },
    ]);
    const clock = (moment: number) => {
      if (moment >= CHANGE) return moment + (moment >= CHANGE + 3000 ? 1 : 0);
      return moment + HOUR + (moment >= CHANGE - 1800 ? 1 : 0);
    };
    const moments = [...minutes(CHANGE - 3000, CHANGE - 60), ...minutes(CHANGE + 600, CHANGE + 1200)];
    const batteryTimes = moments.map(clock);
    const placed = sent(transfer(timeline, CHANGE + 600), batteryTimes);
    expect(settled(batteryTimes, placed)).toEqual(moments);
    const corrections = placed.flatMap((row) => row.corrections);
    expect(corrections.map((one) => [one.oldOffsetSeconds, one.newOffsetSeconds])).toEqual([
      [0, HOUR],
      [0, HOUR + 1],
      [1, HOUR + 1],
    ]);
  });

  it('are not corrected a second time: once a row has stepped back, it is known where they are', () => {
    const moments = [...minutes(CHANGE - 1800, CHANGE), ...minutes(CHANGE, CHANGE + 1800)];
    const twice = [...moments, ...moments];
    const placed = sent(transfer(SEEN, CHANGE - 1800), twice.map(shown));
    expect(placed.slice(moments.length).flatMap(({ corrections }) => corrections)).toEqual([]);
  });
});

describe('rows of a clock that was set back twice by a little while nobody listened', () => {
  const begin = CHANGE - 5 * HOUR;
  const SET = new Timeline([SUMMER, epoch(2, CHANGE, HOUR - 75, begin)]);
  /** 71 s after ten minutes, and 4 s ten minutes later. */
  const told = (minute: number) => begin + 60 * minute + HOUR - (minute < 10 ? 0 : minute < 20 ? 71 : 75);

  it('are corrected once all of that has shown', () => {
    const rows = transfer(SET, begin, CHANGE);
    const placed: number[] = [];
    const seen = Array.from({ length: 30 }, (_, index) => {
      const row = { batteryTime: told(index + 1), time: 0 };
      placed.push(rows.row(row.batteryTime, NOW_MS).time);
      return rows.align();
    });
    const found = seen.findIndex(({ corrections }) => corrections.length > 0);
    expect(found).toBe(19);
    const right = placed.map((time, index) => {
      const [one] = seen[found]?.corrections.filter(({ fromBatteryTime }) => fromBatteryTime === told(index + 1)) ?? [];
      return one === undefined ? time : told(index + 1) - one.newOffsetSeconds;
    });
    expect(right).toEqual(minutes(begin, begin + 30 * 60));
    expect(seen.slice(found + 1).every(({ corrections }) => corrections.length === 0)).toBe(true);
  });

  it('are left where they are while none has come, or where it was seen how the clock was set', () => {
    expect(transfer(SET, begin, CHANGE).align()).toEqual({ corrections: [], takenBack: [], times: [] });
    const rows = transfer(SEEN, begin, CHANGE);
    sent(rows, [told(9), told(10)]);
    expect(rows.align().corrections).toEqual([]);
  });
});

describe('whatever rows come', () => {
  it('each has a second that one of the offsets gives, and only what was told is taken back', () => {
    const anyRow = fc.oneof(
      fc.integer({ min: CHANGE - 3 * HOUR, max: CHANGE + 3 * HOUR }),
      fc.integer({ min: 0, max: 7_258_118_399 }),
    );
    const anyNow = fc.integer({ min: CHANGE - HOUR, max: CHANGE + 6 * HOUR });
    fc.assert(
      fc.property(fc.constantFrom(SEEN, UNSEEN), fc.array(anyRow), anyNow, (timeline, rows, now) => {
        const asked = transfer(timeline, CHANGE - HOUR);
        const heard: number[] = [];
        for (const batteryTime of rows) {
          const { time, corrections, takenBack } = asked.row(batteryTime, now * 1000);
          expect([batteryTime, batteryTime - HOUR]).toContain(time);
          for (const row of takenBack) expect(heard).toContain(row.batteryTime);
          for (const one of corrections) expect([one.oldOffsetSeconds, one.newOffsetSeconds]).toEqual([0, HOUR]);
          heard.push(batteryTime);
        }
      }),
    );
  });
});
