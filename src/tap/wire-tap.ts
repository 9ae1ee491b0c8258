/**
 * The tap: batteries keep speaking to the vendor, and what both say is heard on the way. Nothing is ever sent.
 *
 *     state      what happens                                   what is done                           next state
 *     starting   the first bytes of a recording come            they are read                          listening
 *     starting   no bytes for half a minute                     said; the command is ended             waiting
 *     listening  packets come                                   they go to their connections           listening
 *     listening  no packet of the port for minutes              said; the command is ended             waiting
 *     any        what comes is no recording                     said; the command is ended             waiting
 *     any        the command ends                               said with its last words               waiting
 *     waiting    1 s, then longer each time up to 5 min         the command is started                 starting
 *     any        standard input ends                            said                                   ended
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { CaptureError } from '../capture/capture-error.ts';
import { counted } from '../counted.ts';
import type { TapProblemCode } from '../problems/tap.ts';
import { Backoff } from '../sinks/backoff.ts';
import { PacketReader } from './packet-reader.ts';
import { TapCommand } from './tap-command.ts';
import { type TapCounts, TappedStreams, type TappedStreamsParts } from './tapped-streams.ts';

/** Where packets come from: a command that is started as often as need be, or a stream that there is once. */
export type TapSource =
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly environment: NodeJS.ProcessEnv }
  | { readonly kind: 'input'; readonly chunks: AsyncIterable<Uint8Array> };

export interface WireTapParts extends Omit<TappedStreamsParts, 'lost'> {
  readonly source: TapSource;
  readonly random: () => number;
  /** Must not throw. */
  problem(code: TapProblemCode, detail: string): void;
}

export type TapState = 'starting' | 'listening' | 'waiting' | 'ended';

interface TapEnding {
  readonly code: TapProblemCode;
  readonly detail: string;
}

export interface TapStatus {
  readonly source: TapSource['kind'];
  readonly state: TapState;
  readonly sinceMs: number;
  /** How often the command was started. */
  readonly starts: number;
  readonly counts: Readonly<TapCounts>;
  /** The last, until packets come again. */
  readonly problem: TapEnding | null;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;
const TICK_MS = 1000;
const STOP_MS = 500;
/** A recording begins with its header at once; ssh may take a while. */
const BEGIN_MS = 30_000;
/** A battery says something every ten seconds; some are off at night. */
const SILENCE_MS = 300_000;

export class WireTap {
  readonly #parts: WireTapParts;
  readonly #streams: TappedStreams;
  readonly #backoff: Backoff;
  #state: TapState = 'starting';
  #sinceMs = 0;
  #starts = 0;
  #problem: TapStatus['problem'] = null;
  #command: TapCommand | null = null;
  /** Since when nothing of use came; null while what came is being taken, however long that lasts. */
  #quietMono: number | null = null;
  /** Why the command is being ended. */
  #ending: TapEnding | null = null;
  #ticker: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Ends the pause before the next start. */
  #wake: () => void = () => {};
  #inputEnded: () => void = () => {};
  /** Resolves when standard input has ended; never for a command. */
  readonly ended = new Promise<void>((resolve) => {
    this.#inputEnded = resolve;
  });

  constructor(parts: WireTapParts) {
    this.#parts = parts;
    this.#streams = new TappedStreams({ ...parts, lost: (bytes) => this.#lost(bytes) });
    this.#backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, parts.random);
  }

