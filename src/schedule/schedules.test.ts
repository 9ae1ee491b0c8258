import { describe, expect, it } from 'vitest';
import { beginsOn, minuteOf, minutesOf, problemOfWindows, type ScheduleWindow } from './schedules.ts';

const night = (more: Partial<ScheduleWindow> = {}): ScheduleWindow => ({
  name: 'night',
  from: '22:00',
  to: '06:00',
  verb: 'hold',
  ...more,
});
const DAY = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe('a window', () => {
  it.each(['', '7:00', '24:01', '25:00', '12:60', '12:00:00', '-1:00', '１２:00'])('is not at %j', (text) => {
    expect(minuteOf(text)).toBeNull();
  });

  it('may pass midnight, end with the day, and be all of it', () => {
    expect(minutesOf({ from: '22:00', to: '06:00' })).toEqual({ from: 1320, to: 1800 });
    expect(minutesOf({ from: '22:00', to: '24:00' })).toEqual({ from: 1320, to: 1440 });
    expect(minutesOf({ from: '22:00', to: '00:00' })).toEqual({ from: 1320, to: 1440 });
    expect(minutesOf({ from: '00:00', to: '24:00' })).toEqual({ from: 0, to: 1440 });
    expect(minutesOf({ from: '06:00', to: '06:00' })).toBeNull();
    expect(minutesOf({ from: '24:00', to: '06:00' })).toBeNull();
  });

  it.each<[string, Partial<ScheduleWindow>]>([
    ['is no time; expected two that differ', { to: '22:00' }],
    ['is no time; expected two that differ', { from: 'ten' }],
    ['it has days and dates', { days: ['mon'], dates: ['2026-12-24'] }],
    ['it is on no day', { days: [] }],
    ['it is on no day', { dates: [] }],
    ['367 dates; 366 at most', { dates: Array.from({ length: 367 }, () => '2026-12-24') }],
    ['2026-02-30 is no date', { dates: ['2026-02-30'] }],
    ['2026-13-01 is no date', { dates: ['2026-13-01'] }],
    ['2026-00-10 is no date', { dates: ['2026-00-10'] }],
    ['2026-04-00 is no date', { dates: ['2026-04-00'] }],
    ['2100-02-29 is no date', { dates: ['2100-02-29'] }],
    ['tomorrow is no date', { dates: ['tomorrow'] }],
    ['2026-12-24/2026-12-23 is no date', { dates: ['2026-12-24/2026-12-23'] }],
    ['2026-01-01/2027-01-02 is no date', { dates: ['2026-01-01/2027-01-02'] }],
    ['2026-01-01/2026-01-02/2026-01-03 is no date', { dates: ['2026-01-01/2026-01-02/2026-01-03'] }],
    ['charge needs a charge_limit', { verb: 'charge' }],
    ['hold has no charge_limit', { charge_limit: 50 }],
    ['a charge_limit of 9 % is not from 10 to 100', { verb: 'charge', charge_limit: 9 }],
    ['a charge_limit of 101 % is not from 10 to 100', { verb: 'charge', charge_limit: 101 }],
    ['a charge_limit of 50.5 % is not from 10 to 100', { verb: 'charge', charge_limit: 50.5 }],
    ['a name has 40 letters at most', { name: 'n'.repeat(41) }],
  ])('is refused: %s', (problem, more) => {
    expect(problemOfWindows([night(more)])).toContain(problem);
  });

  it('is named by its place, and its name', () => {
    expect(problemOfWindows([night(), night({ name: '', days: [] })])).toMatch(/^window 2: /);
    expect(problemOfWindows([night({ days: [] })])).toMatch(/^window 1 \(night\): /);
    expect(problemOfWindows(Array.from({ length: 51 }, () => night()))).toBe('there are 51 windows; 50 at most');
  });

  it('begins on its days, or its dates', () => {
    const [thursday, friday] = [DAY('2026-12-24'), DAY('2026-12-25')];
    const begins = (more: Partial<ScheduleWindow>) => [thursday, friday].map((day) => beginsOn(night(more), day));
    expect(begins({})).toEqual([true, true]);
    expect(begins({ days: ['fri', 'mon'] })).toEqual([false, true]);
    expect(begins({ dates: ['2026-12-24'] })).toEqual([true, false]);
    expect(begins({ dates: ['2020-01-01', '2026-12-25/2027-01-06'] })).toEqual([false, true]);
  });
});

describe('windows', () => {
  const overlap = (...windows: Partial<ScheduleWindow>[]) =>
    problemOfWindows(windows.map((window, index) => night({ name: 'abc'[index] as string, ...window })));

  it('may follow each other, and be at the same time on other days', () => {
    expect(overlap({ to: '00:00' }, { from: '00:00', to: '06:00' }, { from: '06:00', to: '22:00' })).toBeNull();
    expect(overlap({ days: ['mon'] }, { days: ['tue'] })).toBeNull();
    expect(overlap({ dates: ['2026-12-24'] }, { dates: ['2026-12-25/2026-12-26'] })).toBeNull();
    expect(problemOfWindows([])).toBeNull();
  });

  it('of dates may be over those of weekdays', () => {
    expect(overlap({}, { dates: ['2026-12-24'], verb: 'normal' })).toBeNull();
  });

  it('do not overlap', () => {
    expect(overlap({}, { from: '05:59', to: '07:00' })).toBe('window 1 (a) and window 2 (b) overlap; cut one of them');
    // Sunday's goes on on Monday.
    expect(overlap({ days: ['sun'] }, { days: ['mon'], from: '05:00', to: '07:00' })).toContain('overlap');
    expect(overlap({ days: ['sun'] }, { days: ['mon'], from: '06:00', to: '07:00' })).toBeNull();
    expect(overlap({ from: '00:00', to: '24:00' }, { from: '12:00', to: '12:01' })).toContain('overlap');
    expect(overlap({ dates: ['2026-12-31'] }, { dates: ['2027-01-01'], from: '03:00', to: '04:00' })).toContain(
      'overlap',
    );
    expect(overlap({ dates: ['2026-12-24'] }, { days: ['mon'] }, { dates: ['2026-12-20/2026-12-30'] })).toBe(
      'window 1 (a) and window 3 (c) overlap; cut one of them',
    );
  });
});
