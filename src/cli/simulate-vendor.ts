/**
 * `simulate --vendor`: the vendor's server, for trying a relay.
 */
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ListenAddress } from '../config/load.ts';
import { counted } from '../counted.ts';
import { visible } from '../privacy/visible.ts';
import { OwnerError } from '../problems/errors.ts';
import { parseScript, type VendorStep } from '../simulator/vendor/script.ts';
import { VENDOR_FAULTS, type VendorFaultName } from '../simulator/vendor/vendor.ts';
import { SimulatedVendorServer } from '../simulator/vendor-server.ts';
import { listenOn } from '../system/listen.ts';
import { FINE, type Io, unreadable } from './io.ts';
import { pass } from './pass.ts';
import { stopAtSignal } from './serve.ts';

export interface VendorFlags {
  readonly vendor?: ListenAddress;
  readonly script?: readonly VendorStep[];
  readonly vendorFaults?: ReadonlySet<VendorFaultName>;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
}

export function addVendorOptions(command: Command): Command {
  const names = Object.keys(VENDOR_FAULTS).join(', ');
  return command
    .addOption(new Option('--script <file>', 'what the vendor does, and when: docs/relay.md').argParser(scriptIn))
    .addOption(new Option('--vendor-faults <list>', `what goes wrong there: ${names}`).argParser(vendorFaults))
    .addOption(new Option('--tls-cert <file>', 'the vendor speaks TLS, with this certificate').argParser(contents))
    .addOption(new Option('--tls-key <file>', 'and this key').argParser(contents));
}

/** @throws OwnerError USAGE for what is of a vendor’s server alone */
export function refuseVendorOptions({ script, vendorFaults: faults, tlsCert, tlsKey }: VendorFlags): void {
  const given = { '--script': script, '--vendor-faults': faults, '--tls-cert': tlsCert, '--tls-key': tlsKey };
  const found = Object.entries(given).find(([, value]) => value !== undefined);
  if (found !== undefined)
    throw new OwnerError('USAGE', `${found[0]} is for the vendor’s server: give --vendor HOST:PORT`);
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`${capital(unreadable(file, error).message)}.`);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function scriptIn(file: string): readonly VendorStep[] {
  try {
    return parseScript(contents(file));
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function vendorFaults(text: string): ReadonlySet<VendorFaultName> {
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !Object.hasOwn(VENDOR_FAULTS, word));
  if (wrong !== undefined) throw new InvalidArgumentError(`There is no fault "${wrong}".`);
  return new Set(words as VendorFaultName[]);
}

/** @throws OwnerError where it cannot listen */
export async function simulateVendor(
  flags: VendorFlags & { readonly for?: number; readonly seed: string },
  { host, port }: ListenAddress,
  io: Io,
): Promise<number> {
  const { tlsKey: key, tlsCert: cert, script = [], vendorFaults: faults = new Set(), seed } = flags;
  if ((key === undefined) !== (cert === undefined))
    throw new OwnerError('USAGE', '--tls-cert and --tls-key belong together');
  const tls = key === undefined || cert === undefined ? null : { key, cert };
  const log = (line: string) => io.stdout.writableNeedDrain || io.stdout.write(`${visible(line)}\n`);
  const server = new SimulatedVendorServer({ host, port, tls, script, faults, seed, log });
  const signalled = stopAtSignal(server, io);
  await listenOn('vendor', { host, port }, () => server.start());
  log(`the vendor listens at ${host}:${server.port}`);
  const ended = new AbortController();
  await Promise.race([signalled, ...(flags.for === undefined ? [] : [pass(flags.for, ended.signal)])]);
  ended.abort();
  await server.stop();
  const { connections, received, sent } = server.stats;
  const summary = [counted(received, 'message'), 'received,', counted(sent, 'write'), 'sent'].join(' ');
  io.stdout.write(`${counted(connections, 'connection')}; ${summary}\n`);
  return FINE;
}
