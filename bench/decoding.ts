/**
 * Cutting a stream into frames, against the bare checksum of the same bytes.
 */
import { readFileSync } from 'node:fs';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { crc16 } from '../src/protocol/crc16.ts';
import { encodeFrame, FrameDecoder, REQUEST } from '../src/protocol/frame.ts';
import { MessageReader } from '../src/protocol/messages.ts';
import type { Figure } from './figure.ts';

const FRAMES = 1000;
const ROUNDS = 200;
const SEGMENT = 1448;

/** Best of several, in ms: what the code can do, not what else the machine did. */
function best(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

export function decoding(): Figure[] {
  const body = readFileSync(new URL('../fixtures/1-1-16.live.json', import.meta.url));
  const frame = encodeFrame(REQUEST, 16, body);
  const stream = Buffer.concat(Array.from({ length: FRAMES }, () => frame));
  const segments = Array.from({ length: Math.ceil(stream.length / SEGMENT) }, (_, i) =>
    stream.subarray(i * SEGMENT, (i + 1) * SEGMENT),
  );

  let sink = 0;
  const checksum = best(() => {
    for (let at = 0; at < stream.length; at += frame.length) sink += crc16(stream, at, at + frame.length - 2);
  });
  const decodeAll = (each: (decoder: FrameDecoder) => void) => {
    const decoder = new FrameDecoder();
    for (const segment of segments) {
      decoder.receive(segment);
      each(decoder);
    }
  };
  const framing = best(() =>
    decodeAll((decoder) => {
      while (decoder.next() !== null) sink++;
    }),
  );
  const reader = new MessageReader(new FormBook());
  const reading = best(() =>
    decodeAll((decoder) => {
      for (let decoded = decoder.next(); decoded !== null; decoded = decoder.next()) {
        if (decoded.kind === 'frame') sink += reader.read(decoded).type.length;
      }
    }),
  );
  const micros = (ms: number) => `${((ms * 1000) / FRAMES).toFixed(2)} µs a frame of ${frame.length} bytes`;
  if (sink === 0) throw new Error('nothing was measured');
  return [
    {
      name: 'framing, of the bare checksum',
      value: checksum / framing,
      unit: 'ratio',
      note: `${micros(framing)}; checksum ${micros(checksum)}`,
    },
    {
      name: 'framing and reading, of the bare checksum',
      value: checksum / reading,
      unit: 'ratio',
      note: micros(reading),
    },
  ];
}
