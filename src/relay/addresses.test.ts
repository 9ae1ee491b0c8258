import { describe, expect, it } from 'vitest';
import { RefusedAddresses } from './addresses.ts';

const OWN = ['192.168.1.9', '203.0.113.7', '2001:db8::7'];
const strict = new RefusedAddresses({ allowPrivate: false, own: () => OWN, ownPort: () => 7777 });
const lenient = new RefusedAddresses({ allowPrivate: true, own: () => OWN, ownPort: () => 7777 });

describe('an address that the vendor’s name leads to', () => {
  it.each([
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.1.1'],
    ...['100.64.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fd00::1', 'ff02::1', '64:ff9b::a00:1'],
    ...['::ffff:192.168.1.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '2002:c0a8:101::1', 'house', '', '1.2.3'],
    ...OWN,
  ])('%s is refused', (address) => {
    expect(strict.reasonFor(address, 7777)).toMatch(/address/);
    expect(strict.reasonFor(address, 7778)).toMatch(/address/);
  });

  it.each(['52.230.104.147', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111'])('%s may be it', (address) => {
    expect(strict.reasonFor(address, 7777)).toBeNull();
  });

  it('may be in the house where the owner says so, but never this server', () => {
    expect(lenient.reasonFor('192.168.1.10', 7777)).toBeNull();
    expect(lenient.reasonFor('127.0.0.1', 7778)).toBeNull();
    expect(lenient.reasonFor('127.0.0.1', 7777)).toBe('an address of this machine');
    expect(lenient.reasonFor('0.0.0.0', 7777)).toBe('an address of this machine');
    expect(lenient.reasonFor('::ffff:127.0.0.1', 7777)).toBe('an address of this machine');
    for (const address of OWN) expect(lenient.reasonFor(address, 7777)).toBe('an address of this machine');
    for (const address of OWN) expect(lenient.reasonFor(address, 7778)).toBeNull();
  });
});
