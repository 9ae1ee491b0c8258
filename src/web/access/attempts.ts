/**
 * Wrong passwords or tokens, counted by the address they came from: after a few each next one from there must wait, longer
 * and longer. No address pays for another. All together are counted, too, so that an attack by many is noticed.
 */
import { isIP } from 'node:net';

interface Failures {
  count: number;
  lastMs: number;
}

/** Wrong attempts that are nobody's fault: a typing mistake or two, a page that tries again. */
const FREE = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After so long without a wrong attempt from there all is forgotten. */
const FORGET_MS = 60 * 60_000;
const MAX_ADDRESSES = 10_000;
/** Addresses from which somebody has logged in. */
const MAX_KNOWN = 1000;
/** From all addresses together, within about {@link FORGET_MS}: more is an attack by many. */
const MANY = 50;
/** Of an attack that is over no more is remembered than passes within {@link FORGET_MS}. */
const MOST_COUNTED = 2 * MANY;

export class Attempts {
  readonly #monoMs: () => number;
  readonly #failures = new Map<string, Failures>();
  readonly #known = new Set<string>();
  /** Drains by {@link MANY} in {@link FORGET_MS}. */
  #overall = 0;
  #drainedMs: number;

  constructor(monoMs: () => number) {
    this.#monoMs = monoMs;
    this.#drainedMs = monoMs();
  }

  /** How many seconds to wait before the next attempt from there; 0 where it may be made now. */
  waitSeconds(address: string): number {
    const failures = this.#failures.get(groupOf(address));
    if (failures === undefined || failures.count < FREE) return 0;
    const since = this.#monoMs() - failures.lastMs;
    if (since >= FORGET_MS) return 0;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures.count - FREE));
    return Math.ceil(Math.max(0, wait - since) / 1000);
  }

  /**
   * One more from there; it counts as wrong until it is known to be right, so that many at once are not one.
   * @returns how many have come from there, this one included
   */
  begin(address: string): number {
    const group = groupOf(address);
    const now = this.#monoMs();
    const before = this.#failures.get(group);
    const count = before === undefined || now - before.lastMs >= FORGET_MS ? 1 : before.count + 1;
    // Behind all others, so that the one that is longest ago goes.
    this.#failures.delete(group);
    this.#failures.set(group, { count, lastMs: now });
    dropOldest(this.#failures, MAX_ADDRESSES);
    return count;
  }

  /** One from there has turned out to be wrong: the wait for the next begins now. */
  failed(address: string): void {
    const failures = this.#failures.get(groupOf(address));
    if (failures !== undefined) failures.lastMs = this.#monoMs();
    this.#overall = Math.min(this.#drained() + 1, MOST_COUNTED);
  }

  /** The last one from there was not even looked at. */
  withdrawn(address: string): void {
    const failures = this.#failures.get(groupOf(address));
    if (failures !== undefined) failures.count = Math.max(0, failures.count - 1);
  }

  /** The right one after all: what was mistyped before is forgiven. */
  succeeded(address: string): void {
    const group = groupOf(address);
    // All but the right one itself.
    this.#overall = Math.max(0, this.#drained() - ((this.#failures.get(group)?.count ?? 1) - 1));
    this.#failures.delete(group);
    this.#known.delete(group);
    this.#known.add(group);
    dropOldest(this.#known, MAX_KNOWN);
  }

  /** Whether somebody has logged in from there since the start. */
  knows(address: string): boolean {
    return this.#known.has(groupOf(address));
  }

  /** Whether so many have come from all addresses together that it is an attack. */
  get many(): boolean {
    return this.#drained() > MANY;
  }

  #drained(): number {
    const now = this.#monoMs();
    this.#overall = Math.max(0, this.#overall - ((now - this.#drainedMs) * MANY) / FORGET_MS);
    this.#drainedMs = now;
    return this.#overall;
  }
}

function dropOldest(entries: Map<string, unknown> | Set<string>, most: number): void {
  const [oldest] = entries.keys();
  if (entries.size > most && oldest !== undefined) entries.delete(oldest);
}

/** Who has one IPv6 address has its network of 64 bits. What is no address at all is bounded, too. */
function groupOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  if (family !== 6) return family === 4 ? plain : 'no address';
  const [head = '', tail] = (plain.split('%')[0] as string).split('::');
  const parts = head.split(':').filter((part) => part !== '');
  const after = (tail ?? '').split(':').filter((part) => part !== '');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - parts.length - after.length) }, () => '0');
  return [...parts, ...zeros, ...after]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}
