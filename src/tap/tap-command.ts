/**
 * A command that writes a recording to its standard output while it records: tcpdump, or ssh that runs it elsewhere.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of what it says of itself, the end. */
const LONGEST_WORDS = 300;
/** After it was told to end, until it is ended, ms. */
const KILL_MS = 2000;
/** After it has ended, until its last words are read, ms. */
const LAST_WORDS_MS = 200;

/** How a command ended: in words, for the owner. */
export type CommandEnding = { readonly isStarted: boolean; readonly words: string };

export class TapCommand {
  readonly #child: ChildProcess;
  readonly #ended: Promise<CommandEnding>;
  /** That the process is gone; what it started may still hold its outputs. */
  readonly #gone: Promise<unknown>;
  #said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#child.stderr?.on('data', (bytes: Buffer) => this.#heard(bytes));
    this.#gone = new Promise((resolve) => this.#child.once('exit', resolve).once('error', resolve));
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', ({ message }) => resolve({ isStarted: false, words: message }));
      this.#child.on('close', (code, signal) => resolve({ isStarted: true, words: this.#ending(code, signal) }));
    });
  }

  /**
   * @param command the program and its arguments; no shell reads them
   * @param environment what it is given: never the secrets of this server
   */
  static start(command: readonly string[], environment: NodeJS.ProcessEnv): TapCommand {
    const [program = '', ...args] = command;
    return new TapCommand(spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment }));
  }

  /** What it writes. No more is read of it than is taken. */
  get output(): AsyncIterable<Uint8Array> {
    return this.#child.stdout as AsyncIterable<Uint8Array>;
  }

  /** Resolves when it has ended, or could not be started. */
  get ended(): Promise<CommandEnding> {
    return this.#ended;
  }

  /** Ends it, if it has not ended. */
  async stop(): Promise<CommandEnding> {
    this.#child.kill('SIGTERM');
    const lastResort = setTimeout(() => this.#child.kill('SIGKILL'), KILL_MS);
    // What it has written and nobody reads must not keep it.
    this.#child.stdout?.destroy();
    await this.#gone;
    clearTimeout(lastResort);
    // A process that it left behind, such as the master of an ssh, holds its standard error for as long as it likes.
    await Promise.race([this.#ended, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    this.#child.stderr?.destroy();
    const ending = await this.#ended;
    return ending;
  }

  #heard(bytes: Buffer): void {
    this.#said = (this.#said + bytes.subarray(-LONGEST_WORDS).toString('utf8')).slice(-LONGEST_WORDS);
  }

  #ending(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `exit code ${code}` : signal;
    const said = this.#said.trim().split('\n').at(-1)?.trim() ?? '';
    return said === '' ? how : `${how}: ${said}`;
  }
}
