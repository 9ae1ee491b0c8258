import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../store/energy/calendar.ts';
import { minutesOf, problemOfWindows, type ScheduleWindow, WEEKDAYS } from './schedules.ts';
import { applyingAt, type Stretch, timetable } from './timetable.ts';
import { localOf, weekdayOf } from './wall-clock.ts';

const BERLIN = new Calendar('Europe/Berlin');
const utc = (text: string) => Date.parse(text) / 1000;
const DAY = 86_400;

const hold = (from: string, to: string, more: Partial<ScheduleWindow> = {}): ScheduleWindow => ({
  ...{ name: `${from}-${to}`, from, to, verb: 'hold' },
  ...more,
});

/** What begins on a day of the house, in UTC: `hh:mm-hh:mm verb`. */
function onDay(windows: readonly ScheduleWindow[], day: string): string[] {
  const from = utc(`${day}T00:00:00Z`);
  return timetable(windows, from, from + DAY, BERLIN)
    .filter((stretch) => stretch.from >= from - 7200 && stretch.from < from + DAY - 7200)
    .map((stretch) =>
      [stretch.from, stretch.to].map((time) => new Date(time * 1000).toISOString().slice(11, 16)).join('-'),
    );
}

describe('a window', () => {
  it.each([
    ['on an ordinary day', '2026-07-01', '02:15', '02:45', ['00:15-00:45']],
    ['in the missing hour is not', '2026-03-29', '02:15', '02:45', []],
    ['into the missing hour ends at the leap', '2026-03-29', '01:30', '02:30', ['00:30-01:00']],
    ['out of the missing hour begins at the leap', '2026-03-29', '02:30', '03:30', ['01:00-01:30']],
    ['over the missing hour is an hour shorter', '2026-03-29', '01:00', '04:00', ['00:00-02:00']],
    ['in the repeated hour is once', '2026-10-25', '02:15', '02:45', ['00:15-00:45']],
    [
      'into the repeated hour ends when it is that late for the first time',
      '2026-10-25',
      '01:30',
      '02:30',
      ['23:30-00:30'],
    ],
    ['out of the repeated hour is an hour longer', '2026-10-25', '02:30', '03:30', ['00:30-02:30']],
    ['over the repeated hour is an hour longer', '2026-10-25', '01:00', '04:00', ['23:00-03:00']],
    ['of a whole day is so of one with 25 hours', '2026-10-25', '00:00', '24:00', ['22:00-23:00']],
  ])('%s', (_, day, from, to, expected) => {
    expect(onDay([hold(from, to)], day)).toEqual(expected);
  });

  it('that passes midnight belongs to the day on which it begins', () => {
    const friday = [hold('22:00', '06:00', { days: ['fri'] })];
    const at = (text: string) => applyingAt(timetable(friday, utc(text), utc(text) + 9 * DAY, BERLIN), utc(text));
    // 2026-07-03 is a Friday; Berlin is two hours ahead.
    expect(at('2026-07-03T19:59:59Z')).toMatchObject({ stretch: null, until: utc('2026-07-03T20:00:00Z') });
    expect(at('2026-07-03T20:00:00Z')).toMatchObject({ stretch: { verb: 'hold' }, until: utc('2026-07-04T04:00:00Z') });
    expect(at('2026-07-04T03:59:59Z')).toMatchObject({ stretch: { verb: 'hold' } });
    expect(at('2026-07-04T04:00:00Z')).toMatchObject({ stretch: null, until: utc('2026-07-10T20:00:00Z') });
    expect(at('2026-07-02T21:00:00Z').stretch).toBeNull();
  });
});

describe('what applies', () => {
  const now = utc('2026-07-01T10:00:00Z');
  const at = (windows: readonly ScheduleWindow[], priced: Stretch[][] = []) =>
    applyingAt(timetable(windows, now - 2 * DAY, now + 8 * DAY, BERLIN, priced), now);

  it('is nothing where nothing is set', () => {
    expect(at([])).toEqual({ stretch: null, until: null, next: null });
  });

  it('lasts as long as the same is wanted', () => {
    const windows = [
      hold('11:00', '13:00'),
      hold('13:00', '15:00'),
      hold('15:00', '16:00', { verb: 'charge', charge_limit: 80 }),
    ];
    expect(at(windows)).toMatchObject({
      stretch: { by: '11:00-13:00', to: utc('2026-07-01T11:00:00Z') },
      until: utc('2026-07-01T13:00:00Z'),
      next: { verb: 'charge', chargeLimit: 80 },
    });
    expect(at([hold('11:00', '13:00'), hold('13:01', '15:00')])).toMatchObject({
      until: utc('2026-07-01T11:00:00Z'),
      next: null,
    });
    expect(at([hold('00:00', '24:00')]).until).toBeGreaterThan(now + 7 * DAY);
  });

  it('is a window of dates before one of weekdays, and both before prices', () => {
    const dated = hold('11:30', '12:30', { dates: ['2026-07-01'], verb: 'normal', name: '' });
    expect(at([hold('11:00', '14:00'), dated])).toMatchObject({
      stretch: { verb: 'normal', by: '11:30–12:30' },
      until: utc('2026-07-01T10:30:00Z'),
      next: { verb: 'hold', to: utc('2026-07-01T12:00:00Z') },
    });
    const cheap = { from: now - 3600, to: now + 7200, verb: 'charge', chargeLimit: 90, by: 'cheap' } as const;
    expect(at([], [[cheap]]).stretch).toEqual(cheap);
    expect(at([dated], [[cheap]])).toMatchObject({ stretch: { verb: 'normal' }, next: { by: 'cheap' } });
    const dear = { ...cheap, from: now - 7200, verb: 'hold', chargeLimit: null, by: 'dear' } as const;
    expect(at([], [[cheap], [dear]]).stretch?.by).toBe('cheap');
    expect(timetable([], now - 7200, now, BERLIN, [[cheap], [dear]]).map(({ by, from, to }) => [by, from, to])).toEqual(
      [
        ['dear', now - 7200, now - 3600],
        ['cheap', now - 3600, now + 7200],
      ],
    );
  });
});

