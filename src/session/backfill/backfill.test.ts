/** What a backfill asks for, and when. As conversations: backfill.dialogues. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asked, at, DAY, EPOCH, gap, HOUR, rows, T } from '../../../test/backfilled.ts';
import type { ClockEpoch, Gap } from '../../model.ts';
import { Timeline } from '../clock/timeline.ts';
import { BACKFILL, Backfill, type BackfillOptions } from './backfill.ts';

interface Start {
  readonly options?: Partial<BackfillOptions>;
  readonly newest?: number | null;
  readonly open?: readonly Gap[];
  readonly epochs?: readonly ClockEpoch[];
}

/** A battery last heard at T, unless another time is said. */
function backfill({ options = {}, newest = T, open = [], epochs = [EPOCH] }: Start = {}): Backfill {
  const heard = newest === null ? null : { time: newest, receivedMs: newest * 1000 };
  const known = { open, last: open.at(-1)?.number ?? 0 };
  return new Backfill({ ...BACKFILL, ...options }, new Timeline(epochs), heard, known);
}

/** The battery says that it will do what it was asked at that moment. */
function accepts(by: Backfill, askedAt: number): void {
  const index = String((askedAt % DAY) * 1000);
  expect(by.answered({ command: 'Resume', index, success: true })).toEqual({ gap: null });
}

describe('a gap', () => {
  it.each([
    [120, null],
    [121, gap(1, T, T + 121)],
    [3 * DAY, gap(1, T, T + 3 * DAY)],
  ])('is more than two minutes without a reading: %i s', (seconds, found) => {
    expect(backfill().heard(T + seconds, (T + seconds) * 1000, true)).toEqual(found);
  });

  it('is not made by readings that come late, or in another order', () => {
    const heard = backfill();
    for (const time of [T + 60, T + 20, T + 150, T + 60, T + 270]) {
      expect(heard.heard(time, (T + 300) * 1000, true)).toBeNull();
    }
    expect(heard.newest?.time).toBe(T + 270);
  });

  it('is not there before a battery was heard, unless its owner wants what it remembers', () => {
    expect(backfill({ newest: null }).heard(T, T * 1000, true)).toBeNull();
    const first = backfill({ newest: null, options: { firstSeconds: 2 * HOUR } });
    expect(first.heard(T, T * 1000, false)).toBeNull();
    expect(first.newest).toBeNull();
    expect(first.heard(T + 20, (T + 20) * 1000, true)).toEqual(gap(1, T + 20 - 2 * HOUR, T + 20));
    expect(asked(first.ask(7, at(T + 20))?.order)).toEqual(['2024/06/12 10:00:20', '120']);
  });

  it('bears the next number', () => {
    const heard = backfill({ open: [gap(4, T - DAY, T - HOUR)] });
    expect(heard.heard(T + HOUR, (T + HOUR) * 1000, true)?.number).toBe(5);
  });

  it('of a battery dated in the future by mistake is none', () => {
    const heard = backfill({ newest: T + DAY });
    expect(heard.heard(T, T * 1000, true)).toBeNull();
    expect(heard.heard(T + 10, (T + 10) * 1000, true)).toBeNull();
    expect(heard.newest?.time).toBe(T + 10);
  });
});

describe('a gap that ends while the clock is not settled', () => {
  it('is noted at once, and where it ends when that is known', () => {
    const heard = backfill();
    expect(heard.heard(T + 2 * HOUR, (T + HOUR) * 1000, false)).toEqual(gap(1, T, T + 2 * HOUR));
    expect(heard.heard(T + 2 * HOUR + 10, (T + HOUR + 10) * 1000, false)).toBeNull();
    expect(heard.ask(7, at(T + HOUR + 10))).toBeNull();
    expect(heard.heard(T + HOUR + 20, (T + HOUR + 20) * 1000, true)).toEqual(gap(1, T, T + HOUR + 20));
    expect(heard.ask(7, at(T + HOUR + 20))).not.toBeNull();
  });

  it('is closed where it turns out to be none', () => {
    const heard = backfill();
    heard.heard(T + 2 * HOUR, (T + 130) * 1000, false);
    expect(heard.heard(T + 100, (T + 150) * 1000, true)).toEqual(gap(1, T, T + 100, { state: 'filled' }));
    expect(heard.ask(7, at(T + 150))).toBeNull();
  });

  it('is not noted for a frame of an odd time while others come', () => {
    expect(backfill().heard(T + DAY, (T + 10) * 1000, false)).toBeNull();
    expect(backfill().heard(T - DAY, (T + HOUR) * 1000, false)).toBeNull();
  });
});

