import { describe, expect, it } from 'vitest';
import { onOneLine, textOf } from './answer.ts';

describe('an answer', () => {
  it('is read as it is', async () => {
    expect(await textOf(new Response('größer'), 100)).toBe('größer');
    expect(await textOf(new Response(null), 100)).toBe('');
  });

  it('is not read further than is of use, though it never ends', async () => {
    const body = new ReadableStream({ pull: (stream) => stream.enqueue(Buffer.from('0123456789')) });
    expect(await textOf(new Response(body), 25)).toBe('0123456789012345678901234');
  });
});

describe('words', () => {
  it.each([
    ['  two\r\n lines\t', 'two lines'],
    ['a\u0000b\u200bc', 'a b c'],
    ['', ''],
  ])('%j are %j on one line', (words, line) => {
    expect(onOneLine(words, 20)).toBe(line);
  });

  it('are cut', () => {
    expect(onOneLine('0123456789', 4)).toBe('0123');
  });
});
