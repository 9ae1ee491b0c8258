/**
 * The history a server has asked for with `Resume` and that is still to be sent: oldest first, three minutes to a packet.
 */
import type { RememberedMinute, SimulatedDevice } from './device.ts';
import { parseClock } from './text.ts';

const ROWS_IN_A_PACKET = 3;

export class SimulatedTransfer {
  readonly #device: SimulatedDevice;
  #wanted: number[] = [];

  constructor(device: SimulatedDevice) {
    this.#device = device;
  }

  /**
   * Takes up to `minutes` rows after a time of the battery's clock, behind what was asked for before.
   * What waits is bounded by twice the memory. @returns how many rows were taken
   */
  ask(after: number, minutes: number): number {
    const { memory } = this.#device;
    const room = 2 * memory.length - this.#wanted.length;
    const numbers = memory.after(after, Math.min(minutes, room));
    for (const number of numbers) this.#wanted.push(number);
    return numbers.length;
  }

  /**
   * Takes what a `Resume` asks for. `Parameter1` is the newest record the server has, in the battery's clock, `Parameter2` the
   * minutes from there: so many rows after it, or all where there is none. That only rows after Parameter1 come, and that a
   * time which cannot be read brings none, are guesses.
   * @returns how many rows were taken; null where its time cannot be read
   */
  resume(request: Readonly<Record<string, unknown>>): number | null {
    const after = parseClock(String(request.Parameter1));
    const minutes = Number(request.Parameter2 ?? Number.NaN);
    return after === null ? null : this.ask(after, Number.isFinite(minutes) ? minutes : Number.POSITIVE_INFINITY);
  }

  /** The minutes of the next packet; none when all is sent. What was forgotten meanwhile is passed over. */
  next(): RememberedMinute[] {
    while (this.#wanted.length > 0) {
      const minutes = this.#device.minutes(this.#wanted.splice(0, ROWS_IN_A_PACKET));
      if (minutes.length > 0) return minutes;
    }
    return [];
  }

  forget(): void {
    this.#wanted = [];
  }
}