describe('asking', () => {
  it('is for the whole minutes after the newest reading, in the battery’s own time', () => {
    const heard = backfill({ open: [gap(1, T, T + 641 * 60 + 44)] });
    const now = T + 641 * 60 + 50;
    const order = heard.ask(7, { wallMs: now * 1000 + 905, monoMs: 0 });
    expect(asked(order?.order)).toEqual(['2024/06/12 12:00:00', '641']);
    expect(order?.gap).toEqual(gap(1, T, T + 641 * 60 + 44, { state: 'asked', askedMs: now * 1000 + 905 }));
    expect(heard.connection).toBe(7);
    expect(heard.deadline).toBe(60_000);
  });

  it('is not done while rows are awaited, nor where nothing is missing, nor where it is switched off', () => {
    const heard = backfill({ open: [gap(1, T, T + HOUR), gap(2, T + 2 * HOUR, T + 3 * HOUR)] });
    expect(heard.ask(7, at(T + DAY))).not.toBeNull();
    expect(heard.ask(7, at(T + DAY))).toBeNull();
    expect(heard.ask(8, at(T + DAY))).toBeNull();
    expect(backfill().ask(7, at(T))).toBeNull();
    const off = backfill({ options: { enabled: false } });
    expect(off.heard(T + HOUR, (T + HOUR) * 1000, true)).toEqual(gap(1, T, T + HOUR));
    expect(off.ask(7, at(T + HOUR))).toBeNull();
  });

  it('is not done before the clock is known', () => {
    expect(backfill({ epochs: [], open: [gap(1, T, T + HOUR)] }).ask(7, at(T + HOUR))).toBeNull();
  });

  it('is done in pieces, each from the last row of the one before', () => {
    const heard = backfill({ options: { pieceSeconds: HOUR }, open: [gap(1, T, T + 2.5 * HOUR)] });
    let now = T + 3 * HOUR;
    const orders: [string, string][] = [];
    for (let from = T; from < T + 2.5 * HOUR; from += HOUR) {
      const order = heard.ask(7, at(now));
      if (order !== null) orders.push(asked(order.order));
      rows(heard, from, Math.min(from + HOUR, T + 2.5 * HOUR), now);
      expect(heard.wake(at(now + 2.9))).toBeNull();
      now += 3;
      heard.wake(at(now));
    }
    expect(orders).toEqual([
      ['2024/06/12 12:00:00', '60'],
      ['2024/06/12 13:00:00', '60'],
      ['2024/06/12 14:00:00', '30'],
    ]);
    expect(heard.ask(7, at(now))).toBeNull();
  });

  it('goes back where the clock may have been set back meanwhile, so that the hour told twice comes whole', () => {
    const set: ClockEpoch = {
      ...EPOCH,
      number: 2,
      offsetSeconds: 0,
      sinceMs: (T + 5 * HOUR) * 1000,
      possibleSinceMs: T * 1000,
      reason: 'restart',
    };
    const heard = backfill({ epochs: [EPOCH, set], open: [gap(1, T, T + 5 * HOUR)] });
    // 11:00, not 12:00; and an hour more of minutes.
    expect(asked(heard.ask(7, at(T + 5 * HOUR))?.order)).toEqual(['2024/06/12 11:00:00', '360']);
    rows(heard, T - HOUR, T + 1800, T + 5 * HOUR);
    rows(heard, T + 1800, T + 5 * HOUR, T + 5 * HOUR, 0);
    // The last two minutes are those of the reading that ended it, and of the one before it.
    expect(heard.wake(at(T + 5 * HOUR + 3))).toEqual(
      gap(1, T, T + 5 * HOUR, { state: 'filled', filledMinutes: 299, askedMs: (T + 5 * HOUR) * 1000 }),
    );
  });

  it('is for more where a battery that goes by its clock sends the hour before a set-back first', () => {
    const set: ClockEpoch = { ...EPOCH, number: 2, offsetSeconds: 0, sinceMs: T * 1000, possibleSinceMs: T * 1000 };
    const from = T + 600;
    const heard = backfill({ epochs: [EPOCH, set], open: [gap(1, from, from + 1200)] });
    const now = T + 2 * HOUR;
    expect(asked(heard.ask(7, at(now))?.order)).toEqual(['2024/06/12 11:10:00', '70']);
    // 11:11 to 11:59 came first: of summer time.
    rows(heard, T - 3000, T - 60, now);
    const { corrections } = heard.row(from + 60, at(now));
    expect(corrections).toMatchObject([{ oldOffsetSeconds: 0, newOffsetSeconds: HOUR }]);
    rows(heard, from + 60, from + 1200, now, 0);
    const closed = heard.wake(at(now + 3));
    expect(closed).toMatchObject({ state: 'filled', filledMinutes: 19 });
  });
});

