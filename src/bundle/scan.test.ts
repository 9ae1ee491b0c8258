import { describe, expect, it } from 'vitest';
import { scanForSecrets } from './scan.ts';
import { zipOf } from './zip.ts';

const VALUE = 'Straße 12b "West"';
const inA = (bytes: Uint8Array | string, name = 'a.txt') => zipOf([{ name, bytes: Buffer.from(bytes as string) }]);
const scan = (bytes: Uint8Array | string, values = [VALUE]) => scanForSecrets(inA(bytes), values);

describe('a private value in a bundle is found', () => {
  it.each([
    ['text', `at ${VALUE}.`],
    ['text', `AT ${VALUE.toUpperCase().replace('SS', 'ß')}.`],
    ['JSON', JSON.stringify({ at: VALUE })],
    ['UTF-16', Buffer.from(`at ${VALUE}`, 'utf16le')],
    ['JSON', JSON.stringify({ in: JSON.stringify({ at: VALUE }) })],
    ['hexadecimal', Buffer.from(JSON.stringify({ at: VALUE })).toString('hex')],
    ['hexadecimal', Buffer.from(`at ${VALUE}`).toString('hex')],
    ['hexadecimal', Buffer.from(`at ${VALUE}`).toString('hex').toUpperCase()],
  ])('as %s: %s', (form, bytes) => {
    expect(scan(bytes)).toContainEqual({ entry: 'a.txt', form });
  });

  it.each([0, 1, 2, 3, 4, 5])('as base64, wherever in it it begins: after %i bytes', (before) => {
    const text = Buffer.from(`${'.'.repeat(before)}${VALUE}, and more`).toString('base64');
    expect(scan(text)).toEqual([{ entry: 'a.txt', form: 'base64' }]);
  });

  it('in the name of a file', () => {
    expect(scanForSecrets(inA('nothing', 'hunter22.txt'), ['hunter22'])).toEqual([
      { entry: 'hunter22.txt', form: 'text' },
    ]);
  });
});

it('nothing is found where there is none', () => {
  expect(scan('a street, "West", 12b')).toEqual([]);
  expect(scanForSecrets(inA(''), [])).toEqual([]);
});
