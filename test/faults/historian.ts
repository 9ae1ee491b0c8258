/**
 * History without end, told by hand.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { clockText, Peer, successTo } from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';
import type { Ledger } from './ledger.ts';

/**
 * A battery that sends three minutes of history and waits for the answer, again and again; no minute twice unless it was
 * not answered. Its own clock is never told, or is.
 */
export class Historian {
  readonly #serial: string;
  readonly #saysTime: boolean;
  readonly #ledger: Ledger;
  readonly #header: string;
  readonly #row: readonly string[];
  #minute = 0;

  constructor(serial: string, saysTime: boolean, ledger: Ledger) {
    const [header = '', row = ''] = fixture('1-1-12.history.csv').split('\n');
    this.#serial = serial;
    this.#saysTime = saysTime;
    this.#ledger = ledger;
    this.#header = header;
    this.#row = row.split(',').slice(3);
  }

  /** Until the connection breaks. */
  async tell(port: number): Promise<void> {
    const peer = await Peer.connect(port);
    const answers: Uint8Array[] = [];
    const say = async (command: number, body: string) => {
      answers.push(successTo(command));
      peer.send(frameByHand(1, command, body));
      await peer.receives(...answers);
    };
    try {
      if (this.#saysTime)
        await say(16, JSON.stringify({ Time: clockText(1_718_193_850), SN: this.#serial, Ppv1: '1' }));
      while (!peer.ended && !peer.closed) {
        const clocks = [0, 1, 2].map((n) => clockText(1_600_000_000 + (this.#minute + n) * 60));
        const rows = clocks.map((clock) => [...clock.split(' '), this.#serial, ...this.#row].join());
        await say(12, `${[this.#header, ...rows].join('\n')}\n`);
        for (const clock of clocks) this.#ledger.note(this.#serial, { kind: 'history', clock, utcMs: null });
        this.#minute += 3;
        await sleep(3);
      }
    } catch {
      // The server was killed before it answered: these minutes are told again.
    }
  }
}
