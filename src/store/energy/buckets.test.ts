import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKET_STEPS, type BucketStep, Buckets, stepFor, stepSeconds } from './buckets.ts';
import { Calendar } from './calendar.ts';

const [HOUR, DAY] = [3600, 86_400];
const at = (iso: string) => Date.parse(iso) / 1000;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace(':00.000Z', 'Z');

/** All buckets from one moment until another. */
function bounds(step: BucketStep, zone: string, from: string, to: string): string[] {
  const buckets = new Buckets(step, new Calendar(zone));
  const found: number[] = [buckets.startOf(at(from))];
  while ((found.at(-1) as number) < at(to)) found.push(buckets.endOf(found.at(-1) as number));
  return found.map(iso);
}

describe('a span is drawn in', () => {
  it.each([
    [60, 600, '1 s'],
    [3600, 800, '5 s'],
    [12 * HOUR, 800, '1 min'],
    [DAY, 800, '2 min'],
    [7 * DAY, 800, '15 min'],
    [31 * DAY, 800, '1 h'],
    [31 * DAY + HOUR, 700, '3 h'],
    [31 * DAY, 100, '1 day'],
    [31 * DAY + HOUR + 1, 5000, '1 day'],
    [366 * DAY, 800, '1 day'],
    [10 * 366 * DAY, 800, '1 week'],
    [50 * 366 * DAY, 800, '1 month'],
    [50 * 366 * DAY, 1, '1 month'],
    [25 * HOUR, 300, '5 min'],
  ] as const)('%i s in at most %i buckets: of %s', (seconds, most, step) => {
    expect(stepFor(seconds, most)).toBe(step);
  });
});

describe('buckets begin at round times of the house', () => {
  it('in a zone a quarter of an hour beside the others', () => {
    // Kathmandu is 5:45 ahead: its midnight is 18:15 UTC.
    expect(bounds('6 h', 'Asia/Kathmandu', '2024-06-12T00:00Z', '2024-06-12T18:00Z')).toEqual([
      '2024-06-11T18:15Z',
      '2024-06-12T00:15Z',
      '2024-06-12T06:15Z',
      '2024-06-12T12:15Z',
      '2024-06-12T18:15Z',
    ]);
  });

  it('and end where the clock is set forward', () => {
    // Dublin, 31 March 2024: 01:00 UTC is 02:00, right after 00:59.
    expect(bounds('3 h', 'Europe/Dublin', '2024-03-31T00:30Z', '2024-03-31T05:00Z')).toEqual([
      '2024-03-31T00:00Z',
      '2024-03-31T01:00Z',
      '2024-03-31T02:00Z',
      '2024-03-31T05:00Z',
    ]);
  });

  it('and end where the clock is set back', () => {
    // Dublin, 27 October 2024: 01:00 to 02:00 comes twice, the second time from 01:00 UTC on.
    expect(bounds('1 h', 'Europe/Dublin', '2024-10-27T00:00Z', '2024-10-27T02:00Z')).toEqual([
      '2024-10-27T00:00Z',
      '2024-10-27T01:00Z',
      '2024-10-27T02:00Z',
    ]);
    expect(bounds('6 h', 'Europe/Dublin', '2024-10-26T23:00Z', '2024-10-27T06:00Z')).toEqual([
      '2024-10-26T23:00Z',
      '2024-10-27T01:00Z',
      '2024-10-27T06:00Z',
    ]);
  });

  it('days, weeks from Monday on, and months', () => {
    expect(bounds('1 day', 'Australia/Sydney', '2024-04-06T20:00Z', '2024-04-07T14:00Z')).toEqual([
      '2024-04-06T13:00Z',
      '2024-04-07T14:00Z',
    ]);
    expect(bounds('1 week', 'Australia/Sydney', '2024-04-06T20:00Z', '2024-04-10T00:00Z')).toEqual([
      '2024-03-31T13:00Z',
      '2024-04-07T14:00Z',
      '2024-04-14T14:00Z',
    ]);
    expect(bounds('1 month', 'America/New_York', '2024-11-30T00:00Z', '2024-12-05T00:00Z')).toEqual([
      '2024-11-01T04:00Z',
      '2024-12-01T05:00Z',
      '2025-01-01T05:00Z',
    ]);
  });
});

const zones = [
  'UTC',
  'Europe/Dublin',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Gaza',
  'America/Havana',
  'Pacific/Apia',
];

it('every moment is in just one bucket, whichever was asked for before', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(...BUCKET_STEPS),
      fc.array(fc.integer({ min: at('2009-01-01T00:00Z'), max: at('2030-01-01T00:00Z') }), {
        minLength: 1,
        maxLength: 5,
      }),
      (zone, step, times) => {
        const buckets = new Buckets(step, new Calendar(zone));
        for (const time of times) {
          const [start, end] = [buckets.startOf(time), buckets.endOf(time)];
          expect(start <= time && time < end).toBe(true);
          expect(end - start).toBeLessThanOrEqual(stepSeconds(step) + HOUR);
          for (const inside of [start, Math.floor((start + end) / 2), end - 1]) {
            const anew = new Buckets(step, new Calendar(zone));
            expect([anew.startOf(inside), anew.endOf(inside)]).toEqual([start, end]);
          }
          expect(new Buckets(step, new Calendar(zone)).startOf(end)).toBe(end);
        }
      },
    ),
    { numRuns: 60 },
  );
});
