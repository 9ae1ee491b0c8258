import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pcap, pcapng } from '../../test/captures/files.ts';
import { recorded, talk } from '../../test/captures/network.ts';
import { BYTE_TEXTS, DIALOGUE_TEXTS, PACKET_TEXTS } from '../../test/captures/texts.ts';
import { bytesOf, joined, sessionFrames } from '../../test/wire.ts';
import { isGzip, recognise } from './recognise.ts';

const SESSION = joined(sessionFrames());
const SAID = [
  { way: 'from_battery' as const, bytes: SESSION.subarray(0, 97), ms: 1000 },
  { way: 'to_battery' as const, bytes: SESSION.subarray(97, 106), ms: 1010 },
];
const titleOf = (input: Uint8Array | string) => recognise(Buffer.from(input)).title;

describe('an input is', () => {
  it.each<[string, Uint8Array | string]>([
    ['nothing: the input is empty', ''],
    ['pcap, Ethernet', pcap(recorded(talk(SAID)))],
    ['pcap, link layer 127, which is not read', pcap([], { link: 127 })],
    ['pcap', pcap([]).subarray(0, 20)],
    ['pcapng', pcapng(recorded(talk(SAID)))],
    ['raw bytes', SESSION],
    ['raw bytes', bytesOf('010102')],
    ['xxd', BYTE_TEXTS.xxd?.(SESSION) as string],
    ['hexdump -C', BYTE_TEXTS['hexdump -C']?.(SESSION) as string],
    ['a hex dump', BYTE_TEXTS['od -t x1']?.(SESSION) as string],
    ['a hex dump', BYTE_TEXTS.hexdump?.(SESSION) as string],
    ['hexadecimal text', BYTE_TEXTS['xxd -p']?.(SESSION) as string],
    ['hexadecimal text', BYTE_TEXTS['Python bytes']?.(SESSION) as string],
    ['a hex dump of a stream, both sides (Wireshark)', DIALOGUE_TEXTS['Wireshark: hex dump']?.(SAID) as string],
    ['hexadecimal text', DIALOGUE_TEXTS['Wireshark: C arrays']?.(SAID) as string],
    ['hexadecimal text', DIALOGUE_TEXTS['tshark: follow raw']?.(SAID) as string],
    ['tcpdump -x, -X or -XX', PACKET_TEXTS['tcpdump -XX -tttt']?.(recorded(talk(SAID))) as string],
    ['a hex dump of packets', PACKET_TEXTS['tshark -x']?.(recorded(talk(SAID))) as string],
    ['hexadecimal text', '01011000 00000000\n'],
    ['xxd', '00000010: 0101 1000 0001 107b  .......{\n00000018: 22  "\n'],
    ['hexadecimal text', 'Dear reader,'],
    ['a zip archive', 'PK\u0003\u0004…'],
    ['a picture', bytesOf('89504e47')],
  ])('%s', (title, input) => {
    expect(titleOf(input)).toBe(title);
  });

  it('text in UTF-16 too', () => {
    expect(recognise(Buffer.from('\ufeff01 01 10', 'utf16le'))).toMatchObject({ kind: 'hex', encoding: 'utf-16le' });
  });

  it('whatever it is, something', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(recognise(bytes).title).not.toBe('');
        },
      ),
    );
  });
});

it('gzip is known by its first two bytes', () => {
  expect([isGzip(bytesOf('1f8b08')), isGzip(bytesOf('1f')), isGzip(SESSION)]).toEqual([true, false, false]);
});
