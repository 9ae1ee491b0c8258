/**
 * What a person reads first when a server has started: where the page is, where the data, and what the battery waits for.
 */
import { isIPv4, isIPv6 } from 'node:net';

export interface StartFacts {
  readonly version: string;
  readonly data: string;
  /** As the system says it. */
  readonly battery: { readonly host: string; readonly port: number };
  readonly page: {
    readonly host: string;
    readonly port: number;
    readonly basePath: string;
    readonly isSecure: boolean;
  };
  /** Of this machine in the house's network, the likeliest first. */
  readonly addresses: readonly string[];
  /** Whether a battery of the house is to come to the port: not where it is heard by tap, nor at a port that the system chose. */
  readonly isAwaited: boolean;
}

/** The vendor's, which batteries ask for, and its port. */
const NAME = 'www.alphaess.com';
const PORT = 7777;
const EVERYWHERE = ['0.0.0.0', '::'];
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/** One line each, short enough for a terminal. */
export function firstLines(facts: StartFacts): string[] {
  const { version, data, isAwaited } = facts;
  return [
    ...pageLinks(facts).map((link) => `the page: ${link}`),
    `data in ${data} (alphaess-local ${version})`,
    ...(isAwaited ? waiting(facts) : []),
  ];
}

/** Where a browser opens the page: on this machine, and in the house where the port is open there. */
function pageLinks({ page, addresses }: StartFacts): string[] {
  const { host, port, basePath, isSecure } = page;
  const isEverywhere = EVERYWHERE.includes(host);
  const hosts = isEverywhere ? ['127.0.0.1', ...addresses.filter(isIPv4).slice(0, 1)] : [host];
  return hosts.map((one) => `${isSecure ? 'https' : 'http'}://${isIPv6(one) ? `[${one}]` : one}:${port}${basePath}`);
}

function waiting({ battery, addresses }: StartFacts): string[] {
  const { host, port } = battery;
  if (LOOPBACK.test(host)) return [`no battery reaches ${host}: set battery.listen to 0.0.0.0:${PORT}`];
  const own = EVERYWHERE.includes(host) ? addresses.filter(isIPv4) : [host];
  const [first, ...others] = own;
  if (first === undefined) return ['no battery reaches this machine yet: it has no address in a network'];
  const lines = [`waiting for the battery: answer ${NAME} with ${first}`];
  if (others.length > 0) lines.push(`or with another address of this machine: ${others.slice(0, 3).join(', ')}`);
  if (port !== PORT) lines.push(`batteries connect to port ${PORT}: let it lead to ${port} here`);
  return lines;
}
