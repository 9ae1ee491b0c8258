import { describe, expect, it } from 'vitest';
import { AllowedPeers, describePeer, problemOfNetwork } from './peers.ts';

describe('an entry of battery.allow', () => {
  it.each([
    'private',
    '192.168.1.20',
    '192.168.1.0/24',
    '0.0.0.0/0',
    '10.0.0.1/32',
    'fd00::/8',
    '::1',
    '::/0',
    'fe80::1/128',
  ])('may be %s', (entry) => {
    expect(problemOfNetwork(entry)).toBeNull();
    expect(() => new AllowedPeers([entry])).not.toThrow();
  });

  it.each(['', 'public', 'localhost', '192.168.1', '192.168.1.256', '192.168.1.*', ' 10.0.0.1', '10.0.0.1:7777'])(
    'may not be %j',
    (entry) => {
      expect(problemOfNetwork(entry)).toBe(
        `"${entry}" is neither "private" nor an address such as 192.168.1.20 or 192.168.1.0/24`,
      );
    },
  );

  it.each([
    ['10.0.0.0/33', 32],
    ['10.0.0.0/', 32],
    ['10.0.0.0/-1', 32],
    ['10.0.0.0/8x', 32],
    ['10.0.0.0/8/8', 32],
    ['fd00::/129', 128],
  ])('may not have this behind its slash: %s', (entry, longest) => {
    expect(problemOfNetwork(entry)).toBe(`"${entry}": the part behind the slash must be 0 to ${longest}`);
  });
});

describe('private peers', () => {
  const peers = new AllowedPeers(['private']);

  it.each([
    '127.0.0.1',
    '127.8.9.10',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.7.7',
    '::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:192.168.1.20',
    '::FFFF:10.0.0.1',
  ])('are let in: %s', (address) => {
    expect(peers.allows(address)).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '11.0.0.1',
    '128.0.0.1',
    '2001:db8::1',
    'fec0::1',
    '::ffff:8.8.8.8',
    '',
    'localhost',
  ])('are no others: %j', (address) => {
    expect(peers.allows(address)).toBe(false);
  });
});

describe('named peers', () => {
  it('are let in alone', () => {
    const peers = new AllowedPeers(['203.0.113.7', '198.51.100.0/30', '2001:db8::5']);
    expect(['203.0.113.7', '198.51.100.3', '2001:db8::5', '2001:DB8:0:0::5'].map((one) => peers.allows(one))).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    expect(['203.0.113.8', '198.51.100.4', '127.0.0.1', '2001:db8::6'].map((one) => peers.allows(one))).toEqual(
      Array.from({ length: 4 }, () => false),
    );
  });

  it('may be none', () => {
    expect(new AllowedPeers([]).allows('127.0.0.1')).toBe(false);
  });
});

describe('what may be said of a peer', () => {
  it.each([
    ['127.0.0.1', 'this machine'],
    ['::ffff:127.0.0.1', 'this machine'],
    ['::1', 'this machine'],
    ['192.168.1.20', 'a private network'],
    ['fe80::1%eth0', 'a private network'],
    ['8.8.8.8', 'a public address'],
    ['', 'a public address'],
  ])('of %j is: %s', (address, said) => {
    expect(describePeer(address)).toBe(said);
  });
});
