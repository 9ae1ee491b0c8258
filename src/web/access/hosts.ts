/**
 * For which host names requests are answered.
 *
 * DNS rebinding: a page of evil.example lets its name point at this machine, and then asks us from the owner's own
 * browser, as a page of the same site. Its requests carry `Host: evil.example`, so only names that are ours are answered.
 * Addresses need no list: a browser that sends `Host: 192.168.1.5` shows a page from that very address, which no name
 * server can bend. So any address will do, also those of a container that its own machine does not know.
 */
import { isIP } from 'node:net';

/** Names that no name server gives away (RFC 6761, 6.3). */
const LOOPBACK = ['localhost'];

export class Hosts {
  readonly #names: ReadonlySet<string>;

  /** @param names besides addresses and localhost, without ports */
  constructor(names: readonly string[]) {
    this.#names = new Set([...LOOPBACK, ...names].map(normal));
  }

  /** @param header as it came: `name`, `name:port`, `[::1]:port` */
  allows(header: string | undefined): boolean {
    const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/i.exec(header ?? '');
    if (match === null) return false;
    if (match[1] !== undefined) return isIP(match[1]) === 6;
    const name = normal(match[2] as string);
    return isIP(name) === 4 || this.#names.has(name);
  }
}

function normal(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
