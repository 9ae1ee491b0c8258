import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { secretFrom, textFrom } from './secret-file.ts';

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, text);
  return file;
}

describe('a secret', () => {
  it.each([
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    [' with spaces ', ' with spaces '],
    ['two\n\n', 'two\n'],
  ])('in a file %j is %j', (text, secret) => {
    expect(secretFrom(null, fileWith(text), 'mqtt.password_file')).toBe(secret);
  });

  it('given as it is comes before one in a file, and none is none', () => {
    expect(secretFrom('a', '/nowhere', 'mqtt.password_file')).toBe('a');
    expect(secretFrom(null, null, 'mqtt.password_file')).toBeNull();
  });

  it.each(['', '\n'])('in a file that is %j is an error', (text) => {
    expect(() => secretFrom(null, fileWith(text), 'influx.token_file')).toThrow(/^influx\.token_file: .* is empty$/);
  });

  it('in a file that cannot be read is an error that names setting and file, not what is in it', () => {
    expect(() => secretFrom(null, '/nowhere/secret', 'mqtt.password_file')).toThrow(
      expect.objectContaining({
        code: 'FILE_UNREADABLE',
        message: expect.stringMatching(/^mqtt\.password_file: \/nowhere\/secret cannot be read: ENOENT/),
      }),
    );
  });
});

it('a certificate is read as it is', () => {
  expect(textFrom(fileWith('-----BEGIN\n'), 'mqtt.ca')).toBe('-----BEGIN\n');
  expect(textFrom(null, 'mqtt.ca')).toBeNull();
});