describe('rows that come', () => {
  const HOLE = gap(1, T, T + 600);
  const waiting = (open: readonly Gap[] = [HOLE]) => {
    const heard = backfill({ open });
    heard.ask(7, at(T + 600));
    return heard;
  };

  it('are counted, and the gap closes once the last minute is there and it is quiet', () => {
    const heard = waiting();
    rows(heard, T, T + 480, T + 601);
    expect(heard.deadline).toBe(621_000);
    rows(heard, T + 480, T + 540, T + 602);
    expect(heard.deadline).toBe(605_000);
    expect(heard.wake(at(T + 604))).toBeNull();
    expect(heard.wake(at(T + 605))).toMatchObject({ state: 'filled', filledMinutes: 9 });
    expect(heard.connection).toBeNull();
    expect(heard.deadline).toBeNull();
    expect(heard.ask(7, at(T + 606))).toBeNull();
  });

  it('with one minute fallen between two of them fill it all the same', () => {
    const heard = waiting();
    for (const second of [59, 120, 180, 240, 300, 360, 420, 480, 540]) heard.row(T + second + HOUR, at(T + 601));
    expect(heard.wake(at(T + 605))).toMatchObject({ state: 'filled', filledMinutes: 8 });
  });

  it('with two minutes in a row missing fill it partly', () => {
    const heard = waiting();
    for (const second of [60, 120, 180, 360, 420, 480, 540]) heard.row(T + second + HOUR, at(T + 601));
    expect(heard.wake(at(T + 605))).toMatchObject({ state: 'partly', filledMinutes: 7 });
  });

  it('too many, from a battery that does not heed how many were asked for, are awaited to their end', () => {
    const two = [HOLE, gap(2, T + 1200, T + 1800)];
    const heard = waiting(two);
    for (let second = 60; second <= 1800; second += 60) heard.row(T + second + HOUR, at(T + 1800 + second / 60));
    expect(heard.ask(7, at(T + 1830))).toBeNull();
    expect(heard.wake(at(T + 1832))).toBeNull();
    expect(heard.wake(at(T + 1833))).toMatchObject({ number: 1, state: 'filled', filledMinutes: 9 });
    // What filled the other was heard as well: one row of it, and it is done.
    heard.ask(7, at(T + 1834));
    heard.row(T + 1260 + HOUR, at(T + 1835));
    expect(heard.wake(at(T + 1838))).not.toBeNull();
  });

  it('too few are asked for once more from where they stopped, and no more after that', () => {
    const heard = waiting();
    rows(heard, T, T + 300, T + 601);
    expect(heard.wake(at(T + 620.9))).toBeNull();
    expect(heard.wake(at(T + 621))).toMatchObject({ state: 'asked', filledMinutes: 5 });
    expect(asked(heard.ask(7, at(T + 621))?.order)).toEqual(['2024/06/12 12:05:00', '5']);
    accepts(heard, T + 621);
    expect(heard.wake(at(T + 681))).toMatchObject({ state: 'partly', filledMinutes: 5 });
    expect(heard.ask(7, at(T + 682))).toBeNull();
  });

  it('of a clock that was set back twice by a little are counted where they were', () => {
    const set: ClockEpoch = {
      ...{ ...EPOCH, number: 2, offsetSeconds: HOUR - 75, reason: 'restart' },
      ...{ sinceMs: (T + 1800) * 1000, possibleSinceMs: T * 1000 },
    };
    const heard = backfill({ epochs: [EPOCH, set], open: [gap(1, T, T + 1800), gap(2, T + 4000, T + 5000)] });
    heard.ask(7, at(T + 1800));
    const seen = Array.from({ length: 29 }, (_, index) => {
      const back = index < 10 ? 0 : index < 20 ? 71 : 75;
      return heard.row(T + 60 * (index + 1) + HOUR - back, at(T + 1801));
    });
    const moved = seen.flatMap(({ corrections }) => corrections);
    expect(moved.map(({ newOffsetSeconds }) => newOffsetSeconds)).toContain(HOUR - 71);
    expect(heard.wake(at(T + 1830))).toMatchObject({ state: 'filled', filledMinutes: 29 });
  });

  it('that are always the same one do not keep it asking', () => {
    const heard = waiting();
    heard.row(T + 60 + HOUR, at(T + 601));
    expect(heard.wake(at(T + 621))).toMatchObject({ state: 'partly', filledMinutes: 1 });
  });

  it('of garbage times fill nothing', () => {
    const heard = waiting();
    for (const time of [0, 7_258_118_399, T - DAY]) heard.row(time, at(T + 601));
    expect(heard.wake(at(T + 700))?.filledMinutes).toBe(0);
  });

  it('that nobody asked for are dated, and fill nothing', () => {
    const heard = backfill({ open: [HOLE] });
    expect(heard.row(T + 60 + HOUR, at(T + 601))).toEqual({ time: T + 60, corrections: [] });
    expect(backfill({ epochs: [] }).row(T, at(T))).toEqual({ time: null, corrections: [] });
    heard.ask(7, at(T + 602));
    accepts(heard, T + 602);
    expect(heard.wake(at(T + 662))).toMatchObject({ state: 'refused', filledMinutes: 0 });
  });

  it('are not missed while nobody listened', () => {
    const heard = waiting();
    heard.excuse(30_000);
    expect(heard.deadline).toBe(690_000);
    const idle = backfill();
    idle.excuse(30_000);
    expect(idle.deadline).toBeNull();
  });
});

