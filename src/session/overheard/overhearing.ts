/**
 * Whose word is taken of a battery that a tap hears, so that nothing counts twice. One for each battery, across its connections:
 *
 *     what an overheard connection says is taken, unless
 *     - the battery speaks to this server itself, and did so not long ago: then it was heard already
 *     - another overheard connection of it is listened to: a router that translates addresses lets a tap hear both ends of one
 *
 * A battery may have two connections, of which the older still says its last; another address is listened to once the first was quiet for a while.
 */
import type { Instant } from '../../model.ts';

/** Two live readings come in that time even if one is late: a battery that is there is heard in it. */
const QUIET_MS = 25_000;

interface OverheardSpeaker {
  readonly connection: number;
  readonly address: string;
  readonly lastMono: number;
}

export class Overhearing {
  readonly #staleMs: number;
  readonly #connections = new Set<number>();
  #speaker: OverheardSpeaker | null = null;
  #spokenMono = Number.NEGATIVE_INFINITY;

  /** @param staleMs for how long a battery that is silent on a connection to this server is still taken to be there */
  constructor(staleMs: number) {
    this.#staleMs = staleMs;
  }

  /** Whether a connection is only overheard: nothing can be said on it. */
  isOverheard(connection: number): boolean {
    return this.#connections.has(connection);
  }

  /** Whether it is on that connection that the battery is listened to. */
  isSpeaker(connection: number): boolean {
    return this.#speaker?.connection === connection;
  }

  /** The battery spoke to this server itself. */
  spoke(now: Instant): void {
    this.#spokenMono = now.monoMs;
  }

  /** Whether the battery spoke to this server itself within the time that it may be silent. */
  hasSpoken(now: Instant): boolean {
    return now.monoMs - this.#spokenMono < this.#staleMs;
  }

  /** Whether a word on an overheard connection is taken, as far as other overheard connections go. */
  mayTake(address: string, now: Instant): boolean {
    const speaker = this.#speaker;
    return speaker === null || speaker.address === address || now.monoMs - speaker.lastMono >= QUIET_MS;
  }

  /** A word on an overheard connection was taken. */
  took(connection: number, address: string, now: Instant): void {
    this.#connections.add(connection);
    this.#speaker = { connection, address, lastMono: now.monoMs };
  }

  /** An overheard connection has ended. */
  left(connection: number): void {
    this.#connections.delete(connection);
    if (this.isSpeaker(connection)) this.#speaker = null;
  }
}
