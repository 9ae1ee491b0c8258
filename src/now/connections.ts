/**
 * The connections that are open, and which batteries speak on them.
 */

import type { ConnectionState } from './state.ts';
import type { TrackedBattery } from './tracked-battery.ts';

interface OpenConnection {
  /** It leads to another server, and is only overheard. */
  readonly isTapped: boolean;
  readonly peer: string;
  readonly sinceMs: number;
  /** In the order in which they were named. */
  readonly batteries: Set<TrackedBattery>;
  newest: TrackedBattery | null;
}

export class Connections {
  readonly #open = new Map<number, OpenConnection>();

  get count(): number {
    return this.#open.size;
  }

  opened(connection: number, peer: string, sinceMs: number, isTapped = false): void {
    this.#open.set(connection, { isTapped, peer, sinceMs, batteries: new Set(), newest: null });
  }

  /** @returns the batteries that spoke on it */
  closed(connection: number): Iterable<TrackedBattery> {
    const open = this.#open.get(connection);
    this.#open.delete(connection);
    for (const battery of open?.batteries ?? []) battery.left(open?.isTapped === true);
    return open?.batteries ?? [];
  }

  /** A battery was named on a connection. @returns whether that is news */
  named(connection: number, battery: TrackedBattery): boolean {
    const open = this.#open.get(connection);
    if (open === undefined || open.batteries.has(battery)) return false;
    open.batteries.add(battery);
    open.newest = battery;
    battery.joined(open.isTapped);
    return true;
  }

  /** There is no such battery any more. */
  forget(battery: TrackedBattery): void {
    for (const open of this.#open.values()) {
      open.batteries.delete(battery);
      if (open.newest === battery) open.newest = [...open.batteries].at(-1) ?? null;
    }
    battery.leftAll();
  }

  /** The oldest first; each as it is when it is its turn. */
  *states(): Generator<ConnectionState> {
    for (const [connection, { peer, sinceMs, isTapped, batteries, newest }] of this.#open) {
      const ids = Array.from(batteries, ({ id }) => id);
      yield { connection, peer, sinceMs, tapped: isTapped, battery: newest?.id ?? null, batteries: ids };
    }
  }

  /**
   * Which battery speaks on which of these connections, where it is one alone: which of several sent a frame, no connection
   * tells.
   */
  speakers(connections: Iterable<number>): Map<number, string> {
    const speakers = new Map<number, string>();
    for (const connection of connections) {
      const open = this.#open.get(connection);
      if (open?.batteries.size === 1 && open.newest !== null) speakers.set(connection, open.newest.id);
    }
    return speakers;
  }
}