describe('an answer', () => {
  const reply = (index: string, success: boolean) => ({ command: 'Resume', index, success });

  it('that is no close the gap as refused, for ever', () => {
    const heard = backfill({ open: [gap(1, T, T + HOUR)] });
    heard.ask(7, at(T + HOUR));
    expect(heard.answered(reply('43200000', false))).toEqual({
      gap: gap(1, T, T + HOUR, { state: 'refused', askedMs: (T + HOUR) * 1000 }),
    });
    expect(heard.ask(7, at(T + HOUR + 10))).toBeNull();
    expect(heard.deadline).toBeNull();
  });

  it('that is yes changes nothing: rows are to come', () => {
    const heard = backfill({ open: [gap(1, T, T + HOUR)] });
    heard.ask(7, at(T + HOUR));
    expect(heard.answered(reply('43200000', true))).toEqual({ gap: null });
    expect(heard.deadline).toBe(HOUR * 1000 + 60_000);
  });

  it('of another number, another command, or that nobody waits for is not ours', () => {
    const heard = backfill({ open: [gap(1, T, T + HOUR)] });
    expect(heard.answered(reply('43200000', false))).toBeNull();
    heard.ask(7, at(T + HOUR));
    expect(heard.answered(reply('43200001', false))).toBeNull();
    expect(heard.answered({ ...reply('43200000', false), command: 'Update' })).toBeNull();
    expect(heard.connection).toBe(7);
  });
});

