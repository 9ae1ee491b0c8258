/**
 * A battery that is relayed, in conversations of three: battery, server, vendor. What is not told does not happen, so that nothing else reaches the battery.
 */
import { Batteries, type HeardBattery } from '../src/session/batteries.ts';
import type { FirewallPolicy } from '../src/session/firewall.ts';
import { type Dialogue, dialogue } from './dialogue.ts';
import { fixture, frameByHand } from './wire.ts';

export const RELAYED = 'AL2002021010101';
const LOGIN = fixture('1-1-2.login.json');

/** Everything is shared, and passes as by the table. */
export const EVERYTHING: FirewallPolicy = { commands: new Map(), share: 'all' };

export interface RelayedHouse {
  readonly talk: Dialogue;
  readonly batteries: Batteries;
}

/** A battery has logged in, and is relayed. */
export function met(relay: FirewallPolicy = EVERYTHING): RelayedHouse {
  const batteries = new Batteries(10);
  const talk = dialogue({ relay, batteries })
    .sends(2, LOGIN)
    .meets(RELAYED)
    .keeps({ type: 'event', name: 'login' })
    .success(2)
    .upstream(frameByHand(1, 2, LOGIN));
  return { talk, batteries };
}

export function vendorOf({ batteries }: RelayedHouse): HeardBattery['vendor'] {
  return (batteries.get(RELAYED) as HeardBattery).vendor;
}

/** A battery's answer to an order. */
export function answer(command: string, index: string, status = 'Success'): string {
  return JSON.stringify({ Command: command, CmdIndex: index, Status: status });
}
