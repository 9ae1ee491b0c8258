/**
 * A recording that a command is given: a file, or standard input.
 */
import { createReadStream } from 'node:fs';
import { CaptureError } from '../capture/capture-error.ts';
import { type OpenedCapture, openCapture } from '../capture/opened.ts';
import { OwnerError } from '../problems/errors.ts';
import { type Io, unreadable } from './io.ts';

/** What to do with a text that cannot be read. */
const INSTEAD =
  'save it as pcap (tcpdump -w FILE; Wireshark: File, Save As), as a hex dump (xxd, hexdump -C), or in Wireshark by Follow, TCP Stream, show as Hex Dump';

/**
 * @param file a file, or - for standard input
 * @param work what is done with it
 * @throws OwnerError where it cannot be read; what the work throws
 */
export async function withCapture<T>(file: string, io: Io, work: (opened: OpenedCapture) => Promise<T>): Promise<T> {
  const name = file === '-' ? 'standard input' : file;
  let advice = '';
  try {
    const opened = await openCapture(file === '-' ? stdin(io) : bytesOf(file));
    const { input } = opened;
    if (input.kind === 'hex' || input.kind === 'dump') advice = `; ${INSTEAD}`;
    if (input.kind === 'foreign') throw new CaptureError(`this is ${input.title}: ${input.advice}`);
    return await work(opened);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    throw new OwnerError('CAPTURE_UNREADABLE', `${name}: ${error.message}${advice}`);
  }
}

async function* stdin(io: Io): AsyncGenerator<Uint8Array> {
  for await (const chunk of io.stdin) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

const READ_AT_ONCE = 0x10_0000;

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: READ_AT_ONCE }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(file, error);
  }
}