  get status(): TapStatus {
    return {
      source: this.#parts.source.kind,
      state: this.#state,
      sinceMs: this.#sinceMs,
      starts: this.#starts,
      counts: { ...this.#streams.counts },
      problem: this.#problem,
    };
  }

  start(): void {
    this.#enter('starting');
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#running = this.#run();
  }

  /** Listens no more; what was heard is handed over by then. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#wake();
    this.#streams.stop();
    await this.#command?.stop();
    // Whoever writes to standard input may go on for ever, and a store that fails may be waited for.
    await Promise.race([this.#running, sleep(STOP_MS, undefined, { ref: false })]);
  }

  /** Ends the sessions in which a serial number was named. @returns how many there were */
  dismiss(serial: string): number {
    return this.#streams.dismiss(serial);
  }

  async #run(): Promise<void> {
    const { source } = this.#parts;
    if (source.kind === 'input') {
      await this.#listen(source.chunks);
      if (this.#isStopped) return;
      if (this.#problem === null) this.#say('TAP_ENDED', 'standard input');
      this.#streams.end();
      this.#enter('ended');
      this.#inputEnded();
      return;
    }
    while (!this.#isStopped) {
      await this.#runCommand(source.command, source.environment);
      if (!this.#isStopped) await this.#pause();
    }
  }

  async #runCommand(command: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
    this.#enter('starting');
    this.#starts++;
    const running = TapCommand.start(command, environment);
    this.#command = running;
    await this.#listen(running.output);
    const { isStarted, words } = await running.stop();
    this.#command = null;
    if (this.#isStopped) return;
    const why = this.#takeEnding();
    if (!isStarted) this.#say('TAP_NOT_STARTED', words);
    else this.#say(why?.code ?? 'TAP_ENDED', why?.detail ?? words);
  }

  #takeEnding(): TapEnding | null {
    const ending = this.#ending;
    this.#ending = null;
    return ending;
  }

  /** Until it ends, or is no recording. */
  async #listen(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const reader = new PacketReader();
    this.#quietMono = this.#monoMs();
    try {
      for await (const chunk of chunks) {
        if (this.#isStopped) return;
        await this.#take(reader, chunk);
      }
    } catch (error) {
      this.#broke(error);
    } finally {
      this.#quietMono = null;
    }
  }

  async #take(reader: PacketReader, chunk: Uint8Array): Promise<void> {
    const quietMono = this.#quietMono;
    // While a store cannot keep what came, no more is read, and nobody is silent.
    this.#quietMono = null;
    let isHeard = false;
    for (const packet of reader.read(chunk)) {
      if (await this.#streams.take(packet)) isHeard = true;
      if (this.#isStopped) return;
    }
    this.#quietMono = isHeard ? this.#monoMs() : quietMono;
    if (isHeard) this.#heard();
    else if (reader.hasBegun && this.#state === 'starting') this.#enter('listening');
  }

  #heard(): void {
    this.#backoff.reset();
    this.#problem = null;
    if (this.#state !== 'listening') this.#enter('listening');
  }

  #broke(error: unknown): void {
    if (this.#isStopped) return;
    const { message } = error as Error;
    if (this.#parts.source.kind === 'input')
      this.#say(error instanceof CaptureError ? 'TAP_GARBLED' : 'TAP_ENDED', message);
    // Of a command that ends its last words tell more than that its output broke off.
    else if (error instanceof CaptureError) this.#ending = { code: 'TAP_GARBLED', detail: message };
  }

  #tick(): void {
    this.#streams.tick(this.#parts.now());
    const quietMono = this.#quietMono;
    if (quietMono === null) return;
    const quietMs = this.#monoMs() - quietMono;
    const { port } = this.#parts;
    if (this.#state === 'starting' && quietMs >= BEGIN_MS)
      this.#silent(`no recording began within ${BEGIN_MS / 1000} s`);
    else if (this.#state === 'listening' && quietMs >= SILENCE_MS)
      this.#silent(`no packet of port ${port} for ${SILENCE_MS / 60_000} minutes`);
  }

  /** Perhaps the way to another machine hangs: a command is started anew. Of standard input it is said once. */
  #silent(detail: string): void {
    this.#quietMono = null;
    if (this.#command === null) {
      this.#say('TAP_SILENT', detail);
      return;
    }
    this.#ending = { code: 'TAP_SILENT', detail };
    void this.#command.stop();
  }

  #lost(bytes: number | null): void {
    this.#parts.problem('TAP_LOST', bytes === null ? 'nobody knows how many bytes' : counted(bytes, 'byte'));
  }

  #say(code: TapProblemCode, detail: string): void {
    this.#problem = { code, detail };
    this.#parts.problem(code, detail);
  }

  async #pause(): Promise<void> {
    this.#enter('waiting');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#backoff.next());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  #enter(state: TapState): void {
    this.#state = state;
    this.#sinceMs = this.#parts.now().wallMs;
  }

  #monoMs(): number {
    return this.#parts.now().monoMs;
  }
}
