/**
 * What a battery has written and what is on its way: writes in their order, each with the time from which it goes out.
 * Without faults that is at once.
 */

interface SimulatedWrite {
  readonly dueMs: number;
  readonly bytes: Uint8Array;
}

/** How a write is disturbed; FaultPlan is one. */
interface Disturbance {
  delayMs(): number;
  pieces(bytes: Uint8Array): readonly { readonly bytes: Uint8Array; readonly pauseMs: number }[];
}

export class SimulatedOutbox {
  readonly #disturbance: Disturbance;
  #writes: SimulatedWrite[] = [];
  #bytes = 0;
  /** When the newest write goes or went out; null before the first of a connection. */
  #lastMs: number | null = null;

  constructor(disturbance: Disturbance) {
    this.#disturbance = disturbance;
  }

  /** When the next write goes out, or infinity. */
  get nextMs(): number {
    return this.#writes[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** When the newest write goes or went out; minus infinity before the first of a connection. */
  get lastMs(): number {
    return this.#lastMs ?? Number.NEGATIVE_INFINITY;
  }

  /** How many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param pauseMs how long after the write before it this one goes out at the soonest; after none, at once */
  write(nowMs: number, bytes: Uint8Array, pauseMs = 0): void {
    const last = this.#lastMs;
    const readyMs = last === null || pauseMs === 0 ? nowMs : Math.max(nowMs, last) + pauseMs;
    let dueMs = readyMs + this.#disturbance.delayMs();
    for (const piece of this.#disturbance.pieces(bytes)) {
      dueMs += piece.pauseMs;
      this.#writes.push({ dueMs, bytes: piece.bytes });
      this.#bytes += piece.bytes.length;
    }
    this.#lastMs = Math.max(dueMs, last ?? dueMs);
  }

  /** What goes out by `nowMs`. TCP keeps the order: nothing goes out before what was written before it. */
  take(nowMs: number): Uint8Array[] {
    const kept = this.#writes.findIndex((write) => write.dueMs > nowMs);
    const due = this.#writes.splice(0, kept < 0 ? this.#writes.length : kept);
    for (const { bytes: gone } of due) this.#bytes -= gone.length;
    return due.map((write) => write.bytes);
  }

  clear(): void {
    this.#writes = [];
    this.#bytes = 0;
    this.#lastMs = null;
  }
}
