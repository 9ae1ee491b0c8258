import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filesPage, firstSentence, PAGE } from './files-doc.ts';

it('stands in docs/files.md as the headers say it', () => {
  expect(readFileSync(PAGE, 'utf8') === filesPage(), 'docs/files.md is out of date; run: npm run docs').toBe(true);
});

it.each([
  ['/**\n * Bytes, cut. And more.\n */\nimport', 'Bytes, cut.'],
  ['/** A table: all of it */\n', 'A table: all of it'],
  [
    '/**\n * One sentence over\n * two lines, of `server.json`.\n * Another.\n */',
    'One sentence over two lines, of `server.json`.',
  ],
])('takes the first sentence of a header: %j', (text, sentence) => {
  expect(firstSentence(text, 'a.ts')).toBe(sentence);
});

it('wants a header of every file', () => {
  expect(() => firstSentence("import './b.ts';\n/** Later. */", 'src/a.ts')).toThrow('src/a.ts begins with no header');
});
