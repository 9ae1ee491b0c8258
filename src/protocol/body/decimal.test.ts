import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lenientNumber, plainDecimals } from './decimal.ts';

/** Texts near to numbers, since random ones seldom are any. */
const nearNumber = fc.string({ unit: fc.constantFrom(...'0123456789.-+eExX ,'), maxLength: 20 });
const anyText = fc.oneof(nearNumber, fc.string(), fc.string({ unit: 'binary' }), fc.double().map(String));

describe('plainDecimals', () => {
  it.each([
    ...['', ' ', '-', '.', '-.', '..', '1.2.3', '--1', '1-', '+5', ' 5', '5 ', '5\n', '.5', '-.5', '5.', '-5.'],
    ...['-0', '-0.0', '-0.000', '00', '01', '-01', '00.5', '000', '1e3', '1E3', '1e-3', '0x10', '0b1', '0o7', '1_000'],
    ...['1,5', '1.234,5', 'NaN', 'Infinity', '-Infinity', 'null', 'true', '٣', '１', '½', '5\u0000', '−5'],
    ...['1234567890123456', '-1234567890123456', '0.123456789012345', '12345678901234.5'],
  ])('refuses %j, which the number alone would not give back', (text) => {
    expect(plainDecimals(text)).toBe(-1);
  });

  it.each([
    ['0', 0],
    ['5', 0],
    ['1630', 0],
    ['-622', 0],
    ['0.0', 1],
    ['0.00', 2],
    ['93.6', 1],
    ['-688.8960', 4],
    ['60.00', 2],
    ['-0.5', 1],
    ['-0.01', 2],
    ['10', 0],
    ['123456789012345', 0],
    ['-123456789012345', 0],
    ['1234567890123.5', 1],
    ['0.1234567890123', 13],
    ['17042704', 0],
  ])('counts the decimals of %j', (text, decimals) => {
    expect(plainDecimals(text)).toBe(decimals);
    expect(Number(text).toFixed(decimals)).toBe(text);
  });

  it('accepts no text that its number does not print again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const decimals = plainDecimals(text);
        if (decimals >= 0) expect(Number(text).toFixed(decimals)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  it('accepts every plainly written number of up to fifteen letters', () => {
    const plain = fc
      .tuple(
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 99_999_999n }),
        fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 6 }),
      )
      .map(([minus, whole, decimals]) => ({
        minus,
        text: `${whole}${decimals === '' ? '' : '.'}${decimals}`,
        decimals,
      }))
      .filter(({ minus, text }) => !minus || /[1-9]/.test(text));
    fc.assert(
      fc.property(plain, ({ minus, text, decimals }) => {
        expect(plainDecimals(minus ? `-${text}` : text)).toBe(decimals.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('lenientNumber', () => {
  it.each([
    ...['', ' ', '\t', '+', '-', '.', '+.', 'e3', '.e3', '1e', '1e+', '0x10', '0b1', '0o7', '1_000', '1,5', '1 000'],
    ...['NaN', 'Infinity', '-Infinity', 'true', 'null', '--5', '+-5', '5-', '5%', '5 W', '1.2.3', '٣', '−5', '1e1000'],
  ])('takes %j for no number', (text) => {
    expect(lenientNumber(text)).toBeNull();
  });

  it.each([
    [' 5', 5],
    ['5\r', 5],
    ['+5', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['-.5', -0.5],
    ['007', 7],
    ['-0', -0],
    ['1e3', 1000],
    ['1.5E+2', 150],
    ['25e-1', 2.5],
    ['-688.8960', -688.896],
    ['0', 0],
  ])('reads %j as %d', (text, value) => {
    expect(lenientNumber(text)).toBe(value);
  });

  it.each(['1e300', '-1e300', '1e15', '-1e15', '1e308', `1${'0'.repeat(300)}`, '1e999'])(
    'takes %s for no number: nothing a battery measures is that large, and sums of it are not finite',
    (text) => {
      expect(lenientNumber(text)).toBeNull();
    },
  );

  it('takes every plainly written number, however many digits it has', () => {
    expect(lenientNumber('999999999999999')).toBe(999_999_999_999_999);
    expect(lenientNumber('-999999999999999')).toBe(-999_999_999_999_999);
    expect(lenientNumber('1.23456789012345678')).toBe(1.234_567_890_123_456_7);
  });

  it('gives a finite number or none, and never throws', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const value = lenientNumber(text);
        expect(value === null || Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('reads what is plainly written as the plain reading does', () => {
    fc.assert(
      fc.property(nearNumber, (text) => {
        if (plainDecimals(text) >= 0) expect(lenientNumber(text)).toBe(Number(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is done with a whole frame of digits in no time, for one message must not stop the server', () => {
    // Reading this was quadratic: 4.7 s for one frame. Twenty of them would be far over the time a test may take.
    for (let i = 0; i < 20; i++) expect(lenientNumber(`${'1'.repeat(65_000)}x`)).toBeNull();
  });
});
