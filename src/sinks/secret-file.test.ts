import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { pemFrom, secretFrom, textFrom } from './secret-file.ts';

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

describe('a certificate or a key', () => {
  const ca = fileURLToPath(new URL('../../fixtures/tls/ca.crt', import.meta.url));
  const key = fileURLToPath(new URL('../../fixtures/tls/client.key', import.meta.url));

  it('is read as it is', () => {
    expect(pemFrom(ca, 'mqtt.ca', 'certificate')).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(pemFrom(key, 'mqtt.key', 'private key')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(pemFrom(null, 'mqtt.ca', 'certificate')).toBeNull();
  });

  it.each([
    ['certificate', () => key],
    ['private key', () => ca],
    ['certificate', () => fileWith('hello')],
    ['private key', () => fileWith('')],
  ] as const)('that is no %s is the owner’s to mend', (what, file) => {
    expect(() => pemFrom(file(), 'mqtt.x', what)).toThrow(
      expect.objectContaining({
        code: 'FILE_UNREADABLE',
        message: expect.stringContaining(`is no ${what} in PEM form`),
      }),
    );
  });

  it('that cannot be read is named', () => {
    expect(() => textFrom('/nowhere', 'mqtt.ca')).toThrow('mqtt.ca: /nowhere cannot be read');
  });
});
