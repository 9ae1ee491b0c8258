import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { readerOf } from '../../../test/promised-reader.ts';
import { bytes, identity, SERIAL } from '../../../test/records.ts';
import { namelessOf } from './nameless.ts';

it('counts by code what came of nobody known, within a span', async () => {
  const at = (reason: string, receivedMs: number) => bytes({ kept: 'discarded', reason, receivedMs, connection: 9 });
  const { folder } = stored(
    identity(),
    at('FRAME_TLS', 999),
    at('FRAME_TLS', 1000),
    at('FRAME_TLS', 1500),
    at('FRAME_HTTP', 1999),
    at('FRAME_HTTP', 2000),
    bytes({ reason: 'FRAME_PROTOBUF', receivedMs: 1200, connection: 9 }),
    bytes({ kept: 'discarded', reason: 'FRAME_CHECKSUM', receivedMs: 1200, serial: SERIAL }),
  );
  const found = await namelessOf(await readerOf(folder), { fromMs: 1000, toMs: 2000 });
  expect(found.sort((a, b) => a.code.localeCompare(b.code))).toEqual([
    { code: 'FRAME_HTTP', times: 1, lastMs: 1999 },
    { code: 'FRAME_PROTOBUF', times: 1, lastMs: 1200 },
    { code: 'FRAME_TLS', times: 2, lastMs: 1500 },
  ]);
});

it('counts the newest only, where somebody sends without end', async () => {
  const many = Array.from({ length: 300 }, (_, n) =>
    bytes({ kept: 'discarded', reason: 'FRAME_TLS', receivedMs: 1000 + n, connection: 9 }),
  );
  const { folder } = stored(...many);
  expect(await namelessOf(await readerOf(folder), { fromMs: 0, toMs: 5000 })).toEqual([
    { code: 'FRAME_TLS', times: 200, lastMs: 1299 },
  ]);
});