/** The clock of a house, watched minute by minute: which windows are under way, by what it shows alone. */
function watched(windows: readonly ScheduleWindow[], from: number, to: number, house: Calendar): Map<number, string> {
  const seen = new Map<number, string>();
  let latest = Number.NEGATIVE_INFINITY;
  for (let time = from - 3 * DAY; time < to; time += 60) {
    // Set back, it shows nothing new until it has come to where it was.
    latest = Math.max(latest, localOf(time, house));
    if (time < from) continue;
    const shown = Math.floor(latest / 60);
    const isOn = (window: ScheduleWindow, daysAgo: number) => {
      const day = Math.floor(shown / 1440) - daysAgo;
      const minutes = minutesOf(window) as { from: number; to: number };
      const date = new Date(day * DAY * 1000).toISOString().slice(0, 10);
      const begins = window.dates?.includes(date) ?? window.days?.includes(WEEKDAYS[weekdayOf(day)] as 'mon') ?? true;
      return begins && shown >= day * 1440 + minutes.from && shown < day * 1440 + minutes.to;
    };
    const on = windows.filter((window) => isOn(window, 0) || isOn(window, 1));
    seen.set(time, (on.find(({ dates }) => dates !== undefined) ?? on[0])?.name ?? '');
  }
  return seen;
}

describe('a timetable', () => {
  it('says what a clock on the wall says, also on days on which it is set', () => {
    const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      const [hours, minutes] = [Math.floor(quarter / 4), (quarter % 4) * 15];
      return [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
    });
    const days = fc.option(fc.subarray([...WEEKDAYS], { minLength: 1 }), { nil: undefined });
    const dates = (change: string) =>
      fc.option(
        fc.subarray(
          [0, 1, 2].map((day) => new Date((utc(change) + (day - 1) * DAY) * 1000).toISOString().slice(0, 10)),
          { minLength: 1 },
        ),
        { nil: undefined },
      );
    const zoned = fc.constantFrom(
      ['Europe/Berlin', '2026-03-29T00:00:00Z'],
      ['Europe/Berlin', '2026-10-25T00:00:00Z'],
      ['America/New_York', '2026-11-01T00:00:00Z'],
      ['Australia/Lord_Howe', '2026-10-04T00:00:00Z'],
      ['America/Santiago', '2026-09-06T00:00:00Z'],
      ['Asia/Kolkata', '2026-09-06T00:00:00Z'],
    );
    const drawn = zoned.chain(([zone, change]) => {
      const window = fc
        .record({ from: time, to: time, days, dates: dates(change as string) })
        .map((one): Omit<ScheduleWindow, 'name'> => {
          const { dates: on, days: by, ...rest } = one;
          return { ...rest, verb: 'hold', ...(on === undefined ? { days: by } : { dates: on }) };
        });
      const named = fc
        .array(window, { minLength: 1, maxLength: 4 })
        .map((windows) => windows.map((one, index) => ({ ...one, name: `w${index}` })))
        .filter((windows) => problemOfWindows(windows) === null);
      return fc.record({ zone: fc.constant(zone as string), change: fc.constant(change as string), named });
    });
    fc.assert(
      fc.property(drawn, ({ zone, change, named }) => {
        const house = new Calendar(zone);
        const [from, to] = [utc(change) - DAY, utc(change) + 2 * DAY];
        const stretches = timetable(named, from, to, house);
        for (const [at, name] of watched(named, from, to, house))
          if (applyingAt(stretches, at).stretch?.by !== (name || undefined))
            expect(`${new Date(at * 1000).toISOString()} ${applyingAt(stretches, at).stretch?.by}`).toBe(name);
        for (const [index, stretch] of stretches.entries())
          expect(stretch.to).toBeLessThanOrEqual(stretches[index + 1]?.from ?? Number.POSITIVE_INFINITY);
      }),
      { numRuns: 30 },
    );
  });

  it('names the next change: until then nothing else applies', () => {
    const windows = [
      hold('22:00', '06:00'),
      hold('06:00', '08:30', { verb: 'charge', charge_limit: 70, days: ['mon', 'sun'] }),
    ];
    const from = utc('2026-10-23T00:00:00Z');
    const stretches = timetable(windows, from, from + 9 * DAY, BERLIN);
    const wanted = (time: number) => {
      const { stretch } = applyingAt(stretches, time);
      return stretch === null ? '' : `${stretch.verb} ${stretch.chargeLimit}`;
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * DAY }), (after) => {
        const time = from + after;
        const until = applyingAt(stretches, time).until as number;
        expect(until).toBeGreaterThan(time);
        for (let at = time; at < until; at += 300) expect(wanted(at)).toBe(wanted(time));
        expect(wanted(until)).not.toBe(wanted(time));
      }),
    );
  });
});
