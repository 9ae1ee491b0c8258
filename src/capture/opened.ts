/**
 * The beginning of an input looked at, and all of it handed on: out of gzip, where it is in that.
 */
import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { CaptureError } from './capture-error.ts';
import { HEAD_LENGTH, isEnough, isGzip, type Recognised, recognise } from './recognise.ts';

export interface OpenedCapture {
  readonly input: Recognised;
  readonly isZipped: boolean;
  /** The whole input, from its first byte. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Something zipped twice is a mistake, three times an attack. */
const MOST_LAYERS = 2;

/** @throws CaptureError where what is in gzip is damaged; what the input throws */
export async function openCapture(input: AsyncIterable<Uint8Array>): Promise<OpenedCapture> {
  let looked = await lookedAt(input);
  let layers = 0;
  while (isGzip(looked.head) && layers < MOST_LAYERS) {
    looked = await lookedAt(unzipped(looked.chunks));
    layers++;
  }
  return { input: recognise(looked.head), isZipped: layers > 0, chunks: looked.chunks };
}

async function lookedAt(input: AsyncIterable<Uint8Array>) {
  const chunks = input[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  const head = new Uint8Array(HEAD_LENGTH);
  while (!isEnough(head.subarray(0, length))) {
    const { value, done } = await chunks.next();
    if (done) break;
    first.push(value);
    head.set(value.subarray(0, HEAD_LENGTH - length), length);
    length = Math.min(HEAD_LENGTH, length + value.length);
  }
  return { head: head.subarray(0, length), chunks: all(first, chunks) };
}

async function* all(first: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** What is cut off is given as far as it goes: the capture within says what it lacks. */
async function* unzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(chunks, { objectMode: false });
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  source.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of source.pipe(gunzip)) yield chunk as Uint8Array;
  } catch (error) {
    if (/^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) {
      throw new CaptureError(`the gzip is damaged: ${(error as Error).message}`);
    }
    throw error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}