describe('a server whose clock was wrong', () => {
  const moved = (oldOffsetSeconds: number, newOffsetSeconds: number, fromBatteryTime: number) => ({
    kinds: ['live', 'detail', 'history'] as const,
    fromBatteryTime,
    toBatteryTime: 1e12,
    receivedSinceMs: 0,
    oldOffsetSeconds,
    newOffsetSeconds,
  });
  const PAST = T + HOUR - 86_400 * 365 * 50;

  it('in the past, and is set right, leaves the gap there truly was', () => {
    const heard = backfill();
    // Back after ten minutes, while the server believes it is fifty years ago.
    for (const second of [600, 610]) expect(heard.heard(second, second * 1000, true)).toBeNull();
    const wrong = T + HOUR;
    expect(heard.corrected([moved(wrong, HOUR, T + HOUR + 600)])).toEqual([gap(1, T, T + 610)]);
    expect(heard.newest?.time).toBe(T + 610);
    expect(heard.heard(T + 620, (T + 620) * 1000, true)).toBeNull();
  });

  it('in the past, and a battery never heard: nothing is missing', () => {
    const heard = backfill({ newest: null });
    heard.heard(600, 600_000, true);
    expect(heard.corrected([moved(T + HOUR, HOUR, T + HOUR + 600)])).toEqual([]);
    expect(heard.heard(T + 610, (T + 610) * 1000, true)).toBeNull();
  });

  it('in the future, and is set right, has the gap end where it did, and asks for that', () => {
    const ahead = 2 * 365 * DAY;
    const heard = backfill();
    expect(heard.heard(T + ahead + 600, (T + ahead + 600) * 1000, true)).toEqual(gap(1, T, T + ahead + 600));
    heard.ask(7, at(T + ahead + 600));
    expect(heard.corrected([moved(HOUR - ahead, HOUR, T + HOUR + 600)])).toMatchObject([
      gap(1, T, T + 600, { askedMs: expect.any(Number) }),
    ]);
    expect(heard.connection).toBeNull();
    heard.heard(T + 610, (T + 610) * 1000, true);
    expect(asked(heard.ask(7, at(T + 610))?.order)).toEqual(['2024/06/12 12:00:00', '10']);
  });

  it('has a gap closed that turns out to be none', () => {
    const heard = backfill();
    heard.heard(T + DAY, (T + DAY) * 1000, true);
    expect(heard.corrected([moved(HOUR - DAY + 60, HOUR, T + HOUR)])).toMatchObject([{ to: T + 60, state: 'filled' }]);
  });

  it('changes nothing of what another clock dated, what was told of history, or before anything was heard', () => {
    expect(backfill({ newest: null }).corrected([moved(HOUR, 0, PAST)])).toEqual([]);
    const heard = backfill({ open: [gap(1, T - HOUR, T - 60)] });
    expect(heard.corrected([moved(HOUR, 0, T + DAY)])).toEqual([]);
    expect(heard.corrected([{ ...moved(HOUR, 0, PAST), kinds: ['history'] }])).toEqual([]);
    expect(heard.corrected([{ ...moved(HOUR, 0, T + HOUR), receivedSinceMs: T * 1000 + 1 }])).toEqual([]);
    expect(heard.newest?.time).toBe(T);
  });
});

