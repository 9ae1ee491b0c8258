/**
 * The tap as the configuration wants it.
 */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Config } from '../config/load.ts';
import { PREFIX } from '../config/settings.ts';
import { redactText } from '../privacy/redact.ts';
import type { TapProblemCode } from '../problems/tap.ts';
import { describePeer } from '../server/peers.ts';
import type { StreamEnd } from '../tap/tapped-streams.ts';
import { type TapSource, type TapStatus, WireTap, type WireTapParts } from '../tap/wire-tap.ts';

/** As others may see it: what a command says of itself may have addresses in it. */
export function shownTap(tap: Pick<WireTap, 'status'> | null): TapStatus | null {
  if (tap === null) return null;
  const { status } = tap;
  const { problem } = status;
  return { ...status, problem: problem && { ...problem, detail: redactText(problem.detail, []) } };
}

export interface TapReports {
  tapTrouble(code: TapProblemCode, detail: string): void;
}

export interface TapTools extends Pick<WireTapParts, 'committer' | 'now' | 'nextConnection' | 'newSession'> {
  readonly watcher: WireTapParts['watcher'];
  readonly load: WireTapParts['load'];
  readonly frames: WireTapParts['frames'];
  readonly reports: TapReports;
  /** Where batteries reach this server. */
  ownPort(): number;
  /** Where packets come from instead of a command. */
  readonly input: AsyncIterable<Uint8Array> | null;
  readonly environment: NodeJS.ProcessEnv;
}

/** @returns null where nothing is tapped */
export function tapOf({ tap, relay }: Pick<Config, 'tap' | 'relay'>, tools: TapTools): WireTap | null {
  const { reports, ownPort, input, environment, ...parts } = tools;
  const source = sourceOf(tap.command, input, environment);
  if (source === null) return null;
  return new WireTap({
    ...parts,
    source,
    port: tap.port,
    isOwn: (battery, server) => isOwn(battery, server, ownPort(), relay.upstream !== null),
    describe: describePeer,
    random: Math.random,
    problem: (code, detail) => reports.tapTrouble(code, detail),
  });
}

function sourceOf(
  command: readonly string[],
  input: AsyncIterable<Uint8Array> | null,
  environment: NodeJS.ProcessEnv,
): TapSource | null {
  if (input !== null) return { kind: 'input', chunks: input };
  if (command.length === 0) return null;
  // What this server is configured with is nobody else's: passwords are among it.
  const others = Object.entries(environment).filter(([name]) => !name.startsWith(PREFIX));
  return { kind: 'command', command, environment: Object.fromEntries(others) };
}

/**
 * Whether a connection is one of this server's: a battery's that speaks to it, or the relay's to the vendor. A router on which the server runs has
 * its own address on the connections of others too, so that the address of the battery's end tells only where there is a relay.
 */
function isOwn(battery: StreamEnd, server: StreamEnd, ownPort: number, isRelaying: boolean): boolean {
  if (server.port === ownPort && isOfThisMachine(server.address)) return true;
  return isRelaying && isOfThisMachine(battery.address);
}

function isOfThisMachine(address: string): boolean {
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8);
  const found = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  for (const { address: one, family } of found)
    own.addAddress(one.replace(/%.*$/, ''), family === 'IPv4' ? 'ipv4' : 'ipv6');
  return own.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
