import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { address, decimal, durationSeconds, momentMs, wholeNumber } from './options.ts';

const refused = (read: (text: string) => unknown, text: string, sentence: string) => {
  expect(() => read(text)).toThrow(InvalidArgumentError);
  expect(() => read(text)).toThrow(sentence);
};

describe('a duration', () => {
  it.each([
    ['30', 30],
    ['30s', 30],
    ['5m', 300],
    ['1.5h', 5400],
    ['12 h', 43_200],
    ['7d', 604_800],
    ['0', 0],
  ])('%s', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each(['', 's', '-5s', '5 minutes', '1h30m', '5M', '1e3'])('is not %j', (text) => {
    refused(durationSeconds, text, 'Expected a duration such as 30s, 5m, 12h or 7d.');
  });
});

describe('a moment', () => {
  it.each([
    ['2021-03-23T23:01:52Z', 1_616_540_512_000],
    ['2021-03-23T23:01:52', 1_616_540_512_000],
    ['2021-03-23T23:01:52.700Z', 1_616_540_512_700],
    ['2021-03-24T10:01:52+11:00', 1_616_540_512_000],
    ['2021-03-23T20:31:52-02:30', 1_616_540_512_000],
    ['2021-03-23T23:01', 1_616_540_460_000],
    ['2021-03-23', 1_616_457_600_000],
    ['2021-03-23 23:01:52', 1_616_540_512_000],
    ['2021-03-24 10:01:52 +11:00', 1_616_540_512_000],
    ['2021-03-23 23:01 Z', 1_616_540_460_000],
  ])('%s', (text, ms) => {
    expect(momentMs(text)).toBe(ms);
  });

  it.each([
    '',
    'yesterday',
    '23/03/2021',
    '2021-3-23',
    '2021-13-01',
    '2021-02-30',
    '2021-02-30T10:00:00Z',
    '2021-03-23T25:00Z',
    'now-',
    'now-1',
    'now 1h',
    'now+1w',
    '2021-03-23  23:01',
    '2021-03-23 ',
    '2021-03-23T23',
  ])('is not %j', (text) => {
    const sentence = 'Expected a time such as 2021-03-23T23:01:52Z, a day such as 2021-03-23, or now-1h.';
    refused((given) => momentMs(given), text, sentence);
  });

  it.each([
    ['now', 0],
    ['now-1h', -3_600_000],
    ['now - 90 m', -5_400_000],
    ['now-1.5d', -129_600_000],
    ['now+30s', 30_000],
  ])('may be told from now: %s', (text, ms) => {
    expect(momentMs(text, 1_616_540_512_345)).toBe(1_616_540_512_345 + ms);
  });
});

describe('the rest', () => {
  it('takes an address', () => {
    expect(address('[::1]:7777')).toEqual({ host: '::1', port: 7777 });
    refused(address, '7000', 'Expected HOST:PORT, such as 127.0.0.1:7000.');
    refused(address, 'garage.lan', 'Expected HOST:PORT, such as garage.lan:7777.');
  });

  it('takes a whole number that is large enough', () => {
    expect(wholeNumber(1)('12')).toBe(12);
    expect(wholeNumber(0)('0')).toBe(0);
    expect(wholeNumber(1, 65_535)('65535')).toBe(65_535);
    refused(wholeNumber(1, 65_535), '65536', 'Expected a whole number from 1 to 65535.');
    for (const text of ['0', '-1', '1.5', '', '1e3', '12345678901']) {
      refused(wholeNumber(1), text, 'Expected a whole number from 1 up.');
    }
  });

  it('takes a number with or without a sign', () => {
    expect(['5', '-5.25', '+0.5'].map(decimal)).toEqual([5, -5.25, 0.5]);
    for (const text of ['', '5.', '1e3', 'x', '--5']) refused(decimal, text, 'Expected a number.');
  });
});
