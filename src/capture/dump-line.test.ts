import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf } from '../../test/wire.ts';
import { dumpLine } from './dump-line.ts';

describe('a line of a dump', () => {
  it.each([
    ['xxd', '00000010: 0101 1000 0001 107b  .......{', '01011000 0001107b'],
    ['xxd, its end', '00000020: 5349                                     SI', '5349'],
    ['xxd -g1 -c8, letters that are digits', '00000000: 61 62 20 63 64 20 65 66  ab cd ef', '6162206364206566'],
    [
      'hexdump -C',
      '00000000  01 01 10 00 00 01 10 7b  22 54 69 6d 65 22 3a 22  |.......{"Time":"|',
      '010110000001107b2254696d65223a22',
    ],
    ['hexdump -C, a bar in it', '00000000  7c 7c                                             ||||', '7c7c'],
    ['tcpdump', '\t0x0000:  4500 0034 1c46 4000  E..4.F@.', '450000341c464000'],
    [
      'tshark',
      '0000  02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00   ..............E.',
      '02000000000102000000000208004500',
    ],
    [
      'Wireshark, the other side',
      '    00000000  01 02 10 00 00 00 14 7b  22 53                      .......{ "S',
      '010210000000147b2253',
    ],
    ['od -t x1z', '0000000 01 01 10 00  >....<', '01011000'],
    ['hexdump, words', '0000000 0101 0010', '01011000'],
    ['an offset alone', '00000031', ''],
  ])('of %s is its bytes', (_what, text, hex) => {
    expect(hexOf(dumpLine(text)?.bytes as Uint8Array)).toBe(hex.replaceAll(' ', ''));
  });

  it('says how far it is set in, and whether words stand the other way round', () => {
    expect(dumpLine('    00000000  01 02')).toMatchObject({ indent: 4, offset: '00000000', hasColon: false });
    expect(dumpLine('00000000: 0102')).toMatchObject({ indent: 0, hasColon: true, isWords: false });
    expect(dumpLine('0000000 0102')).toMatchObject({ isWords: true });
  });

  it.each([
    '',
    '12:04:10.123456 IP 192.0.2.1 > 192.0.2.2',
    '0000: xyz',
    '00000010: 0101 1',
    'Frame 1: 66 bytes',
    '0000  01 0g',
  ])('is not %j', (text) => {
    expect(dumpLine(text)).toBeNull();
  });

  it('of any text is bytes or null', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'01af: |>.\tg'), maxLength: 80 }), (text) => {
        const found = dumpLine(`0000${text}`);
        if (found !== null) expect(found.bytes.length * 2).toBeLessThanOrEqual(text.length + 12);
      }),
    );
    expect(dumpLine(`0000: ${'01 '.repeat(1_000_000)}`)).toBeNull();
  });
});
