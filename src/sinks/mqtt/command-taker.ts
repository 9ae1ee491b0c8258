/**
 * Takes commands that come by MQTT, and says of each that is not carried out why: in the log, and where the battery's state stands.
 */
import type { ControlDoor, LastChange } from '../control-news.ts';
import { type HeardMessage, readCommand } from './commands.ts';

export interface CommandTakerParts {
  /** What all topics begin with. */
  readonly base: string;
  readonly control: ControlDoor;
  /** Whether anything is said of that battery by MQTT. */
  readonly isTold: (battery: string) => boolean;
  /** A command became no change. */
  readonly answer: (battery: string, answer: LastChange) => void;
  /** … in words for the log. */
  readonly say: (detail: string) => void;
  readonly wallMs: () => number;
}

/** More at a time are a mistake of who sends them. */
const MOST_AT_ONCE = 8;

export class CommandTaker {
  readonly #parts: CommandTakerParts;
  #underWay = 0;

  constructor(parts: CommandTakerParts) {
    this.#parts = parts;
  }

  /** Resolves when it is taken, or said that it is not. Never rejects. */
  async heard(message: HeardMessage): Promise<void> {
    const { base, control, isTold, wallMs } = this.#parts;
    const found = readCommand(base, message, wallMs());
    if (found === null) return;
    const { battery } = found;
    if (!isTold(battery)) return this.#parts.say(`there is no battery of that id: ${plain(battery)}`);
    if ('reason' in found) return this.#unheeded(battery, found.state, found.reason);
    if (this.#underWay >= MOST_AT_ONCE) return this.#unheeded(battery, 'ignored', 'too many commands at once');
    this.#underWay++;
    try {
      await control.take(battery, found.body);
    } catch (error) {
      const { message: reason, isIgnored = false } = error as { message: string; isIgnored?: boolean };
      this.#unheeded(battery, isIgnored ? 'ignored' : 'refused', reason);
    } finally {
      this.#underWay--;
    }
  }

  #unheeded(battery: string, state: 'refused' | 'ignored', reason: string): void {
    this.#parts.say(`${battery}, ${state}: ${reason}`);
    this.#parts.answer(battery, { number: null, wish: null, state, reason, by: 'mqtt', atMs: this.#parts.wallMs() });
  }
}

/** A level of a topic is another's words. */
function plain(id: string): string {
  return /^\w{1,20}$/.test(id) ? id : '…';
}
