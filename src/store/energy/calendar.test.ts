import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar, isTimeZone, systemTimeZone } from './calendar.ts';

const at = (iso: string) => Date.parse(iso) / 1000;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace(':00.000Z', 'Z');

const day = (zone: string, time: string) => iso(new Calendar(zone).dayStart(at(time)));
const hour = (zone: string, time: string) => iso(new Calendar(zone).hourStart(at(time)));

describe('a day begins', () => {
  it.each([
    ['UTC', '2024-06-12T00:00Z', '2024-06-12T00:00Z'],
    ['UTC', '2024-06-12T23:59:59Z', '2024-06-12T00:00Z'],
    ['Asia/Kolkata', '2024-06-12T18:29:59Z', '2024-06-11T18:30Z'],
    ['Asia/Kolkata', '2024-06-12T18:30Z', '2024-06-12T18:30Z'],
    ['Asia/Kathmandu', '2024-06-12T18:14:59Z', '2024-06-11T18:15Z'],
    ['Asia/Kathmandu', '2024-06-12T18:15Z', '2024-06-12T18:15Z'],
    ['Australia/Sydney', '2024-06-12T13:59:59Z', '2024-06-11T14:00Z'],
    ['Australia/Sydney', '2024-01-12T13:00Z', '2024-01-12T13:00Z'],
    // 7 April 2024 has 25 hours in Sydney, 6 October 23.
    ['Australia/Sydney', '2024-04-06T13:00Z', '2024-04-06T13:00Z'],
    ['Australia/Sydney', '2024-04-07T13:59:59Z', '2024-04-06T13:00Z'],
    ['Australia/Sydney', '2024-04-07T14:00Z', '2024-04-07T14:00Z'],
    ['Australia/Sydney', '2024-10-05T14:00Z', '2024-10-05T14:00Z'],
    ['Australia/Sydney', '2024-10-06T12:59:59Z', '2024-10-05T14:00Z'],
    ['Australia/Sydney', '2024-10-06T13:00Z', '2024-10-06T13:00Z'],
    // Lord Howe changes by half an hour: 24.5 hours, 23.5 hours.
    ['Australia/Lord_Howe', '2024-04-07T13:29:59Z', '2024-04-06T13:00Z'],
    ['Australia/Lord_Howe', '2024-04-07T13:30Z', '2024-04-07T13:30Z'],
    ['Australia/Lord_Howe', '2024-10-06T12:59:59Z', '2024-10-05T13:30Z'],
    ['Australia/Lord_Howe', '2024-10-06T13:00Z', '2024-10-06T13:00Z'],
    // There was no midnight that day in São Paulo, and there were two in Havana.
    ['America/Sao_Paulo', '2018-11-04T02:59:59Z', '2018-11-03T03:00Z'],
    ['America/Sao_Paulo', '2018-11-04T03:00Z', '2018-11-04T03:00Z'],
    ['America/Havana', '2024-11-03T05:30Z', '2024-11-03T04:00Z'],
    // Samoa left out 30 December 2011 altogether.
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29T10:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00Z', '2011-12-30T10:00Z'],
    ['UTC', '1969-12-31T23:59:59Z', '1969-12-31T00:00Z'],
    ['Australia/Sydney', '2199-12-31T23:59:59Z', '2199-12-31T13:00Z'],
  ])('in %s, that of %s, at %s', (zone, time, begin) => {
    expect(day(zone, time)).toBe(begin);
  });
});

it.each([
  ['Europe/Dublin', '2026-04-15T12:00Z', '2026-03-31T23:00Z'],
  ['Australia/Sydney', '2026-11-30T14:00Z', '2026-11-30T13:00Z'],
  ['America/New_York', '2026-11-30T14:00Z', '2026-11-01T04:00Z'],
])('a month in %s begins at its own midnight', (zone, time, start) => {
  expect(iso(new Calendar(zone).monthStart(at(time)))).toBe(start);
});

it.each([
  ['UTC', '2024-06-09T23:59:59Z', '2024-06-03T00:00Z'],
  ['UTC', '2024-06-10T00:00Z', '2024-06-10T00:00Z'],
  ['Australia/Sydney', '2024-06-09T14:00Z', '2024-06-09T14:00Z'],
  // A week with a change of the clock in it, and one that begins in another year.
  ['Europe/Dublin', '2024-03-31T20:00Z', '2024-03-25T00:00Z'],
  ['UTC', '2025-01-01T12:00Z', '2024-12-30T00:00Z'],
])('a week in %s begins on its Monday', (zone, time, start) => {
  expect(iso(new Calendar(zone).weekStart(at(time)))).toBe(start);
});

