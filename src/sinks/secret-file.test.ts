import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { secretFrom } from './secret-file.ts';

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, text);
  return file;
}

it('is what the configuration gives, or nothing', () => {
  expect(secretFrom('s3cret', null, 'mqtt.password_file')).toBe('s3cret');
  expect(secretFrom('s3cret', '/nowhere', 'mqtt.password_file')).toBe('s3cret');
  expect(secretFrom(null, null, 'mqtt.password_file')).toBeNull();
});

it.each(['s3cret', 's3cret\n', 's3cret\r\n'])('is read from a file: %j', (text) => {
  expect(secretFrom(null, fileWith(text), 'mqtt.password_file')).toBe('s3cret');
});

it('keeps what else is in the file', () => {
  expect(secretFrom(null, fileWith(' s3 cret \n\n'), 'x')).toBe(' s3 cret \n');
});

it('in a file that cannot be read is named by its setting', () => {
  expect(() => secretFrom(null, '/nowhere/s3cret', 'pvoutput.api_key_file')).toThrow(
    expect.objectContaining({
      code: 'FILE_UNREADABLE',
      message: 'the file of pvoutput.api_key_file cannot be read: check its name and permissions',
    }),
  );
});
