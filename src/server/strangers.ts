/**
 * Who was refused at the battery port, or spoke there and is no battery: the owner must learn an address to let it in, or to
 * find out what it is. Addresses are private: this is for him alone.
 */
import { PROBLEMS, type ProblemCode } from '../protocol/errors.ts';
import type { ProblemOutput } from '../session/output.ts';
import type { ListenerWatcher } from './listener.ts';
import { plainAddress } from './peers.ts';

export interface Stranger {
  /** IPv4 or IPv6, as it would stand in `battery.allow`. */
  readonly address: string;
  readonly code: ProblemCode;
  readonly times: number;
  /** The last time, Unix ms. */
  readonly lastMs: number;
}

/** Of the newest; a scan may come from addresses without number. */
const MOST = 20;

export class Strangers implements ListenerWatcher {
  readonly #wallMs: () => number;
  /** Of open connections. */
  readonly #addresses = new Map<number, string>();
  /** By address and code, the newest last. */
  readonly #known = new Map<string, Stranger>();

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** The newest first. */
  get list(): readonly Stranger[] {
    return [...this.#known.values()].reverse();
  }

  opened(connection: number, _peer: string, address: string, way?: 'tap'): void {
    if (way !== 'tap') this.#addresses.set(connection, address);
  }

  closed(connection: number): void {
    this.#addresses.delete(connection);
  }

  problem({ code }: ProblemOutput, connection: number | null, refused?: string): void {
    const address = refused ?? (connection === null ? undefined : this.#addresses.get(connection));
    if (address === undefined || PROBLEMS[code].culprit !== 'peer') return;
    const plain = plainAddress(address);
    const key = `${plain} ${code}`;
    const times = (this.#known.get(key)?.times ?? 0) + 1;
    this.#known.delete(key);
    this.#known.set(key, { address: plain, code, times, lastMs: this.#wallMs() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
  }
}