describe('an hour begins', () => {
  it.each([
    ['UTC', '2024-06-12T11:59:59Z', '2024-06-12T11:00Z'],
    ['Asia/Kolkata', '2024-06-12T11:29:59Z', '2024-06-12T10:30Z'],
    ['Asia/Kolkata', '2024-06-12T11:30Z', '2024-06-12T11:30Z'],
    ['Asia/Kathmandu', '2024-06-12T11:14:59Z', '2024-06-12T10:15Z'],
    ['Asia/Kathmandu', '2024-06-12T11:15Z', '2024-06-12T11:15Z'],
    // 02:00 to 03:00 comes twice in Sydney, and is two hours.
    ['Australia/Sydney', '2024-04-06T15:30Z', '2024-04-06T15:00Z'],
    ['Australia/Sydney', '2024-04-06T16:00Z', '2024-04-06T16:00Z'],
    ['Australia/Sydney', '2024-04-06T16:30Z', '2024-04-06T16:00Z'],
    ['Australia/Sydney', '2024-10-05T15:59:59Z', '2024-10-05T15:00Z'],
    ['Australia/Sydney', '2024-10-05T16:00Z', '2024-10-05T16:00Z'],
    // On Lord Howe 01:30 to 02:00 comes twice; the second is a short hour of its own.
    ['Australia/Lord_Howe', '2024-04-06T14:45Z', '2024-04-06T14:00Z'],
    ['Australia/Lord_Howe', '2024-04-06T15:10Z', '2024-04-06T15:00Z'],
    ['Australia/Lord_Howe', '2024-04-06T15:30Z', '2024-04-06T15:30Z'],
    // And 02:00 to 02:30 never comes: the hour begins at 02:30.
    ['Australia/Lord_Howe', '2024-10-05T15:29:59Z', '2024-10-05T14:30Z'],
    ['Australia/Lord_Howe', '2024-10-05T15:45Z', '2024-10-05T15:30Z'],
    ['Australia/Lord_Howe', '2024-10-05T16:10Z', '2024-10-05T16:00Z'],
    ['America/Sao_Paulo', '2018-11-04T03:10Z', '2018-11-04T03:00Z'],
    ['America/Havana', '2024-11-03T04:30Z', '2024-11-03T04:00Z'],
    ['America/Havana', '2024-11-03T05:30Z', '2024-11-03T05:00Z'],
    ['UTC', '1969-12-31T23:59:59Z', '1969-12-31T23:00Z'],
  ])('in %s, that of %s, at %s', (zone, time, begin) => {
    expect(hour(zone, time)).toBe(begin);
  });
});

describe('a calendar', () => {
  const zones = ['UTC', 'Australia/Sydney', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Europe/Dublin', 'America/Havana'];
  const anyTime = fc.integer({ min: at('1980-01-01T00:00Z'), max: at('2035-01-01T00:00Z') });

  it('puts a moment into the local day that the system’s own calendar puts it into', () => {
    for (const zone of zones) {
      const calendar = new Calendar(zone);
      const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
      fc.assert(
        fc.property(anyTime, (time) => {
          const begin = calendar.dayStart(time);
          const date = (seconds: number) => format.format(seconds * 1000);
          expect(begin).toBeLessThanOrEqual(time);
          expect(date(begin)).toBe(date(time));
          expect(date(begin - 1)).not.toBe(date(time));
        }),
      );
    }
  });

  it('puts a moment into an hour of at most an hour, within its day, that begins itself', () => {
    for (const zone of zones) {
      const calendar = new Calendar(zone);
      fc.assert(
        fc.property(anyTime, (time) => {
          const begin = calendar.hourStart(time);
          expect(time - begin).toBeGreaterThanOrEqual(0);
          expect(time - begin).toBeLessThan(3600);
          expect(calendar.hourStart(begin)).toBe(begin);
          expect(calendar.dayStart(begin)).toBe(calendar.dayStart(time));
        }),
      );
    }
  });

  it('does not take the offset after a change for the one before, when first asked at the very change', () => {
    const calendar = new Calendar('Australia/Lord_Howe');
    const asked = ['2024-04-06T15:00Z', '2024-04-06T14:45Z', '2024-04-06T15:30Z'].map((time) =>
      calendar.hourStart(at(time)),
    );
    expect(asked.map(iso)).toEqual(['2024-04-06T15:00Z', '2024-04-06T14:00Z', '2024-04-06T15:30Z']);
  });

  it('answers the same in whatever order it is asked, however much it has been asked before', () => {
    const calendar = new Calendar('Australia/Sydney');
    const days = Array.from({ length: 200 }, (_, n) => at('2024-03-01T05:00Z') + n * 86_400);
    const alone = days.map((time) => [
      new Calendar(calendar.zone).dayStart(time),
      new Calendar(calendar.zone).hourStart(time),
    ]);
    const together = days.map((time) => [calendar.dayStart(time), calendar.hourStart(time)]);
    const backwards = days.toReversed().map((time) => [calendar.dayStart(time), calendar.hourStart(time)]);
    expect(together).toEqual(alone);
    expect(backwards.toReversed()).toEqual(alone);
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Australia/Sydney', 'Asia/Kathmandu', '+10:00'])('%s is known', (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });

  it.each(['', 'Sydney', 'Australia/Sidney', 'Middle-earth/Shire', '10', 'UTC; DROP TABLE'])('“%s” is not', (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });

  it('of this machine is one', () => {
    expect(isTimeZone(systemTimeZone())).toBe(true);
  });
});

describe('the end of a day', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T23:00:00Z', 23],
    ['Europe/Berlin', '2026-10-24T22:00:00Z', 25],
    ['Australia/Lord_Howe', '2026-04-04T13:00:00Z', 24.5],
    ['Asia/Kathmandu', '2026-06-11T18:15:00Z', 24],
  ])('is where the next begins: in %s from %s after %d hours', (zone, begin, hours) => {
    const calendar = new Calendar(zone);
    const start = Date.parse(begin) / 1000;
    const end = start + hours * 3600;
    for (const time of [start, start + 5000, end - 1]) expect(calendar.dayEnd(time)).toBe(end);
    expect(calendar.dayStart(end)).toBe(end);
  });
});
