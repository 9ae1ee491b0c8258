/**
 * How many connections may be open, in all and from one address, and which goes where there is no room for one more.
 *
 * Who has named a battery is worth more than who has not. So where there is no room the oldest that has named none makes
 * room, and only where there is none such is the new one refused: a battery gets in although something at its address, or
 * at many, holds connections open, and one that speaks is never closed for another. Of those that have named one, at the
 * address in question, the one that has been without a reading for longest goes if that is so long that its battery is stale.
 */
import type { ProblemCode } from '../protocol/errors.ts';
import { type AllowedPeers, plainAddress } from './peers.ts';

/** A connection, as far as its place is concerned. */
export interface Guest {
  /** For how long nothing was delivered on it that names a battery, ms. */
  quietMs(monoMs: number): number;
}

export interface AdmissionOptions {
  readonly most: number;
  readonly mostPerAddress: number;
  /** Addresses from which many may come: they are counted only in all. */
  readonly exempt: AllowedPeers;
  /** Without a reading for so long a battery is stale, ms. */
  readonly staleMs: number;
}

/** Whether one more may come. */
export type Admittance<G> =
  | { readonly admitted: true; readonly instead: null }
  /** … if that one goes, for the reason that the code says. */
  | { readonly admitted: true; readonly instead: G; readonly code: ProblemCode }
  | { readonly admitted: false; readonly code: ProblemCode };

export class Admission<G extends Guest> {
  readonly #options: AdmissionOptions;
  readonly #addresses = new Map<G, string>();
  readonly #atAddress = new Map<string, Set<G>>();
  /** The oldest first. */
  readonly #nameless = new Set<G>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  judge(address: string, monoMs: number): Admittance<G> {
    const { most, mostPerAddress, exempt } = this.#options;
    const there = this.#atAddress.get(plainAddress(address));
    if (there !== undefined && there.size >= mostPerAddress && !exempt.allows(address)) {
      return verdict('ADDRESS_CONNECTIONS_TOO_MANY', this.#leastOf(there, monoMs));
    }
    if (this.#addresses.size < most) return { admitted: true, instead: null };
    return verdict('CONNECTIONS_TOO_MANY', this.#nameless.values().next().value);
  }

  add(guest: G, address: string): void {
    const plain = plainAddress(address);
    this.#addresses.set(guest, plain);
    this.#nameless.add(guest);
    const there = this.#atAddress.get(plain);
    if (there === undefined) this.#atAddress.set(plain, new Set([guest]));
    else there.add(guest);
  }

  /** It has named a battery. */
  named(guest: G): void {
    this.#nameless.delete(guest);
  }

  /** It is closed, or about to be. */
  remove(guest: G): void {
    const address = this.#addresses.get(guest);
    if (address === undefined) return;
    this.#addresses.delete(guest);
    this.#nameless.delete(guest);
    const there = this.#atAddress.get(address);
    there?.delete(guest);
    if (there?.size === 0) this.#atAddress.delete(address);
  }

  /** The one of an address that makes room; undefined where all are of use. */
  #leastOf(there: ReadonlySet<G>, monoMs: number): G | undefined {
    let quietest: G | undefined;
    for (const guest of there) {
      if (this.#nameless.has(guest)) return guest;
      if (quietest === undefined || guest.quietMs(monoMs) > quietest.quietMs(monoMs)) quietest = guest;
    }
    return quietest !== undefined && quietest.quietMs(monoMs) > this.#options.staleMs ? quietest : undefined;
  }
}

function verdict<G>(code: ProblemCode, instead: G | undefined): Admittance<G> {
  return instead === undefined ? { admitted: false, code } : { admitted: true, instead, code };
}
