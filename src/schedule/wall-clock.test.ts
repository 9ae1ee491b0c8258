import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../store/energy/calendar.ts';
import { dayOf, localOf, momentOf, weekdayOf } from './wall-clock.ts';

const DUBLIN = new Calendar('Europe/Dublin');
const utc = (text: string) => Date.parse(text) / 1000;

describe('the first moment at which the clock on the wall shows a time', () => {
  it.each([
    ['an ordinary day', 'Europe/Berlin', '2026-07-01T12:00', '2026-07-01T10:00:00Z'],
    ['before the missing hour', 'Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59:00Z'],
    ['in the missing hour: the leap', 'Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00:00Z'],
    ['after it', 'Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00:00Z'],
    ['in the repeated hour: the first time', 'Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
    ['after it', 'Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00:00Z'],
    ['half an hour of it', 'Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:30:00Z'],
    ['a midnight that there is not', 'America/Santiago', '2026-09-06T00:00', '2026-09-06T04:00:00Z'],
    ['a day that there is not', 'Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00:00Z'],
  ])('%s', (_, zone, local, expected) => {
    expect(momentOf(utc(`${local}:00Z`), new Calendar(zone))).toBe(utc(expected));
  });

  it('is the one that is found by watching the clock', () => {
    const zones = ['Europe/Dublin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca'];
    const hours = fc.integer({ min: 0, max: 365 * 24 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), hours, fc.nat(59), (zone, hour, minute) => {
        const house = new Calendar(zone);
        const local = utc('2026-01-01T00:00:00Z') + hour * 3600 + minute * 60;
        let time = local - 15 * 3600;
        while (localOf(time, house) < local) time += 60;
        expect(momentOf(local, house)).toBe(time);
      }),
      { numRuns: 40 },
    );
  });

  it('is never before that of an earlier time', () => {
    const around = fc.integer({ min: -3 * 86_400, max: 3 * 86_400 });
    fc.assert(
      fc.property(fc.constantFrom('2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'), around, around, (change, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((by) => momentOf(utc(change) + by, DUBLIN));
        expect(early).toBeLessThanOrEqual(late as number);
      }),
    );
  });
});

it('knows the day of the house and of the week', () => {
  // 23:30 UTC is half past midnight in Dublin's summer: Wednesday.
  expect(weekdayOf(dayOf(utc('2026-07-07T23:30:00Z'), DUBLIN))).toBe(2);
  expect(weekdayOf(dayOf(utc('2026-12-01T23:30:00Z'), DUBLIN))).toBe(1);
  expect([weekdayOf(0), weekdayOf(-4)]).toEqual([3, 6]);
});
