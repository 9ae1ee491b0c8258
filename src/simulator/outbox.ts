/**
 * What a battery has written and what is on its way: writes in their order, each with the time from which it goes out.
 * Without faults that is at once.
 */

interface Write {
  readonly dueMs: number;
  readonly bytes: Uint8Array;
}

/** How a write is disturbed; FaultPlan is one. */
interface Disturbance {
  delayMs(): number;
  pieces(bytes: Uint8Array): readonly { readonly bytes: Uint8Array; readonly pauseMs: number }[];
}

export class Outbox {
  readonly #disturbance: Disturbance;
  #writes: Write[] = [];

  constructor(disturbance: Disturbance) {
    this.#disturbance = disturbance;
  }

  /** When the next write goes out, or infinity. */
  get nextMs(): number {
    return this.#writes[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  write(nowMs: number, bytes: Uint8Array): void {
    let dueMs = nowMs + this.#disturbance.delayMs();
    for (const piece of this.#disturbance.pieces(bytes)) {
      dueMs += piece.pauseMs;
      this.#writes.push({ dueMs, bytes: piece.bytes });
    }
  }

  /** What goes out by `nowMs`. TCP keeps the order: nothing goes out before what was written before it. */
  take(nowMs: number): Uint8Array[] {
    const kept = this.#writes.findIndex((write) => write.dueMs > nowMs);
    const due = this.#writes.splice(0, kept < 0 ? this.#writes.length : kept);
    return due.map((write) => write.bytes);
  }

  clear(): void {
    this.#writes = [];
  }
}
