import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';

it('gives back what was put in, in pieces of any sizes, and views stay as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.array(fc.nat(30)), (chunks, sizes) => {
      const queue = new ByteQueue();
      const views: Uint8Array[] = [];
      const takes = [...sizes];
      for (const chunk of chunks) {
        queue.push(chunk.slice());
        const size = Math.min(takes.shift() ?? 0, queue.length);
        views.push(queue.bytes.subarray(0, size));
        queue.drop(size);
        queue.settle();
      }
      const taken = [...views, queue.bytes].flatMap((view) => [...view]);
      expect(taken).toEqual(chunks.flatMap((chunk) => [...chunk]));
    }),
  );
});

it('keeps no chunk of which it has all or a part', () => {
  const queue = new ByteQueue();
  queue.push(new Uint8Array(1_000_000));
  queue.drop(999_999);
  queue.settle();
  expect(queue.bytes.buffer.byteLength).toBeLessThan(1000);
  queue.drop(1);
  queue.settle();
  expect(queue.length).toBe(0);
});
