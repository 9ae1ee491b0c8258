import { describe, expect, it } from 'vitest';
import { ticks } from './ticks.ts';

const at = (iso: string) => Date.parse(iso) / 1000;
const ZONE = 'Europe/Berlin';
const labels = (from: string, to: string, most: number, zone = ZONE) =>
  ticks(at(from), at(to), most, zone).map(({ label }) => label);

describe('marks on the time axis', () => {
  it('are at full hours of the house', () => {
    expect(labels('2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z', 4)).toEqual([
      '00:00',
      '06:00',
      '12:00',
      '18:00',
      '00:00',
    ]);
    expect(labels('2026-07-01T03:10:00Z', '2026-07-01T04:00:00Z', 4, 'Asia/Kolkata')).toEqual([
      '08:45',
      '09:00',
      '09:15',
      '09:30',
    ]);
  });

  it('stay at full hours on the day summer time begins', () => {
    const marks = ticks(at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z'), 8, ZONE);
    expect(marks.map(({ label }) => label)).toEqual([
      '00:00',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
      '15:00',
      '18:00',
      '21:00',
      '00:00',
    ]);
    expect((marks[1]?.time ?? 0) - (marks[0]?.time ?? 0)).toBe(2 * 3600);
  });

  it('mark the hour that comes twice both times, on the day summer time ends', () => {
    // Berlin, 25 October 2026: at 3:00, 01:00 UTC, the clock goes back to 2:00.
    const hours = ticks(at('2026-10-24T23:00:00Z'), at('2026-10-25T02:00:00Z'), 5, ZONE);
    expect(hours.map(({ label }) => label.replace('\u00a0', ' '))).toEqual(['01:00', '02:00 A', '02:00 B', '03:00']);
    expect(hours.map(({ time }) => (time - at('2026-10-24T23:00:00Z')) / 3600)).toEqual([0, 1, 2, 3]);
    // Two hours between marks: the second is between them.
    const day = labels('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 13).map((label) => label.replace('\u00a0', ' '));
    expect(day.slice(0, 5)).toEqual(['00:00', '02:00 A', 'B', '04:00', '06:00']);
    // From within the first on.
    const late = labels('2026-10-25T00:10:00Z', '2026-10-25T01:20:00Z', 8).map((label) => label.replace('\u00a0', ' '));
    expect(late).toEqual(['02:10 A', '02:20 A', '02:30 A', '02:40 A', '02:50 A', '02:00 B', '02:10 B', '02:20 B']);
  });

  it('name the day at midnight where there are several', () => {
    expect(labels('2026-11-22T23:00:00Z', '2026-11-24T23:00:00Z', 4)).toEqual([
      'Mon 23',
      '12:00',
      'Tue 24',
      '12:00',
      'Wed 25',
    ]);
  });

  it('are days, then weeks, then months', () => {
    expect(labels('2026-11-22T23:00:00Z', '2026-11-29T23:00:00Z', 8)[1]).toBe('Tue 24');
    expect(labels('2026-10-31T23:00:00Z', '2026-11-30T23:00:00Z', 5)).toEqual([
      'Sun 1',
      'Sun 8',
      'Sun 15',
      'Sun 22',
      'Sun 29',
    ]);
    expect(labels('2025-12-31T23:00:00Z', '2026-12-31T23:00:00Z', 6)).toEqual([
      'Jan',
      'Mar',
      'May',
      'Jul',
      'Sept',
      'Nov',
      'Jan',
    ]);
    expect(labels('2023-12-31T23:00:00Z', '2026-12-31T23:00:00Z', 6)).toContain('2025');
  });
});
