/**
 * Finds the addresses of the vendor's name by asking the configured name servers, and never the house's own: that one is told to lie to batteries.
 * Answers are kept as long as they say.
 */
import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';

/** More addresses than any name of the vendor's has. */
const MOST_ADDRESSES = 16;
/** For how long an answer is used, ms: at least, at most; and an error. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 86_400_000;
const ERROR_MS = 5000;
/** For how long a name server is waited for, ms, and how often it is asked. */
const TIMEOUT_MS = 3000;
const TRIES = 2;

/** What an answer says, and how long it may be used. */
interface ResolvedName {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
}

interface Known {
  readonly host: string;
  readonly untilMs: number;
  readonly addresses: Promise<readonly string[]>;
}

export class Resolver {
  readonly #servers: readonly string[];
  readonly #monoMs: () => number;
  /** All connections ask for the same name. */
  #known: Known | null = null;

  /** @param servers addresses, perhaps with a port: `9.9.9.9`, `192.168.1.2:5353`, `[2620:fe::fe]:53` */
  constructor(servers: readonly string[], monoMs: () => number) {
    this.#servers = servers;
    this.#monoMs = monoMs;
  }

  /**
   * The addresses of a host, those of IPv4 first; an address is its own.
   * @throws Error with the name server's code (ENOTFOUND, ETIMEOUT …) where there is none
   */
  addresses(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return Promise.resolve([host]);
    const known = this.#known;
    if (known !== null && known.host === host && this.#monoMs() < known.untilMs) return known.addresses;
    // Whoever asks meanwhile has the same answer; how long it holds is known when it comes.
    const asked = this.#ask(host);
    const addresses = asked.then((answer) => answer.addresses);
    const until = (ms: number) => {
      if (this.#known?.addresses === addresses) this.#known = { host, addresses, untilMs: this.#monoMs() + ms };
    };
    this.#known = { host, addresses, untilMs: Number.POSITIVE_INFINITY };
    asked.then(
      ({ ttlMs }) => until(ttlMs),
      () => until(ERROR_MS),
    );
    return addresses;
  }

  async #ask(host: string): Promise<ResolvedName> {
    const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    resolver.setServers(this.#servers);
    const [four, six] = await Promise.allSettled([
      resolver.resolve4(host, { ttl: true }),
      resolver.resolve6(host, { ttl: true }),
    ]);
    const records = [four, six].flatMap((found) => (found.status === 'fulfilled' ? found.value : []));
    if (records.length === 0) throw four.status === 'rejected' ? four.reason : new Error('ENODATA');
    const seconds = Math.min(...records.map(({ ttl }) => ttl));
    const addresses = records.slice(0, MOST_ADDRESSES).map(({ address }) => address);
    return { addresses, ttlMs: Math.min(Math.max(seconds * 1000, SHORTEST_MS), LONGEST_MS) };
  }
}
