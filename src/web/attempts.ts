/**
 * Bounds how often somebody may guess: after a few wrong attempts each next one must wait, longer and longer.
 */
import { isIPv6 } from 'node:net';

interface Failures {
  count: number;
  lastMs: number;
}

/** Wrong attempts that are nobody's fault: a typing mistake or two. */
const FREE = 5;
/** … of all addresses together: an attacker may have many. */
const FREE_OVERALL = 50;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After so long without a wrong attempt all is forgotten. */
const FORGET_MS = 60 * 60_000;
const MAX_ADDRESSES = 10_000;
const OVERALL = 'all';

export class Attempts {
  readonly #monoMs: () => number;
  readonly #failures = new Map<string, Failures>();

  constructor(monoMs: () => number) {
    this.#monoMs = monoMs;
  }

  /** How many seconds to wait before the next attempt from there; 0 where it may be made now. */
  waitSeconds(address: string): number {
    const wait = Math.max(this.#waitMs(groupOf(address), FREE), this.#waitMs(OVERALL, FREE_OVERALL));
    return Math.ceil(wait / 1000);
  }

  failed(address: string): void {
    this.#count(groupOf(address));
    this.#count(OVERALL);
  }

  /** The right password after all: what was mistyped before is forgiven. */
  succeeded(address: string): void {
    const group = this.#failures.get(groupOf(address));
    const overall = this.#failures.get(OVERALL);
    if (group !== undefined && overall !== undefined) overall.count = Math.max(0, overall.count - group.count);
    this.#failures.delete(groupOf(address));
  }

  #waitMs(name: string, free: number): number {
    const failures = this.#failures.get(name);
    if (failures === undefined || failures.count < free) return 0;
    const since = this.#monoMs() - failures.lastMs;
    if (since >= FORGET_MS) return 0;
    return Math.max(0, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures.count - free)) - since);
  }

  #count(name: string): void {
    const now = this.#monoMs();
    const before = this.#failures.get(name);
    const fresh = before === undefined || now - before.lastMs >= FORGET_MS;
    this.#failures.delete(name);
    this.#failures.set(name, { count: fresh ? 1 : before.count + 1, lastMs: now });
    // The one that is longest ago goes; the count of all goes on.
    if (this.#failures.size <= MAX_ADDRESSES) return;
    for (const oldest of this.#failures.keys()) {
      if (oldest === OVERALL) continue;
      this.#failures.delete(oldest);
      return;
    }
  }
}

/** Who has one IPv6 address has its network of 64 bits. */
function groupOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = (address.split('%')[0] as string).split('::');
  const parts = head.split(':').filter((part) => part !== '');
  const after = (tail ?? '').split(':').filter((part) => part !== '');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - parts.length - after.length) }, () => '0');
  return [...parts, ...zeros, ...after].slice(0, 4).join(':').toLowerCase();
}
