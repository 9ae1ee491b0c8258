import { describe, expect, it } from 'vitest';
import {
  dateText,
  dayStart,
  localIso,
  localText,
  monthStart,
  offsetSeconds,
  secondsOf,
  timeAt,
  timeOfDate,
  timeOfLocal,
  weekStart,
  yearStart,
} from './house-time.ts';

const at = (iso: string) => Date.parse(iso) / 1000;
const SYDNEY = 'Australia/Sydney';

describe('days of the house', () => {
  it('begin at the house’s midnight, wherever the browser is', () => {
    expect(dayStart(at('2026-11-23T12:59:59Z'), SYDNEY)).toBe(at('2026-11-22T13:00:00Z'));
    expect(dayStart(at('2026-11-23T13:00:00Z'), SYDNEY)).toBe(at('2026-11-23T13:00:00Z'));
    expect(dayStart(at('2026-07-01T12:00:00Z'), 'Asia/Kolkata')).toBe(at('2026-06-30T18:30:00Z'));
  });

  it('have 23 or 25 hours where summer time begins or ends', () => {
    const shortDay = at('2026-03-29T10:00:00Z');
    const longDay = at('2026-10-25T10:00:00Z');
    expect(dayStart(shortDay, 'Europe/Berlin', 1) - dayStart(shortDay, 'Europe/Berlin')).toBe(23 * 3600);
    expect(dayStart(longDay, 'Europe/Berlin', 1) - dayStart(longDay, 'Europe/Berlin')).toBe(25 * 3600);
  });

  it('begin after the gap where midnight itself is left out', () => {
    const start = dayStart(at('2026-03-29T12:00:00Z'), 'Asia/Beirut');
    expect(localIso(start, 'Asia/Beirut')).toBe('2026-03-29T01:00:00+03:00');
  });

  it('end at the first midnight where midnight comes twice', () => {
    const start = dayStart(at('2026-11-01T12:00:00Z'), 'America/Havana');
    expect(localIso(start, 'America/Havana')).toBe('2026-11-01T00:00:00-04:00');
  });
});

describe('weeks, months and years', () => {
  it('weeks begin on Monday', () => {
    const sunday = at('2026-11-22T12:00:00Z');
    expect(dateText(weekStart(sunday, 'UTC'), 'UTC')).toBe('2026-11-16');
    expect(dateText(weekStart(sunday, 'UTC', 1), 'UTC')).toBe('2026-11-23');
    expect(dateText(weekStart(at('2026-11-23T00:00:00Z'), 'UTC'), 'UTC')).toBe('2026-11-23');
  });

  it('months and years step over their ends', () => {
    const december = at('2026-12-31T12:00:00Z');
    expect(dateText(monthStart(december, SYDNEY, 1), SYDNEY)).toBe('2027-01-01');
    expect(dateText(monthStart(at('2026-01-31T00:00:00Z'), 'UTC', -1), 'UTC')).toBe('2025-12-01');
    expect(dateText(yearStart(december, SYDNEY, -1), SYDNEY)).toBe('2025-01-01');
  });
});

describe('texts of dates', () => {
  it('go there and back', () => {
    expect(timeOfDate('2026-11-23', SYDNEY)).toBe(at('2026-11-22T13:00:00Z'));
    expect(dateText(at('2026-11-22T13:00:00Z'), SYDNEY)).toBe('2026-11-23');
  });

  it.each(['', '2026-13-01', '2026-02-30', '23.11.2026', 'x'])('refuses %j', (text) => {
    expect(timeOfDate(text, SYDNEY)).toBeNull();
  });

  it('tell the distance to UTC', () => {
    expect(localIso(at('2026-11-23T09:00:05Z'), SYDNEY)).toBe('2026-11-23T20:00:05+11:00');
    expect(localIso(at('2026-11-23T09:00:05Z'), 'America/St_Johns')).toBe('2026-11-23T05:30:05-03:30');
    expect(offsetSeconds(at('2026-11-23T09:00:05.700Z'), 'UTC')).toBe(0);
  });

  it('reads seconds', () => expect(secondsOf('1970-01-01T00:01:00Z')).toBe(60));

  it('takes hours and minutes of the wall', () => {
    expect(timeAt('Europe/Berlin', 2026, 7, 1, 14, 30)).toBe(at('2026-07-01T12:30:00Z'));
  });
});

describe('a date and a time of the house, in a field', () => {
  it('are read as they are written', () => {
    expect(localText(at('2026-11-22T22:05:59Z'), SYDNEY)).toBe('2026-11-23T09:05');
    expect(timeOfLocal('2026-11-23T09:05', SYDNEY)).toBe(at('2026-11-22T22:05:00Z'));
  });

  it('of an hour that comes twice are the first; of one that is left out, when it is left out', () => {
    expect(timeOfLocal('2026-10-25T02:30', 'Europe/Berlin')).toBe(at('2026-10-25T00:30:00Z'));
    expect(timeOfLocal('2026-03-29T02:30', 'Europe/Berlin')).toBe(at('2026-03-29T01:30:00Z'));
  });

  it.each([
    '',
    '2026-11-23',
    '2026-02-30T10:00',
    '2026-11-23T24:00',
    '2026-11-23T10:60',
    '2026-11-23T10:00:30',
    'T10:00',
  ])('are not %j', (text) => {
    expect(timeOfLocal(text, SYDNEY)).toBeNull();
  });
});
