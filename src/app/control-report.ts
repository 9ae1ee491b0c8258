/**
 * What the owner is told in the log of verbs that go on although control, or the server, ends.
 */
import type { Note } from '../log/log.ts';
import type { HeardBattery } from '../session/batteries.ts';

type EndingBattery = Pick<HeardBattery, 'serial' | 'control'>;

export class ControlReport {
  readonly #say: (note: Note) => void;
  readonly #nameOf: (serial: string) => string;
  /** Serials of batteries of which it was said. */
  readonly #ending = new Set<string>();

  constructor(say: (note: Note) => void, nameOf: (serial: string) => string) {
    this.#say = say;
    this.#nameOf = nameOf;
  }

  /** Control is off: what a battery has of it is undone first. Said once. */
  ending({ serial, control }: EndingBattery): void {
    const { holding } = control.changes;
    if (holding === null || this.#ending.has(serial.reveal())) return;
    this.#ending.add(serial.reveal());
    const text = `control is switched off: a ${holding.wish.kind} that the battery has is undone first, as soon as it is connected`;
    this.#say({ level: 'warn', code: 'CONTROL_ENDING', text, battery: this.#nameOf(serial.reveal()) });
  }

  /** The server ends: what a battery has until a moment, it has for longer where no server comes back. */
  staying({ serial, control }: EndingBattery): void {
    const { holding } = control.changes;
    if (holding === null) return;
    const text = `a ${holding.wish.kind} is active, and stays so, each day anew, until a server runs here again; to end it first: alphaess-local leave`;
    this.#say({ level: 'warn', code: 'CONTROL_STAYS', text, battery: this.#nameOf(serial.reveal()) });
  }
}
