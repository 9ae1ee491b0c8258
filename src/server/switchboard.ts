/**
 * The one way in to sessions from outside: for the page, outputs, commands, and what is given orders by other programs. It finds the
 * connection on which a battery is, and hands on what is wanted of it (docs/decisions/0024).
 */
import type { ProblemCode } from '../protocol/errors.ts';
import { type Batteries, type HeardBattery, liveConnection } from '../session/batteries.ts';
import type { Conversation } from '../session/conversation.ts';

/** An open connection to batteries. */
export interface SwitchboardLine {
  readonly number: number;
  converse(battery: HeardBattery, conversation: Conversation): void;
  wake(): void;
  interrupt(battery: HeardBattery): void;
  close(code: ProblemCode): void;
}

/** A battery that is connected. It may be so no more a moment later: ask for it anew each time. */
export interface LiveBattery {
  /** The number of its connection. */
  readonly connection: number;
  /** Begins a conversation as soon as it is its turn; if the battery goes before, it is interrupted. */
  start(conversation: Conversation): void;
  /** Whoever has given one of its conversations something to do before its deadline: looks at once. */
  wake(): void;
  /** Ends all conversations with it: another peer is to be believed to be the battery. */
  interrupt(): void;
  /** Hangs up, once all is kept and answered. The battery makes another connection by itself. */
  close(): void;
}

export interface SwitchboardParts {
  readonly batteries: Batteries;
  /** Of a battery, or of a serial number that may become one. */
  idOf(serial: string): string;
}

export class Switchboard {
  readonly batteries: Batteries;
  readonly #idOf: SwitchboardParts['idOf'];
  readonly #lines = new Map<number, SwitchboardLine>();
  readonly #byId = new Map<string, HeardBattery>();

  constructor({ batteries, idOf }: SwitchboardParts) {
    this.batteries = batteries;
    this.#idOf = idOf;
  }

  opened(line: SwitchboardLine): void {
    this.#lines.set(line.number, line);
  }

  closed(line: SwitchboardLine): void {
    this.#lines.delete(line.number);
  }

  idOf(serial: string): string {
    return this.#idOf(serial);
  }

  /** A battery that was taken in, connected or not; null where there is none of that id. */
  find(id: string): HeardBattery | null {
    const known = this.#byId.get(id);
    // An id may be given anew until its battery is kept.
    if (known !== undefined && this.#idOf(known.serial.reveal()) === id) return known;
    this.#byId.clear();
    for (const battery of this.batteries.all()) this.#byId.set(this.#idOf(battery.serial.reveal()), battery);
    return this.#byId.get(id) ?? null;
  }

  /** A battery that is connected; null where it is not, or there is none of that id. */
  of(id: string): LiveBattery | null {
    const battery = this.find(id);
    const number = battery === null ? null : liveConnection(battery);
    const line = number === null ? undefined : this.#lines.get(number);
    if (battery === null || line === undefined) return null;
    return {
      connection: line.number,
      start: (conversation) => line.converse(battery, conversation),
      wake: () => line.wake(),
      interrupt: () => line.interrupt(battery),
      close: () => line.close('CONNECTION_CLOSED'),
    };
  }
}
