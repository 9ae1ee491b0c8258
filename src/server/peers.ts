/**
 * Who may connect to the battery port, and what may be said of them: a peer's address is private.
 */
import { BlockList, isIP } from 'node:net';
import { Private } from '../model.ts';
import type { Peer } from '../session/trust/trust.ts';

/** Networks of one's own: loopback, private (RFC 1918, RFC 4193), link-local (RFC 3927, RFC 4291). */
const PRIVATE_NETWORKS = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

/** The word in the configuration that means all of them. */
const PRIVATE = 'private';

/** What is wrong with an entry of `battery.allow`, or null where it is one. */
export function problemOfNetwork(entry: string): string | null {
  if (entry === PRIVATE) return null;
  const [address = '', ...behind] = entry.split('/');
  const family = isIP(address);
  if (family === 0) return `"${entry}" is neither "private" nor an address such as 192.168.1.20 or 192.168.1.0/24`;
  const longest = family === 4 ? 32 : 128;
  const prefix = behind.join('/');
  const valid = behind.length === 0 || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest);
  return valid ? null : `"${entry}": the part behind the slash must be 0 to ${longest}`;
}

/** The peers that may connect. */
export class AllowedPeers {
  readonly #list = new BlockList();

  /** @param networks `private`, addresses, or networks as address/prefix; checked before by {@link problemOfNetwork} */
  constructor(networks: readonly string[]) {
    for (const network of networks.flatMap((entry) => (entry === PRIVATE ? PRIVATE_NETWORKS : [entry]))) {
      const [address = '', prefix] = network.split('/');
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  /** @param address as the socket says it: IPv4, IPv6, or IPv4 within IPv6 (`::ffff:192.168.1.20`) */
  allows(address: string): boolean {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#list.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6');
  }
}

/** IPv4 within IPv6 as IPv4, and without the zone. */
export function plainAddress(address: string): string {
  const unmapped = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return unmapped.replace(/%.*$/, '');
}

/** Who is at the other end of a connection, as trust in a battery goes by it. */
export class PeerNames {
  readonly #shared: readonly (readonly [name: string, addresses: AllowedPeers])[];

  /** @param shared networks whose addresses many batteries may have, one after the other: each is one to us */
  constructor(shared: readonly string[]) {
    this.#shared = shared.map((network) => [network, new AllowedPeers([network])] as const);
  }

  /** @param address as the socket says it */
  of(address: string): Peer {
    const network = this.#shared.find(([, addresses]) => addresses.allows(address))?.[0];
    if (network !== undefined) return { address: new Private(network), shared: true };
    const plain = plainAddress(address);
    return { address: new Private(plain === '::1' ? '127.0.0.1' : plain), shared: false };
  }
}

const OWN = new AllowedPeers(['127.0.0.0/8', '::1']);
const NEAR = new AllowedPeers([PRIVATE]);

/** What a log may say of a peer without giving away its address. */
export function describePeer(address: string): string {
  if (OWN.allows(address)) return 'this machine';
  return NEAR.allows(address) ? 'a private network' : 'a public address';
}
