import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

it.each(['./data', '/var/lib/alphaess-local/2026-11-01T10:30:00Z', '~/data'])('leaves %s as it is', (text) => {
  expect(shellWord(text)).toBe(text);
});

it.each(["owner's data", '$(echo no)', 'a;b', '"', '\\', '', 'größe', 'two\nlines', '-x y'])(
  'makes one word of %j',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);
