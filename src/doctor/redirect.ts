/**
 * Where the DNS of the house leads batteries: whether a redirect to this server has been taken away.
 */
import type { DoctorFacts, FoundAddress } from './facts.ts';

/** `vendor`: public addresses alone. `another`: a machine of the house that is not this one. `unknown`: nobody could say. */
export type LedTo = 'here' | 'another' | 'nowhere' | 'vendor' | 'unknown';

/** The gravest answer of any DNS server that was asked counts: nobody knows which one a battery asks. */
export function ledTo({ names, machine }: Pick<DoctorFacts, 'names' | 'machine'>): LedTo {
  const found = names.flatMap(({ a, aaaa }) => [a, aaaa]).filter((answer) => typeof answer !== 'string');
  const kinds = new Set(found.flatMap((addresses: readonly FoundAddress[]) => addresses.map(({ kind }) => kind)));
  // In a container the address of its host is some private one.
  if (kinds.has('own') || (kinds.has('private') && machine.container)) return 'here';
  if (kinds.has('private')) return 'another';
  if (kinds.has('nowhere')) return 'nowhere';
  return kinds.has('public') ? 'vendor' : 'unknown';
}
