/**
 * Datagrams that came in fragments (RFC 791, RFC 8200), put together again. TCP avoids them; tunnels and some routers do not.
 */

const MOST_DATAGRAMS = 64;
const LONGEST_DATAGRAM = 65_535;
const MOST_PARTS = 1024;

export interface Fragment {
  /** What the fragments of one datagram have in common: addresses, protocol, identification. */
  readonly datagram: string;
  /** Where it stands in the datagram, in bytes. */
  readonly offset: number;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

interface Datagram {
  readonly parts: Fragment[];
  length: number | null;
}

/** Holds the newest datagrams that are not whole; older ones are dropped. */
export class IpFragments {
  readonly #datagrams = new Map<string, Datagram>();

  /** @returns what the datagram carries, once it is whole */
  take(fragment: Fragment): Uint8Array | null {
    const { datagram: name, offset, bytes, isLast } = fragment;
    if (offset + bytes.length > LONGEST_DATAGRAM) return null;
    const datagram = this.#datagrams.get(name) ?? this.#begin(name);
    if (isLast) datagram.length = offset + bytes.length;
    if (datagram.parts.length < MOST_PARTS) datagram.parts.push({ ...fragment, bytes: bytes.slice() });
    const whole = datagram.length === null ? null : wholeOf(datagram.parts, datagram.length);
    if (whole !== null) this.#datagrams.delete(name);
    return whole;
  }

  #begin(name: string): Datagram {
    const [oldest] = this.#datagrams.keys();
    if (this.#datagrams.size >= MOST_DATAGRAMS && oldest !== undefined) this.#datagrams.delete(oldest);
    const datagram: Datagram = { parts: [], length: null };
    this.#datagrams.set(name, datagram);
    return datagram;
  }
}

/** Of bytes that came twice, the first count. */
function wholeOf(parts: readonly Fragment[], length: number): Uint8Array | null {
  const whole = new Uint8Array(length);
  let known = 0;
  for (const { offset, bytes } of [...parts].sort((a, b) => a.offset - b.offset)) {
    if (offset > known) return null;
    const end = Math.min(offset + bytes.length, length);
    if (end <= known) continue;
    whole.set(bytes.subarray(known - offset, end - offset), known);
    known = end;
  }
  return known === length ? whole : null;
}
