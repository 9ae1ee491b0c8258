import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { isFile, OutputFile, writeAll } from './output-file.ts';

function opened(path: string): number {
  const descriptor = openSync(path, 'a');
  onTestFinished(() => closeSync(descriptor));
  return descriptor;
}

/** A FIFO that this process reads and writes. */
function fifo(): number {
  const path = join(temporaryFolder(), 'fifo');
  execFileSync('mkfifo', [path]);
  const descriptor = openSync(path, 'r+');
  onTestFinished(() => closeSync(descriptor));
  return descriptor;
}

const hasFull = existsSync('/dev/full');

describe('what standard output is', () => {
  it('is a file, or a device', () => {
    expect(isFile(opened(join(temporaryFolder(), 'log')))).toBe(true);
    expect(isFile(opened('/dev/null'))).toBe(true);
  });

  it('is no file where it is a pipe', () => {
    expect(isFile(fifo())).toBe(false);
  });
});

describe('a file that is written', () => {
  it('has all of it, in order', async () => {
    const path = join(temporaryFolder(), 'out');
    const output = new OutputFile(opened(path));
    output.write('one\n');
    output.write('zwölf\n');
    await new Promise((resolve) => output.end(resolve));
    expect(readFileSync(path, 'utf8')).toBe('one\nzwölf\n');
  });

  it.skipIf(!hasFull)('says that there is no room (needs /dev/full)', async () => {
    const output = new OutputFile(opened('/dev/full'));
    const error = new Promise((resolve) => output.once('error', resolve));
    output.write('one\n');
    expect(await error).toMatchObject({ code: 'ENOSPC' });
    expect(writeAll(output.fd, Buffer.from('two\n'))).toMatchObject({ written: 0, error: { code: 'ENOSPC' } });
  });
});
