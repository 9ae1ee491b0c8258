import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hosts } from './hosts.ts';

const hosts = new Hosts(['Battery.example']);

describe('a request is answered', () => {
  it.each([
    'localhost',
    'LOCALHOST:7780',
    'localhost.',
    '127.0.0.1',
    '127.0.0.1:7780',
    '192.168.1.5:80',
    '[::1]',
    '[fd00::5]:7780',
    'battery.example',
    'BATTERY.example:443',
  ])('for %s', (host) => {
    expect(hosts.allows(host)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'battery.example.evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.168.1',
    '0x7f000001',
    '2130706433',
    '[::1',
    '::1',
    '[evil.example]',
    'user@localhost',
    'localhost:',
    'localhost:1:2',
    'localhost/evil',
    'localhost, evil.example',
  ])('not for %s', (host) => {
    expect(hosts.allows(host)).toBe(false);
  });

  it('for no name that was not given', () => {
    fc.assert(
      fc.property(fc.domain(), (name) => {
        expect(hosts.allows(name)).toBe(name.toLowerCase() === 'battery.example');
      }),
    );
  });
});
