import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pcap } from '../../test/captures/files.ts';
import { inChunks } from '../../test/captures/read.ts';
import { joined, sessionFrames } from '../../test/wire.ts';
import { CaptureError } from './capture-error.ts';
import { openCapture } from './opened.ts';

const SESSION = joined(sessionFrames());
const BIG = joined(Array.from({ length: 100 }, () => SESSION));

async function opened(input: Uint8Array, chunk = input.length || 1) {
  const { input: recognised, isZipped, chunks } = await openCapture(inChunks(input, chunk));
  const all: Uint8Array[] = [];
  for await (const bytes of chunks) all.push(bytes);
  return { kind: recognised.kind, isZipped, bytes: joined(all) };
}

describe('an input', () => {
  it('is handed on whole, out of gzip too, and out of gzip in gzip', async () => {
    for (const chunk of [1000, 70_000, BIG.length]) {
      expect(await opened(BIG, chunk)).toEqual({ kind: 'raw', isZipped: false, bytes: BIG });
      expect(await opened(gzipSync(BIG), chunk)).toEqual({ kind: 'raw', isZipped: true, bytes: BIG });
    }
    expect(await opened(gzipSync(gzipSync(BIG)), 100)).toMatchObject({ isZipped: true, bytes: BIG });
    expect(await opened(joined([gzipSync(SESSION), gzipSync(SESSION)]))).toMatchObject({
      bytes: joined([SESSION, SESSION]),
    });
    expect(await opened(new Uint8Array(0))).toMatchObject({ kind: 'empty' });
  });

  it('in gzip that is cut off is given as far as it goes', async () => {
    const zipped = gzipSync(BIG, { level: 0 });
    const { bytes } = await opened(zipped.subarray(0, zipped.length >> 1));
    expect(bytes.length).toBeGreaterThan(BIG.length / 3);
    expect(bytes).toEqual(BIG.subarray(0, bytes.length));
  });

  it('in gzip that is damaged ends with that error', async () => {
    const spoilt = joined([gzipSync(SESSION).subarray(0, 10), new Uint8Array(100).fill(0xff), deflateRawSync(SESSION)]);
    await expect(opened(spoilt)).rejects.toThrow(CaptureError);
  });

  it('that fails, fails', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield gzipSync(BIG).subarray(0, 100);
      throw new Error('no disk');
    }
    await expect(openCapture(failing())).rejects.toThrow('no disk');
  });

  it('that is a recording under way is begun with at once', async () => {
    const begun = pcap([{ ms: 1000, bytes: SESSION.subarray(0, 60) }]);
    async function* underWay(): AsyncGenerator<Uint8Array> {
      yield begun.subarray(0, 10);
      yield begun.subarray(10);
      await new Promise<never>(() => {});
    }
    const { input, chunks } = await openCapture(underWay());
    expect(input.kind).toBe('pcap');
    const reading = chunks[Symbol.asyncIterator]();
    expect(joined([(await reading.next()).value, (await reading.next()).value])).toEqual(begun);
  });

  it('is closed when nobody reads on', async () => {
    let closed = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield BIG;
      } finally {
        closed++;
      }
    }
    const { chunks } = await openCapture(source());
    for await (const _chunk of chunks) break;
    expect(closed).toBe(1);
  });
});
