/**
 * The relay as the configuration wants it.
 */
import { networkInterfaces } from 'node:os';
import type { Config } from '../config/load.ts';
import type { Private } from '../model.ts';
import type { RelayProblemCode } from '../problems/relay.ts';
import { RefusedAddresses } from '../relay/addresses.ts';
import { Relay } from '../relay/relay.ts';
import { Resolver } from '../relay/resolver.ts';
import type { FirewallPolicy, SharedKind } from '../session/firewall.ts';
import { showAddress } from '../system/listen.ts';
import { VendorDesk, type VendorDeskParts } from './vendor-desk.ts';

export interface RelayReports {
  relayTrouble(code: RelayProblemCode, detail: string, battery: Private<string> | null): void;
}

/** What passes; undefined where nothing is relayed. */
export function firewallPolicy({ upstream, policy, share }: Config['relay']): FirewallPolicy | undefined {
  if (upstream === null) return undefined;
  const kinds = new Set(share.filter((kind): kind is SharedKind => kind !== 'all'));
  return { commands: new Map(Object.entries(policy)), share: share.includes('all') ? 'all' : kinds };
}

/** @param ownPort where batteries reach this server. @returns null where nothing is relayed */
export function relayOf(config: Config['relay'], reports: RelayReports, ownPort: () => number): Relay | null {
  const { upstream, resolvers, tls, allow_private_upstream: allowPrivate } = config;
  if (upstream === null) return null;
  const monoMs = () => performance.now();
  const resolver = new Resolver(resolvers, monoMs);
  const refused = new RefusedAddresses({ allowPrivate, own: ownAddresses, ownPort });
  return new Relay({
    target: { ...upstream, tls: tls ? {} : null },
    addressesOf: (host) => resolver.addresses(host),
    reasonAgainst: (address, port) => refused.reasonFor(address, port),
    wallMs: () => Date.now(),
    monoMs,
    random: Math.random,
    problem: (code, detail, battery) => reports.relayTrouble(code, detail, battery),
  });
}

/** What the page is told of it, and takes the owner's word. */
export function vendorDeskOf(config: Config['relay'], parts: Omit<VendorDeskParts, 'policy' | 'upstream'>): VendorDesk {
  const { upstream } = config;
  const address = upstream === null ? null : showAddress(upstream, upstream.port);
  return new VendorDesk({ ...parts, policy: firewallPolicy(config), upstream: address });
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address));
}
