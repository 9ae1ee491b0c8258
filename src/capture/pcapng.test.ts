import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pcapng } from '../../test/captures/files.ts';
import { bytesOf, joined } from '../../test/wire.ts';
import { CaptureError } from './capture-error.ts';
import type { Packet } from './pcap.ts';
import { isPcapng, PcapngReader } from './pcapng.ts';

const SECTION = bytesOf('0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000');
const ETHERNET = bytesOf('01000000 14000000 0100 0000 00000000 14000000');
// 1.5 s in microseconds: 1500000 = 0x16e360.
const PACKET = bytesOf('06000000 24000000 00000000 00000000 60e31600 03000000 03000000 aabbcc00 24000000');
const FILE = joined([SECTION, ETHERNET, PACKET]);

function read(file: Uint8Array, chunk = file.length): { packets: Packet[]; missing: number } {
  const reader = new PcapngReader();
  const packets: Packet[] = [];
  for (let at = 0; at < file.length; at += chunk) packets.push(...reader.read(file.subarray(at, at + chunk)));
  return { packets, missing: reader.missing };
}

describe('a pcapng file', () => {
  it('is read packet by packet, wherever its chunks end', () => {
    expect(isPcapng(FILE)).toBe(true);
    for (let chunk = 1; chunk <= FILE.length; chunk++) {
      expect(read(FILE, chunk)).toEqual({ packets: [{ ms: 1500, link: 1, bytes: bytesOf('aabbcc') }], missing: 0 });
    }
  });

  it.each([
    ['big-endian', { big: true }, 1_718_186_650_123],
    ['in nanoseconds', { nano: true }, 1_718_186_650_123],
    ['of old packet blocks', { block: 'old' as const }, 1_718_186_650_123],
    ['of packets without time', { block: 'simple' as const }, null],
    ['with blocks that nobody needs', { clutter: true }, 1_718_186_650_123],
  ])('may be %s', (_what, form, ms) => {
    const bytes = bytesOf('aabbccdd');
    const file = pcapng([{ ms: 1_718_186_650_123, bytes }], form);
    const expected = { ms: ms === null ? null : expect.closeTo(ms, 2), link: 1, bytes };
    for (const chunk of [1, 7, file.length]) expect(read(file, chunk).packets).toEqual([expected]);
  });

  it('may have time in powers of two, and an offset', () => {
    const options = '0900 0100 8a000000' + '0e00 0800 0a00000000000000' + '00000000';
    const face = bytesOf(`01000000 2c000000 0100 0000 00000000 ${options} 2c000000`);
    expect(read(joined([SECTION, face, PACKET])).packets[0]?.ms).toBeCloseTo((1_500_000 / 1024) * 1000 + 10_000, 3);
  });

  it('may go on with a section of other byte order', () => {
    const file = joined([FILE, pcapng([{ ms: 7, bytes: bytesOf('01') }], { big: true, link: 113 })]);
    expect(read(file, 5).packets.map(({ link }) => link)).toEqual([1, 113]);
  });

  it('cut anywhere says what it lacks', () => {
    for (let end = 1; end < FILE.length; end++) {
      expect(read(FILE.subarray(0, end)).missing > 0, `cut at ${end}`).toBe(![28, 48].includes(end));
    }
    expect(read(FILE.subarray(0, 80)).missing).toBe(4);
    const noise = bytesOf('00000bad 00001000');
    expect(read(joined([FILE, noise, new Uint8Array(8)])).missing).toBe(0x10_0000 - 16);
  });

  it.each([
    ['a length that is no multiple of four', '01000000 15000000 00000000', 'block 3 claims 21 bytes'],
    ['an endless packet', '06000000 00000010 00000000', 'block 3 claims 268435456 bytes'],
    [
      'a packet of no interface',
      '06000000 20000000 01000000 00000000 00000000 00000000 00000000 20000000',
      'interface 1',
    ],
    [
      'a packet longer than its block',
      '06000000 20000000 00000000 00000000 00000000 40000000 40000000 20000000',
      'shorter than what it holds',
    ],
    ['no byte order', '0a0d0d0a 1c000000 00000000', 'no byte order'],
    ['a short interface', '01000000 10000000 0100 0000 10000000', 'shorter'],
  ])('with %s is damaged', (_what, block, says) => {
    expect(() => read(joined([SECTION, ETHERNET, bytesOf(block)]))).toThrow(says);
  });

  it('of anything gives packets or that error', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(100),
        fc.integer({ min: 1, max: 50 }),
        (noise, at, chunk) => {
          const file = Uint8Array.from([...FILE.subarray(0, at), ...noise]);
          try {
            read(file, chunk);
          } catch (error) {
            expect(error).toBeInstanceOf(CaptureError);
          }
        },
      ),
    );
  });
});

it('has a limit for interfaces', () => {
  const reader = new PcapngReader();
  expect([...reader.read(SECTION)]).toEqual([]);
  expect(() => {
    for (let count = 0; count <= 4096; count++) [...reader.read(ETHERNET)];
  }).toThrow('one interface too many');
});
