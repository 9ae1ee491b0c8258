import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pcap, pcapng } from '../../test/captures/files.ts';
import { ENDS, recorded, type Said, talk } from '../../test/captures/network.ts';
import { inChunks, readCapture, told } from '../../test/captures/read.ts';
import { fixture, frameByHand } from '../../test/wire.ts';
import { CaptureError } from './capture-error.ts';
import { type CaptureReader, readerOf } from './capture-reader.ts';
import { addressOf } from './link-layer.ts';
import { openCapture } from './opened.ts';
import { recognise } from './recognise.ts';

const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const SAID: Said[] = [{ way: 'from_battery', bytes: LIVE, ms: 10_000 }];

describe('a capture', () => {
  it('says between whom each frame went', async () => {
    const { items } = await readCapture(pcap(recorded(talk(SAID))));
    const [frame] = items;
    expect(frame).toMatchObject({ kind: 'piece', direction: 'from_battery', ms: 10_000, connection: { number: 1 } });
    expect(addressOf(frame?.connection?.battery as string)).toBe('192.0.2.23:40312');
  });

  it('says that a connection has ended once both of its sides have', async () => {
    const file = pcap(recorded(talk(SAID, { end: 'fin' })));
    const { input, chunks } = await openCapture(inChunks(file, 50));
    const reader = readerOf(input, 7777) as CaptureReader;
    const kinds: string[] = [];
    for await (const chunk of chunks) kinds.push(...Array.from(reader.read(chunk), ({ kind }) => kind));
    expect(kinds).toEqual(['piece', 'ended']);
  });

  it('of another port is read where that is named', async () => {
    const file = pcap(recorded(talk(SAID), 'ethernet', { ...ENDS, serverPort: 17_777 }));
    expect((await readCapture(file)).items).toEqual([]);
    expect((await readCapture(file, 100, 17_777)).items).toHaveLength(1);
  });

  it('counts what it passed over', async () => {
    const file = pcap([
      ...recorded(talk(SAID)),
      { ms: 0, bytes: new Uint8Array(60) },
      { ms: 0, bytes: new Uint8Array(60) },
    ]);
    const { input, chunks } = await openCapture(inChunks(file.subarray(0, -10), 50));
    const reader = readerOf(input, 7777);
    for await (const chunk of chunks) [...(reader?.read(chunk) ?? [])];
    expect(reader?.passed).toEqual({ packets: 9, others: new Map([['not IP', 1]]), missing: 10, unkept: 0 });
  });

  it('whose packets were kept in part only says what is missing', async () => {
    const { items } = await readCapture(pcap(recorded(talk(SAID)), { snapLength: 96 }));
    expect(told(items).map((one) => one.split(' ')[0])).toEqual(['-', 'lost']);
    expect(items[0]).toMatchObject({ missing: LIVE.length - 42 });
    expect(items[1]).toMatchObject({ kind: 'lost', length: LIVE.length - 42 });
  });

  it('with thousands of frames that were begun holds a bounded number of bytes', () => {
    const begun = Uint8Array.from([1, 1, 16, 0, 1, 0, 0, ...new Uint8Array(60_000)]);
    const said: Said[] = [{ way: 'from_battery', bytes: begun, ms: 1000 }];
    const [syn, , , data] = recorded(talk(said, { end: 'none' }), 'raw');
    const head = pcap([], { link: 101 });
    const reader = readerOf(recognise(head), 7777) as CaptureReader;
    const read = (file: Uint8Array) => [...reader.read(file)].length;
    let givenUp = read(head);
    for (let port = 10_000; port < 11_300; port++) {
      const packets = [syn, data].map((packet) => {
        const bytes = Uint8Array.from(packet?.bytes as Uint8Array);
        bytes.set([port >> 8, port & 255], 20);
        return { ms: 1000, bytes };
      });
      givenUp += read(pcap(packets, { link: 101 }).subarray(head.length));
    }
    expect(1300 - givenUp).toBeLessThanOrEqual(0x400_0000 / begun.length);
    expect(givenUp + [...reader.end()].filter(({ kind }) => kind === 'piece').length).toBe(1300);
  });
});

it('a text that has the server first is read so', async () => {
  const line = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const reply = frameByHand(2, 16, '{"Status":"Success"}');
  const text = `Follow: tcp,raw\nNode 0: 198.51.100.7:7777\n${line(reply)}\n\t${line(LIVE)}\n`;
  const { items } = await readCapture(text);
  expect(items.map(({ direction }) => direction)).toEqual(['to_battery', 'from_battery']);
  const order = frameByHand(1, 8, '{"Command":"Resume","CmdIndex":"1"}');
  const orders = await readCapture(`Follow: tcp,raw\n${line(order)}\n\t${line(LIVE)}\n`);
  expect(orders.items.map(({ direction }) => direction)).toEqual(['to_battery', 'from_battery']);
});

it('what can be no capture has no reader', () => {
  expect(readerOf(recognise(new Uint8Array(0)), 7777)).toBeNull();
  expect(readerOf(recognise(Buffer.from('PK\u0003\u0004')), 7777)).toBeNull();
});

it('anything is read or refused with that error', async () => {
  const file = pcapng(recorded(talk(SAID)));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 20 }),
      fc.integer({ min: 1, max: 500 }),
      fc.constantFrom(pcap(recorded(talk(SAID))), file),
      async (changes, chunk, whole) => {
        const spoilt = Uint8Array.from(whole);
        for (const [at, byte] of changes) spoilt[at] = byte;
        try {
          await readCapture(spoilt, chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(CaptureError);
        }
      },
    ),
    { numRuns: 200 },
  );
});
