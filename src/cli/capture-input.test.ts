import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeIo } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';
import { CaptureError } from '../capture/capture-error.ts';
import { withCapture } from './capture-input.ts';

async function all(file: string, stdin = ''): Promise<string> {
  return withCapture(file, new FakeIo({ stdin }), async ({ input, chunks }) => {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return `${input.kind} ${Buffer.concat(parts)}`;
  });
}

it('a recording is a file, or standard input', async () => {
  const file = join(temporaryFolder(), 'a.txt');
  writeFileSync(file, '01 01 00 00 00 00 00 11 0a');
  expect(await all(file)).toBe('hex 01 01 00 00 00 00 00 11 0a');
  expect(await all('-', '01010000000000110a')).toBe('hex 01010000000000110a');
});

it('one that cannot be read says of which file, and what to do', async () => {
  await expect(all(join(temporaryFolder(), 'none'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(all('-', 'PK\x03\x04')).rejects.toThrow('standard input: this is');
  const damaged = withCapture('-', new FakeIo({ stdin: '0101' }), async () => {
    throw new CaptureError('line 3');
  });
  await expect(damaged).rejects.toMatchObject({
    code: 'CAPTURE_UNREADABLE',
    message: expect.stringMatching(/^standard input: line 3; save it as pcap/),
  });
  const other = withCapture('-', new FakeIo({ stdin: '0101' }), async () => {
    throw new TypeError('a mistake');
  });
  await expect(other).rejects.toThrow(TypeError);
});
