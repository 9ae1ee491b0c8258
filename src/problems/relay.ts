/**
 * What can keep the relay from the vendor's server. Batteries are heard and answered all the same.
 */
import type { Problem } from './problem.ts';

export const RELAY_PROBLEMS = {
  RELAY_NAME_UNKNOWN: {
    culprit: 'vendor',
    sentence: 'the name of the vendor’s server could not be found',
    advice:
      'See that this machine reaches the name servers of relay.resolvers (UDP port 53), and that relay.upstream has the right name. It is tried again by itself.',
  },
  RELAY_LOOP: {
    culprit: 'owner',
    sentence: 'the name of the vendor’s server leads back into this house, so nothing is relayed',
    advice:
      'The name servers of relay.resolvers must not be the house’s own, which send the battery here. If another server in the house is meant, set relay.allow_private_upstream; this server itself cannot be meant.',
  },
  RELAY_UNREACHABLE: {
    culprit: 'vendor',
    sentence: 'the vendor’s server cannot be reached, or has closed the connection',
    advice:
      'Nothing to do: the battery notices nothing, nothing is lost here, and it is tried again by itself. The vendor’s app shows what it missed once it asks the battery for it.',
  },
  RELAY_UNTRUSTED: {
    culprit: 'vendor',
    sentence: 'the certificate of the vendor’s server is not valid for its name',
    advice:
      'See that relay.upstream has the right name. With relay.tls nothing is sent to a server that cannot show it.',
  },
  RELAY_GARBLED: {
    culprit: 'vendor',
    sentence:
      'the vendor’s server sent what is no message of this protocol, and was disconnected; none of it went to the battery',
    advice: 'See that relay.upstream is right, and whether relay.tls should be on. It is tried again by itself.',
  },
  RELAY_FLOODED: {
    culprit: 'vendor',
    sentence:
      'the vendor’s server sent far more than there is to say to a battery, and was disconnected; none of it went to the battery',
    advice: 'See that relay.upstream is right. It is tried again by itself.',
  },
  RELAY_OVERFLOW: {
    culprit: 'vendor',
    sentence: 'the vendor’s server reads too slowly: messages for it were dropped',
    advice: 'Nothing is lost here. The vendor asks the battery itself for what it missed.',
  },
} as const satisfies Record<string, Problem>;

export type RelayProblemCode = keyof typeof RELAY_PROBLEMS;
