/**
 * What the doctor looks at outside, as a test wants it: no DNS, no programs.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import type { NameServer } from '../src/doctor/gather/resolvers.ts';
import type { Outside } from '../src/doctor/gather/surroundings.ts';

const OWN_ADDRESS = '192.168.1.20';

/** A resolver that gives one IPv4 address, and none of IPv6. */
export function leadingTo(address: string): NameServer {
  return { address: null, lookup: (_name, family) => Promise.resolve(family === 4 ? [address] : []) };
}

export function outside(change: Partial<Outside> = {}): Outside {
  const never = () => new Promise<never>(() => {});
  return {
    interfaces: () => ({ eth0: [{ address: OWN_ADDRESS, internal: false } as NetworkInterfaceInfo] }),
    isContainer: () => false,
    nameServers: () => [leadingTo(OWN_ADDRESS)],
    patience: never,
    kernelClock: () => Promise.resolve('synchronised'),
    check: () => Promise.resolve({ soundness: 'sound', unreadable: null }),
    checkPatience: never,
    monoMs: () => 0,
    ...change,
  };
}
