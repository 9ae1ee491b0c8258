import { expect, it } from 'vitest';
import { isNoValue } from './no-value.ts';

it.each([
  ...[
    'nan',
    'NaN',
    'NAN',
    '-nan',
    '+nan',
    'nan(ind)',
    '-nan(ind)',
    'nan(0x8000000000000)',
    'snan',
    'qnan',
    'nan(snan)',
  ],
  ...['inf', '-inf', '+Inf', 'INF', 'Infinity', '-infinity'],
  ...['1.#QNAN', '-1.#IND', '1.#INF', '-1.#INF00', '1.#IND00', '1.#QNAN0', '1.#J', '1#IND', ' -nan\t'],
  ...['(null)', '(NULL)', '(nil)', 'null', 'NULL', ' null '],
])('takes %j for no value', (text) => {
  expect(isNoValue(text)).toBe(true);
});

it.each([
  ...[
    '',
    ' ',
    '0',
    '-0',
    '1',
    '5.5',
    'Normal',
    'nano',
    'info',
    'infinite',
    'inf5',
    'nanW',
    'ind',
    '1.#',
    '#',
    '1.5#IND',
  ],
  ...[
    'nil',
    'none',
    'None',
    'undefined',
    '(none)',
    'nullified',
    '()',
    'AL2002',
    'nan(',
    'nan()x',
    `nan(${'1'.repeat(40)})`,
  ],
])('takes %j for what it says', (text) => {
  expect(isNoValue(text)).toBe(false);
});

it('is done with 64 KiB in no time', () => {
  for (const piece of [' ', 'nan', '1.#', '(']) expect(isNoValue(piece.repeat(65_000 / piece.length))).toBe(false);
});
