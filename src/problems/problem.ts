/**
 * What a problem is: each has a stable code, which stands in logs, counters, exports and docs/errors.md, and says whose fault
 * it is and what to do. The tables of codes are made of it; the code is the key of an entry.
 */

/** Whose fault something is. */
export type Culprit =
  | 'battery'
  | 'peer'
  | 'network'
  | 'machine'
  | 'owner'
  | 'requester'
  | 'output'
  | 'vendor'
  | 'source'
  | 'server'
  | 'nobody';

export interface Problem {
  readonly culprit: Culprit;
  /** One sentence without a full stop, for a line of the log: what was seen. */
  readonly sentence: string;
  /** What the owner can do, in whole sentences. */
  readonly advice: string;
}

/** In words for the owner of the house. */
export const CULPRITS: Readonly<Record<Culprit, string>> = {
  battery: 'the battery',
  peer: 'what connected, which may be no battery at all',
  network: 'the network between the battery and this server',
  machine: 'this computer, or what runs on it',
  owner: 'the configuration or the command line',
  requester: 'the one who asked',
  output: 'the output’s server, or the network to it',
  vendor: 'the vendor’s server, or the network to it',
  source: 'the source of prices, or the network to it',
  server: 'this server, or its load',
  nobody: 'nobody',
};
