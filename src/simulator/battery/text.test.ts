/** Times, objects and bytes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, clockText, joined, objectText, parseClock, parseObject, textOf } from './text.ts';

test('times go there and back', () => {
  expect(clockText(Date.UTC(2021, 2, 24, 20, 59, 22) / 1000)).toBe('2021/03/24 20:59:22');
  fc.assert(fc.property(fc.integer({ min: 0, max: 4e9 }), (seconds) => parseClock(clockText(seconds)) === seconds));
});

test('what is no time is null', () => {
  for (const text of ['', '2021-03-24 20:59:22', '2021/03/24', '2021/13/24 20:59:22', 'undefined']) {
    expect(parseClock(text)).toBeNull();
  }
});

test('objects are compact, and may have a key twice', () => {
  const entries = [
    ['Generator', '0'],
    ['a"b', '\n'],
    ['Generator', '1'],
  ] as const;
  expect(objectText(entries)).toBe('{"Generator":"0","a\\"b":"\\n","Generator":"1"}');
});

test('only an object is an object', () => {
  expect(parseObject(bytesOf('{"a":1}'))).toEqual({ a: 1 });
  for (const text of ['', '{', '[]', 'null', '1', '"a"']) expect(parseObject(bytesOf(text))).toBeNull();
});

test('joins bytes', () => {
  expect(textOf(joined([bytesOf('ab'), bytesOf(''), bytesOf('c')]))).toBe('abc');
  const one = bytesOf('x');
  expect(joined([one])).toBe(one);
  expect(joined([])).toHaveLength(0);
});
