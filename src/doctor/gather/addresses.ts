/**
 * Addresses: this machine's own, and what another is to it.
 */
import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { AllowedPeers, plainAddress } from '../../server/peers.ts';
import type { FoundAddress, MachineFacts } from '../facts.ts';

const NOWHERE = new AllowedPeers(['0.0.0.0/8', '127.0.0.0/8', '::', '::1']);
const NEAR = new AllowedPeers(['private']);
const LINK_LOCAL = new AllowedPeers(['169.254.0.0/16', 'fe80::/10']);
/** Of containers, virtual machines and tunnels: no battery reaches this machine by them. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|cali|podman|tun|tap|wg|tailscale|zt|utun)/;

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

export class Addresses {
  readonly #own: ReadonlySet<string>;
  readonly #reachable: readonly string[];

  constructor(interfaces: Interfaces) {
    const all = Object.entries(interfaces).flatMap(([name, infos = []]) =>
      infos.filter(({ internal }) => !internal).map(({ address }) => ({ name, address: plainAddress(address) })),
    );
    const open = all.filter(({ address }) => !LINK_LOCAL.allows(address));
    const real = open.filter(({ name }) => !VIRTUAL.test(name));
    this.#own = new Set(all.map(({ address }) => address));
    this.#reachable = (real.length > 0 ? real : open).map(({ address }) => address).sort((a, b) => rank(a) - rank(b));
  }

  /** @param text an address; null where it is none */
  of(text: string): FoundAddress | null {
    const plain = plainAddress(text);
    if (isIP(plain) === 0) return null;
    if (this.#own.has(plain)) return { kind: 'own', text: plain };
    if (NOWHERE.allows(plain)) return { kind: 'nowhere', text: plain };
    return { kind: NEAR.allows(plain) ? 'private' : 'public', text: plain };
  }

  /** @param container whether this runs in one */
  facts(container: boolean): MachineFacts {
    return { addresses: this.#reachable.map((text) => ({ kind: 'own', text })), container };
  }
}

/** A battery is told an IPv4 address of the house. */
function rank(address: string): number {
  return (isIP(address) === 4 ? 0 : 2) + (NEAR.allows(address) ? 0 : 1);
}
