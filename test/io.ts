/**
 * The command line run inside a test: arguments in; exit code and all that was said out.
 */
import { Readable, Writable } from 'node:stream';
import { main } from '../src/cli/main.ts';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface IoOptions {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
}

/** Collects what is written; slow enough that a writer that does not wait would be seen. */
class Collector extends Writable {
  text = '';

  constructor() {
    super({ highWaterMark: 16 });
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.text += Buffer.from(chunk).toString('utf8');
    setImmediate(done);
  }
}

/** What a command may touch of its process, faked. */
export class FakeIo {
  readonly stdin: Readable;
  readonly stdout = new Collector();
  readonly stderr = new Collector();
  readonly environment: Readonly<Record<string, string>>;
  readonly terminal: boolean;
  /** Codes the command wanted to leave with at once. */
  readonly leaves: number[] = [];
  /** The command asked not to be ended where its output cannot be written. */
  outlivesOutput = false;
  readonly #handlers: ((signal: Signal) => void)[] = [];

  constructor({ stdin = '', environment = {}, terminal = false }: IoOptions = {}) {
    this.stdin = Readable.from([Buffer.from(stdin)]);
    this.environment = environment;
    this.terminal = terminal;
  }

  onSignal(handler: (signal: Signal) => void): void {
    this.#handlers.push(handler);
  }

  outliveOutput(): void {
    this.outlivesOutput = true;
  }

  stepBack(): void {}

  exitNow(code: number): void {
    this.leaves.push(code);
  }

  /** The system sends a signal. */
  signal(signal: Signal): void {
    for (const handler of this.#handlers) handler(signal);
  }

  get listening(): boolean {
    return this.#handlers.length > 0;
  }

  get out(): string {
    return this.stdout.text;
  }

  get err(): string {
    return this.stderr.text;
  }

  /** Whole lines on stdout so far. */
  get lines(): string[] {
    return this.out.split('\n').slice(0, -1);
  }

  /** Runs a command to its end; what it wrote is all there then. */
  async run(...argv: readonly string[]): Promise<number> {
    const code = await main(argv, this);
    await Promise.all([this.stdout, this.stderr].map(ended));
    return code;
  }
}

function ended(stream: Writable): Promise<void> {
  return new Promise((resolve) => stream.end(resolve));
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command that ends by itself. */
export async function run(argv: readonly string[], options: IoOptions = {}): Promise<Run> {
  const io = new FakeIo(options);
  const code = await io.run(...argv);
  return { code, out: io.out, err: io.err };
}
