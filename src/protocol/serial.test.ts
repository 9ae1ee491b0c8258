import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSerial, looksLikeSerial, MAX_SERIAL_LENGTH } from './serial.ts';

const CAPTURED = ['AL2002021010101', 'ALD010020030040', 'ALB002022030405'];

describe('a serial number', () => {
  it.each([
    ...['', ' ', '   ', ' AL2002', 'AL2002 ', 'AL\n2002', 'AL2002\n', 'AL\u00002002', 'AL\t2002', '\u007f', 'ÄL2002'],
    ...['AL２００２', '🔋', 'A1'.repeat(MAX_SERIAL_LENGTH), 'AL"2002', '"', 'nan', '-NaN', '(null)', 'null', 'inf'],
  ])('is not %j', (text) => {
    expect(isSerial(text)).toBe(false);
  });

  it.each([
    ...['False', 'true', 'FALSE', 'connection', 'None', 'undefined', 'unknown', 'AlphaESS', 'a', 'Success', 'Password'],
    ...['0', '00', '000000000000000', '0.0', '-1', '+5', '12.5', '100', '-2099.692', '12,5', '0.'],
  ])('is no word and no value: %j', (text) => {
    expect(isSerial(text)).toBe(false);
  });

  it.each([
    ...CAPTURED,
    // As captures have it whose owner took his own out.
    ...['<removed>', '<serialremoved>', 'serialnumber'],
    ...['ALSIM0000001', 'AL 2002', '~!', 'A1', 'al-2002', '2002', '918273645546372'],
    'A1'.repeat(MAX_SERIAL_LENGTH / 2),
  ])('may be %j', (text) => {
    expect(isSerial(text)).toBe(true);
  });

  it('is refused in no time, however long the text', () => {
    expect(isSerial(`A${' '.repeat(65_000)}`)).toBe(false);
    expect(looksLikeSerial('1'.repeat(65_000))).toBe(false);
  });
});

describe('what looks like one', () => {
  it.each([
    ...CAPTURED,
    'ALSIM0000001',
    'al2002021010101',
    'B00000001',
    '918273645546372',
    '1234567890',
    'AL-2002-0210-10101',
  ])('is private wherever it stands: %j', (text) => {
    expect(looksLikeSerial(text)).toBe(true);
  });

  it.each([
    ...[
      'False',
      'connection',
      '0',
      '1890',
      'AL 2002',
      '<removed>',
      'abcdefghij',
      'pv1_power',
      'PmeterL1',
      'StartTime1A',
    ],
    ...[
      '2024/06/12',
      '2024-06-12',
      '12:04:10',
      'V1.01.05',
      '17042704',
      '-2099.6920',
      'b3f1c2',
      'connection1',
      'Smile5',
      'AEW2-0002-03',
    ],
    ...['', 'A1'.repeat(MAX_SERIAL_LENGTH)],
  ])('is not %j', (text) => {
    expect(looksLikeSerial(text)).toBe(false);
  });

  it('can always be a serial number', () => {
    const digits = fc.stringMatching(/^[A-Za-z0-9]{1,70}$/);
    fc.assert(fc.property(digits, (text) => !looksLikeSerial(text) || isSerial(text)));
  });
});