describe('a server whose clock is set', () => {
  const hear = (heard: Backfill, ...seconds: number[]) =>
    seconds.map((second) => heard.heard(second, second * 1000, true));

  it('that was behind and seemed to go back: the gap between the runs is found', () => {
    const heard = backfill();
    expect(hear(heard, T - 3600, T - 3590, T - 3580)).toEqual([null, null, null]);
    // Not there yet, where a step is one of several.
    expect(heard.moved({ seconds: 100, sinceSeconds: null })).toEqual([]);
    expect(heard.moved({ seconds: 4400, sinceSeconds: null })).toEqual([gap(1, T, T + 900)]);
    expect(heard.newest?.time).toBe(T + 920);
  });

  it('that was behind by as much as it was off: the gap between the runs is found, too', () => {
    const heard = backfill();
    expect(hear(heard, T + 10, T + 20)).toEqual([null, null]);
    expect(heard.moved({ seconds: 1200, sinceSeconds: null })).toEqual([gap(1, T, T + 1210)]);
  });

  it('that went back while a battery was first heard, and on again: nothing is missing', () => {
    const heard = backfill({ newest: null });
    hear(heard, T, T - 3590, T - 3580);
    expect(heard.moved({ seconds: 3600, sinceSeconds: null })).toEqual([]);
    expect(heard.heard(T + 30, (T + 30) * 1000, true)).toBeNull();
  });

  it('moves what is missing within the run as a whole, and the end of what began before it', () => {
    const heard = backfill();
    hear(heard, T + 600, T + 1200);
    expect(heard.moved({ seconds: -60, sinceSeconds: null })).toEqual([gap(1, T, T + 540), gap(2, T + 540, T + 1140)]);
  });

  it('does not move what earlier runs told, but for a run whose clock was found to have been behind', () => {
    const open = [gap(1, T - 9000, T - 7000), gap(2, T - 3600, T - 1800)];
    const heard = backfill({ open });
    expect(heard.moved({ seconds: 60, sinceSeconds: null })).toEqual([]);
    expect(heard.moved({ seconds: 60, sinceSeconds: T - 2000 })).toEqual([gap(2, T - 3600, T - 1740)]);
    expect(heard.newest?.time).toBe(T + 60);
    expect(backfill({ newest: null }).moved({ seconds: 60, sinceSeconds: T })).toEqual([]);
  });

  it('and what is missing while the clock is measured again is not moved before it is known where it ends', () => {
    const heard = backfill();
    hear(heard, T + 10);
    expect(heard.heard(T + 500, (T + 500) * 1000, false)).toEqual(gap(1, T + 10, T + 500));
    expect(heard.moved({ seconds: -60, sinceSeconds: null })).toEqual([]);
  });
});

describe('readings that come all the time', () => {
  it('leave no gap while the clock is measured again, at a frame a minute', () => {
    const heard = backfill();
    heard.heard(T + 10, (T + 10) * 1000, true);
    for (const second of [70, 130, 190]) expect(heard.heard(T + second, (T + second) * 1000, false)).toBeNull();
    expect(heard.heard(T + 250, (T + 250) * 1000, true)).toBeNull();
    expect(heard.heard(T + 310, (T + 310) * 1000, true)).toBeNull();
    expect(heard.newest?.time).toBe(T + 310);
  });

  it('by the monotonic clock, whatever the wall clock does', () => {
    const heard = backfill();
    heard.heard(T + 10, (T + 10) * 1000, true, 0);
    expect(heard.heard(T + 20, (T + 7220) * 1000, false, 10_000)).toBeNull();
    expect(heard.heard(T + 30, (T + 7230) * 1000, true, 20_000)).toBeNull();
  });
});

describe('a gap of years', () => {
  it('is asked for as far back as forty pieces', () => {
    const heard = backfill({ open: [gap(1, T - 3000 * DAY, T)] });
    expect(asked(heard.ask(7, at(T))?.order)).toEqual(['2024/05/03 12:00:00', '1440']);
  });
});

describe('no answer, and no row', () => {
  it('within a minute of its answer refuses a piece; the next is asked for', () => {
    const heard = backfill({ options: { pieceSeconds: HOUR }, open: [gap(1, T, T + 2 * HOUR)] });
    heard.ask(7, at(T + 2 * HOUR));
    accepts(heard, T + 2 * HOUR);
    expect(heard.wake(at(T + 2 * HOUR + 59.9))).toBeNull();
    expect(heard.wake(at(T + 2 * HOUR + 60))).toMatchObject({ state: 'asked', filledMinutes: 0 });
    expect(asked(heard.ask(7, at(T + 2 * HOUR + 60))?.order)).toEqual(['2024/06/12 13:00:00', '60']);
    accepts(heard, T + 2 * HOUR + 60);
    expect(heard.wake(at(T + 2 * HOUR + 120))).toMatchObject({ state: 'refused' });
    expect(heard.wake(at(T + DAY))).toBeNull();
  });
});

