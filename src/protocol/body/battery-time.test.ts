import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batteryDateAndTime, formatBatteryTime, parseBatteryTime, parsePlainTime } from './battery-time.ts';

const DAY = 86_400;
const FIRST = 0;
const LAST = Date.UTC(2199, 11, 31, 23, 59, 59) / 1000;

/** The wire's own form, by the platform's calendar. */
function textOfSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/');
}

const BAD_TIMES = [
  '2021/00/24 10:01:52',
  '2021/13/24 10:01:52',
  '2021/03/00 10:01:52',
  '2021/03/32 10:01:52',
  '2021/04/31 10:01:52',
  '2021/02/29 10:01:52',
  '2100/02/29 10:01:52',
  '2021/03/24 24:00:00',
  '2021/03/24 23:60:00',
  '2021/03/24 23:59:60',
  '1969/12/31 23:59:59',
  '2200/01/01 00:00:00',
  '9999/12/31 23:59:59',
  '0000/00/00 00:00:00',
  '0000/01/01 00:00:00',
  '0021/03/24 10:01:52',
];

const NO_TIMES = [
  ...['', ' ', 'now', '1616580112', '10:01:52', '2021/03/24', '2021/03/24 ', '2021/03/24 10', '2021/03/24 10:'],
  ...[
    '2021/03/24 10:01:5x',
    '2021/03/2410:01:52',
    '-2021/03/24 10:01:52',
    '2021/03/24 10:01:52 PM',
    '21/03/24 10:01:-1',
  ],
  ...[
    '212/03/24 10:01:52',
    '12021/03/24 10:01:52',
    '2021/003/24 10:01:52',
    '2021/03/24 10:01:52.',
    '٢٠٢١/٠٣/٢٤ ١٠:٠١:٥٢',
  ],
  ...['2021/03/024 10:01:52', '2021/03/24 010:01:52', '2021/03/24 10:001:52', '2021/03/24 10:01:052'],
  ...['2021/03/24 1:2:3:4', '2021\\03\\24 10:01:52', '03/24/2021 10:01:52'],
];

