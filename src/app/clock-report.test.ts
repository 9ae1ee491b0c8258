import { describe, expect, it } from 'vitest';
import type { ClockEpoch, EpochReason } from '../model.ts';
import { ClockReport } from './clock-report.ts';

/** A house in Ireland: an hour ahead of UTC in summer, which begins here at the second 1,000,000. */
const HOUSE = { offsetSeconds: (time: number) => (time < 1_000_000 ? 0 : 3600) };

function epoch(offsetSeconds: number, driftPpm = 0, since = 0, reason: EpochReason = 'jump'): ClockEpoch {
  const sinceMs = since * 1000;
  return { number: 1, sinceMs, possibleSinceMs: sinceMs, offsetSeconds, driftPpm, reason };
}

let isConfirmed = true;

function reportOf(...epochs: ClockEpoch[]): ClockReport {
  const report = new ClockReport(HOUSE, () => isConfirmed);
  report.heard('AL1', epochs);
  return report;
}

describe('a clock in a sentence', () => {
  it.each([
    [epoch(36_012, 0, 0, 'first_frame'), 'its clock is UTC+10:00:12 (first frame)'],
    [epoch(-12_601, 0, 0, 'server_clock'), 'its clock is UTC−03:30:01 (server clock)'],
    [epoch(0, 44.1), 'its clock is UTC+00:00:00 and gains 3.8 s a day (jump)'],
    [epoch(0, -23.2, 0, 'restart'), 'its clock is UTC+00:00:00 and loses 2.0 s a day (restart)'],
    // No time zone.
    [epoch(-179_073_276, 0, 0, 'first_frame'), 'its clock is 5 y 247 d 14 h behind UTC (first frame)'],
    [epoch(7_200_000), 'its clock is 83 d 8 h ahead of UTC (jump)'],
  ])('is %#', (one, sentence) => {
    expect(reportOf().sentence(one)).toBe(sentence);
  });
});

describe('where nothing confirms the server’s own clock', () => {
  it('nothing is said to be at its true time', () => {
    isConfirmed = false;
    const report = reportOf(epoch(7200));
    expect(report.sentence(epoch(7200))).toBe(
      'its clock is UTC+02:00:00 (jump), by this server’s clock, which nothing confirms yet',
    );
    expect(report.warning('AL1', 'UTC')).toContain('either it is wrong or this server’s clock');
    isConfirmed = true;
    expect(report.warning('AL1', 'UTC')).toContain('at their true time');
  });
});

describe('a clock', () => {
  it.each([
    [60, 0, false],
    [61, 0, true],
    [-61, 0, true],
    [3600, 0, true],
    [3600, 1_000_000, false],
    [0, 1_000_000, true],
  ])('%s s ahead of UTC at %s is wrong: %s', (offset, since, wrong) => {
    expect(reportOf(epoch(offset, 0, since)).isWrong('AL1')).toBe(wrong);
  });

  it('of a battery that is forgotten is not known', () => {
    const report = reportOf(epoch(3600, 0, 0));
    report.forget('AL1');
    expect([report.newest('AL1'), report.isWrong('AL1')]).toEqual([undefined, false]);
  });

  it('that is not known is not wrong', () => {
    expect(reportOf().isWrong('AL1')).toBe(false);
    expect(reportOf().newest('AL1')).toBeUndefined();
  });

  it.each([
    [-2352, /^its clock is 39 min 12 s behind the time of Europe\/Dublin; /],
    [90_061, /^its clock is 1 d 1 h 1 min 1 s ahead of the time of Europe\/Dublin; /],
    [3600, /^its clock is 1 h ahead of /],
  ])('%s s wrong is warned of in words', (offset, words) => {
    expect(reportOf(epoch(offset)).warning('AL1', 'Europe/Dublin')).toMatch(words);
  });
});
