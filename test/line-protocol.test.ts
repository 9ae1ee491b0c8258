import { expect, it } from 'vitest';
import { parseLine, parseLines } from './line-protocol.ts';

it.each([
  ['', 'measurement'],
  ['# a comment', 'comment'],
  ['_reserved a=1 1', 'measurement'],
  [',t=x a=1 1', 'measurement'],
  ['m', '" " expected'],
  ['m 1', '"=" expected'],
  ['m,t a=1 1', '"=" expected'],
  ['m,t= a=1 1', 'the pair t='],
  ['m,=x a=1 1', 'the pair =x'],
  ['m,t=x,t=y a=1 1', 't comes twice'],
  ['m a=1,a=2 1', 'a comes twice'],
  ['m _time=1 1', 'the pair _time'],
  ['m a=1', '" " expected'],
  ['m a=1 ', 'the time'],
  ['m a=1 1.5', 'the time'],
  ['m a=1 1 ', 'the time'],
  ['m  a=1 1', '"=" expected|the pair'],
  ['m a=1i 1', 'no float'],
  ['m a=1u 1', 'no float'],
  ['m a=true 1', 'no float'],
  ['m a="x" 1', 'no float'],
  ['m a=NaN 1', 'no float'],
  ['m a=Infinity 1', 'no float'],
  ['m a=.5 1', 'no float'],
  ['m a=+1 1', 'no float'],
])('takes no %j', (line, complaint) => {
  expect(() => parseLine(line)).toThrow(new RegExp(complaint));
});

it('reads names with escapes, and numbers in every form', () => {
  expect(parseLine('my\\ house\\,\\=1,the\\ tag=a\\,b\\=c\\d a\\=b=1,c=-0.5,d=1e+21,e=1.5E-7 1718190240')).toEqual({
    measurement: 'my house,\\=1',
    tags: { 'the tag': 'a,b=c\\d' },
    fields: { 'a=b': 1, c: -0.5, d: 1e21, e: 1.5e-7 },
    time: 1_718_190_240,
  });
});

it('says which of several lines is wrong', () => {
  expect(parseLines('m a=1 1\nm a=2 2\n')).toHaveLength(2);
  expect(() => parseLines('m a=1 1\n\nm a=2 2')).toThrow('line 2: the measurement');
});