describe('parseBatteryTime', () => {
  it.each(BAD_TIMES)('refuses %j, which is on no calendar or clock', (text) => {
    expect(parseBatteryTime(text)).toBeNull();
    expect(parsePlainTime(text)).toBeNull();
  });

  it.each(NO_TIMES)('refuses %j, which is no time', (text) => {
    expect(parseBatteryTime(text)).toBeNull();
    expect(parsePlainTime(text)).toBeNull();
  });

  it('refuses a time cut at any place, but for whole seconds missing', () => {
    const text = '2021/03/24 10:01:52';
    const read = Array.from({ length: text.length }, (_, cut) => text.slice(0, cut)).filter(
      (part) => parseBatteryTime(part) !== null,
    );
    expect(read).toEqual(['2021/03/24 10:0', '2021/03/24 10:01', '2021/03/24 10:01:5']);
  });

  it.each([
    ['2021/03/24 10:01:52', Date.UTC(2021, 2, 24, 10, 1, 52)],
    ['21/03/24 20:59:10', Date.UTC(2021, 2, 24, 20, 59, 10)],
    ['00/01/01 00:00:00', Date.UTC(2000, 0, 1)],
    ['2021-03-24 10:01:52', Date.UTC(2021, 2, 24, 10, 1, 52)],
    ['2021-03-24T10:01:52.250', Date.UTC(2021, 2, 24, 10, 1, 52)],
    ['2021.3.4 5:06:07', Date.UTC(2021, 2, 4, 5, 6, 7)],
    ['  2021/03/24   10:01 ', Date.UTC(2021, 2, 24, 10, 1)],
    ['2024/02/29 00:00:00', Date.UTC(2024, 1, 29)],
    ['2000/02/29 23:59:59', Date.UTC(2000, 1, 29, 23, 59, 59)],
    ['1970/01/01 00:00:00', 0],
    ['2199/12/31 23:59:59', LAST * 1000],
  ])('reads %j', (text, milliseconds) => {
    expect(parseBatteryTime(text)).toBe(milliseconds / 1000);
  });

  it('never throws, and gives whole seconds of its years or null', () => {
    const near = fc.string({ unit: fc.constantFrom(...'0123456789/-. :T'), maxLength: 25 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const seconds = parseBatteryTime(text);
        expect(seconds === null || (Number.isInteger(seconds) && seconds >= FIRST && seconds <= LAST)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is done with 64 KiB of digits or spaces in no time', () => {
    for (const piece of [' ', '1', 'T', '2021/03/24 ', '.1', ':']) {
      expect(parseBatteryTime(piece.repeat(65_000 / piece.length))).toBeNull();
      expect(parseBatteryTime(`2021/03/24 10:01:52${piece.repeat(65_000 / piece.length)}x`)).toBeNull();
    }
  });
});

describe('the calendar', () => {
  it('has the days that the platform’s calendar has, and no day 0, 32 or month 13', () => {
    const two = (value: number) => String(value).padStart(2, '0');
    const wrong: string[] = [];
    for (const year of [1970, 1999, 2000, 2023, 2024, 2100, 2199]) {
      for (let month = 0; month <= 14; month++) {
        for (let day = 0; day <= 33; day++) {
          const milliseconds = Date.UTC(year, month - 1, day, 12);
          const text = `${year}/${two(month)}/${two(day)} 12:00:00`;
          const expected = textOfSeconds(milliseconds / 1000) === text ? milliseconds / 1000 : null;
          if (parsePlainTime(text) !== expected || parseBatteryTime(text) !== expected) wrong.push(text);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('parsePlainTime', () => {
  it.each([
    '2021-03-24 10:01:52',
    '2021/03/24T10:01:52',
    '2021/03/24 10.01.52',
    ' 021/03/24 10:01:52',
    '2021/ 3/24 10:01:52',
    '2021/03/24 10:01:5 ',
    '+021/03/24 10:01:52',
    '2021/03/24 1e:01:52',
    '202a/03/24 10:01:52',
    '2021/03/24 10:01:52 ',
  ])('refuses %j, which is not the wire’s own form', (text) => {
    expect(parsePlainTime(text)).toBeNull();
  });

  it('reads what the lenient reading reads, and nothing else', () => {
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
    const plain = fc
      .tuple(
        fc.constantFrom('19', '20', '21', '22', '00'),
        digits(2),
        fc.array(digits(2), { minLength: 5, maxLength: 5 }),
      )
      .map(([century, years, [month, day, hour, minute, second]]) => {
        return `${century}${years}/${month}/${day} ${hour}:${minute}:${second}`;
      });
    fc.assert(
      fc.property(plain, (text) => {
        expect(parsePlainTime(text)).toBe(parseBatteryTime(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('agrees with the lenient reading on every text it accepts', () => {
    const changed = fc
      .tuple(fc.integer({ min: FIRST, max: LAST }), fc.nat(18), fc.constantFrom(...'0123456789/ :-x'))
      .map(([seconds, at, letter]) => {
        const text = textOfSeconds(seconds);
        return text.slice(0, at) + letter + text.slice(at + 1);
      });
    fc.assert(
      fc.property(changed, (text) => {
        const strict = parsePlainTime(text);
        if (strict !== null) expect(parseBatteryTime(text)).toBe(strict);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('formatBatteryTime', () => {
  it('writes and reads every day from 1970 to 2199 as the platform’s calendar has it', () => {
    const wrong: string[] = [];
    for (let seconds = FIRST; seconds <= LAST; seconds += DAY) {
      const expected = textOfSeconds(seconds);
      const same =
        formatBatteryTime(seconds) === expected &&
        parsePlainTime(expected) === seconds &&
        parseBatteryTime(expected) === seconds;
      if (!same) wrong.push(expected);
    }
    expect(wrong).toEqual([]);
  });

  it('writes every second of a day', () => {
    const start = Date.UTC(2024, 1, 29) / 1000;
    for (let seconds = start; seconds < start + DAY; seconds += 61) {
      expect(formatBatteryTime(seconds)).toBe(textOfSeconds(seconds));
    }
  });

  it('is read back, whatever the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST }), (seconds) => {
        expect(parsePlainTime(formatBatteryTime(seconds))).toBe(seconds);
      }),
    );
  });

  it('splits over the two columns of history', () => {
    expect(batteryDateAndTime(Date.UTC(2021, 2, 4, 5, 6, 7) / 1000)).toEqual(['2021/03/04', '05:06:07']);
  });
});
