/**
 * The history a server has asked for with `Resume` and that is still to be sent: oldest first, three minutes to a packet.
 */
import type { Device, RememberedMinute } from './device.ts';

const ROWS_IN_A_PACKET = 3;

export class Transfer {
  readonly #device: Device;
  #wanted: number[] = [];

  constructor(device: Device) {
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
