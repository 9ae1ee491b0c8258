/**
 * What the reader makes of an input, for tests.
 */
import { type CaptureItem, readerOf } from '../../src/capture/capture-reader.ts';
import { openCapture } from '../../src/capture/opened.ts';

export interface ReadCapture {
  readonly title: string;
  /** Without the ends of connections. */
  readonly items: readonly Exclude<CaptureItem, { kind: 'ended' }>[];
}

export async function readCapture(
  input: Uint8Array | string,
  chunkLength = 1 << 20,
  port = 7777,
): Promise<ReadCapture> {
  const { input: recognised, chunks } = await openCapture(inChunks(Buffer.from(input), chunkLength));
  const reader = readerOf(recognised, port);
  const all: CaptureItem[] = [];
  if (reader === null) return { title: recognised.title, items: [] };
  for await (const chunk of chunks) all.push(...reader.read(chunk));
  all.push(...reader.end());
  return { title: recognised.title, items: all.filter((item) => item.kind !== 'ended') };
}

export async function* inChunks(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Frames as `type,command,bytes`, what is none as `-,bytes`, gaps as `lost N`. */
export function told(items: ReadCapture['items'], way?: 'from_battery' | 'to_battery'): string[] {
  return items.flatMap((item) => {
    if (way !== undefined && item.direction !== way) return [];
    if (item.kind === 'lost') return [`lost ${item.length}`];
    const { type, command, crcOk, bytes } = item.piece;
    const what = type === null ? '-' : `${type},${command}${crcOk ? '' : ' wrong'}`;
    return [`${what} ${Buffer.from(bytes).toString('hex')}`];
  });
}
