/**
 * What a command may touch of the process it runs in, so that tests can run it in theirs.
 */
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { OwnerError } from '../problems/errors.ts';

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads stdout. */
  readonly terminal: boolean;
  /** Calls back when this process is asked to end. */
  onSignal(handler: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void): void;
  /** From now on output that cannot be written does not end the program. */
  outliveOutput(): void;
  /** Lets other processes go first from now on. */
  stepBack(): void;
  /** Leaves without cleaning up: the second Ctrl-C. */
  exitNow(code: number): void;
}

/** Exit codes: fine, failed, asked wrongly. */
export const FINE = 0;
export const FAILED = 1;

/** What somebody types, to the end of the line. */
export async function readLine({ stdin }: Pick<Io, 'stdin'>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] as string;
}

/**
 * Writes to standard output, and waits where its reader is slower than we are.
 * @throws OutputError where it cannot be written
 */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const goOn = stream.write(text, (error) => {
      if (error) reject(new OutputError(error));
      else resolve();
    });
    if (goOn) resolve();
  });
}

/** Standard output cannot be written. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
  }
}

/** A file's bytes. @throws OwnerError FILE_UNREADABLE */
export function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** What somebody is told whose file cannot be read. */
export function unreadable(file: string, error: unknown): OwnerError {
  const { code, message } = error as NodeJS.ErrnoException;
  const sentence = SENTENCES[code ?? '']?.(file) ?? `${file} cannot be read: ${message.split(',')[0]}`;
  return new OwnerError('FILE_UNREADABLE', sentence, error);
}

const SENTENCES: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `there is no file ${file}: check its path`,
  ENOTDIR: (file) => `there is no file ${file}: check its path`,
  EISDIR: (file) => `${file} is a folder: give a file`,
  EACCES: (file) => `${file} may not be read by you: check its permissions`,
};
