import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Addresses, type Interfaces } from './addresses.ts';

const at = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo;
const HOUSE: Interfaces = {
  lo: [at('127.0.0.1', true), at('::1', true)],
  docker0: [at('172.17.0.1')],
  eth0: [at('fe80::1%eth0'), at('2001:db8::20'), at('192.168.1.20')],
  wlan0: [at('203.0.113.20'), at('10.0.0.5')],
  down: undefined,
};
const texts = (interfaces: Interfaces) => new Addresses(interfaces).facts(false).addresses.map(({ text }) => text);

describe('this machine’s addresses', () => {
  it('are named as a battery reaches them, those of the house first; none of containers, loopback, or one link', () => {
    expect(texts(HOUSE)).toEqual(['192.168.1.20', '10.0.0.5', '203.0.113.20', '2001:db8::20']);
  });

  it('are those of a tunnel where there are no others', () => {
    expect(texts({ wg0: [at('10.8.0.2')] })).toEqual(['10.8.0.2']);
    expect(texts({})).toEqual([]);
  });

  it('are known as its own, also those that are not named', () => {
    const addresses = new Addresses(HOUSE);
    for (const own of ['192.168.1.20', '::ffff:192.168.1.20', '172.17.0.1', 'fe80::1'])
      expect(addresses.of(own)?.kind).toBe('own');
    expect(addresses.facts(true).container).toBe(true);
  });
});

it('tells what another address is to it', () => {
  const kinds = ['0.0.0.0', '127.0.0.53', '::', '::1', '192.168.1.1', 'fd00::1', '203.0.113.9', '2001:db8::9'].map(
    (text) => new Addresses(HOUSE).of(text)?.kind,
  );
  expect(kinds).toEqual([...['nowhere', 'nowhere', 'nowhere', 'nowhere', 'private', 'private', 'public', 'public']]);
  for (const none of ['', 'www.alphaess.com', '1.2.3', '192.168.1.1:53'])
    expect(new Addresses(HOUSE).of(none)).toBeNull();
});