describe('a connection that ends', () => {
  it('leaves the gap open, and what came of it is not asked for again', () => {
    const heard = backfill({ open: [gap(1, T, T + HOUR)] });
    heard.ask(7, at(T + HOUR));
    rows(heard, T, T + 1800, T + HOUR);
    expect(heard.interrupted()).toMatchObject({ state: 'open', filledMinutes: 30 });
    expect(asked(heard.ask(8, at(T + HOUR + 60))?.order)).toEqual(['2024/06/12 12:30:00', '30']);
    expect(heard.interrupted()).toMatchObject({ state: 'open', filledMinutes: 30 });
  });

  it('after the last minute came has done its work', () => {
    const heard = backfill({ open: [gap(1, T, T + HOUR)] });
    heard.ask(7, at(T + HOUR));
    rows(heard, T, T + HOUR - 60, T + HOUR);
    expect(heard.interrupted()).toMatchObject({ state: 'filled', filledMinutes: 59 });
  });

  it('before the battery could answer is not held against it, however often', () => {
    const heard = backfill({ open: [gap(1, T, T + HOUR)] });
    for (let minute = 1; minute < 50; minute++) {
      heard.heard(T + HOUR + minute * 60, (T + HOUR + minute * 60) * 1000, true);
      expect(asked(heard.ask(7 + minute, at(T + HOUR + minute * 60))?.order)).toEqual(['2024/06/12 12:00:00', '60']);
      expect(heard.interrupted()?.state).toBe('open');
    }
  });

  it.each([
    ['without a row', []],
    ['after the one row it was told that we have', [T]],
  ])('three times after its answer, %s, gives it up', (_, told) => {
    const heard = backfill({ open: [gap(1, T, T + HOUR)] });
    const states = [1, 2, 3].map((minute) => {
      const now = T + HOUR + minute * 60;
      heard.ask(7 + minute, at(now));
      accepts(heard, now);
      for (const time of told) heard.row(time + HOUR, at(now));
      return heard.interrupted()?.state;
    });
    expect(states).toEqual(['open', 'open', 'refused']);
    expect(heard.ask(11, at(T + DAY))).toBeNull();
  });

  it('is nothing to a battery that was not asked', () => {
    expect(backfill().interrupted()).toBeNull();
  });
});

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({ is: fc.constant('heard' as const), pause: fc.nat(400), late: fc.nat(400), settled: fc.boolean() }),
    fc.record({ is: fc.constant('row' as const), time: fc.integer({ min: T - DAY, max: T + DAY }) }),
    fc.record({ is: fc.constant('rows' as const), count: fc.nat(20) }),
    fc.record({ is: fc.constant('answer' as const), success: fc.boolean() }),
    fc.record({ is: fc.constant('wake' as const), pause: fc.nat(90) }),
    fc.record({ is: fc.constant('end' as const) }),
  );

  it('a closed gap stays closed, one thing is asked at a time, and asking comes to an end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const heard = backfill({ options: { pieceSeconds: 600 } });
        const closed = new Set<number>();
        let now = T;
        const follow = (one: Gap | null) => {
          if (one === null) return;
          expect(closed).not.toContain(one.number);
          if (['filled', 'partly', 'refused'].includes(one.state)) closed.add(one.number);
        };
        for (const one of steps) {
          if (one.is === 'heard') {
            now += one.pause;
            follow(heard.heard(now - one.late, now * 1000, one.settled));
          } else if (one.is === 'row') heard.row(one.time, at(now));
          else if (one.is === 'rows') rows(heard, now - one.count * 60, now, now);
          else if (one.is === 'answer') {
            const index = String((now % DAY) * 1000);
            follow(heard.answered({ command: 'Resume', index, success: one.success })?.gap ?? null);
          } else if (one.is === 'wake') {
            now += one.pause;
            follow(heard.wake(at(now)));
          } else follow(heard.interrupted());
          const awaited = heard.connection !== null;
          const order = heard.ask(7, at(now));
          if (awaited) expect(order).toBeNull();
          follow(order?.gap ?? null);
        }
        // Nothing more comes: each piece is given up in its turn.
        for (let n = 0; n < 1000 && heard.connection !== null; n++) {
          now += 90;
          follow(heard.wake(at(now)));
          follow(heard.ask(7, at(now))?.gap ?? null);
        }
        expect(heard.connection).toBeNull();
      }),
    );
  });
});
