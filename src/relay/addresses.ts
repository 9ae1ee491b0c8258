/**
 * To which addresses nothing is relayed: where the vendor's name leads back into the house, what is relayed would come round again.
 */
import { BlockList, isIP } from 'node:net';

/** No address of a server on the internet: of this machine, of private and local networks, of many at once, reserved (RFC 6890 and its register). */
const NOT_PUBLIC = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', '64:ff9b:1::/48', 'fc00::/7', 'fe80::/10', 'ff00::/8'],
];
/** What stands for IPv4 within IPv6 (RFC 6052, RFC 3056): such an answer may lead anywhere, and no vendor needs it. */
const TRANSLATED = ['64:ff9b::/96', '2002::/16'];

const REFUSED = networks([...NOT_PUBLIC, ...TRANSLATED]);

function networks(list: readonly string[]): BlockList {
  const found = new BlockList();
  for (const network of list) {
    const [address = '', prefix] = network.split('/');
    found.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return found;
}

export interface RefusedOptions {
  /** Whether another server in the house is meant. */
  readonly allowPrivate: boolean;
  /** The addresses that this machine has now. */
  own(): readonly string[];
  /** Where batteries reach this server. */
  ownPort(): number;
}

export class RefusedAddresses {
  readonly #options: RefusedOptions;

  constructor(options: RefusedOptions) {
    this.#options = options;
  }

  /** Why nothing is relayed to that address and port; null where it may be. */
  reasonFor(address: string, port: number): string | null {
    const { allowPrivate, own, ownPort } = this.#options;
    const family = isIP(address);
    if (family === 0) return 'no address';
    const isOwn = own().includes(address) || isLoopback(address, family);
    if (isOwn && (port === ownPort() || !allowPrivate)) return 'an address of this machine';
    if (allowPrivate) return null;
    return REFUSED.check(address, family === 4 ? 'ipv4' : 'ipv6') ? 'an address of the house, or of no server' : null;
  }
}

const LOOPBACK = networks(['127.0.0.0/8', '0.0.0.0/32', '::/127']);

function isLoopback(address: string, family: number): boolean {
  return LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
