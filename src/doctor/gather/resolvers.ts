/**
 * What DNS servers answer. The one place where the vendor's name is looked up, and only for who asks the doctor: nothing is
 * connected to (decision 0030).
 */
import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Answer, NameFacts } from '../facts.ts';
import type { Addresses } from './addresses.ts';
import type { LookedUp } from './lookup-process.ts';

const run = promisify(execFile);

// In a checkout the sources run as they stand; what tsc made has another ending.
const LOOKUP = new URL(import.meta.url.endsWith('.ts') ? 'lookup-process.ts' : 'lookup-process.js', import.meta.url);
const LOOKUP_MS = 3000;

/** One that can be asked. */
export interface NameServer {
  /** Its address; null: as this machine asks, its hosts file included. */
  readonly address: string | null;
  /**
   * The addresses of a name, none where it has none.
   * @throws Error where there is no answer; with code EBADRESP where it cannot be read
   */
  lookup(name: string, family: 4 | 6): Promise<readonly string[]>;
}

/** More are not asked. */
const MOST = 6;
const TRY_MS = 1000;
const TRIES = 2;
/** An answer that says that there is no address. */
const NO_ADDRESS = ['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA'];
const UNREADABLE = ['EBADRESP', 'EFORMERR', 'EBADNAME'];

/**
 * Asks all of them at once.
 * @param patience resolves when no answer is waited for any more
 */
export function askNames(
  names: readonly string[],
  servers: readonly NameServer[],
  addresses: Addresses,
  patience: () => Promise<unknown>,
): Promise<NameFacts[]> {
  const over = patience().then((): Answer => 'silent');
  const ask = (server: NameServer, name: string, family: 4 | 6) =>
    Promise.race([answerOf(server, name, family, addresses), over]);
  const asked = names.flatMap((name) =>
    servers.map(async (server): Promise<NameFacts> => {
      const [a, aaaa] = await Promise.all([ask(server, name, 4), ask(server, name, 6)]);
      return { name, resolver: server.address === null ? null : addressOf(server.address, addresses), a, aaaa };
    }),
  );
  return Promise.all(asked);
}

function addressOf(text: string, addresses: Addresses): NonNullable<NameFacts['resolver']> {
  return addresses.of(text) ?? { kind: 'private', text };
}

async function answerOf(server: NameServer, name: string, family: 4 | 6, addresses: Addresses): Promise<Answer> {
  try {
    const texts = await server.lookup(name, family);
    const found = texts.flatMap((text) => addresses.of(text) ?? []);
    return texts.length > 0 && found.length === 0 ? 'nonsense' : found;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (NO_ADDRESS.includes(code)) return [];
    return UNREADABLE.includes(code) ? 'nonsense' : 'silent';
  }
}

/** As programs on this machine ask, in a process of its own. */
export class MachineNameServer implements NameServer {
  readonly address = null;
  readonly #script: URL;

  constructor(script = LOOKUP) {
    this.#script = script;
  }

  async lookup(name: string, family: 4 | 6): Promise<readonly string[]> {
    const options = { timeout: LOOKUP_MS, killSignal: 'SIGKILL' as const };
    const args = [fileURLToPath(this.#script), name, String(family)];
    const { stdout } = await run(process.execPath, args, options);
    const { addresses, code } = JSON.parse(stdout) as LookedUp;
    if (addresses === undefined) throw Object.assign(new Error(`no address: ${code}`), { code });
    return addresses;
  }
}

/** A DNS server, asked directly. */
export class DnsServer implements NameServer {
  readonly address: string;
  readonly #at: string;

  /** @param at its address, with a port where that is not 53: `192.168.1.1`, `[::1]:5353` */
  constructor(at: string) {
    this.#at = at;
    this.address = withoutPort(at);
  }

  async lookup(name: string, family: 4 | 6): Promise<readonly string[]> {
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    resolver.setServers([this.#at]);
    return await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
  }
}

function withoutPort(at: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(at)?.[1];
  if (bracketed !== undefined) return bracketed;
  return /^[\d.]+:\d+$/.test(at) ? at.slice(0, at.indexOf(':')) : at;
}

/**
 * This machine's way of asking, and each DNS server that it is set up with.
 * @param configured as Node tells them
 * @param upstream the text of a resolv.conf with those behind a stub on this machine; empty where there is none
 */
export function nameServers(configured: readonly string[], upstream: string): NameServer[] {
  const behind = [...upstream.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, address]) => address as string);
  const each = [...new Set([...configured, ...behind])].slice(0, MOST);
  return [new MachineNameServer(), ...each.map((at) => new DnsServer(at))];
}
