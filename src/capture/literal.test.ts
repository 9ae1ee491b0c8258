import { expect, it } from 'vitest';
import { literalBytes } from './literal.ts';

it.each([
  [String.raw`\x01\x01A\n\t\r\\\'\"`, [1, 1, 65, 10, 9, 13, 92, 39, 34]],
  [String.raw`\u0001\u00ff`, [1, 255]],
  [String.raw`\0\12\377`, [0, 10, 255]],
  ['ÿ', [255]],
  [String.raw`\q`, null],
  [String.raw`\777`, null],
  ['€', null],
  ['\\', [92]],
])('%j is those bytes', (content, bytes) => {
  expect(literalBytes(content)).toEqual(bytes);
});
