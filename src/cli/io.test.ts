import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { OutputError, write } from './io.ts';

it('writing waits for a reader that is slower', async () => {
  const taken: string[] = [];
  let next = () => {};
  const slow = new Writable({
    highWaterMark: 4,
    write(chunk, _encoding, done) {
      taken.push(String(chunk));
      next = done;
    },
  });
  await write(slow, 'abc');
  let written = false;
  const second = write(slow, 'defg').then(() => {
    written = true;
  });
  await new Promise(setImmediate);
  expect(written).toBe(false);
  next();
  await new Promise(setImmediate);
  next();
  await second;
  expect(taken).toEqual(['abc', 'defg']);
});

it('writing fails where it cannot be written, and does not wait for ever', async () => {
  const full = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
    },
  });
  full.on('error', () => {});
  await expect(write(full, 'x'.repeat(100_000))).rejects.toMatchObject({
    name: 'OutputError',
    cause: { code: 'ENOSPC' },
  });
  await expect(write(full, 'x'.repeat(100_000))).rejects.toThrow(OutputError);
});
