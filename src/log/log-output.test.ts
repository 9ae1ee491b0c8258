import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { LogOutput } from './log-output.ts';

/** A pipe: it takes what it is given, holds it, or refuses it. */
class Pipe extends Writable {
  taken = '';
  refusal: string | null = null;
  #waiting: (() => void) | null = null;
  #stopped = false;

  constructor() {
    super({ autoDestroy: false });
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const take = () => {
      if (this.refusal !== null) return done(Object.assign(new Error(this.refusal), { code: this.refusal }));
      this.taken += chunk.toString();
      done();
    };
    if (this.#stopped) this.#waiting = take;
    else take();
  }

  /** Its reader reads no more. */
  stop(): void {
    this.#stopped = true;
  }

  goOn(): void {
    this.#stopped = false;
    this.#waiting?.();
  }
}

/** Node's own streams to standard output can be written again after an error; others cannot. */
class ProcessPipe extends Pipe {
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    done(error);
    (this as unknown as { _undestroy(): void })._undestroy();
  }

  constructor() {
    super();
    this.on('error', () => this.destroy());
  }
}

const settled = () => new Promise(setImmediate);
const LINE = `${'x'.repeat(999)}\n`;

/** What was said of lost lines, also when that found no room. */
const said: [number, string][] = [];
beforeEach(() => {
  said.length = 0;
});

function outputTo(stream: Writable) {
  const output = new LogOutput(stream);
  output.open();
  const sayLost = () =>
    output.sayLost((lines, reason) => {
      said.push([lines, reason]);
      output.write(`${lines} lost: ${reason}\n`);
    });
  return { output, sayLost };
}

describe('a pipe', () => {
  it('is written line by line', async () => {
    const pipe = new Pipe();
    const { output, sayLost } = outputTo(pipe);
    output.write('one\n');
    output.write('two\n');
    expect(await output.flushed(1000)).toBe(true);
    sayLost();
    expect([pipe.taken, output.lost, said]).toEqual(['one\ntwo\n', 0, []]);
  });

  it('whose reader has stopped keeps a bounded part waiting, the rest is lost, counted, and said when he goes on', async () => {
    const pipe = new Pipe();
    const { output, sayLost } = outputTo(pipe);
    pipe.stop();
    for (let n = 0; n < 10_000; n++) output.write(LINE);
    // A megabyte, and one line of its own that made it more.
    expect(pipe.writableLength).toBe(1_049_000);
    expect(output.lost).toBe(10_000 - 1049);
    sayLost();
    sayLost();
    expect(said).toEqual([
      [8951, 'its reader is too slow'],
      [8951, 'its reader is too slow'],
    ]);
    expect(output.lost).toBe(8951);
    expect(await output.flushed(1)).toBe(false);
    pipe.goOn();
    expect(await output.flushed(1000)).toBe(true);
    sayLost();
    await settled();
    sayLost();
    expect(pipe.taken).toBe(`${LINE.repeat(1049)}8951 lost: its reader is too slow\n`);
    expect(said).toHaveLength(3);
    expect(output.lost).toBe(8951);
  });

  it('whose reader has gone loses every line, until another comes', async () => {
    const pipe = new ProcessPipe();
    const { output, sayLost } = outputTo(pipe);
    pipe.refusal = 'EPIPE';
    for (let n = 0; n < 3; n++) output.write(LINE);
    await settled();
    expect(output.lost).toBe(3);
    sayLost();
    await settled();
    expect(output.lost).toBe(3);
    output.write(LINE);
    await settled();
    expect(output.lost).toBe(4);
    pipe.refusal = null;
    sayLost();
    await settled();
    expect(pipe.taken).toBe('4 lost: nobody reads it any more\n');
    sayLost();
    expect(said).toEqual([
      [3, 'nobody reads it any more'],
      [4, 'nobody reads it any more'],
    ]);
  });

  it('that fails in a way nobody foresaw says the system’s word for it', async () => {
    const pipe = new ProcessPipe();
    const { output, sayLost } = outputTo(pipe);
    pipe.refusal = 'EIO';
    output.write(LINE);
    await settled();
    sayLost();
    expect(said).toEqual([[1, 'EIO']]);
  });
});

describe('a file', () => {
  const opened = (path: string) => {
    const descriptor = openSync(path, 'a');
    onTestFinished(() => closeSync(descriptor));
    return Object.assign(new Pipe(), { fd: descriptor });
  };

  it('is written at once', async () => {
    const path = join(temporaryFolder(), 'log');
    const { output } = outputTo(opened(path));
    output.write('one\n');
    expect(readFileSync(path, 'utf8')).toBe('one\n');
    expect(await output.flushed(0)).toBe(true);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'without room loses lines, and says so again and again until it is written (needs /dev/full)',
    () => {
      const { output, sayLost } = outputTo(opened('/dev/full'));
      output.write(LINE);
      output.write(LINE);
      sayLost();
      sayLost();
      expect(said).toEqual([
        [2, 'its disk is full'],
        [2, 'its disk is full'],
      ]);
      expect(output.lost).toBe(2);
    },
  );
});
