import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf } from '../../test/wire.ts';
import { CaptureError } from './capture-error.ts';
import { type DumpForm, HexDumpReader, type TextItem } from './hex-dump.ts';

const STREAM: DumpForm = { isPackets: false, indent: null, port: 7777 };
const SIDES: DumpForm = { ...STREAM, indent: 0 };
const PACKETS: DumpForm = { ...STREAM, isPackets: true };

function read(text: string, form: DumpForm = STREAM): TextItem[] {
  const reader = new HexDumpReader(form);
  const found = text.split('\n').flatMap((line, index) => [...reader.read({ text: line, number: index + 1 })]);
  return [...found, ...reader.end()];
}

function told(items: readonly TextItem[]): string[] {
  return items.map((item) =>
    item.kind === 'packet'
      ? `packet ${item.packet.link} ${item.packet.ms} ${hexOf(item.packet.bytes)}`
      : `${item.connection} ${item.direction} ${hexOf(item.bytes)}`,
  );
}

describe('a dump of a stream', () => {
  it('may begin anew, and have words above', () => {
    const text = '$ xxd one\n00000000: 0101\n00000002: 10\n\n$ xxd other\n00000000: 0102';
    expect(told(read(text))).toEqual(['1 null 0101', '1 null 10', '1 null 0102']);
  });

  it('may be a part of one', () => {
    expect(told(read('00000010: 0101\n00000012: 10'))).toEqual(['1 null 0101', '1 null 10']);
  });

  it('has both sides, each with its offsets', () => {
    const text = '00000000  01 01   ..\n    00000000  01 02   ..\n00000002  10\n    00000002  ff   .';
    expect(told(read(text, SIDES))).toEqual([
      '1 from_battery 0101',
      '1 to_battery 0102',
      '1 from_battery 10',
      '1 to_battery ff',
    ]);
  });

  it('has the battery at the other end than the server’s port, stream by stream', () => {
    const node = (port0: number, port1: number) =>
      `Follow: tcp,hex\nNode 0: 192.0.2.1:${port0}\nNode 1: 192.0.2.2:${port1}\n`;
    const text = `${node(7777, 40_000)}00000000  01 02\n${node(40_000, 7777)}00000000  01 01`;
    expect(told(read(text, SIDES))).toEqual(['1 to_battery 0102', '2 from_battery 0101']);
  });

  it('repeats lines', () => {
    expect(told(read('0000000 0201\n*\n0000006'))).toEqual(['1 null 0102', '1 null 0102', '1 null 0102']);
    expect(read('*')).toEqual([]);
  });

  it.each([
    ['00000000: 0101\n00000003: 10', 'line 2: its offset is 00000003 where 2 should follow'],
    ['00000000: 0101\n00000002: 1z', 'line 2 of the dump is spoilt'],
  ])('%j is refused', (text, why) => {
    expect(() => read(text)).toThrow(why);
  });
});

describe('a dump of packets', () => {
  it('has their times and link layers', () => {
    const text = [
      '2024-06-12 11:04:10.500 IP 192.0.2.23.40312 > 198.51.100.7.7777: Flags [.]',
      '\t0x0000:  4500 0028 0001 0000 4006 0000 c000 0217  E..(....@.......',
      '\t0x0010:  c633 6407                                .3d.',
      '1718186650.25 IP …',
      '\t0x0000:  0000                                     ..',
    ].join('\n');
    const reader = told(read(text, PACKETS));
    expect(reader).toEqual([
      `packet 101 ${Date.UTC(2024, 5, 12, 11, 4, 10, 500)} 450000280001000040060000c0000217c6336407`,
      'packet 1 1718186650250 0000',
    ]);
  });

  it('are told apart by their offsets alone', () => {
    expect(told(read('0000  01 02\n0000  03\n\n0000  04', PACKETS))).toEqual([
      'packet 1 null 0102',
      'packet 1 null 03',
      'packet 1 null 04',
    ]);
  });

  it('are never longer than a packet', () => {
    const line = (at: number) => `${at.toString(16).padStart(8, '0')}: ${'00'.repeat(16)}`;
    const text = Array.from({ length: 20_000 }, (_, index) => line(index * 16)).join('\n');
    const [item] = read(text, PACKETS);
    expect(item?.kind === 'packet' && item.packet.bytes.length).toBe(262_144);
  });
});

it('any text is items or that error', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '*',
      '',
      'Follow: tcp,hex',
      '00000000: 0101',
      '0000000 0101',
      '00000002',
      '    00000000  01',
      '0000000a',
    ),
    fc.string({ unit: fc.constantFrom(...'01a :|*\t'), maxLength: 30 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), fc.constantFrom(STREAM, SIDES, PACKETS), (lines, form) => {
      try {
        read(lines.join('\n'), form);
      } catch (error) {
        expect(error).toBeInstanceOf(CaptureError);
      }
    }),
    { numRuns: 500 },
  );
});
