import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { readSecret } from './secret-file.ts';

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, text);
  return file;
}

it('is refused where the file cannot be read or is empty, under the name of the setting', () => {
  const absent = join(temporaryFolder(), 'absent');
  const unreadable = (sentence: string) => expect.objectContaining({ code: 'FILE_UNREADABLE', message: sentence });
  expect(() => readSecret(absent, 'influx.token_file')).toThrow(
    unreadable(`influx.token_file: ${absent} cannot be read: ENOENT: no such file or directory`),
  );
  const empty = fileWith('\n');
  expect(() => readSecret(empty, 'mqtt.password_file')).toThrow(unreadable(`mqtt.password_file: ${empty} is empty`));
});

it.each([
  ['abc', 'abc'],
  ['abc\n', 'abc'],
  ['abc\r\n', 'abc'],
  [' a b ', ' a b '],
  ['abc\n\n', 'abc\n'],
])('%j holds %j', (text, secret) => {
  expect(readSecret(fileWith(text), 'x')).toBe(secret);
});
